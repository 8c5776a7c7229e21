"""Commendations that may bring bonus points: entered by the community, their level confirmed by the province (R1-036 to R1-040)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.actions.working import Work, not_returned, work_on
from applications.errors import FieldFault, Hidden, Invalid, Refused, require
from applications.models import Award, Case, Evidence, User
from applications.permissions import may_on_case
from applications.queries.standards import standard_of

MOST_AWARDS = 50


@dataclass(frozen=True)
class AwardEntry:
    """What a community says of a commendation; ``evidence`` is the certificate among the files of the case."""

    title: str
    matter: str
    level: str
    date: date
    issuer: str
    recipient: str
    seal_level: str = ""
    evidence: int | None = None


@verb("add_award")
def add_award(case: Case, *, entry: AwardEntry, by: User, at: datetime) -> Award:
    """Enter a commendation; whether it counts follows from its date, its matter and its level, and is shown beside it."""
    work = _work(case, by=by, at=at)
    if entry.date > clock.day_of(at):
        sentence = _("表彰日期为%(date)s，晚于今天，请核对证书上的日期。") % {
            "date": date_format(entry.date, "DATE_FORMAT")
        }
        raise Invalid([FieldFault("date", sentence)])
    if Award.objects.filter(case=work.case, removed_at__isnull=True).count() >= MOST_AWARDS:
        raise Refused(_("最多登记%(most)s项表彰，请只保留级别最高的。") % {"most": MOST_AWARDS})
    certificate = None
    if entry.evidence is not None:
        files = Evidence.objects.filter(case=work.case, pk=entry.evidence, removed_at__isnull=True)
        certificate = files.first()
        if certificate is None:
            raise Invalid([FieldFault("evidence", _("所选的证书文件已不在材料库中，请重新选择。"))])
    return Award.objects.create(
        case=work.case,
        title=entry.title,
        matter=entry.matter,
        level=entry.level,
        seal_level=entry.seal_level,
        date=entry.date,
        issuer=entry.issuer,
        recipient=entry.recipient,
        evidence=certificate,
        added_by=by,
        added_at=at,
    )


@verb("remove_award")
def remove_award(case: Case, *, award: int, by: User, at: datetime) -> Award:
    """Take a commendation back; its row stays."""
    work = _work(case, by=by, at=at)
    row = Award.objects.filter(case=work.case, pk=award, removed_at__isnull=True).first()
    if row is None:
        raise Hidden
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    return row


def _work(case: Case, *, by: User, at: datetime) -> Work:
    work = work_on(case, by=by, at=at)
    if standard_of(case.batch.standard).bonus is None:
        raise Refused(_("本批次适用的标准没有加分项。"))
    if not (work.scope.everything or work.scope.awards):
        raise not_returned(_("加分项"))
    return work


@verb("confirm_award")
def confirm_award(case: Case, *, award: int, counts: bool, reason: str, by: User, at: datetime) -> Award:
    """Say for the province whether a commendation is one that counts at its level, with the reason (A18)."""
    case = lock_case(case)
    require(may_on_case(by, "confirm_award", case))
    row = Award.objects.filter(case=case, pk=award, removed_at__isnull=True).first()
    if row is None:
        raise Hidden
    if case.state not in {"application", "preparation", "collection", "review"}:
        raise Refused(
            _("本案已进入“%(stage)s”阶段，不能再确认表彰级别。") % {"stage": case.get_state_display()}
        )
    if not reason.strip():
        raise Invalid([FieldFault("reason", _("请写明认定或不予认定的理由。"))])
    row.confirmed, row.confirmed_by, row.confirm_reason = counts, by, reason.strip()
    row.save(update_fields=["confirmed", "confirmed_by", "confirm_reason"])
    data = {"award": row.pk, "title": row.title, "counts": counts, "reason": row.confirm_reason}
    record(case, "confirm_award", by=by, at=at, data=data)
    return row
