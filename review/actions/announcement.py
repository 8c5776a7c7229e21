"""Announcing a result after its notice period: the announcement, the star, the row that the public search reads."""

import secrets
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import record
from applications.actions.turns import Turn, take
from applications.errors import FieldFault, Invalid, Refused
from applications.models import Case, User
from notifications.outbox import post
from review.actions.records import write_record
from review.actions.reporting import report_if_new
from review.core import receipts, validity
from review.core.sealing import seal
from review.core.wording import announcement_words
from review.models import Publication, Rating, StarAward
from review.queries.objections import counted
from review.queries.publications import current, number_taken
from review.queries.ratings import rating_in_force
from review.queries.snapshots import snapshot


@verb("announce")
def announce(case: Case, *, number: str, by: User, at: datetime) -> Publication:
    """Announce the result that stood through its notice; a star is awarded for three years (practice 3.3).

    Who prepared the notice is the author of both and cannot announce: the announcement has two people, too (R3-059).
    """
    turn = take(case, "publication.announce", by=by, at=at)
    if not number.strip():
        raise Invalid([FieldFault("number", _("请填写公告的索引号。"))])
    if number_taken(number):
        raise Invalid(
            [FieldFault("number", _("索引号“%(number)s”已被使用，请换一个。") % {"number": number})]
        )
    notice = current(turn.case, Publication.Kind.NOTICE)
    rating = rating_in_force(turn.case, turn.case.round)
    if notice is None or rating is None:
        raise Refused(_("没有已公示的结果，不能公告。"))
    row = _publish(turn, notice, rating, number)
    award = _award(row)
    write_record(row)
    data: dict[str, Any] = {"number": row.number, "digest": row.digest, "star": row.star}
    if award is not None:
        data |= {"code": award.code, "valid_until": str(award.valid_until)}
    record(turn.case, "announce", by=by, at=at, data=data)
    report_if_new(turn.case, rating, by=by, at=at)
    post(
        "publication.announced",
        f"publication:{row.pk}",
        at=at,
        payload={"case": case.pk, "publication": row.pk},
    )
    turn.finish("announced")
    return row


def words(content: dict[str, Any], notice: Publication) -> tuple[str, str]:
    """Return the title and the text of the announcement of what stood through a notice."""
    assert notice.notice_from and notice.notice_until  # held by a constraint of the table
    return announcement_words(
        content,
        notice=notice.number,
        first=notice.notice_from,
        last=notice.notice_until,
        years=validity.YEARS,
    )


def _publish(turn: Turn, notice: Publication, rating: Rating, number: str) -> Publication:
    case, today = turn.case, clock.day_of(turn.at)
    content = snapshot(case, rating)
    content["notice"] = {
        "number": notice.number,
        "from": str(notice.notice_from),
        "until": str(notice.notice_until),
        **counted(notice),
    }
    if content["star"]:
        content["award"] = {
            "code": receipts.compose(secrets.choice),
            "valid_from": str(today),
            "valid_until": str(validity.last_day(today)),
        }
    title, text = words(content, notice)
    shown = {
        "kind": Publication.Kind.ANNOUNCEMENT.value,
        "number": number,
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
        case=case,
        round=case.round,
        rating=rating,
        community_code=content["community"]["code"],
        star=content["star"],
        medium=notice.medium,
        author=notice.author,
        approver=turn.by,
        published_at=turn.at,
    )


def _award(row: Publication) -> StarAward | None:
    """Enter the star that the announcement names; there is none where no star was reached."""
    named = row.content.get("award")
    if named is None:
        return None
    return StarAward.objects.create(
        code=named["code"],
        publication=row,
        case=row.case,
        community_code=row.community_code,
        star=row.star,
        valid_from=row.published_on,
        valid_until=validity.last_day(row.published_on),
    )
