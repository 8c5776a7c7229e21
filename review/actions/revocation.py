"""Ending a star before its time: proposed by one publisher, the community heard, decided by another, told to the public.

A star is revoked altogether or lowered by one grade; a lowered one keeps its term (R3-112, practice 3.3 and 4.3).
"""

import secrets
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions import deadlines
from applications.actions.events import lock_case, record
from applications.actions.turns import Turn, finish_task, take
from applications.core import terms
from applications.errors import FieldFault, Invalid, Refused, require
from applications.inturn import in_turn
from applications.models import Case, Todo, User
from applications.permissions import may_on_case
from applications.queries.standards import standard_of
from applications.signals import road
from notifications.outbox import post
from review.actions.records import write_record
from review.core import receipts
from review.core.sealing import seal
from review.core.wording import lowering_words, revocation_words
from review.models import (
    AwardRevocation,
    ProposalStatement,
    Publication,
    RevocationProposal,
    StarAward,
)
from review.queries import revocations
from review.queries.publications import number_taken
from review.queries.snapshots import level

Kind = Publication.Kind
DECIDE = "publication.approve_revocation"


@verb("propose_revocation")
def propose(
    case: Case, *, number: str, reason: str, by: User, at: datetime, star: int = 0, fraud: bool = False
) -> RevocationProposal:
    """Propose to revoke the star of a case that is in force, or to lower it to ``star``, one grade below.

    The community is heard first, then another publisher is asked to decide.
    """
    case = lock_case(case)
    require(may_on_case(by, "prepare_publication", case))
    award = revocations.revocable(case, clock.day_of(at))
    if award is None:
        raise Refused(_("本案没有有效的星级，不能降星或撤销。"))
    if revocations.under_way(award):
        raise Refused(_("已有一项降星或撤销提议正在办理，请等待结果。"))
    faults = []
    if star and star != revocations.star_below(award):
        faults.append(FieldFault("star", _("降星每次只降一个等级；没有更低星级的，只能撤销。")))
    if fraud and star:
        faults.append(FieldFault("fraud", _("弄虚作假的应撤销星级，不能只降一个等级。")))
    if not reason.strip():
        faults.append(FieldFault("reason", _("请写明事实和依据，公众可以看到。")))
    if not number.strip() or number_taken(number.strip()):
        faults.append(FieldFault("number", _("请填写未被使用过的索引号。")))
    if faults:
        raise Invalid(faults)
    row = RevocationProposal.objects.create(
        award=award,
        star=star,
        number=number.strip(),
        reason=reason.strip(),
        fraud=fraud,
        by=by,
        at=at,
    )
    data = {"award": award.code, "number": row.number, "star": star, "reason": row.reason}
    if fraud:
        data["fraud"] = True
    record(case, "propose_lowering" if star else "propose_revocation", by=by, at=at, data=data)
    road.send(sender=Case, case=case, by=by, at=at)
    return row


@verb("state_award")
def state(proposal: RevocationProposal, *, text: str, by: User, at: datetime) -> ProposalStatement:
    """Say what the community has to say of a proposal; an empty ``text`` says that it has nothing to say."""
    turn = take(proposal.award.case, "publication.hear", by=by, at=at, key=proposal.key)
    row = ProposalStatement.objects.create(proposal=proposal, text=text.strip(), by=by, at=at)
    record(turn.case, "state_award", by=by, at=at, data={"number": proposal.number, "text": row.text})
    turn.finish("stated")
    return row


def end_hearings(*, at: datetime) -> int:
    """Move on every proposal whose community let the term of its statement pass; return how many.

    Doing it twice, or by two clocks at once, changes nothing: each is locked and looked at again.
    """
    silent = revocations.silent_hearings(clock.day_of(at))
    return in_turn(silent, lambda todo: _end_hearing(todo, by=None, at=at))


@verb("end_hearing")
def _end_hearing(todo: Todo, *, by: User | None, at: datetime) -> int:
    case = lock_case(todo.case)
    fresh = Todo.objects.select_related("task__process", "run").get(pk=todo.pk)
    if fresh.state != Todo.State.OPEN:
        return 0
    fresh.run.case = case
    record(case, "end_hearing", by=by, at=at, data={"due": str(fresh.due_on)})
    finish_task(fresh.task, fresh.run, by=by, at=at, outcome="silent")
    return 1


@verb("reject_revocation")
def reject(proposal: RevocationProposal, *, reason: str, by: User, at: datetime) -> None:
    """Reject a proposal with a reason; the star stays as it is."""
    turn = take(proposal.award.case, DECIDE, by=by, at=at, key=proposal.key)
    if not reason.strip():
        raise Invalid([FieldFault("reason", _("请写明不同意的理由。"))])
    data = {"number": proposal.number, "reason": reason}
    record(turn.case, "reject_revocation", by=by, at=at, data=data)
    turn.finish("reject")


@verb("revoke_award")
def revoke(proposal: RevocationProposal, *, by: User, at: datetime) -> Publication:
    """Revoke the award from today, and tell the public in a publication that supersedes the announcement."""
    return _decide(proposal, Kind.REVOCATION, by=by, at=at)


@verb("lower_award")
def lower(proposal: RevocationProposal, *, by: User, at: datetime) -> Publication:
    """Lower the award by one grade from today: a new award with the same end, told to the public."""
    return _decide(proposal, Kind.LOWERING, by=by, at=at)


VERBS = {Kind.REVOCATION: "revoke_award", Kind.LOWERING: "lower_award"}
TOPICS = {Kind.REVOCATION: "publication.revoked", Kind.LOWERING: "publication.lowered"}


def _decide(proposal: RevocationProposal, kind: Publication.Kind, *, by: User, at: datetime) -> Publication:
    turn = take(proposal.award.case, DECIDE, by=by, at=at, key=proposal.key)
    if (kind == Kind.LOWERING) != bool(proposal.star):
        raise Refused(_("审批结果与提议不符，请刷新页面后重新审批。"))
    if revocations.revocable(turn.case, clock.day_of(at)) != proposal.award:
        raise Refused(_("该星级已不再有效，本提议不能批准，请选择“不同意”办结。"))
    if number_taken(proposal.number):
        raise Refused(_("索引号“%(number)s”已被使用，请由提议人重新提出。") % {"number": proposal.number})
    row = _publish(turn, proposal, kind)
    AwardRevocation.objects.create(award=proposal.award, proposal=proposal, publication=row, at=at)
    data: dict[str, Any] = {"number": row.number, "digest": row.digest, "award": proposal.award.code}
    if kind == Kind.LOWERING:
        data |= {"star": row.star, "code": _award(row, proposal.award).code}
    write_record(row)
    record(turn.case, VERBS[kind], by=by, at=at, data=data)
    payload = {"case": turn.case.pk, "publication": row.pk}
    post(TOPICS[kind], f"publication:{row.pk}", at=at, payload=payload)
    turn.finish("ended")
    return row


def return_by(case: Case, at: datetime) -> date:
    """Return until when the certificate is to be handed in where an award ends at this moment."""
    return deadlines.due(terms.in_force(case.batch.terms, "certificate_return"), at)[0]


def words(proposal: RevocationProposal, case: Case, at: datetime) -> tuple[str, str]:
    """Return the title and the text that the public are told where the proposal is approved at this moment."""
    announced = proposal.award.publication
    said: dict[str, Any] = {
        "announcement": announced.number,
        "reason": proposal.reason,
        "return_by": return_by(case, at),
    }
    if proposal.star:
        until = proposal.award.valid_until
        lowered = _lowered(proposal)
        return lowering_words(announced.content, lowered=lowered, until=until, **said)
    barred = revocations.barred_until(proposal, clock.day_of(at))
    return revocation_words(announced.content, barred_until=barred, **said)


def _publish(turn: Turn, proposal: RevocationProposal, kind: Publication.Kind) -> Publication:
    announced, today = proposal.award.publication, clock.day_of(turn.at)
    title, text = words(proposal, turn.case, turn.at)
    shown = {
        "kind": kind.value,
        "number": proposal.number,
        "title": title,
        "text": text,
        "content": _content(proposal, kind, today),
        "notice_from": None,
        "notice_until": None,
        "published_on": today,
    }
    return Publication.objects.create(
        **shown,
        digest=seal(shown),
        case=turn.case,
        round=announced.round,
        rating=announced.rating,
        supersedes=announced,
        community_code=announced.community_code,
        star=proposal.star or announced.star,
        medium=announced.medium,
        author=proposal.by,
        approver=turn.by,
        published_at=turn.at,
    )


def _content(proposal: RevocationProposal, kind: Publication.Kind, today: date) -> dict[str, Any]:
    """Return the snapshot of the announcement with how its star ended; what was measured stays as it was announced."""
    award = proposal.award
    content: dict[str, Any] = {**award.publication.content}
    why = {"reason": proposal.reason, "announcement": award.publication.number, "star": award.star}
    if kind == Kind.REVOCATION:
        return {**content, "revocation": why}
    named = {
        "code": receipts.compose(secrets.choice),
        "valid_from": str(today),
        "valid_until": str(award.valid_until),
    }
    content.pop("star_words", None)
    return {**content, "lowering": why, **_lowered(proposal), "award": named}


def _lowered(proposal: RevocationProposal) -> dict[str, Any]:
    """Return the level that a proposal lowers to, as a snapshot has it."""
    return level(standard_of(proposal.award.case.batch.standard), proposal.star)


def _award(row: Publication, before: StarAward) -> StarAward:
    return StarAward.objects.create(
        code=row.content["award"]["code"],
        publication=row,
        case=row.case,
        community_code=row.community_code,
        star=row.star,
        valid_from=row.published_on,
        valid_until=before.valid_until,
    )
