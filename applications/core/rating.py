"""The rating engine: a checked sheet and a plan in, points, bonus, total, star and the reasons out (R1-016 to R1-040).

Pure and exact: integers scaled once, fractions where they are shown, nothing rounded unless the policy says so. What is
only read (the ledger line of an indicator, the JSON form, the digest) is made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

from applications.core import bonus as bonuses
from applications.core.canonical import digest
from applications.core.faults import N_, Fault, Faults, Sentence, one
from applications.core.forecasting import MissingItem, NextStar, missing_items, next_star, partial_draft
from applications.core.ledger import IndicatorResult, Outcome, indicator_result
from applications.core.measures import Pair, adjusted, holds
from applications.core.plan import MeasuredPlan, Plan
from applications.core.quantity import Number, tidy_number
from applications.core.report import as_json, hashed_content
from applications.core.sheet import OTHER_STANDARD, Sheet, invalid, return_rate
from applications.core.standard import Standard
from applications.core.stars import AppliedLimiter, StarResult, award_star, total_of

SURVEY_WARNING = N_("满意度调查回收率低于{needed}%，本轮按口径仅作提示，仍予计分。")
BASIC_WARNING = N_("有{count}个基础项未达到，应逐项整改。")
REASON_UNUSED = N_("评分表记有网格户数的采纳理由，但按本标准和口径不适用。")

__all__ = ["IndicatorResult", "MissingItem", "NextStar", "Result", "Sheet", "forecast", "rate", "rate_many"]


class Result:
    """Everything a rating decided; see the properties. ``missing`` and ``faults`` are only filled in a forecast."""

    def __init__(
        self, sheet: Sheet, outcome: Outcome, scaled: tuple[int, ...], bonus: bonuses.BonusResult
    ) -> None:
        plan = sheet.plan
        self.sheet = sheet
        self.plan = plan
        self.outcome = outcome
        self.bonus_result = bonus
        self._scaled = scaled
        self.base_total: Number = tidy_number(Fraction(sum(scaled), plan.scale))
        self.bonus: Number = bonus.points
        self.total: Number = total_of(plan, self.base_total, bonus.points)
        self.limiters = _limiters(plan, outcome)
        applied = sheet.values.get("applied_star")
        missed = sum(1 for index in plan.basic if outcome.levels[index] < 0)
        self.star_result: StarResult = award_star(
            plan, self.total, missed, self.limiters, applied if isinstance(applied, int) else None
        )
        self.missing: tuple[MissingItem, ...] = ()
        self.faults: tuple[Fault, ...] = ()

    @property
    def standard(self) -> Standard:
        """The standard it was rated by."""
        return self.plan.standard

    @property
    def policy(self) -> Mapping[str, str]:
        """The policy in force."""
        return self.plan.policy

    @property
    def star(self) -> int:
        """The star awarded (0 is 不定星级)."""
        return self.star_result.awarded

    @property
    def star_label(self) -> str:
        """Its name."""
        return self.standard.star_label(self.star)

    @property
    def held_by(self) -> tuple[Sentence, ...]:
        """What holds the star below what the points alone would give."""
        return self.star_result.held_by

    @cached_property
    def points_by_dimension(self) -> Mapping[str, Number]:
        """Points by dimension id."""
        found = {
            dimension.id: tidy_number(Fraction(points, self.plan.scale))
            for dimension, points in zip(self.standard.dimensions, self._scaled, strict=True)
        }
        return MappingProxyType(found)

    @cached_property
    def indicators(self) -> Mapping[str, IndicatorResult]:
        """The ledger, by indicator id in the order of the table."""
        found = {
            indicator.id: indicator_result(self.plan, self.outcome, index)
            for index, indicator in enumerate(self.plan.indicators)
        }
        return MappingProxyType(found)

    @property
    def awards(self) -> tuple[bonuses.AwardResult, ...]:
        """Every award and why it counted or not."""
        return self.bonus_result.awards

    @property
    def missed_basic_items(self) -> tuple[str, ...]:
        """The basic items of which no level was reached, whatever the policy makes of them."""
        plan, levels = self.plan, self.outcome.levels
        return tuple(plan.indicators[index].id for index in plan.basic if levels[index] < 0)

    @property
    def to_rectify(self) -> tuple[str, ...]:
        """The missed basic items that open a rectification item: none under ``no_veto`` (A05)."""
        return () if self.policy["missed_basic_item"] == "no_veto" else self.missed_basic_items

    @cached_property
    def next_star(self) -> NextStar | None:
        """The next star up, the points it needs and the indicators that could give them."""
        return next_star(self.plan, self.outcome, self.total, self.bonus, self.star_result)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing or wrong (always so outside a forecast)."""
        return not self.missing and not self.faults

    @property
    def warnings(self) -> tuple[Sentence, ...]:
        """What the reader must know beside the points."""
        found = []
        spec = self.standard.survey
        rate = return_rate(self.sheet.flat, spec.key) if spec else None
        if spec and rate and self.policy["survey_validity"] == "warn" and invalid(rate, spec.min_return_pct):
            found.append(Sentence(SURVEY_WARNING, {"needed": spec.min_return_pct}))
        if self.to_rectify:
            found.append(Sentence(BASIC_WARNING, {"count": len(self.to_rectify)}))
        if self.sheet.reason_accepted and not self.plan.excusable:
            found.append(Sentence(REASON_UNUSED))
        return tuple(found)

    @cached_property
    def inputs_digest(self) -> str:
        """SHA-256 of the sheet as it was read."""
        return self.sheet.digest

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what was decided and from what, without its wording: the same sheet always gives the same."""
        return digest(hashed_content(self))

    def as_json(self) -> dict[str, Any]:
        """The contract's form."""
        return as_json(self)


def rate(standard: Standard, sheet: Sheet) -> Result:
    """Rate a checked sheet; the sheet must have been read for this standard."""
    if sheet.standard is not standard and sheet.standard.digest != standard.digest:
        raise one("standard", OTHER_STANDARD, value=sheet.standard.code, code=standard.code)
    return _rate(sheet, [slot.compute(sheet.flat) for slot in sheet.plan.slots])


def rate_many(
    standard: Standard, policy: Mapping[str, str], sheets: Iterable[Mapping[str, Any]]
) -> Iterator[Result | Faults]:
    """Rate sheets one after the other under one policy, holding one at a time; a faulty one yields its ``Faults``."""
    for mapping in sheets:
        try:
            sheet = Sheet.from_mapping(standard, {**mapping, "policy": policy})
            result: Result | Faults = rate(standard, sheet)
        except Faults as error:
            result = error
        yield result


def forecast(
    standard: Standard, partial_sheet: object, claims: Mapping[str, object] | Iterable[str] | None = None
) -> Result:
    """What would come out if everything entered and claimed so far held; never raises for what it is given.

    ``claims`` says of indicators whether the community claims to reach them (a mapping to true or false, or the ids it
    claims). A fact or judgement that is not there counts as not reached and stands in ``missing``; what is wrong stands
    in ``faults`` and counts as not reached too.
    """
    draft, claimed, unjudged = partial_draft(standard, partial_sheet, claims)
    sheet = draft.sheet(claimed)
    pairs: list[Pair | None] = []
    for slot in sheet.plan.slots:
        ready = all(ref in draft.flat for ref in slot.definition.facts)
        pair = slot.compute(draft.flat) if ready else None
        pairs.append(pair if pair is not None and pair[1] else None)
    result = _rate(sheet, pairs, unjudged)
    result.missing = tuple(missing_items(draft, sheet.plan, unjudged))
    result.faults = tuple(draft.faults)
    return result


def _rate(sheet: Sheet, pairs: list[Any], unjudged: frozenset[str] = frozenset()) -> Result:
    """Walk the plan once."""
    plan = sheet.plan
    levels = list(plan.top_levels)
    for indicator_id in sheet.not_met:
        levels[plan.index_of[indicator_id]] = -1
    for indicator_id in unjudged:
        levels[plan.index_of[indicator_id]] = -1
    survey_zero = _survey_zero(sheet)
    for measured in plan.measured:
        if levels[measured.index] >= 0:
            failed = survey_zero and measured.from_survey
            levels[measured.index] = -1 if failed else _reached(measured, pairs, sheet.reason_accepted)
    exempt = _exempt(sheet)
    for indicator_id in exempt:
        index = plan.index_of[indicator_id]
        levels[index] = plan.top_levels[index]
    scaled = [0] * len(plan.standard.dimensions)
    for level, points, dimension in zip(levels, plan.points, plan.dimension_of, strict=True):
        if level >= 0:
            scaled[dimension] += points[level]
    outcome = Outcome(levels, pairs, sheet.not_met, unjudged, sheet.reason_accepted, exempt, survey_zero)
    return Result(sheet, outcome, tuple(scaled), _bonus(sheet))


def _reached(measured: MeasuredPlan, pairs: list[Any], excused: bool) -> int:
    """The number of the highest level whose tests all hold, -1 where there is none."""
    for level in measured.levels:
        for test in level.tests:
            pair = pairs[test.measure]
            if pair is None:
                break
            if test.adjust:
                pair = adjusted(pair, test.adjust)
            if not holds(test.op, pair, test.top, test.bottom) and not (excused and test.excusable):
                break
        else:
            return level.number
    return -1


def _survey_zero(sheet: Sheet) -> bool:
    """Whether an invalid survey gives no points under the policy in force (A03)."""
    if sheet.policy["survey_validity"] != "zero" or sheet.standard.survey is None:
        return False
    spec = sheet.standard.survey
    rate = return_rate(sheet.flat, spec.key)
    return rate is not None and invalid(rate, spec.min_return_pct)


def _exempt(sheet: Sheet) -> frozenset[str]:
    """The indicators declared not applicable, where the policy gives them full points (A20)."""
    plan = sheet.plan
    declared = sheet.values.get(plan.exempt_by) if plan.exempt_by else None
    if not isinstance(declared, tuple):
        return frozenset()
    return frozenset(item for item in declared if isinstance(item, str) and item in plan.exemptible)


def _bonus(sheet: Sheet) -> bonuses.BonusResult:
    spec = sheet.standard.bonus
    if spec is None or not sheet.awards:
        return bonuses.NOTHING
    applied_on: Any = sheet.values.get("application_date")
    return bonuses.evaluate(spec, sheet.policy, sheet.awards, sheet.application_year, applied_on)


def _limiters(plan: Plan, outcome: Outcome) -> tuple[AppliedLimiter, ...]:
    """The limiters of which any indicator was missed."""
    found = []
    for limiter, (indexes, _) in zip(plan.standard.limiters, plan.limits, strict=True):
        missed = tuple(plan.indicators[index].id for index in indexes if outcome.levels[index] < 0)
        if missed:
            found.append(AppliedLimiter(limiter, missed))
    return tuple(found)
