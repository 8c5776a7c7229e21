"""The committee's verbs: vote by name, close the ballot, decide (practice 3.3, R1-028 to R1-030)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.actions.move import move
from applications.actions.turns import finish_task, take
from applications.core.voting import REJECT, Tally
from applications.errors import AlreadyDone, FieldFault, Invalid, NotAllowed, Refused, require
from applications.models import Case, Todo, User
from applications.permissions import may_on_case
from notifications.outbox import post
from review.actions.judging import LONGEST, personally
from review.actions.reporting import issue_report
from review.models import Ballot, Decision, Vote
from review.queries.ratings import seal_of_decision
from review.queries.votes import VOTE, able, count, formed, may_close, open_ballot, tally_words

CONVENE = "scoring.convene"


@verb("cast_vote")
def cast_vote(case: Case, *, choice: str, reason: str, by: User, at: datetime) -> Vote:
    """Vote by name on the rating; a rejection needs a reason. The log names the choice only when the ballot closes.

    When the last member who may vote has voted, the ballot closes by itself.
    """
    turn = personally(take(case, VOTE, by=by, at=at))
    ballot = _ballot(turn.case)
    if by not in able(ballot):
        raise NotAllowed(_("您已不在本次表决的委员之列，不能表决。"))
    _check(choice, reason)
    row = Vote.objects.create(ballot=ballot, by=by, choice=choice, reason=reason.strip(), at=at)
    record(turn.case, "cast_vote", by=by, at=at, data={"ballot": ballot.pk})
    turn.close("voted")
    found = count(ballot)
    if found.formed and found.complete:
        _close(turn.case, ballot, found, note="", by=by, at=at)
    return row


def _check(choice: str, reason: str) -> None:
    if choice not in Vote.Choice.values:
        raise Invalid([FieldFault("choice", _("请选择“同意”“不同意”或“弃权”。"))])
    if choice == REJECT and not reason.strip():
        raise Invalid([FieldFault("reason", _("投“不同意”须写明理由，评审组将据此重新合议。"))])
    if len(reason.strip()) > LONGEST:
        sentence = _("共%(count)s个字，最多%(most)s个字，请精简。")
        raise Invalid([FieldFault("reason", sentence % {"count": len(reason.strip()), "most": LONGEST})])


def _ballot(case: Case) -> Ballot:
    ballot = open_ballot(case)
    if ballot is None:
        raise Refused(_("本案目前没有进行中的表决。"))
    ballot.case = case
    return ballot


@verb("close_vote")
def close_vote(case: Case, *, note: str, by: User, at: datetime) -> Ballot:
    """Close the ballot as its chair once the quorum has voted; ``note`` goes into the minutes.

    A ballot whose members have become fewer than three is void: the province fills the committee and it votes anew.
    """
    case = lock_case(case)
    ballot = open_ballot(case)
    if ballot is None:
        require(may_on_case(by, "vote_rating", case))
        last = Ballot.objects.filter(case=case).select_related("closed_by").order_by("-pk").first()
        if last is None:
            raise Refused(_("本案目前没有进行中的表决。"))
        raise AlreadyDone(str(last.closed_by or ""), last.closed_at)
    ballot.case = case
    require(may_close(by, ballot))
    if len(note.strip()) > LONGEST:
        raise Invalid([FieldFault("note", _("最多%(most)s个字，请精简。") % {"most": LONGEST})])
    _close(case, ballot, count(ballot), note=note.strip(), by=by, at=at)
    return ballot


def _close(case: Case, ballot: Ballot, found: Tally, *, note: str, by: User, at: datetime) -> None:
    """Close the ballot, open the votes in the log, decide where it is carried, and lead the flow on."""
    members = able(ballot)
    votes = [
        {"by": row.by_id, "name": row.by.name, "choice": row.choice, "reason": row.reason}
        for row in ballot.votes.filter(by__in=members).select_related("by").order_by("pk")
    ]
    ballot.closed_at, ballot.closed_by, ballot.tally = at, by, found.as_json()
    ballot.minutes = _minutes(ballot, found, [user.name for user in members], note)
    state = Ballot.State.CARRIED if found.carried else Ballot.State.REJECTED
    if not found.formed:
        state = Ballot.State.VOID
    move(ballot, state, fields=("closed_at", "closed_by", "tally", "minutes"))
    data = {"ballot": ballot.pk, "state": str(state), "votes": votes, **found.as_json()}
    record(case, "close_vote", by=by, at=at, data=data)
    outcome = {"carried": "star", "rejected": "not_carried", "void": "no_committee"}[str(state)]
    if found.carried:
        outcome = "star" if _decide(case, ballot, votes, by=by, at=at).star else "no_star"
    todo = Todo.objects.select_related("task", "run").filter(case=case, node=VOTE).latest("pk")
    todo.run.case = case
    finish_task(todo.task, todo.run, by=by, at=at, outcome=outcome)


def _minutes(ballot: Ballot, found: Tally, names: list[str], note: str) -> str:
    """Return the minutes in the language of the record, whatever language the person reads."""
    with translation.override(settings.LANGUAGE_CODE):
        text = tally_words(found.as_json(), names)
    return f"{text}\n{note}" if note else text


def _decide(case: Case, ballot: Ballot, votes: list[dict[str, Any]], *, by: User, at: datetime) -> Decision:
    """Append the decision with everything it was decided with, and give the case its star."""
    rating = ballot.rating
    row = Decision(
        case=case,
        round=case.round,
        number=f"{case.number}-J{case.round}",
        rating=rating,
        ballot=ballot,
        star=rating.star,
        minutes=ballot.minutes,
        votes=votes,
        standard_digest=rating.standard_digest,
        policy=rating.policy,
        inputs_digest=rating.inputs_digest,
        rating_digest=rating.digest,
        release=settings.RELEASE,
        at=at,
    )
    row.seal = seal_of_decision(row)
    row.save()
    case.star = row.star
    case.save(update_fields=["star"])
    data = {
        "decision": row.pk,
        "number": row.number,
        "star": row.star,
        "digest": rating.digest,
        "seal": row.seal,
    }
    record(case, "decide", by=by, at=at, data=data)
    issue_report(case, rating, row, by=by, at=at)
    post("decision.made", f"decision:{row.pk}", at=at, payload={"case": case.pk, "decision": row.pk})
    return row


@verb("convene")
def convene(case: Case, *, by: User, at: datetime) -> None:
    """Call the ballot once the committee has three members or more who may vote on the case."""
    turn = take(case, CONVENE, by=by, at=at)
    if not formed(turn.case):
        raise Refused(_("可以参加本案表决的评定委员不足三人，请先由系统管理员增补评定委员，再继续。"))
    record(turn.case, "convene", by=by, at=at)
    turn.finish("convened")
