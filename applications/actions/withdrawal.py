"""Taking back: within ten minutes and until the next person acts; or giving the application up altogether (4.3, MIIT)."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions import intake_clock
from applications.actions.events import lock_case, record
from applications.actions.turns import finish_task
from applications.core.verdict import YES, Verdict, no
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import Case, Deadline, Recall, Submission, Todo, User
from applications.permissions import may_on_case
from applications.queries.intake import (
    CHECKS,
    CORRECT,
    FILL,
    open_step,
    others_acted,
    recall_until,
)
from notifications.outbox import post


def may_recall(submission: Submission, *, by: User, at: datetime) -> Verdict:
    """Whether this submission may be taken back now, and why not."""
    verdict = may_on_case(by, "sign_application", submission.case)
    if not verdict.ok:
        return verdict
    if Recall.objects.filter(submission=submission).exists():
        return no(_("本次提交已经撤回。"))
    step = open_step(submission.case)
    latest = Submission.objects.filter(case=submission.case_id).order_by("pk").last()
    acted = others_acted(submission)
    if acted is not None or step is None or step.node not in CHECKS or latest != submission:
        who = acted.actor_name if acted else _("下一环节")
        return no(_("%(who)s已开始办理，不能撤回；如需修改，请联系审核单位退回补正。") % {"who": who})
    if at >= recall_until(submission):
        until = date_format(localtime(recall_until(submission)), "DATETIME_FORMAT")
        return no(_("可撤回的10分钟已于%(until)s结束；如需修改，请联系审核单位退回补正。") % {"until": until})
    return YES


@verb("recall")
def recall(case: Case, *, submission: int, by: User, at: datetime) -> None:
    """Take a submission back: the case is on the community's desk again, to be filled in or corrected."""
    case = lock_case(case)
    row = Submission.objects.select_related("signed_by").filter(case=case, pk=submission).first()
    if row is None:
        raise Refused(_("没有找到要撤回的提交。"))
    row.case = case
    require(may_on_case(by, "sign_application", case))
    verdict = may_recall(row, by=by, at=at)
    if not verdict.ok:
        raise Refused(verdict.reason)
    Recall.objects.create(submission=row, by=by, at=at)
    record(case, "recall", by=by, at=at, data={"receipt": row.receipt})
    corrected = Submission.objects.filter(case=case, recall__isnull=True).exists()
    if corrected:
        intake_clock.stop(case, by=by, at=at)
    else:
        intake_clock.drop(case, at=at)
    _leave(case, "recall_correction" if corrected else "recall", by=by, at=at)
    _run_on(case, CORRECT if corrected else FILL)
    post("application.recalled", f"application.recalled:{row.pk}", at=at, payload={"case": case.pk})


@verb("abandon")
def abandon(case: Case, *, reason: str, by: User, at: datetime) -> None:
    """Give the application up, with the reason: a regular end of the case."""
    case = lock_case(case)
    require(may_on_case(by, "sign_application", case))
    if case.state != Case.State.APPLICATION:
        raise Refused(_("本案已进入“%(stage)s”阶段，不能再撤回申报。") % {"stage": case.get_state_display()})
    reason = reason.strip()
    if len(reason) < 4:
        raise Invalid([FieldFault("reason", _("请写明撤回申报的理由（至少4个字）。"))])
    record(case, "abandon", by=by, at=at, data={"reason": reason})
    post("application.abandoned", f"application.abandoned:{case.pk}", at=at, payload={"case": case.pk})
    intake_clock.drop(case, at=at)
    _leave(case, "abandon", by=by, at=at)


def _leave(case: Case, outcome: str, *, by: User, at: datetime) -> None:
    """Move the flow on from whichever step is open, in the community's name."""
    step = open_step(case)
    if step is None:
        raise Refused(_("本案目前没有进行中的申报事项。"))
    step.run.case = case
    finish_task(step.task, step.run, by=by, at=at, outcome=outcome)


def _run_on(case: Case, node: str) -> None:
    """Let the term run on from where it stood: taking a submission back gives no new term."""
    fresh = Todo.objects.filter(case=case, node=node, state=Todo.State.OPEN).first()
    earlier = Todo.objects.filter(case=case, node=node, state=Todo.State.DONE).order_by("-closed_at").first()
    if fresh is None or earlier is None:
        return
    old, new = (Deadline.objects.filter(todo=todo).first() for todo in (earlier, fresh))
    if old is None or new is None:
        return
    new.started_on, new.due_on, new.provisional = old.started_on, old.due_on, old.provisional
    new.save(update_fields=["started_on", "due_on", "provisional"])
    fresh.due_on, fresh.due_provisional = old.due_on, old.provisional
    fresh.save(update_fields=["due_on", "due_provisional"])
