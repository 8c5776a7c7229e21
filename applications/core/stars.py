"""From points to a star: whether the bonus counts (A04), rounding (A06), and everything that holds a star down."""

from __future__ import annotations

from dataclasses import dataclass

from applications.core.canonical import round_half_even, round_half_up
from applications.core.elements import Limiter
from applications.core.faults import N_, Sentence
from applications.core.plan import Plan
from applications.core.quantity import Number, tidy_number

MISSED_BASIC = N_("有{count}个基础项未达到，按口径不定星级。")
ABOVE_APPLIED = N_("按口径不高于申报星级（{stars}星）。")
LIMITED = N_("限制条件“{label}”成立，星级不高于{stars}星。")


@dataclass(frozen=True, slots=True)
class AppliedLimiter:
    """A limiter that applies, with the indicators that were missed."""

    limiter: Limiter
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StarResult:
    """The star by points alone, the star awarded, and each sentence that holds it down."""

    by_points: int
    awarded: int
    held_by: tuple[Sentence, ...]


def total_of(plan: Plan, base: Number, bonus: Number) -> Number:
    """The total the star is read from: base and bonus by A04, rounded by A06 and not otherwise.

    “Capped at 100” means at the standard's own full points.
    """
    policy = plan.policy
    lifts = policy["bonus_lifts_star"]
    total = base if lifts == "exclude" else base + bonus
    if lifts == "include_cap_100":
        total = min(total, plan.standard.total_points)
    rounding = policy["rounding"]
    if rounding == "half_up_2":
        total = round_half_up(total, 2)
    elif rounding == "gbt8170_1":
        total = round_half_even(total, 1)
    return tidy_number(total)


def star_at(plan: Plan, total: Number) -> int:
    """The star whose lower bound the total reaches (R1-029), else the one below the table (R1-030)."""
    top, bottom = total.numerator * plan.scale, total.denominator
    for step, stars in plan.star_steps:
        if top >= step * bottom:
            return stars
    return plan.standard.below.stars


def at_most(plan: Plan, star: int, cap: int) -> int:
    """The highest star of the table that is not above ``cap``."""
    if star <= cap:
        return star
    return max((stars for _, stars in plan.star_steps if stars <= cap), default=plan.standard.below.stars)


def award_star(
    plan: Plan, total: Number, missed_basic: int, limiters: tuple[AppliedLimiter, ...], applied: int | None
) -> StarResult:
    """The star of a total under everything that can hold it down; what cannot lower it is not named."""
    by_points = star = star_at(plan, total)
    held: list[Sentence] = []

    def hold(cap: int, reason: Sentence) -> None:
        nonlocal star
        if by_points > cap:
            held.append(reason)
        star = at_most(plan, star, cap)

    for applying in limiters:
        limiter = applying.limiter
        params = {"label": limiter.label, "stars": limiter.star_at_most}
        hold(limiter.star_at_most, Sentence(LIMITED, params))
    if missed_basic and plan.policy["missed_basic_item"] == "no_star":
        hold(plan.standard.below.stars, Sentence(MISSED_BASIC, {"count": missed_basic}))
    if applied is not None and plan.policy["applied_star_cap"] == "not_above_applied":
        hold(applied, Sentence(ABOVE_APPLIED, {"stars": applied}))
    return StarResult(by_points, star, tuple(held))
