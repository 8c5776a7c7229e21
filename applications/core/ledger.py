"""The ledger of a rating: for every indicator the points, the level, the reason, the exact measures and their sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from applications.core.canonical import decimal_text, exact, shown, shown_pair
from applications.core.elements import Indicator
from applications.core.faults import N_, Sentence
from applications.core.measures import AS_IS, Pair, adjusted, holds
from applications.core.plan import LevelPlan, Plan, Test
from applications.core.quantity import Number, tidy_number

JUDGED = N_("评审结论为“达到”")
NOT_JUDGED = N_("评审结论为“未达到”，各档均不得分")
NO_CLAIM = N_("尚未作出达到与否的判断")
HOLDS = N_("{label}为{value}，{relation}{stated}{unit}")
FAILS = N_("{label}为{value}，不满足“{relation}{stated}{unit}”")
VALUE = N_("{shown}{unit}")
ADJUSTED = N_("{shown}{unit}（按口径取整为{adjusted}{unit}）")
UNKNOWN = N_("{label}尚缺数据")
EXCUSED = N_("评审员已说明理由并被采纳")
EXEMPT = N_("客观上不适用，按口径给满分")
ZERO_SURVEY = N_("调查回收率不足，本轮无效，按口径计0分")
SCORED = N_("达到“{name}”，计{points}分")
NO_LEVEL = N_("未达到任何一档，计0分")
RELATIONS = {
    ">=": Sentence(N_("不低于")),
    ">": Sentence(N_("高于")),
    "<": Sentence(N_("低于")),
    "<=": Sentence(N_("不高于")),
    "==": Sentence(N_("等于")),
}


@dataclass(frozen=True, slots=True)
class MeasuredValue:
    """A measure with its exact value as ``pair`` (None in a forecast whose facts are not there yet)."""

    name: str
    label: str
    unit: str
    pair: Pair | None
    facts: tuple[str, ...]

    @property
    def value(self) -> Number | None:
        """The exact value."""
        return None if self.pair is None else tidy_number(Fraction(*self.pair))

    def as_json(self) -> dict[str, str | None]:
        """The contract's form: the exact rational, and two decimals for reading."""
        value = self.value
        return {
            "exact": None if value is None else exact(value),
            "shown": None if value is None else shown(value),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What evaluating a sheet left behind: the level of every indicator (-1 for none) and the measures' exact pairs."""

    levels: Sequence[int]
    pairs: Sequence[Pair | None]
    not_met: frozenset[str]
    unjudged: frozenset[str]
    excused: bool
    exempt: frozenset[str]
    survey_zero: bool


@dataclass(frozen=True)
class IndicatorResult:
    """One line of the ledger. ``level`` is the number of the level reached, None where none was.

    ``judgement`` is ``reached`` or ``not_reached``, None where the indicator is measured only or nobody has judged it.
    """

    indicator: Indicator
    points: Number
    level: int | None
    judgement: str | None
    plan: Plan = field(repr=False)
    outcome: Outcome = field(repr=False)
    index: int

    @cached_property
    def measures(self) -> tuple[MeasuredValue, ...]:
        """Every measure of the indicator once, whatever level it stands in."""
        measured, pairs = self.plan.plan_of.get(self.index), self.outcome.pairs
        return tuple(
            MeasuredValue(
                test.stated.name, test.stated.label, test.stated.unit, pairs[test.measure], test.facts
            )
            for test in (measured.distinct if measured else ())
        )

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts the measures come from."""
        measured = self.plan.plan_of.get(self.index)
        return measured.facts if measured else ()

    @cached_property
    def reasons(self) -> tuple[Sentence, ...]:
        """Why it got what it got, as sentences that follow each other."""
        return tuple(_reasons(self.plan, self.outcome, self.index, self.judgement))

    @property
    def id(self) -> str:
        """The indicator's id."""
        return self.indicator.id

    @property
    def max_points(self) -> Number:
        """The most this indicator can give."""
        return self.indicator.max_points

    @property
    def level_name(self) -> str | None:
        """The class of the level reached (基础项, 加强项, 优选项)."""
        return None if self.level is None else self.indicator.levels[self.level].class_name

    @property
    def missed_basic(self) -> bool:
        """Whether this is a basic item of which no level was reached (A05)."""
        return self.level is None and self.indicator.basic

    @cached_property
    def reason(self) -> str:
        """The reason in Chinese."""
        return "；".join(str(sentence) for sentence in self.reasons) + "。"

    def as_json(self) -> dict[str, object]:
        """The contract's form, with what the points rest on."""
        return {
            "points": decimal_text(self.points),
            "max_points": decimal_text(self.max_points),
            "level": self.level_name,
            "reason": self.reason,
            "measures": {measure.name: measure.as_json() for measure in self.measures},
            "facts": list(self.facts),
            "judgement": self.judgement,
        }


def indicator_result(plan: Plan, outcome: Outcome, index: int) -> IndicatorResult:
    """The ledger line of indicator number ``index``.

    A line without measures says the same for every sheet that reached the same, so it is made once for a plan.
    """
    indicator = plan.indicators[index]
    if index in plan.plan_of:
        return _made(plan, outcome, index)
    told = indicator.id in outcome.not_met, indicator.id in outcome.unjudged, indicator.id in outcome.exempt
    key = (index, outcome.levels[index], *told)
    found: IndicatorResult | None = plan.lines.get(key)
    if found is None:
        found = plan.lines[key] = _made(plan, outcome, index)
    return found


def _made(plan: Plan, outcome: Outcome, index: int) -> IndicatorResult:
    indicator = plan.indicators[index]
    level = outcome.levels[index]
    points = Fraction(plan.points[index][level], plan.scale) if level >= 0 else 0
    judgement = None
    if indicator.qualitative and indicator.id not in outcome.unjudged:
        judgement = "not_reached" if indicator.id in outcome.not_met else "reached"
    reached = level if level >= 0 else None
    return IndicatorResult(indicator, tidy_number(points), reached, judgement, plan, outcome, index)


def _reasons(plan: Plan, outcome: Outcome, index: int, judgement: str | None) -> list[Sentence]:
    """Why the indicator got what it got, as sentences that follow each other."""
    indicator, level = plan.indicators[index], outcome.levels[index]
    if indicator.id in outcome.exempt:
        return [Sentence(EXEMPT), _scored(indicator, level)]
    if indicator.id in outcome.unjudged:
        return [Sentence(NO_CLAIM)]
    if indicator.id in outcome.not_met:
        return [Sentence(NOT_JUDGED)]
    found = [Sentence(JUDGED)] if judgement == "reached" else []
    measured = plan.plan_of.get(index)
    if measured is not None and measured.from_survey and outcome.survey_zero:
        return [*found, Sentence(ZERO_SURVEY)]
    if level >= 0:
        reached = next((item for item in measured.levels if item.number == level), None) if measured else None
        found += _clauses(reached, outcome, failing=False) if reached else []
        return [*found, _scored(indicator, level)]
    lowest = measured.levels[-1] if measured else None
    found += _clauses(lowest, outcome, failing=True) if lowest else []
    return [*found, Sentence(NO_LEVEL)]


def _scored(indicator: Indicator, level: int) -> Sentence:
    reached = indicator.levels[level]
    return Sentence(SCORED, {"name": reached.class_name, "points": decimal_text(reached.points)})


def _clauses(level: LevelPlan, outcome: Outcome, failing: bool) -> list[Sentence]:
    """One clause for each test of a level (only those that fail, where it was not reached)."""
    found = []
    excused = False
    for test in level.tests:
        pair = outcome.pairs[test.measure]
        ok = pair is not None and holds(test.op, adjusted(pair, test.adjust), test.top, test.bottom)
        if failing and ok:
            continue
        found.append(_clause(test, pair, ok))
        excused = excused or (not ok and not failing)
    return [*found, Sentence(EXCUSED)] if excused else found


def _clause(test: Test, pair: Pair | None, ok: bool) -> Sentence:
    stated = test.stated
    if pair is None:
        return Sentence(UNKNOWN, {"label": stated.label})
    text = shown_pair(*pair)
    if text == test.stated_text and pair[0] * test.bottom != pair[1] * test.top:
        text = exact(Fraction(*pair))  # 9.999 must not be called 10 beside a threshold of 10
    params: dict[str, object] = {"shown": text, "unit": stated.unit}
    value = Sentence(VALUE, params)
    if test.adjust != AS_IS:
        value = Sentence(ADJUSTED, {**params, "adjusted": adjusted(pair, test.adjust)[0]})
    clause = {
        "label": stated.label,
        "value": value,
        "relation": RELATIONS[stated.op],
        "stated": test.stated_text,
        "unit": stated.unit,
    }
    return Sentence(HOLDS if ok else FAILS, clause)
