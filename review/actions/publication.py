"""The verbs of a notice: confirm the facts, draft, hand in, return, approve, note where else it was shown."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.actions.evidence import store
from applications.actions.turns import Turn, take
from applications.core import terms
from applications.core.canonical import digest
from applications.core.verdict import YES, Verdict, no
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import Case, User
from applications.permissions import may_on_case
from applications.workdays import due_date
from notifications.outbox import post
from review.core.sealing import seal
from review.models import ChannelRecord, DraftEntry, FactsConfirmation, NoticeDraft, Publication, Rating
from review.queries.publications import current, draft_in_work, number_taken
from review.queries.ratings import rating_in_force
from review.queries.snapshots import snapshot

POINTS = ("safety", "reliability", "accuracy", "suitability")


@dataclass(frozen=True)
class DraftText:
    """What a publisher writes: index number, title, text, medium, and the four points looked at (R3-054, R3-057)."""

    number: str = ""
    title: str = ""
    text: str = ""
    medium: str = ""
    safety: bool = False
    reliability: bool = False
    accuracy: bool = False
    suitability: bool = False


def _rating(case: Case) -> Rating:
    rating = rating_in_force(case, case.round)
    if rating is None:
        raise Refused(_("本轮还没有评定结果，不能公布。"))
    return rating


@verb("confirm_facts")
def confirm_facts(case: Case, *, note: str, by: User, at: datetime) -> FactsConfirmation:
    """Sign, for the county, the facts that are going to be published (R3-141)."""
    turn = take(case, "publication.confirm_facts", by=by, at=at)
    rating = _rating(turn.case)
    content = snapshot(turn.case, rating)
    row = FactsConfirmation.objects.create(
        case=turn.case, rating=rating, content=content, digest=digest(content), note=note, by=by, at=at
    )
    record(turn.case, "confirm_facts", by=by, at=at, data={"digest": row.digest, "note": note})
    turn.finish("confirmed")
    return row


@verb("save_notice_draft")
def save_draft(case: Case, *, content: DraftText, revision: int, by: User, at: datetime) -> NoticeDraft:
    """Save the draft as it stands; ``revision`` is the one the form was read at (0: there was none)."""
    turn = take(case, "publication.prepare", by=by, at=at)
    return _write(turn, content, revision)


def _write(turn: Turn, content: DraftText, revision: int) -> NoticeDraft:
    rating = _rating(turn.case)
    draft = NoticeDraft.objects.filter(case=turn.case, rating=rating).first()
    if draft is None:
        return NoticeDraft.objects.create(
            case=turn.case, rating=rating, updated_by=turn.by, updated_at=turn.at, **asdict(content)
        )
    if draft.revision != revision:
        raise Refused(
            _("%(name)s已保存过公示稿，您的修改未覆盖。请刷新后对照最新内容再提交。")
            % {"name": draft.updated_by}
        )
    for field, value in asdict(content).items():
        setattr(draft, field, value)
    draft.revision += 1
    draft.updated_by, draft.updated_at = turn.by, turn.at
    draft.save()
    return draft


@verb("submit_notice")
def submit(case: Case, *, content: DraftText, revision: int, by: User, at: datetime) -> NoticeDraft:
    """Hand the draft in for approval, with the signed checklist of four points."""
    turn = take(case, "publication.prepare", by=by, at=at)
    _complete(content)
    draft = _write(turn, content, revision)
    checklist = {point: getattr(content, point) for point in POINTS}
    DraftEntry.objects.create(draft=draft, verb=DraftEntry.Verb.SUBMIT, checklist=checklist, by=by, at=at)
    data = {"number": draft.number, "title": draft.title, "checklist": checklist}
    record(turn.case, "submit_notice", by=by, at=at, data=data)
    turn.finish("submitted")
    return draft


def _complete(content: DraftText) -> None:
    faults = []
    for field, label in (("number", _("索引号")), ("title", _("标题")), ("text", _("正文"))):
        if not getattr(content, field).strip():
            faults.append(FieldFault(field, _("请填写%(label)s。") % {"label": label}))
    if content.number and number_taken(content.number):
        faults.append(
            FieldFault("number", _("索引号“%(number)s”已被使用，请换一个。") % {"number": content.number})
        )
    faults += [
        FieldFault(point, _("公开前须逐项核查并确认；未确认此项不能提交。"))
        for point in POINTS
        if not getattr(content, point)
    ]
    if faults:
        raise Invalid(faults)


@verb("return_notice")
def return_draft(case: Case, *, reason: str, by: User, at: datetime) -> None:
    """Return the draft to the publishers with a reason."""
    turn = take(case, "publication.approve", by=by, at=at)
    draft = _draft(turn.case)
    DraftEntry.objects.create(draft=draft, verb=DraftEntry.Verb.RETURN, text=reason, by=by, at=at)
    record(turn.case, "return_notice", by=by, at=at, data={"number": draft.number, "reason": reason})
    turn.finish("return")


def _draft(case: Case) -> NoticeDraft:
    draft = draft_in_work(case)
    if draft is None:
        raise Refused(_("没有待审批的公示稿。"))
    return draft


@verb("publish_notice")
def approve(case: Case, *, opinion: str, by: User, at: datetime) -> Publication:
    """Approve the draft: the notice is published and its period runs from today, which counts (practice 3.3)."""
    turn = take(case, "publication.approve", by=by, at=at)
    draft = _draft(turn.case)
    if number_taken(draft.number):
        raise Refused(
            _("索引号“%(number)s”已被其他发布件使用，请退回拟制人更换。") % {"number": draft.number}
        )
    DraftEntry.objects.create(draft=draft, verb=DraftEntry.Verb.APPROVE, text=opinion, by=by, at=at)
    notice = _publish(turn, draft)
    record(
        turn.case,
        "publish_notice",
        by=by,
        at=at,
        data={
            "number": notice.number,
            "digest": notice.digest,
            "from": str(notice.notice_from),
            "until": str(notice.notice_until),
        },
    )
    post(
        "publication.notice",
        f"publication:{notice.pk}",
        at=at,
        payload={"case": case.pk, "publication": notice.pk},
    )
    turn.finish("published")
    return notice


def period(case: Case, at: datetime) -> tuple[date, date]:
    """Return the first and the last day of a notice published at this moment; less than five days are refused."""
    term = terms.in_force(case.batch.terms, "notice")
    if term.budget < term.low:
        raise Refused(
            _("批次规定的公示期为%(days)s天，少于%(low)s天，不能公示。请联系省级经办人更正批次期限。")
            % {"days": term.budget, "low": term.low}
        )
    first = clock.day_of(at)
    last, _provisional = due_date(first, term.budget, term.unit)
    return first, last


def _publish(turn: Turn, draft: NoticeDraft) -> Publication:
    case, rating = turn.case, draft.rating
    first, last = period(case, turn.at)
    content = snapshot(case, rating)
    author = draft.entries.filter(verb=DraftEntry.Verb.SUBMIT).order_by("-pk")[0].by
    shown = {
        "kind": Publication.Kind.NOTICE.value,
        "number": draft.number,
        "title": draft.title,
        "text": draft.text,
        "content": content,
        "notice_from": first,
        "notice_until": last,
        "published_on": first,
    }
    return Publication.objects.create(
        **shown,
        digest=seal(shown),
        case=case,
        round=case.round,
        rating=rating,
        supersedes=current(case, Publication.Kind.NOTICE),
        community_code=content["community"]["code"],
        star=content["star"],
        medium=draft.medium,
        author=author,
        approver=turn.by,
        published_at=turn.at,
    )


def may_record_channel(by: User, publication: Publication) -> Verdict:
    """Whether this person may note where a publication was shown: a publisher, or the community itself."""
    case = publication.case
    verdict = may_on_case(by, "prepare_publication", case)
    if verdict.ok or may_on_case(by, "brief_residents", case).ok:
        return YES
    return no(verdict.reason)


@verb("record_channel")
def record_channel(
    publication: Publication,
    *,
    channel: str,
    place: str,
    shown_on: date,
    proof: "File[Any] | None",
    by: User,
    at: datetime,
) -> ChannelRecord:
    """Note where else a publication was shown, with its proof (R2-045)."""
    case = lock_case(publication.case)
    require(may_record_channel(by, publication))
    if not publication.published_on <= shown_on <= clock.day_of(at):
        raise Invalid(
            [
                FieldFault(
                    "shown_on",
                    _("发布日期“%(day)s”须在正式发布日%(first)s至今天之间。")
                    % {"day": shown_on, "first": publication.published_on},
                )
            ]
        )
    kept = store(case, proof, indicators=[], stage="publication", by=by, at=at) if proof else None
    data = {"number": publication.number, "channel": channel, "place": place, "on": str(shown_on)}
    record(case, "record_channel", by=by, at=at, data=data)
    return ChannelRecord.objects.create(
        publication=publication, channel=channel, place=place, shown_on=shown_on, proof=kept, by=by, at=at
    )
