"""The verbs of the office that has a complaint in hand, and of the community that is asked (R4-124 to R4-127)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions import deadlines
from applications.actions.events import lock_case, record
from applications.actions.move import move
from applications.core import terms
from applications.core.verdict import Verdict
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import Case, Organisation, User
from applications.permissions import may_on_case
from applications.signals import road
from rectification.actions.complaints import begin_term, enter, hold, keep_files, tell
from rectification.models import Complaint, ComplaintEntry, RectificationItem
from rectification.models.complaint import OFFICES
from rectification.permissions import (
    may_acknowledge,
    may_handle,
    may_reply,
    may_take,
    office_of,
)
from rectification.queries.complaints import case_in_question, colleagues, may_answer

Verb, State, Kind = ComplaintEntry.Verb, Complaint.State, Complaint.Kind
HIGHER = OFFICES[2:]


def _words(field: str, text: str, sentence: str) -> str:
    if len(text.strip()) < 2:
        raise Invalid([FieldFault(field, sentence)])
    return text.strip()


def _in_hand(complaint: Complaint, by: User) -> Complaint:
    complaint = hold(complaint)
    require(may_handle(by, complaint))
    return complaint


@verb("take_complaint")
def take(complaint: Complaint, *, by: User, at: datetime) -> None:
    """Take a complaint in hand: from now on its owner answers for it (R4-125)."""
    complaint = hold(complaint)
    require(may_take(by, complaint))
    complaint.level, complaint.owner = office_of(by, complaint), by
    complaint.handed_to, complaint.handed_level = None, ""
    fields = ("level", "owner", "handed_to", "handed_level")
    if complaint.state == State.HANDLING:  # whoever had it holds the office no longer
        complaint.save(update_fields=fields)
    else:
        move(complaint, State.HANDLING, fields=fields)
    enter(complaint, Verb.TAKE, by=by, at=at)


@verb("hand_over_complaint")
def hand_over(complaint: Complaint, *, to: User, reason: str, by: User, at: datetime) -> None:
    """Offer a complaint to a colleague; it stays with its owner until they have acknowledged it (R4-125)."""
    complaint = _in_hand(complaint, by)
    level = dict(colleagues(complaint)).get(to.pk)
    if level is None or to.pk == by.pk:
        raise Invalid([FieldFault("to", _("“%(name)s”不能接收该投诉，请从名单中选择。") % {"name": to})])
    complaint.handed_to, complaint.handed_level = to, level
    complaint.save(update_fields=["handed_to", "handed_level"])
    reason = _words("reason", reason, _("请写明移交理由。"))
    enter(complaint, Verb.HAND_OVER, reason, by=by, at=at, person=to, value=level)
    tell("complaint.handed", complaint, at)


@verb("acknowledge_complaint")
def acknowledge(complaint: Complaint, *, by: User, at: datetime) -> None:
    """Acknowledge what was handed over: from now on one answers for it."""
    complaint = hold(complaint)
    require(may_acknowledge(by, complaint))
    complaint.owner, complaint.level = by, complaint.handed_level
    complaint.handed_to, complaint.handed_level = None, ""
    complaint.save(update_fields=["owner", "level", "handed_to", "handed_level"])
    enter(complaint, Verb.ACKNOWLEDGE, by=by, at=at)


@verb("decline_complaint")
def decline(complaint: Complaint, *, reason: str, by: User, at: datetime) -> None:
    """Decline what was handed over, with the reason; it stays with its owner."""
    complaint = hold(complaint)
    require(may_acknowledge(by, complaint))
    complaint.handed_to, complaint.handed_level = None, ""
    complaint.save(update_fields=["handed_to", "handed_level"])
    enter(complaint, Verb.DECLINE, _words("reason", reason, _("请写明不接收的理由。")), by=by, at=at)
    tell("complaint.back", complaint, at)


@verb("classify_complaint")
def classify(complaint: Complaint, *, kind: str, reason: str, by: User, at: datetime) -> None:
    """Say what the complaint is: a violation, a matter of quality, or outside of the scope (R4-124)."""
    complaint = _in_hand(complaint, by)
    reason = _words("reason", reason, _("请写明分类的依据；不属于受理范围的，写明应当向哪里反映。"))
    complaint.kind = kind
    complaint.save(update_fields=["kind"])
    enter(complaint, Verb.CLASSIFY, reason, by=by, at=at, value=kind)


@verb("note_complaint")
def note(
    complaint: Complaint, *, text: str, files: Sequence["File[Any]"], by: User, at: datetime
) -> ComplaintEntry:
    """Write down what was found out, with its proofs."""
    complaint = _in_hand(complaint, by)
    row = enter(complaint, Verb.NOTE, _words("text", text, _("请写明调查情况。")), by=by, at=at)
    keep_files(complaint, files, entry=row, by=by, at=at)
    return row


@verb("ask_community")
def ask(complaint: Complaint, *, text: str, by: User, at: datetime) -> None:
    """Ask the community to explain; it gets these words only, never the complaint itself nor who complained."""
    complaint = _in_hand(complaint, by)
    text = _words("text", text, _("请写明要求社区说明的事项。"))
    complaint.asked = complaint.awaiting = True
    complaint.save(update_fields=["asked", "awaiting"])
    enter(complaint, Verb.ASK, text, by=by, at=at)
    tell("complaint.asked", complaint, at)


@verb("reply_complaint")
def reply(complaint: Complaint, *, text: str, files: Sequence["File[Any]"], by: User, at: datetime) -> None:
    """Answer, as the community, what its office asked."""
    complaint = hold(complaint)
    require(may_reply(by, complaint))
    if not complaint.awaiting:
        raise Refused(_("目前没有等待社区说明的事项。"))
    complaint.awaiting = False
    complaint.save(update_fields=["awaiting"])
    row = enter(complaint, Verb.REPLY, _words("text", text, _("请写明情况说明。")), by=by, at=at)
    keep_files(complaint, files, entry=row, by=by, at=at)
    tell("complaint.replied", complaint, at)


@verb("escalate_complaint")
def escalate(complaint: Complaint, *, to: str, reason: str, by: User, at: datetime) -> None:
    """Ask a level above to take over what is grave or complex; it stays with its owner until acknowledged (R4-127)."""
    complaint = _in_hand(complaint, by)
    if to not in HIGHER or OFFICES.index(to) <= OFFICES.index(complaint.level):
        raise Invalid([FieldFault("to", _("只能提请比目前办理层级更高的市级或省级办理。"))])
    reason = _words("reason", reason, _("请写明提请上级办理的理由。"))
    complaint.handed_to, complaint.handed_level = None, to
    complaint.due_on = begin_term(complaint, "complaint_above", at)
    complaint.save(update_fields=["handed_to", "handed_level", "due_on"])
    enter(complaint, Verb.ESCALATE, reason, by=by, at=at, value=to)
    tell("complaint.handed", complaint, at)


@verb("commission_complaint")
def commission(complaint: Complaint, *, agency: Organisation, reason: str, by: User, at: datetime) -> None:
    """Have a third party look into what is grave or complex; the owner goes on answering for it (R4-127)."""
    complaint = _in_hand(complaint, by)
    if agency.kind != Organisation.Kind.AGENCY or not agency.active:
        raise Invalid([FieldFault("agency", _("“%(name)s”不是在用的第三方机构。") % {"name": agency})])
    if complaint.entries.filter(verb=Verb.COMMISSION).exists():
        raise Refused(_("该投诉已经委托第三方调查，每件投诉委托一次。"))
    reason = _words("reason", reason, _("请写明委托第三方调查的理由。"))
    complaint.due_on = begin_term(complaint, "complaint_above", at)
    complaint.save(update_fields=["due_on"])
    enter(complaint, Verb.COMMISSION, reason, by=by, at=at, agency=agency)


@verb("answer_complaint")
def answer(complaint: Complaint, *, outcome: str, text: str, by: User, at: datetime) -> None:
    """Answer the complainant, who reads it by the code; classified and looked into before (R4-126)."""
    complaint = _in_hand(complaint, by)
    text = _words("text", text, _("请写明调查结果和处理情况，投诉人凭查询码可以看到。"))
    outside = complaint.kind == Kind.OUTSIDE
    before = may_answer(complaint)
    if not before.ok:
        raise Refused(before.reason)
    if outside != (outcome == Complaint.Outcome.OUTSIDE):
        raise Invalid([FieldFault("outcome", _("办理结论与分类不一致，请核对后选择。"))])
    for running in complaint.matter.deadlines.filter(state__in=deadlines.OPEN):
        deadlines.end(running, at=at)
    today = clock.day_of(at)
    complaint.outcome, complaint.answered_on = outcome, today
    complaint.in_time = complaint.due_on is None or today <= complaint.due_on
    complaint.handed_to, complaint.handed_level, complaint.awaiting = None, "", False
    fields = ("outcome", "answered_on", "in_time", "handed_to", "handed_level", "awaiting")
    move(complaint, State.ANSWERED, fields=fields)
    enter(complaint, Verb.ANSWER, text, by=by, at=at, value=outcome)


def may_open_item(by: User, complaint: Complaint) -> Verdict:
    """Whether a person may put what was complained of on the rectification ledger: the county, on the star's case."""
    handling = may_handle(by, complaint)
    case = case_in_question(complaint)
    return may_on_case(by, "plan_rectification", case) if handling.ok and case else handling


@verb("open_item_of_complaint")
def open_item(
    complaint: Complaint, *, problem: str, suggestion: str, by: User, at: datetime
) -> RectificationItem:
    """Put what proved true on the ledger of the community's newest case; from there it is followed like any item."""
    found = case_in_question(complaint)
    if found is None:
        raise Refused(_("该社区还没有案卷，不能列入整改台账。"))
    case = lock_case(found)
    complaint = _in_hand(complaint, by)
    require(may_on_case(by, "plan_rectification", case))
    problem = _words("problem", problem, _("请写明需要整改的问题。"))
    source = RectificationItem.Source.COMPLAINT
    earlier = RectificationItem.objects.filter(case=case, source=source).count()
    item = RectificationItem.objects.create(
        case=case,
        round=case.round,
        number=f"ZG-{case.number}-T{earlier + 1:02d}",
        source=source,
        complaint=complaint,
        problem=problem,
        suggestion=suggestion.strip(),
        days=terms.in_force(case.batch.terms, "rectification").budget,
        opened_at=at,
    )
    record(case, "open_item", by=by, at=at, data={"item": item.number, "indicator": ""})
    enter(complaint, Verb.OPEN_ITEM, problem, by=by, at=at, value=str(item.pk))
    road.send(sender=Case, case=case, by=by, at=at)
    return item
