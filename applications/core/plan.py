"""A standard and a policy compiled once into what a sheet is compared with: integers, indexes and small functions.

Everything a policy option changes in the table is decided here and nowhere else; ``rating.py`` only walks the plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import lcm
from typing import Any

from applications.core.canonical import decimal_text
from applications.core.elements import Ambiguity, Definition, Effect, Indicator, Level, Measure
from applications.core.kinds import KINDS
from applications.core.measures import (
    AS_IS,
    OPS,
    ROUNDED,
    TRUNCATED,
    Compute,
    compile_definition,
    substituted,
)
from applications.core.policies import resolve
from applications.core.quantity import Number
from applications.core.standard import Standard

_ADJUST = {"round_half_up": ROUNDED, "truncate": TRUNCATED}
_MOST_PLANS = 64


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: measure number ``measure``, adjusted, against ``top``/``bottom``."""

    measure: int
    op: int
    top: int
    bottom: int
    adjust: int
    excusable: bool
    stated: Measure
    facts: tuple[str, ...]
    stated_text: str


@dataclass(frozen=True, slots=True)
class LevelPlan:
    """A level by its number in the indicator, with the tests that must all hold."""

    number: int
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class MeasuredPlan:
    """A measured indicator by its number, its levels from the highest points down.

    ``distinct`` has one test for each measure, in the order of the table, and ``facts`` what they all read.
    """

    index: int
    levels: tuple[LevelPlan, ...]
    from_survey: bool
    distinct: tuple[Test, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureSlot:
    """A measure computed once for a sheet: the first name it goes by, its definition and its function."""

    name: str
    definition: Definition
    compute: Compute


@dataclass(frozen=True, eq=False)
class Plan:
    """The compiled whole. Points are integers: true points times ``scale``."""

    standard: Standard
    policy: Mapping[str, str]
    indicators: tuple[Indicator, ...]
    index_of: Mapping[str, int]
    scale: int
    points: tuple[tuple[int, ...], ...]
    dimension_of: tuple[int, ...]
    top_levels: tuple[int, ...]
    measured: tuple[MeasuredPlan, ...]
    plan_of: Mapping[int, MeasuredPlan]
    slots: tuple[MeasureSlot, ...]
    needed_facts: frozenset[str]
    divisors: tuple[tuple[str, str], ...]
    judged: frozenset[str]
    basic: tuple[int, ...]
    limits: tuple[tuple[tuple[int, ...], int], ...]
    star_steps: tuple[tuple[int, int], ...]
    exempt_by: str
    exemptible: frozenset[str]
    lines: dict[tuple[int, ...], Any] = field(
        default_factory=dict
    )  # ledger lines that are the same for many sheets

    @property
    def excusable(self) -> bool:
        """Whether a reviewer's recorded reason can stand in for a measure anywhere (A10)."""
        return any(test.excusable for plan in self.measured for level in plan.levels for test in level.tests)


_plans: dict[tuple[str, tuple[tuple[str, object], ...]], Plan] = {}


def compile_plan(standard: Standard, policy: Mapping[str, object]) -> Plan:
    """The plan for a standard under its defaults with ``policy`` laid over them, kept for the next sheet.

    Raises ``Faults`` where an option is unknown, not supported, or without effect in this standard.
    """
    key = (standard.digest, tuple(sorted(policy.items(), key=_by_text)))
    try:
        found = _plans.get(key)
    except TypeError:  # an unhashable option: resolve() says so in a sentence
        found = None
    if found is None:
        found = _Compiler(standard, resolve(standard, policy)).plan()
        if len(_plans) >= _MOST_PLANS:
            _plans.clear()
        _plans[key] = found
    return found


def _by_text(item: tuple[str, object]) -> str:
    return str(item[0])


class _Compiler:
    """Works through the indicators once, giving each distinct measure a slot."""

    def __init__(self, standard: Standard, policy: Mapping[str, str]) -> None:
        self.standard = standard
        self.policy = policy
        self.indicators = tuple(standard.indicators.values())
        self.slots: dict[Definition, int] = {}
        self.names: list[MeasureSlot] = []
        self.active = [
            (ambiguity, ambiguity.effects[policy[ambiguity.key]])
            for ambiguity in standard.ambiguities
            if policy.get(ambiguity.key) in ambiguity.effects
        ]
        self.banded = standard.concerned("satisfaction_band_gaps")
        self.floored = standard.concerned("area_floor") if policy["area_floor"] == "both" else frozenset()
        self.gridded = standard.concerned("grid_size")
        survey = standard.survey
        self.survey = survey.key if survey else ""

    def plan(self) -> Plan:
        """The compiled plan."""
        standard, indicators = self.standard, self.indicators
        index_of = {indicator.id: index for index, indicator in enumerate(indicators)}
        scale = self._scale()
        measured = tuple(
            self._measured(index, indicator)
            for index, indicator in enumerate(indicators)
            if indicator.measures or self._effects(indicator)
        )
        dimension_ids = [dimension.id for dimension in standard.dimensions]
        exempting = [pair for pair in self.active if pair[1].exempt_by]
        return Plan(
            standard=standard,
            policy=self.policy,
            indicators=indicators,
            index_of=index_of,
            scale=scale,
            points=tuple(tuple(_scaled(level.points, scale) for level in i.levels) for i in indicators),
            dimension_of=tuple(dimension_ids.index(indicator.dimension_id) for indicator in indicators),
            top_levels=tuple(_descending(indicator.levels)[0] for indicator in indicators),
            measured=measured,
            plan_of={plan.index: plan for plan in measured},
            slots=tuple(self.names),
            needed_facts=self._needed_facts(exempting),
            divisors=self._divisors(),
            judged=frozenset(indicator.id for indicator in indicators if indicator.qualitative),
            basic=tuple(index for index, indicator in enumerate(indicators) if indicator.basic),
            limits=tuple(
                (tuple(index_of[missed] for missed in limiter.when_missed), limiter.star_at_most)
                for limiter in standard.limiters
            ),
            star_steps=tuple((_scaled(star.min_inclusive, scale), star.stars) for star in standard.stars),
            exempt_by=exempting[0][1].exempt_by if exempting else "",
            exemptible=standard.concerned(exempting[0][0].key) if exempting else frozenset(),
        )

    def _scale(self) -> int:
        """The least common denominator of every number that is ever added to or compared with points."""
        numbers: list[Number] = [level.points for indicator in self.indicators for level in indicator.levels]
        numbers += [star.min_inclusive for star in self.standard.stars]
        if self.standard.bonus:
            numbers += [
                self.standard.bonus.cap,
                *(level.points for level in self.standard.bonus.levels.values()),
            ]
        return lcm(*(number.denominator for number in numbers))

    def _needed_facts(self, exempting: list[tuple[Ambiguity, Effect]]) -> frozenset[str]:
        """The facts without which this policy cannot be carried out, required or optional."""
        refs = {ref.partition(".")[0] for definition in self.slots for ref in definition.facts}
        refs |= {effect.exempt_by for _, effect in exempting}
        if self.policy["applied_star_cap"] == "not_above_applied":
            refs.add("applied_star")
        return frozenset(refs)

    def _divisors(self) -> tuple[tuple[str, str], ...]:
        found = {slot.definition.per: slot.name for slot in reversed(self.names) if slot.definition.per}
        return tuple(found.items())

    def _effects(self, indicator: Indicator) -> list[Effect]:
        """The effects in force that concern this indicator and change its measures."""
        return [
            effect
            for ambiguity, effect in self.active
            if indicator.id in self.standard.concerned(ambiguity.key) and not effect.exempt_by
        ]

    def _measured(self, index: int, indicator: Indicator) -> MeasuredPlan:
        effects = self._effects(indicator)
        levels = []
        for number in _descending(indicator.levels):
            tests = [
                self._test(indicator, measure, effects)
                for measure in self._measures(indicator, number, effects)
            ]
            levels.append(LevelPlan(number, tuple(tests)))
        by_name: dict[str, Test] = {}
        for level in reversed(levels):
            for test in level.tests:
                by_name.setdefault(test.stated.name, test)
        facts = tuple(dict.fromkeys(fact for test in by_name.values() for fact in test.facts))
        return MeasuredPlan(index, tuple(levels), self.survey in facts, tuple(by_name.values()), facts)

    def _measures(self, indicator: Indicator, number: int, effects: list[Effect]) -> list[Measure]:
        """The thresholds of a level: its own, those of the level below (A08), the end of its band (A01), those added."""
        level = indicator.levels[number]
        found = list(level.measures)
        lower = [other for other in indicator.levels if other.points < level.points]
        if indicator.id in self.floored:
            found += [
                measure
                for other in lower
                for measure in other.measures
                if measure.op == ">=" and measure.name not in {own.name for own in found}
            ]
        if indicator.id in self.banded and self.policy["satisfaction_band_gaps"] == "gap_zero":
            found += _band_end(indicator, level)
        for effect in effects:
            found = [_restated(measure, effect) for measure in found] + list(effect.add_measures)
        return found

    def _test(self, indicator: Indicator, measure: Measure, effects: list[Effect]) -> Test:
        definition = self.standard.definitions[measure.name]
        for effect in effects:
            definition = effect.define.get(measure.name, definition)
        for effect in effects:
            definition = substituted(definition, effect.use_facts)
        per_grid = indicator.id in self.gridded and self._per_grid(definition)
        if per_grid and self.policy["grid_size"] == "average":
            definition = replace(definition, how="mean")
        slot = self.slots.setdefault(definition, len(self.slots))
        if slot == len(self.names):
            self.names.append(MeasureSlot(measure.name, definition, compile_definition(definition)))
        if measure.op == ">=" and self.policy["inclusive_above"] == "exclusive":
            measure = replace(measure, op=">")
        value = Fraction(measure.value)
        banded = indicator.id in self.banded
        adjust = _ADJUST.get(self.policy["satisfaction_band_gaps"], AS_IS) if banded else AS_IS
        excusable = per_grid and self.policy["grid_size"] == "reviewer_with_reason"
        facts = tuple(dict.fromkeys(ref.partition(".")[0] for ref in definition.facts))
        op = OPS[measure.op]
        text = decimal_text(measure.value)
        return Test(slot, op, value.numerator, value.denominator, adjust, excusable, measure, facts, text)

    def _per_grid(self, definition: Definition) -> bool:
        if definition.how not in ("min", "max"):
            return False
        return KINDS[self.standard.facts[definition.terms[0][0]].kind].per_grid


def _scaled(points: Number, scale: int) -> int:
    return points.numerator * (scale // points.denominator)


def _descending(levels: tuple[Level, ...]) -> list[int]:
    return sorted(range(len(levels)), key=lambda number: (-levels[number].points, number))


def _restated(measure: Measure, effect: Effect) -> Measure:
    """The threshold in the words and with the value an option gives it; the comparison stays."""
    stated = effect.restate.get(measure.name)
    return replace(stated, op=measure.op) if stated else measure


def _band_end(indicator: Indicator, level: Level) -> list[Measure]:
    """The printed upper end of a band; where the file does not state it, one whole step below the next band."""
    own = next((measure for measure in level.measures if measure.op == ">="), None)
    if own is None:
        return []
    end = level.up_to
    if end is None:
        above = [
            measure.value
            for other in indicator.levels
            for measure in other.measures
            if other.points > level.points and measure.name == own.name and measure.op == ">="
        ]
        end = min(above) - 1 if above else None
    return [] if end is None else [replace(own, op="<=", value=end)]
