"""The verbs of a rectification item: plan, confirm, report, apply for verification, verify, extend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions import deadlines
from applications.actions.events import lock_case, record
from applications.actions.move import move
from applications.actions.turns import Turn, take
from applications.core import terms
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import Case, Deadline, Evidence, User
from applications.permissions import lenders, may_on_case
from rectification.models import Extension, Progress, RectificationItem, Verification


@dataclass(frozen=True)
class Plan:
    """What the community plans for an item; every field is compulsory (R4-129, R2-041)."""

    cause: str
    measure: str
    unit: str
    person: str
    target: str


WORK = ("rectification.work", "look_back.rework")  # in the item's own run, or in the one of its look-back
VERIFY = ("rectification.verify", "look_back.reverify")


def _turn(item: RectificationItem, *nodes: str, by: User, at: datetime) -> tuple[Turn, RectificationItem]:
    turn = take(item.case, nodes, by=by, at=at, key=str(item.pk))
    return turn, RectificationItem.objects.get(pk=item.pk)


def within_limits(case: Case, field: str, days: int) -> None:
    """Raise ``Invalid`` for a field where a time limit in calendar days lies outside of the term's bounds."""
    term = terms.in_force(case.batch.terms, "rectification")
    if not term.low <= days <= term.high:
        raise Invalid(
            [
                FieldFault(
                    field,
                    _("整改期限“%(days)s天”超出允许范围，请填写%(low)s至%(high)s天。")
                    % {"days": days, "low": term.low, "high": term.high},
                )
            ]
        )


@verb("plan_item")
def plan(item: RectificationItem, *, content: Plan, by: User, at: datetime) -> None:
    """Hand in the plan of an item for the county's confirmation."""
    turn, item = _turn(item, "rectification.plan", by=by, at=at)
    for field, value in vars(content).items():
        setattr(item, field, value)
    item.planned_by = by
    move(item, "checking", fields=(*vars(content), "planned_by"))
    record(turn.case, "plan_item", by=by, at=at, data={"item": item.number, **vars(content)})
    turn.finish("planned")


@verb("confirm_item")
def confirm(item: RectificationItem, *, days: int, by: User, at: datetime) -> None:
    """Confirm an item's plan and set its time limit in calendar days, within the bounds of the term."""
    turn, item = _turn(item, "rectification.confirm_plan", by=by, at=at)
    within_limits(turn.case, "days", days)
    item.days = days
    move(item, "working", fields=("days",))
    record(turn.case, "confirm_item", by=by, at=at, data={"item": item.number, "days": days})
    turn.finish("confirmed")
    carry_due(item)


@verb("return_item")
def return_plan(item: RectificationItem, *, reason: str, by: User, at: datetime) -> None:
    """Return an item's plan with a reason."""
    turn, item = _turn(item, "rectification.confirm_plan", by=by, at=at)
    move(item, "planning")
    record(turn.case, "return_item", by=by, at=at, data={"item": item.number, "reason": reason})
    turn.finish("return")


@verb("report_item")
def report(
    item: RectificationItem, *, text: str, evidence: Sequence[Evidence], by: User, at: datetime
) -> Progress:
    """Report progress on an item with its proof; the item stays with the community."""
    turn, item = _turn(item, *WORK, by=by, at=at)
    progress = _note(item, text, evidence, by=by, at=at, final=False)
    record(turn.case, "report_item", by=by, at=at, data={"item": item.number, "text": text})
    return progress


@verb("apply_for_verification")
def apply(
    item: RectificationItem, *, text: str, evidence: Sequence[Evidence], by: User, at: datetime
) -> Progress:
    """Say that an item is put right, with at least one proof, and ask for verification."""
    turn, item = _turn(item, *WORK, by=by, at=at)
    if not evidence and not item.progress.filter(evidence__isnull=False).exists():
        raise Invalid([FieldFault("files", _("申请验收须至少附一份整改佐证材料，请上传照片或文件。"))])
    progress = _note(item, text, evidence, by=by, at=at, final=True)
    move(item, "verifying")
    record(turn.case, "apply_for_verification", by=by, at=at, data={"item": item.number, "text": text})
    turn.finish("applied")
    return progress


def _note(
    item: RectificationItem, text: str, evidence: Sequence[Evidence], *, by: User, at: datetime, final: bool
) -> Progress:
    progress = Progress.objects.create(item=item, text=text, final=final, by=by, at=at)
    progress.evidence.set(evidence)
    return progress


@verb("verify_item")
def verify(
    item: RectificationItem, *, outcome: str, method: str, opinion: str, days: int, by: User, at: datetime
) -> Verification:
    """Close an item, or send it back with ``days`` calendar days for the rework (R4-131)."""
    turn, item = _turn(item, *VERIFY, by=by, at=at)
    row = Verification.objects.create(
        item=item, outcome=outcome, method=method, opinion=opinion, by=by, at=at
    )
    data = {"item": item.number, "outcome": outcome, "opinion": opinion}
    if outcome == Verification.Outcome.CLOSE:
        item.closed_at, item.look_back_on = at, _look_back_on(turn, item)
        move(item, "closed", fields=("closed_at", "look_back_on"))
    else:
        within_limits(turn.case, "days", days)
        item.days, data["days"] = days, str(days)
        move(item, "working", fields=("days",))
    record(turn.case, "verify_item", by=by, at=at, data=data)
    turn.finish(outcome)
    if outcome == Verification.Outcome.BACK:
        carry_due(item)
    return row


def _look_back_on(turn: Turn, item: RectificationItem) -> date | None:
    """Return when a closed item is looked at again: once, after its first closing (R4-132)."""
    if item.recurrences:
        return item.look_back_on
    return deadlines.due(terms.in_force(turn.case.batch.terms, "look_back"), turn.at)[0]


def _running(item: RectificationItem) -> Deadline | None:
    return (
        Deadline.objects.filter(
            todo__run__key=str(item.pk),
            todo__node__in=WORK,
            case=item.case_id,
            state="running",
        )
        .select_related("todo")
        .first()
    )


def carry_due(item: RectificationItem) -> None:
    """Carry the due date of the work under way to the item; none where nobody works on it."""
    deadline = _running(item)
    item.due_on = deadline.due_on if deadline else None
    item.save(update_fields=["due_on"])


@verb("ask_extension")
def ask_extension(item: RectificationItem, *, days: int, reason: str, by: User, at: datetime) -> Extension:
    """Ask for more time, only while the item is worked on and before its term has expired."""
    turn, item = _turn(item, *WORK, by=by, at=at)
    deadline = _running(item)
    if deadline is None or clock.day_of(at) > deadline.due_on:
        raise Refused(_("整改期限已届满，不能再申请延期，请尽快完成整改并申请验收。"))
    if item.extensions.filter(granted__isnull=True).exists():
        raise Refused(_("已有一项延期申请待审批，请等待结果。"))
    granted = sum(entry.days for entry in deadline.entries.filter(kind="extension"))
    within_limits(turn.case, "days", deadline.budget + granted + days)
    record(
        turn.case, "ask_extension", by=by, at=at, data={"item": item.number, "days": days, "reason": reason}
    )
    return Extension.objects.create(item=item, days=days, reason=reason, asked_by=by, asked_at=at)


@verb("decide_extension")
def decide_extension(
    extension: Extension, *, granted: bool, opinion: str, by: User, at: datetime
) -> Extension:
    """Grant or refuse an extension, before the term has expired and by another person than who asked."""
    case = lock_case(extension.item.case)
    require(may_on_case(by, "plan_rectification", case))
    extension = Extension.objects.select_related("item").get(pk=extension.pk)
    item = extension.item
    deadline = _running(item)
    if extension.granted is not None or deadline is None:
        raise Refused(_("该延期申请已办结或整改项已不在整改中。"))
    if extension.asked_by_id in {by.pk, *lenders(by, "plan_rectification", case.path)}:
        raise Refused(_("延期申请须由申请人以外的人员审批。"))
    if granted:
        deadlines.extend(deadline, days=extension.days, reason=extension.reason, by=by, at=at)
    extension.granted, extension.opinion = granted, opinion
    extension.decided_by, extension.decided_at = by, at
    extension.save()
    record(
        case,
        "decide_extension",
        by=by,
        at=at,
        data={"item": item.number, "granted": granted, "days": extension.days, "opinion": opinion},
    )
    carry_due(item)
    return extension


@verb("decide_round")
def decide_round(case: Case, *, again: bool, reason: str, by: User, at: datetime) -> None:
    """Open the next round of the case, or close it without a star, once every item is closed."""
    turn = take(case, "rectification.decide_round", by=by, at=at, key="closing")
    record(turn.case, "decide_round", by=by, at=at, data={"again": again, "reason": reason})
    turn.finish("round" if again else "close")
