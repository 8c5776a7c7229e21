"""The verbs of the assessment plan: write, hand in, approve or return by another person (R2-034)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from applications import clock
from applications.acting import verb
from applications.actions.events import record
from applications.actions.move import move
from applications.actions.turns import Turn, take
from applications.core.canonical import digest
from applications.errors import FieldFault, Invalid, NotAllowed, Refused
from applications.models import Case, User
from applications.queries.standards import standard_of
from applications.words import words
from review.core import planning
from review.models import AssessmentPlan
from review.queries.plans import current_plan, plan_authors

WRITE = "preparation.write_plan"
APPROVE = "preparation.approve_plan"
Days = tuple[date | None, date | None]


@dataclass(frozen=True)
class PlanContent:
    """What the author typed; ``timetable`` maps a stream to its first and last day."""

    scope: str = ""
    focus: tuple[str, ...] = ()
    area: str = AssessmentPlan.Area.WHOLE
    area_text: str = ""
    methods: tuple[str, ...] = ()
    timetable: Mapping[str, Days] = field(default_factory=dict)
    tasks: str = ""
    risk: str = ""


@verb("save_plan")
def save_plan(case: Case, *, content: PlanContent, by: User, at: datetime) -> AssessmentPlan:
    """Keep the plan as it is, complete or not."""
    return _write(take(case, WRITE, by=by, at=at), content)


@verb("hand_in_plan")
def hand_in_plan(case: Case, *, content: PlanContent, by: User, at: datetime) -> AssessmentPlan:
    """Hand a complete plan in for approval by another person. Raises ``Invalid`` with every fault at once."""
    turn = take(case, WRITE, by=by, at=at)
    faults = _faults(turn, content)
    if faults:
        raise Invalid(faults)
    plan = _write(turn, content)
    move(plan, AssessmentPlan.State.SUBMITTED)
    data = {"version": plan.version, "digest": plan_digest(plan)}
    record(turn.case, "hand_in_plan", by=by, at=at, data=data)
    turn.finish("handed_in")
    return plan


def plan_digest(plan: AssessmentPlan) -> str:
    """Return the SHA-256 over what a version of the plan says."""
    names = ("scope", "focus", "area", "area_text", "methods", "timetable", "tasks", "risk")
    return digest({name: getattr(plan, name) for name in names})


def _faults(turn: Turn, content: PlanContent) -> list[FieldFault]:
    standard = standard_of(turn.case.batch.standard)
    faults = []
    if not content.scope.strip():
        faults.append(FieldFault("scope", _("请写明评估范围。")))
    if not content.tasks.strip():
        faults.append(FieldFault("tasks", _("请写明任务分工：谁在何时完成哪些工作。")))
    known = {dimension.id for dimension in standard.dimensions}
    if not content.focus or set(content.focus) - known:
        faults.append(FieldFault("focus", _("请至少选择一个重点服务领域。")))
    if content.area not in AssessmentPlan.Area.values:
        faults.append(FieldFault("area", _("请选择评估区域。")))
    if content.area == AssessmentPlan.Area.PART and not content.area_text.strip():
        faults.append(FieldFault("area_text", _("评估区域为特定片区时，请写明是哪些片区。")))
    if set(content.methods) - set(planning.METHODS):
        faults.append(FieldFault("methods", _("评估方法中有不认识的选项，请重新选择。")))
    faults += [
        FieldFault("methods", words(fault))
        for fault in planning.method_faults(content.methods, standard.indicators.values())
    ]
    faults += [
        FieldFault(f"{stream}_from", words(fault))
        for stream, fault in planning.timetable_faults(content.timetable, clock.day_of(turn.at))
    ]
    return faults


def _write(turn: Turn, content: PlanContent) -> AssessmentPlan:
    """Write the version in work; after a return the next version begins."""
    last = current_plan(turn.case)
    if last is None or last.state != AssessmentPlan.State.DRAFT:
        last = AssessmentPlan(case=turn.case, round=turn.case.round, version=last.version + 1 if last else 1)
    last.scope, last.focus, last.area = content.scope.strip(), list(content.focus), content.area
    last.area_text, last.methods = content.area_text.strip(), list(content.methods)
    last.timetable = {
        key: [day.isoformat() if day else "" for day in days] for key, days in content.timetable.items()
    }
    last.tasks, last.risk = content.tasks.strip(), content.risk.strip()
    last.author, last.written_at = turn.by, turn.at
    last.save()
    return last


@verb("approve_plan")
def approve_plan(case: Case, *, opinion: str, by: User, at: datetime) -> AssessmentPlan:
    """Approve the plan that was handed in; nobody approves what they wrote."""
    return _decide(case, AssessmentPlan.State.APPROVED, opinion.strip() or N_("同意。"), by=by, at=at)


@verb("return_plan")
def return_plan(case: Case, *, opinion: str, by: User, at: datetime) -> AssessmentPlan:
    """Send the plan back to be written anew, with the reason."""
    if not opinion.strip():
        raise Invalid([FieldFault("opinion", _("请写明退回的理由，编制人将据此修改。"))])
    return _decide(case, AssessmentPlan.State.RETURNED, opinion.strip(), by=by, at=at)


def _decide(
    case: Case, state: AssessmentPlan.State, opinion: str, *, by: User, at: datetime
) -> AssessmentPlan:
    turn = take(case, APPROVE, by=by, at=at)
    plan = current_plan(turn.case)
    if plan is None or plan.state != AssessmentPlan.State.SUBMITTED:
        raise Refused(_("没有待批准的评估方案。"))
    if by in plan_authors(turn.run):
        raise NotAllowed(_("方案由您编制，须由另一位经办人审批。"))
    plan.decided_by, plan.decided_at, plan.opinion = by, at, opinion
    move(plan, state, fields=("decided_by", "decided_at", "opinion"))
    approved = state == AssessmentPlan.State.APPROVED
    data = {"version": plan.version, "digest": plan_digest(plan), "opinion": opinion}
    record(turn.case, "approve_plan" if approved else "return_plan", by=by, at=at, data=data)
    turn.finish("approved" if approved else "return")
    return plan
