"""The verbs of whoever complains: hand in, withdraw, judge the answer, ask the level above (R4-122, R4-123)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.dispatch import receiver
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions import deadlines
from applications.actions.events import lock_matter, record
from applications.actions.files import examine, keep
from applications.actions.move import move
from applications.core import chain, terms
from applications.core.files import clean_name
from applications.errors import FieldFault, Invalid, NotAllowed, Refused, require
from applications.models import Community, Deadline, Matter, User
from applications.permissions import holds
from applications.permissions_matter import kept_away
from applications.signals import due_moved
from notifications.outbox import post
from rectification.models import Complainant, Complaint, ComplaintEntry, ComplaintFile
from rectification.models.complaint import OFFICES, complaint_file_path
from rectification.permissions import RIGHT
from rectification.queries.complaint_proofs import said_in
from rectification.queries.complaints import OPEN, may_ask_above, may_rate, may_withdraw
from review.core import receipts

Verb, State = ComplaintEntry.Verb, Complaint.State
FILES = 5  # files with one complaint, or with one entry
LEAST = 10  # characters that say something
NAMED = 64


@dataclass(frozen=True)
class Said:
    """What is complained of: what happened and when, and what is asked for; all of it is compulsory (R4-123)."""

    happened_on: date
    text: str
    demand: str
    name: str
    contact: str
    channel: str = Complaint.Channel.ONLINE


@verb("file_complaint")
def file_complaint(
    community: Community, *, said: Said, files: Sequence["File[Any]"], by: User | None, at: datetime
) -> Complaint:
    """Take a complaint about a community, from a resident without an account or written down by an officer.

    Whoever of the office writes it down has it in hand: the first one asked answers for it (R4-125). Nothing of the
    person and none of their words go into the log, only the digest of what was said.
    """
    level = _receiving_level(by, community)
    _complete(said, files, at)
    held = Community.objects.select_for_update().select_related("region").get(pk=community.pk)
    number = f"TS-{held.code}-{Complaint.objects.filter(community=held).count() + 1}"
    matter = Matter.objects.create(number=number, community=held, opened_at=at)
    complaint = Complaint(
        matter=matter,
        community=held,
        number=number,
        code=receipts.compose(secrets.choice),
        path=held.path,
        channel=said.channel,
        happened_on=said.happened_on,
        text=said.text.strip(),
        demand=said.demand.strip(),
        level=level,
        by=by,
        at=at,
    )
    complaint.due_on = begin_term(complaint, "complaint", at)
    complaint.save()
    Complainant.objects.create(complaint=complaint, name=said.name.strip(), contact=said.contact.strip())
    kept = keep_files(complaint, files, entry=None, by=by, at=at)
    data = {"channel": said.channel, "said": said_in(complaint), "files": [row.sha256 for row in kept]}
    record(matter, "file_complaint", by=by, at=at, data=data)
    if by is not None:
        complaint.owner = by
        move(complaint, State.HANDLING, fields=("owner",))
        enter(complaint, Verb.TAKE, by=by, at=at)
    else:
        tell("complaint.received", complaint, at)
    return complaint


def _receiving_level(by: User | None, community: Community) -> str:
    """Return the office that receives it: the street's, or that of the officer who writes it down."""
    if by is None:
        return "street"
    require(kept_away(by, community))
    level = next((level for level in OFFICES if holds(by, RIGHT[level], community.path)), "")
    if not level:
        raise NotAllowed(_("您没有在该地区登记投诉的权限。"))
    return level


def _complete(said: Said, files: Sequence["File[Any]"], at: datetime) -> None:
    faults = []
    if not said.name.strip():
        faults.append(FieldFault("name", _("请填写姓名；姓名只供办理单位核实，不会公开，也不会告知社区。")))
    if not said.contact.strip():
        faults.append(FieldFault("contact", _("请填写电话或电子邮箱，以便核实情况；联系方式不会公开。")))
    for field, value in (("text", said.text), ("demand", said.demand)):
        if len(value.strip()) < (LEAST if field == "text" else 2):
            faults.append(FieldFault(field, _("请写明事情经过和处理要求，让办理人员看得明白。")))
    if said.happened_on > clock.day_of(at):
        faults.append(
            FieldFault(
                "happened_on",
                _("发生日期“%(day)s”晚于今天，请填写今天或以前的日期。") % {"day": said.happened_on},
            )
        )
    if len(files) > FILES:
        faults.append(too_many_files(files))
    if faults:
        raise Invalid(faults)


def too_many_files(files: Sequence["File[Any]"]) -> FieldFault:
    """Return the fault of more files than one entry takes."""
    said = _("一次最多上传%(most)s个文件，您选择了%(count)s个，请减少后重新选择。")
    return FieldFault("files", said % {"most": FILES, "count": len(files)})


def keep_files(
    complaint: Complaint,
    files: Sequence["File[Any]"],
    *,
    entry: ComplaintEntry | None,
    by: User | None,
    at: datetime,
) -> list[ComplaintFile]:
    """Check and keep files, the bytes before the row; raises ``Invalid`` naming the one that is refused."""
    if len(files) > FILES:
        raise Invalid([too_many_files(files)])
    kept = []
    for file in files:
        kind, digest = examine(file)
        row = ComplaintFile(
            complaint=complaint,
            entry=entry,
            token=secrets.token_hex(16),
            name=clean_name(str(file.name or ""), kind),
            content_type=kind.content_type,
            size=file.size,
            sha256=digest,
            by=by,
            at=at,
        )
        row.file.name = complaint_file_path(row, "")
        keep(file, row.file.name)
        row.save()
        kept.append(row)
    return kept


def begin_term(complaint: Complaint, key: str, at: datetime) -> date:
    """Open the term of the office that has to answer now; what ran before is no longer needed. Return the due date."""
    for running in complaint.matter.deadlines.filter(state__in=deadlines.OPEN):
        deadlines.cancel(running, at=at)
    return deadlines.start(matter=complaint.matter, term=terms.STANDING[key], at=at).due_on


@receiver(due_moved, dispatch_uid="complaint_due")
def on_due_moved(sender: type, deadline: Deadline, **kwargs: object) -> None:
    """Carry the due date of the running term to the complaint, whose lists repeat it."""
    for complaint in Complaint.objects.filter(matter=deadline.matter_id, state__in=OPEN):
        complaint.due_on = deadline.due_on
        complaint.save(update_fields=["due_on"])


def hold(complaint: Complaint) -> Complaint:
    """Return the complaint freshly read under its matter's lock."""
    lock_matter(complaint.matter)
    rows = Complaint.objects.select_related("matter", "community__region", "owner")
    return rows.get(pk=complaint.pk)


def enter(
    complaint: Complaint, entry: str, text: str = "", *, by: User | None, at: datetime, **more: Any
) -> ComplaintEntry:
    """Append what was done, and let the log vouch for it by the digest of its words."""
    level = more.pop("level", complaint.level)
    row: ComplaintEntry = ComplaintEntry.objects.create(
        complaint=complaint, verb=entry, text=text.strip(), level=level, by=by, at=at, **more
    )
    data = {"entry": row.pk, "level": level, "value": row.value, "said": chain.digest(row.text)}
    record(complaint.matter, f"{entry}_complaint", by=by, at=at, data=data)
    return row


def tell(topic: str, complaint: Complaint, at: datetime) -> None:
    """Post that something has happened to a complaint; whom it is told is decided when it is sent."""
    place = complaint.entries.count()
    post(topic, f"{topic}:{complaint.pk}:{place}", at=at, payload={"complaint": complaint.pk, "place": place})


@verb("withdraw_complaint")
def withdraw(complaint: Complaint, *, by: User | None, at: datetime) -> None:
    """Take a complaint back by its code, until somebody has taken it in hand."""
    _only_by_code(by)
    complaint = hold(complaint)
    _refuse_unless(may_withdraw(complaint))
    for running in complaint.matter.deadlines.filter(state__in=deadlines.OPEN):
        deadlines.cancel(running, at=at)
    complaint.due_on = None
    move(complaint, State.WITHDRAWN, fields=("due_on",))
    enter(complaint, Verb.WITHDRAW, by=by, at=at)


@verb("rate_complaint")
def rate(complaint: Complaint, *, satisfaction: int, text: str, by: User | None, at: datetime) -> None:
    """Say once for each answer how satisfied the complainant is with it, on five levels."""
    _only_by_code(by)
    complaint = hold(complaint)
    _refuse_unless(may_rate(complaint))
    complaint.satisfaction = satisfaction
    complaint.save(update_fields=["satisfaction"])
    enter(complaint, Verb.RATE, text, by=by, at=at, value=str(satisfaction))


@verb("ask_above")
def ask_above(complaint: Complaint, *, text: str, by: User | None, at: datetime) -> None:
    """Ask once, dissatisfied, that the level above handles the complaint; nobody who had it in hand does."""
    _only_by_code(by)
    complaint = hold(complaint)
    _refuse_unless(may_ask_above(complaint))
    if len(text.strip()) < LEAST:
        raise Invalid([FieldFault("text", _("请写明不满意的理由，不少于%(least)s个字。") % {"least": LEAST})])
    complaint.level = OFFICES[OFFICES.index(complaint.level) + 1]
    complaint.above, complaint.owner, complaint.outcome = True, None, ""
    complaint.satisfaction, complaint.answered_on, complaint.in_time = None, None, None
    complaint.due_on = begin_term(complaint, "complaint_above", at)
    answered = ("satisfaction", "answered_on", "in_time", "outcome")
    move(complaint, State.WAITING, fields=("level", "above", "owner", "due_on", *answered))
    enter(complaint, Verb.ABOVE, text, by=by, at=at)
    tell("complaint.received", complaint, at)


def _only_by_code(by: User | None) -> None:
    """Raise where somebody acts by name: these are for who holds the code, whoever that is."""
    if by is not None:
        raise NotAllowed(_("只有凭查询码的投诉人可以办理此事项。"))


def _refuse_unless(verdict: Any) -> None:
    if not verdict.ok:
        raise Refused(verdict.reason)
