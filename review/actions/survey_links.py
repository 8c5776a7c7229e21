"""One-time links: issued in a batch whose tokens are shown once, taken out again only where nobody could answer."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import record
from applications.actions.move import move
from applications.actions.turns import take
from applications.errors import FieldFault, Invalid, Refused
from applications.models import Case, User
from review.actions.survey import SURVEY, open_round
from review.core.sampling import allocate
from review.core.tally import serial_numbers
from review.models import PostedOnce, SurveyLink, SurveyRound
from review.queries.surveys import token_hash

MOST_AT_ONCE, MOST = 1000, 5000
TOKEN_BYTES = 16  # 128 bits: no guessing, and the address stays short enough for a small QR code


@dataclass(frozen=True)
class Issued:
    """A link as it is handed out: its number and the token, which is written down nowhere."""

    serial: int
    token: str
    stratum: int | None = None


def sheets_of(survey: SurveyRound, count: int) -> list[int | None]:
    """Return the stratum of each of so many new sheets: first what the strata still lack, then by their households.

    Without strata a sheet belongs to none. Sheets that were voided are lacking again.
    """
    if not survey.strata:
        return [None] * count
    live = survey.links.exclude(state=SurveyLink.State.VOID).exclude(stratum=None)
    there = dict(live.values("stratum").annotate(n=Count("pk")).values_list("stratum", "n"))
    lacking = [max(0, row["sample"] - there.get(place, 0)) for place, row in enumerate(survey.strata)]
    shares = allocate(lacking, count)
    more = allocate([row["households"] for row in survey.strata], count - sum(shares))
    return [place for place, share in enumerate(shares) for _n in range(share + more[place])]


@verb("issue_links")
def issue_links(case: Case, *, count: int, once: str = "", by: User, at: datetime) -> list[Issued]:
    """Issue links of the open survey; the caller shows the tokens now or never.

    ``once`` is the key of the form: loading the answer page again issues nothing.
    """
    turn = take(case, SURVEY, by=by, at=at)
    survey = open_round(turn.case)
    if not 1 <= count <= MOST_AT_ONCE:
        sentence = _("一次可签发1至%(most)d份，您填写的是%(count)d份。")
        raise Invalid([FieldFault("count", sentence % {"most": MOST_AT_ONCE, "count": count})])
    last = survey.links.aggregate(last=Max("serial"))["last"] or 0
    if last + count > MOST:
        sentence = _("每次调查最多%(most)d份，已签发%(last)d份。")
        raise Invalid([FieldFault("count", sentence % {"most": MOST, "last": last})])
    if once:
        _row, fresh = PostedOnce.objects.get_or_create(
            by=by, key=once[:64], defaults={"case": turn.case, "at": at}
        )
        if not fresh:
            raise Refused(_("这批链接已经签发，清单只显示一次。如未保存，请把这批编号作废后重新签发。"))
    issued = [
        Issued(serial, secrets.token_urlsafe(TOKEN_BYTES), stratum)
        for serial, stratum in enumerate(sheets_of(survey, count), start=last + 1)
    ]
    SurveyLink.objects.bulk_create(
        [
            SurveyLink(
                survey=survey,
                serial=link.serial,
                token_hash=token_hash(link.token),
                stratum=link.stratum,
                issued_by=by,
                issued_at=at,
            )
            for link in issued
        ]
    )
    data = {"number": survey.number, "from": last + 1, "to": last + count}
    record(turn.case, "issue_links", by=by, at=at, data=data)
    return issued


@verb("void_links")
def void_links(case: Case, *, serials: str, reason: str, note: str = "", by: User, at: datetime) -> list[int]:
    """Take unused links out of the denominator: the address is empty, or the sheet never left the office.

    A refusal, nobody at home, or a letter nobody answered is a form that did not come back; it is never voided.
    Otherwise the return rate of R4-068 could be raised by striking out whoever did not answer.
    """
    turn = take(case, SURVEY, by=by, at=at)
    survey = open_round(turn.case)
    if reason not in SurveyLink.Reason.values:
        raise Invalid([FieldFault("reason", _("请选择作废原因；拒答、无人在家属于未回收，不能作废。"))])
    try:
        numbers = serial_numbers(serials)
    except ValueError as error:
        sentence = _("编号“%(part)s”无法识别，请写成“12、15-18”的样子。") % {"part": error}
        raise Invalid([FieldFault("serials", sentence)]) from None
    rows = {
        row.serial: row
        for row in survey.links.select_for_update().filter(serial__in=numbers).order_by("serial")
    }
    free = SurveyLink.State.ISSUED
    wrong = [number for number in numbers if number not in rows or rows[number].state != free]
    if not numbers or wrong:
        listed = _("、").join(str(number) for number in wrong[:10])
        sentence = (
            _("编号%(numbers)s不存在、已使用或已作废，请核对。") % {"numbers": listed}
            if wrong
            else _("请填写要作废的编号。")
        )
        raise Invalid([FieldFault("serials", sentence)])
    for number in numbers:
        row = rows[number]
        row.void_reason, row.void_note, row.voided_by, row.voided_at = reason, note.strip()[:200], by, at
        move(row, SurveyLink.State.VOID, fields=("void_reason", "void_note", "voided_by", "voided_at"))
    data = {"number": survey.number, "serials": numbers, "reason": reason, "note": note.strip()[:200]}
    record(turn.case, "void_links", by=by, at=at, data=data)
    return numbers
