"""The bonus (加分项): which awards count, the highest of each matter once, and the cap (R1-036 to R1-040)."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from applications.core.awards import Award
from applications.core.canonical import decimal_text
from applications.core.elements import Bonus
from applications.core.faults import N_, Sentence
from applications.core.quantity import Number
from applications.core.years import years_before

COUNTED = N_("{label}，在{first}至{last}之内，计{points}分。")
BEFORE = N_("日期{date}早于{first}，不在计分期内，不计分。")
AFTER = N_("日期{date}晚于{last}，不在计分期内，不计分。")
SAME = N_("与荣誉{other}为同一事项，该事项已按最高分值计分，不重复计分。")
UNCONFIRMED = N_("尚未经省级确认为可计分的荣誉，不计分。")


@dataclass(frozen=True, slots=True)
class AwardResult:
    """One award, whether it counted, and why; ``points`` is what it is worth by its level."""

    award: Award
    points: Number
    counted: bool
    reason: Sentence


@dataclass(frozen=True, slots=True)
class BonusResult:
    """The bonus points after the cap, the sum before it, the window, and every award in the order of its id."""

    points: Number
    uncapped: Number
    awards: tuple[AwardResult, ...]


NOTHING = BonusResult(0, 0, ())


def window(
    bonus: Bonus, policy: Mapping[str, str], year: int, applied_on: datetime.date | None
) -> tuple[datetime.date, datetime.date]:
    """The first and the last day on which an award counts (A17); rolling months end on the day of application."""
    years = bonus.lookback_years
    if policy["bonus_lookback"] == "rolling_36_months" and applied_on is not None:
        return years_before(applied_on, years), applied_on
    last_year = year if bonus.includes_application_year else year - 1
    return datetime.date(last_year - years + 1, 1, 1), datetime.date(last_year, 12, 31)


def matter_of(award: Award, policy: Mapping[str, str]) -> str:
    """What makes two awards the same matter (A19): the identifier, or the title apart from width and spaces."""
    if policy["bonus_same_matter"] == "title_equal":
        return "".join(unicodedata.normalize("NFKC", award.title).split())
    return award.matter


def evaluate(
    bonus: Bonus,
    policy: Mapping[str, str],
    awards: Iterable[Award],
    year: int,
    applied_on: datetime.date | None,
) -> BonusResult:
    """The bonus of a sheet; the order in which the awards are given makes no difference."""
    first, last = window(bonus, policy, year, applied_on)
    by_seal = policy["bonus_award_level"] == "by_seal"
    worth = {award: bonus.levels[award.seal_level if by_seal else award.level] for award in awards}
    counting: dict[str, Award] = {}
    for award in sorted(worth, key=lambda award: (-worth[award].points, award.date, award.id)):
        if award.confirmed and first <= award.date <= last:
            counting.setdefault(matter_of(award, policy), award)
    lines = []
    for award in sorted(worth, key=lambda award: award.id):
        level = worth[award]
        winner = counting.get(matter_of(award, policy))
        if not award.confirmed:
            reason = Sentence(UNCONFIRMED)
        elif award.date < first:
            reason = Sentence(BEFORE, {"date": award.date, "first": first})
        elif award.date > last:
            reason = Sentence(AFTER, {"date": award.date, "last": last})
        elif winner is not None and winner.id != award.id:
            reason = Sentence(SAME, {"other": winner.id})
        else:
            params = {
                "label": level.label,
                "first": first,
                "last": last,
                "points": decimal_text(level.points),
            }
            reason = Sentence(COUNTED, params)
        counted = reason.template == COUNTED
        lines.append(AwardResult(award, level.points, counted, reason))
    total = sum((worth[award].points for award in counting.values()), start=_ZERO)
    return BonusResult(min(total, bonus.cap), total, tuple(lines))


_ZERO: Number = 0
