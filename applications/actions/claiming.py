"""Taking a shared to-do for oneself, and putting it back (nobody else's right changes by either)."""

from datetime import datetime

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions import turns
from applications.actions.events import lock_case, record
from applications.errors import AlreadyDone, Refused, require
from applications.models import Todo, User
from applications.permissions import may_do
from notifications.outbox import post


@verb("claim_task")
def claim(todo: Todo, *, by: User, at: datetime) -> Todo:
    """Take a to-do that everybody of the office might do: from now on it is this person's."""
    todo = _open(todo)
    require(may_do(by, todo))
    if todo.assignee_id == by.pk:
        raise Refused(_("该事项已在您名下，无需认领。"))
    turns.reassign(todo, to=by)
    event = record(todo.case, "claim_task", by=by, at=at, data={"node": todo.node, "to": by.name})
    post("todo.claimed", f"todo.claimed:{todo.pk}:{event.seq}", at=at, payload={"todo": todo.pk})
    return todo


@verb("release_task")
def release(todo: Todo, *, by: User, at: datetime) -> Todo:
    """Put one's own to-do back: again everybody of the office may do it."""
    todo = _open(todo)
    if todo.assignee_id != by.pk:
        raise Refused(_("该事项不在您名下，不能放回。"))
    require(may_do(by, todo))
    if not todo.permission:
        raise Refused(_("该事项须由本人办理，不能放回。"))
    turns.reassign(todo, to=None)
    record(todo.case, "release_task", by=by, at=at, data={"node": todo.node})
    return todo


def _open(todo: Todo) -> Todo:
    case = lock_case(todo.case)
    fresh = Todo.objects.select_related("assignee", "closed_by", "run").get(pk=todo.pk)
    fresh.case = fresh.run.case = case
    if fresh.state != Todo.State.OPEN:
        raise AlreadyDone(str(fresh.closed_by or ""), fresh.closed_at)
    return fresh
