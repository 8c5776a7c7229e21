"""Revoking a star before its time: proposed by one publisher, decided by another, told to the public (R3-112)."""

from datetime import datetime

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.actions.turns import take
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import Case, User
from applications.permissions import may_on_case
from applications.signals import road
from notifications.outbox import post
from review.actions.records import write_record
from review.core.sealing import seal
from review.core.wording import revocation_words
from review.models import AwardRevocation, Publication, RevocationProposal
from review.queries import revocations
from review.queries.publications import number_taken


@verb("propose_revocation")
def propose(case: Case, *, number: str, reason: str, by: User, at: datetime) -> RevocationProposal:
    """Propose to revoke the star of a case that is in force; another publisher is asked to decide."""
    case = lock_case(case)
    require(may_on_case(by, "prepare_publication", case))
    award = revocations.revocable(case, clock.day_of(at))
    if award is None:
        raise Refused(_("本案没有有效的星级，不能撤销。"))
    if revocations.under_way(award):
        raise Refused(_("已有一项撤销提议待审批，请等待结果。"))
    faults = []
    if not reason.strip():
        faults.append(FieldFault("reason", _("请写明撤销的事实和依据，公众可以看到。")))
    if not number.strip() or number_taken(number):
        faults.append(FieldFault("number", _("请填写未被使用过的索引号。")))
    if faults:
        raise Invalid(faults)
    row = RevocationProposal.objects.create(
        award=award, number=number.strip(), reason=reason.strip(), by=by, at=at
    )
    data = {"award": award.code, "number": row.number, "reason": row.reason}
    record(case, "propose_revocation", by=by, at=at, data=data)
    road.send(sender=Case, case=case, by=by, at=at)
    return row


@verb("reject_revocation")
def reject(proposal: RevocationProposal, *, reason: str, by: User, at: datetime) -> None:
    """Reject a proposal with a reason; the star stays."""
    turn = take(proposal.award.case, "publication.approve_revocation", by=by, at=at, key=proposal.key)
    if not reason.strip():
        raise Invalid([FieldFault("reason", _("请写明不同意撤销的理由。"))])
    data = {"number": proposal.number, "reason": reason}
    record(turn.case, "reject_revocation", by=by, at=at, data=data)
    turn.finish("reject")


@verb("revoke_award")
def revoke(proposal: RevocationProposal, *, by: User, at: datetime) -> Publication:
    """Revoke the award from today, and tell the public in a publication that supersedes the announcement."""
    turn = take(proposal.award.case, "publication.approve_revocation", by=by, at=at, key=proposal.key)
    if number_taken(proposal.number):
        raise Refused(_("索引号“%(number)s”已被使用，请由提议人重新提出。") % {"number": proposal.number})
    row = _publish(proposal, by=by, at=at)
    AwardRevocation.objects.create(award=proposal.award, proposal=proposal, publication=row, at=at)
    write_record(row)
    data = {"number": row.number, "digest": row.digest, "award": proposal.award.code}
    record(turn.case, "revoke_award", by=by, at=at, data=data)
    payload = {"case": turn.case.pk, "publication": row.pk}
    post("publication.revoked", f"publication:{row.pk}", at=at, payload=payload)
    turn.finish("revoked")
    return row


def _publish(proposal: RevocationProposal, *, by: User, at: datetime) -> Publication:
    announced = proposal.award.publication
    content = {
        **announced.content,
        "revocation": {"reason": proposal.reason, "announcement": announced.number},
    }
    title, text = revocation_words(content, announcement=announced.number, reason=proposal.reason)
    today = clock.day_of(at)
    shown = {
        "kind": Publication.Kind.REVOCATION.value,
        "number": proposal.number,
        "title": title,
        "text": text,
        "content": content,
        "notice_from": None,
        "notice_until": None,
        "published_on": today,
    }
    return Publication.objects.create(
        **shown,
        digest=seal(shown),
        case=announced.case,
        round=announced.round,
        rating=announced.rating,
        supersedes=announced,
        community_code=announced.community_code,
        star=announced.star,
        medium=announced.medium,
        author=proposal.by,
        approver=by,
        published_at=at,
    )
