"""Looking ahead: what a partial sheet still lacks, and which indicators could lift a total to the next star."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from applications.core.faults import Sentence
from applications.core.ledger import Outcome
from applications.core.plan import Plan, compile_plan
from applications.core.quantity import Number, tidy_number
from applications.core.sheet import Draft
from applications.core.standard import Standard
from applications.core.stars import StarResult


@dataclass(frozen=True, slots=True)
class MissingItem:
    """A fact or a judgement that is not there yet, with the indicators that wait for it."""

    kind: str
    key: str
    label: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextStar:
    """The next star up. ``points_needed`` is zero where points are not what is lacking: then see ``held_by``.

    ``indicators`` are those that did not reach their full points, with what each could still give, most first;
    ``bonus_room`` is what awards could still give, zero where they do not count towards the star.
    """

    star: int
    label: str
    points_needed: Number
    indicators: tuple[tuple[str, Number], ...]
    bonus_room: Number
    held_by: tuple[Sentence, ...]


def next_star(
    plan: Plan, outcome: Outcome, total: Number, bonus: Number, star: StarResult
) -> NextStar | None:
    """The way to the star above the one awarded, None from the highest one."""
    above = [row for row in plan.standard.stars if row.stars > star.awarded]
    if not above:
        return None
    row = min(above, key=lambda row: row.stars)
    gains = []
    for index, indicator in enumerate(plan.indicators):
        level = outcome.levels[index]
        reached = plan.points[index][level] if level >= 0 else 0
        gain = plan.points[index][plan.top_levels[index]] - reached
        if gain > 0:
            gains.append((indicator.id, tidy_number(Fraction(gain, plan.scale))))
    gains.sort(key=lambda item: -item[1])
    spec = plan.standard.bonus
    counts = spec is not None and plan.policy["bonus_lifts_star"] != "exclude"
    return NextStar(
        star=row.stars,
        label=row.label,
        points_needed=max(row.min_inclusive - total, 0),
        indicators=tuple(gains),
        bonus_room=spec.cap - bonus if spec is not None and counts else 0,
        held_by=star.held_by,
    )


def partial_draft(
    standard: Standard, partial: object, claims: Mapping[str, object] | Iterable[str] | None
) -> tuple[Draft, Plan, frozenset[str]]:
    """The draft of an unfinished sheet, the plan to rate it by, and the indicators nobody has claimed anything about."""
    draft = Draft(standard, partial)
    judged = [indicator.id for indicator in standard.indicators.values() if indicator.qualitative]
    said = _claims(claims)
    draft.read_parts([key for key in judged if key in said and not said[key]])
    plan = draft.plan or compile_plan(standard, {})
    known = len(draft.faults)
    draft.check_measurable(plan)
    survey = standard.survey
    if survey and any(fault.key == survey.key for fault in draft.faults[known:]):
        draft.flat = {ref: value for ref, value in draft.flat.items() if not ref.startswith(f"{survey.key}.")}
    if draft.awards and not draft.year:
        draft.awards = ()
    if plan.policy["bonus_lookback"] == "rolling_36_months" and "application_date" not in draft.values:
        draft.awards = ()
    return draft, plan, frozenset(key for key in judged if key not in said)


def _claims(claims: Mapping[str, object] | Iterable[str] | None) -> dict[str, bool]:
    """Claims by indicator id; the ids of others are nobody's business here and fall away."""
    if claims is None:
        return {}
    if isinstance(claims, Mapping):
        return {str(key): bool(value) for key, value in claims.items()}
    return {str(key): True for key in claims}


def missing_items(draft: Draft, plan: Plan, unjudged: frozenset[str]) -> Iterator[MissingItem]:
    """What is missing, facts first, each in the standard's order; a fact that is there but faulty is among the faults."""
    waiting: dict[str, list[str]] = {}
    for measured in plan.measured:
        indicator_id = plan.indicators[measured.index].id
        for fact in {fact for level in measured.levels for test in level.tests for fact in test.facts}:
            waiting.setdefault(fact, []).append(indicator_id)
    faulty = {fault.key for fault in draft.faults}
    for key in draft.missing_facts():
        if key not in faulty:
            label = draft.standard.facts[key].label
            yield MissingItem("fact", key, label, tuple(waiting.get(key, ())))
    for indicator in plan.indicators:
        if indicator.id in unjudged:
            yield MissingItem("judgement", indicator.id, indicator.short, (indicator.id,))
