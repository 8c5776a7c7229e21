"""What is done to several to-dos at once: each row by the ordinary action, with its own right, result and event."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.actions import claiming, intake, watching
from applications.actions.jobs import KINDS, Kind
from applications.actions.reassignment import reassign
from applications.errors import AlreadyDone, Hidden, Refused
from applications.models import Case, CheckDraft, Defect, Job, JobLine, Todo, User
from applications.permissions import open_todos, visible_cases
from applications.queries.intake import CHECKS, LEVELS
from workflow.desk import done_todos, office_todos

MOST = 1000  # rows of one bulk action
TITLES: dict[str, Any] = {
    "watch": gettext_lazy("关注"),
    "unwatch": gettext_lazy("取消关注"),
    "claim": gettext_lazy("认领"),
    "release": gettext_lazy("放回"),
    "reassign": gettext_lazy("改派"),
    "pass": gettext_lazy("审核通过"),
}


def chosen(user: User, ids: list[int]) -> dict[int, Todo]:
    """Return those of the to-dos that are on one of the person's tabs; any other number is nobody's."""
    joined = ("case__community", "run", "assignee", "closed_by")
    found: dict[int, Todo] = {}
    for rows in (open_todos(user), *office_todos(user), done_todos(user)):
        found |= {row.pk: row for row in rows.filter(pk__in=ids).select_related(*joined)}
    return found


def todo_of(job: Job, line: JobLine) -> Todo:
    """Return the to-do of a line as it is now, whoever has done it meanwhile; out of sight it is nobody's."""
    row = Todo.objects.select_related("case", "run", "assignee", "closed_by").filter(pk=line.target).first()
    if row is None or not visible_cases(job.owner).filter(pk=row.case_id).exists():
        raise Hidden
    return row


def case_of(job: Job, line: JobLine) -> Case:
    """Return the case of a line that the person may see."""
    case = visible_cases(job.owner).filter(pk=line.case_id).first()
    if case is None:
        raise Hidden
    return case


def do_watch(job: Job, line: JobLine, at: datetime) -> str:
    """Follow a case."""
    watching.watch(case_of(job, line), by=job.owner, at=at)
    return _("已关注。")


def do_unwatch(job: Job, line: JobLine, at: datetime) -> str:
    """Follow a case no more."""
    watching.unwatch(case_of(job, line), by=job.owner, at=at)
    return _("已取消关注。")


def do_claim(job: Job, line: JobLine, at: datetime) -> str:
    """Take a shared to-do."""
    claiming.claim(todo_of(job, line), by=job.owner, at=at)
    return _("已认领，由您办理。")


def do_release(job: Job, line: JobLine, at: datetime) -> str:
    """Put one's own to-do back."""
    claiming.release(todo_of(job, line), by=job.owner, at=at)
    return _("已放回，由本单位共同办理。")


def do_reassign(job: Job, line: JobLine, at: datetime) -> str:
    """Hand a to-do over to a colleague."""
    to = User.objects.get(pk=job.asked["to"])
    reassign(todo_of(job, line), to=to, reason=job.asked["reason"], by=job.owner, at=at)
    return _("已改派给%(name)s。") % {"name": to.name}


def do_pass(job: Job, line: JobLine, at: datetime) -> str:
    """Pass an application on where nobody has noted a defect."""
    row = todo_of(job, line)
    if row.node not in CHECKS:
        raise Refused(_("该事项不是申报审核，不能成批通过。"))
    if row.state != Todo.State.OPEN:  # its case may by now lie with a level at which the same person checks
        raise AlreadyDone(str(row.closed_by or ""), row.closed_at)
    level = CHECKS[row.node]
    draft = CheckDraft.objects.filter(case=row.case_id, level=level).first()
    if draft is not None and draft.remarks:
        raise Refused(_("审核中已记有问题，请打开该案卷逐项处理。"))
    if Defect.objects.filter(decision__case=row.case_id).exists():
        raise Refused(_("该案卷曾退回补正，请打开案卷核对修改之处后再审核。"))
    intake.pass_on(row.case, opinion=job.asked["opinion"], by=job.owner, at=at)
    return _("已受理，案卷进入评估准备。") if level == LEVELS[-1] else _("已通过，案卷转入下一环节。")


DO: dict[str, Callable[[Job, JobLine, datetime], str]] = {
    "watch": do_watch,
    "unwatch": do_unwatch,
    "claim": do_claim,
    "release": do_release,
    "reassign": do_reassign,
    "pass": do_pass,
}
KINDS.update({f"bulk.{name}": Kind(line=act) for name, act in DO.items()})
