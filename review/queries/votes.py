"""Reads of the rating committee: who may vote, who presides, what may be seen of a ballot."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import clock
from applications.core.verdict import YES, Verdict, no
from applications.core.voting import FEWEST, Tally, chair, tally
from applications.models import Assignment, Case, Recusal, StageRun, User
from applications.permissions import holders, may_on_case, visible_cases
from review.models import Ballot, Decision, Vote
from review.queries.judgements import as_community
from review.queries.teams import tied

VOTE = "scoring.vote"
NAMES = re.compile("（(.*?)）")


def committee(case: Case) -> list[User]:
    """Return the members who may vote on a case today, those of longest standing first.

    Out are the recused, who has a tie to the community, and everybody who worked on the case by assignment: judging
    and deciding are separate.
    """
    recused = Recusal.objects.filter(case=case, lifted_at__isnull=True).values("user")
    worked = Assignment.objects.filter(case=case).values("user")
    first = Min("memberships__since", filter=Q(memberships__role="committee_member"))
    rows = holders("vote_rating", case.path).exclude(pk__in=recused).exclude(pk__in=worked)
    people = list(rows.annotate(first=first).order_by("first", "pk"))
    out = tied(case, [person.pk for person in people], today=clock.today())
    return [person for person in people if person.pk not in out]


def formed(case: Case) -> bool:
    """Whether there are enough members for a committee on this case."""
    return len(committee(case)) >= FEWEST


def open_ballot(case: Case) -> Ballot | None:
    """Return the ballot of a case that is open now."""
    return Ballot.objects.filter(case=case, state=Ballot.State.OPEN).select_related("rating").first()


def seats(ballot: Ballot) -> list[User]:
    """Return the members who were called to a ballot, in the order of their seats."""
    return [seat.user for seat in ballot.seats.select_related("user").order_by("position")]


def called(run: StageRun) -> list[User]:
    """Return the members who get a to-do of their own for the open ballot of a run's case."""
    ballot = open_ballot(run.case)
    return seats(ballot) if ballot else []


def able(ballot: Ballot) -> list[User]:
    """Return the members called who may still vote: not recused since, not out of office."""
    still = {user.pk for user in committee(ballot.case)}
    return [user for user in seats(ballot) if user.pk in still]


def count(ballot: Ballot) -> Tally:
    """Return the count of a ballot as it stands; before it is closed only the actions may ask."""
    members = {user.pk for user in able(ballot)}
    choices = ballot.votes.filter(by__in=members).values_list("choice", flat=True)
    return tally(len(members), choices)


def presides(user: User, ballot: Ballot) -> bool:
    """Whether the person is the chair: the member of longest standing among those called who may still vote."""
    members = able(ballot)
    first = chair([member.pk for member in seats(ballot)], {member.pk for member in members})
    return first == user.pk


def visible_votes(user: User, ballot: Ballot) -> QuerySet[Vote]:
    """Return the votes of a ballot that a person may see or count: one's own, all of them once it is closed."""
    rows = Vote.objects.filter(ballot=ballot).select_related("by").order_by("pk")
    if not visible_cases(user).filter(pk=ballot.case_id).exists():
        return rows.none()
    decided = Decision.objects.filter(case=ballot.case_id, round=ballot.round)
    if ballot.state == Ballot.State.OPEN or (as_community(user, ballot.case) and not decided.exists()):
        return rows.filter(by=user)
    return rows


def may_close(user: User, ballot: Ballot) -> Verdict:
    """Whether the person may close a ballot now: the chair, once the quorum has voted.

    A ballot left with fewer than three members can only become void; that the province may see to as well, since
    there may be nobody left to preside.
    """
    found = count(ballot)
    if not found.formed and may_on_case(user, "province_check", ballot.case).ok:
        return YES
    member = may_on_case(user, "vote_rating", ballot.case)
    if not member.ok:
        return member
    if not presides(user, ballot):
        return no(_("表决由召集人（任职最早的委员）结束。"))
    if found.formed and not found.quorate:
        return no(_("法定人数为%(quorum)s人，尚未达到，不能结束表决。") % {"quorum": found.quorum})
    return YES


def tally_words(tally: Mapping[str, Any], names: Iterable[str]) -> str:
    """Return in the reader's language how a vote went: who was called, how many voted, and how."""
    return _(
        "应到委员%(members)s人（%(names)s），实际表决%(cast)s人，法定人数%(quorum)s人；"
        "同意%(approve)s票，不同意%(reject)s票，弃权%(abstain)s票；通过须同意%(needed)s票。"
    ) % {
        **tally,
        "names": _("、").join(names),
        "cast": tally["approve"] + tally["reject"] + tally["abstain"],
    }


def minutes_words(ballot: Ballot) -> str:
    """Return a ballot's minutes, the count told in the reader's language, what the chair wrote as it is."""
    if (get_language() or "zh").startswith("zh") or not ballot.tally:
        return ballot.minutes
    counted, _sign, note = ballot.minutes.partition("\n")
    named = NAMES.search(counted)
    told = tally_words(ballot.tally, named[1].split("、") if named else ())
    return f"{told}\n{note}" if note else told
