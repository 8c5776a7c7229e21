"""Reads of ratings and decisions, named as questions."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from applications import clock
from applications.core.verdict import YES, Verdict, no
from applications.models import Case, User
from applications.permissions import visible_cases
from review.core import minting
from review.models import Decision, Rating, RatingLine
from review.queries.judgements import as_community


def rating_in_force(case: Case, number: int) -> Rating | None:
    """Return the newest rating of round ``number``: the one that nothing supersedes, or None."""
    return (
        Rating.objects.filter(case=case, round=number)
        .select_related("standard", "supersedes")
        .order_by("-number")
        .first()
    )


def decision_of(case: Case, number: int) -> Decision | None:
    """Return the committee's decision of round ``number``, or None."""
    return Decision.objects.filter(case=case, round=number).select_related("rating", "ballot").first()


def visible_ratings(user: User, case: Case) -> QuerySet[Rating]:
    """Return the ratings of a case that a person may see: the community those of decided rounds only."""
    rows = Rating.objects.filter(case=case)
    if not visible_cases(user).filter(pk=case.pk).exists():
        return rows.none()
    if as_community(user, case):
        rows = rows.filter(round__in=Decision.objects.filter(case=case).values("round"))
    return rows.select_related("standard", "supersedes", "superseded_by", "by").order_by("pk")


def may_see_rating(user: User, rating: Rating) -> Verdict:
    """Whether the person, who sees the case, may open this rating."""
    if visible_ratings(user, rating.case).filter(pk=rating.pk).exists():
        return YES
    return no(_("评定委员会作出决定后，社区才能查看计分结果。"))


def seal_of_rating(rating: Rating, lines: Iterable[RatingLine] | None = None) -> str:
    """Return the seal that a rating's row and lines make now; it must be the one in the event log."""
    rows = rating.lines.order_by("position") if lines is None else lines
    parts: dict[str, Any] = {name: getattr(rating, name) for name in minting.RATING if name != "case"}
    parts["case"] = rating.case.number
    parts["supersedes"] = rating.supersedes.seal if rating.supersedes else ""
    parts["at"] = clock.iso(rating.at)
    return minting.seal(
        parts, minting.RATING, [{name: getattr(row, name) for name in minting.LINE} for row in rows]
    )


def seal_of_decision(decision: Decision) -> str:
    """Return the seal that a decision's row makes now; it must be the one in the event log."""
    parts: dict[str, Any] = {name: getattr(decision, name) for name in minting.DECISION}
    parts["case"], parts["rating"] = decision.case.number, decision.rating.seal
    parts["at"] = clock.iso(decision.at)
    return minting.seal(parts, minting.DECISION)


def broken_seal(verb: str, data: dict[str, Any]) -> str | None:
    """Return why the record that a ``rate`` or ``decide`` event vouches for no longer matches it, or None."""
    if verb == "rate":
        rating = Rating.objects.filter(pk=data.get("rating")).select_related("case", "supersedes").first()
        if rating is None:
            return "所记的计分结果已不存在"
        return None if seal_of_rating(rating) == data.get("seal") == rating.seal else "计分结果与其摘要不符"
    decision = Decision.objects.filter(pk=data.get("decision")).select_related("case", "rating").first()
    if decision is None:
        return "所记的评定决定已不存在"
    return None if seal_of_decision(decision) == data.get("seal") == decision.seal else "评定决定与其摘要不符"
