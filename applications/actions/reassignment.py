"""Handing a to-do over to a colleague by name (right ``reassign_task``)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions import turns
from applications.actions.events import lock_case, record
from applications.core.verdict import YES, Verdict, no
from applications.errors import AlreadyDone, FieldFault, Invalid, require
from applications.models import Recusal, Todo, TodoBar, User
from applications.permissions import holders, may_on_case
from notifications.outbox import post

LEAST, MOST = 4, 200


def may_reassign(user: User, todo: Todo) -> Verdict:
    """Whether the person may hand this to-do over: the right on the case, and a to-do that is nobody's by name."""
    verdict = may_on_case(user, "reassign_task", todo.case)
    if not verdict.ok:
        return verdict
    if todo.state != Todo.State.OPEN:
        return no(_("该待办已经办结，不能改派。"))
    if not todo.permission:
        return no(_("该事项须由本人办理，不能改派。"))
    return YES


def candidates(todo: Todo) -> QuerySet[User]:
    """Return who may get it: they hold the step's right there, are neither barred nor recused, and do not have it yet."""
    barred = TodoBar.objects.filter(todo=todo, user=OuterRef("pk"))
    recused = Recusal.objects.filter(case=todo.case_id, user=OuterRef("pk"), lifted_at__isnull=True)
    rows = holders(todo.permission, todo.path).filter(~Exists(barred), ~Exists(recused))
    if todo.assignee_id is not None:
        rows = rows.exclude(pk=todo.assignee_id)
    return rows.order_by("name", "pk")


@verb("reassign_task")
def reassign(todo: Todo, *, to: User, reason: str, by: User, at: datetime) -> Todo:
    """Hand an open to-do over to one person who may do it, with the reason; both stand in the log."""
    case = lock_case(todo.case)
    todo = Todo.objects.select_related("assignee", "closed_by").get(pk=todo.pk)
    todo.case = case
    if todo.state != Todo.State.OPEN:
        raise AlreadyDone(str(todo.closed_by or ""), todo.closed_at)
    require(may_reassign(by, todo))
    reason = reason.strip()
    if not LEAST <= len(reason) <= MOST:
        raise Invalid(
            [
                FieldFault(
                    "reason", _("请用%(least)s至%(most)s个字写明改派理由。") % {"least": LEAST, "most": MOST}
                )
            ]
        )
    if not candidates(todo).filter(pk=to.pk).exists():
        raise Invalid([FieldFault("to", _("“%(name)s”不能办理该事项，请另选一人。") % {"name": to.name})])
    data = {"node": todo.node, "from": str(todo.assignee or ""), "to": to.name, "reason": reason}
    turns.reassign(todo, to=to)
    event = record(case, "reassign_task", by=by, at=at, data=data)
    payload = {"todo": todo.pk, "event": event.seq}
    post("todo.reassigned", f"todo.reassigned:{todo.pk}:{event.seq}", at=at, payload=payload)
    return todo
