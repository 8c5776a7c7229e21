"""Turns: opening a to-do with its deadline, taking one's turn, finishing it and moving the flow on."""

from collections.abc import Collection, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _
from viewflow.workflow.models import Process, Task
from viewflow.workflow.signals import flow_finished
from viewflow.workflow.status import STATUS

from applications.actions import deadlines
from applications.actions.events import lock_case
from applications.actions.move import move
from applications.core.terms import Term
from applications.errors import AlreadyDone, NotAllowed, Refused
from applications.models import Case, StageRun, Todo, TodoBar, User
from applications.permissions import may_do
from applications.signals import road
from notifications.failpoints import failpoint
from notifications.outbox import post


@dataclass
class Turn:
    """A person's turn at a step: the locked case, the run of the stage's flow and the open to-do."""

    case: Case
    run: StageRun
    todo: Todo
    by: User
    at: datetime

    def close(self, outcome: str = "done") -> bool:
        """Close this person's to-do only; return whether it was the last open one of the step."""
        close_todo(self.todo, by=self.by, at=self.at, outcome=outcome)
        return not Todo.objects.filter(task=self.todo.task_id, state=Todo.State.OPEN).exists()

    def finish(self, outcome: str = "done") -> None:
        """Close every open to-do of the step and move the flow on along ``outcome``."""
        if self.todo.state == Todo.State.OPEN:
            close_todo(self.todo, by=self.by, at=self.at, outcome=outcome)
        if self.todo.assignee_id is not None:  # a shared to-do is the only open one of its step
            cancel_todos([self.todo.task_id], at=self.at)
        _complete(NODES[self.todo.node], self.todo.task_id, self.run, by=self.by, at=self.at, outcome=outcome)


@dataclass(frozen=True)
class Under:
    """What nodes of a flow that is being moved on know: the run, the acting person and the moment."""

    run: StageRun
    case: Case
    by: User | None
    at: datetime
    ended: list[int] = field(default_factory=list)


# the human nodes of all flows by ``stage.step``, entered by ``applications.steps``
NODES: dict[str, Any] = {}
_under: ContextVar[Under | None] = ContextVar("under", default=None)


def under_way(process: Process) -> Under:
    """Return what is known of the flow that is being moved on; nodes call it inside a transition."""
    under = _under.get()
    if under is None or under.run.process_id != process.pk:
        raise RuntimeError(f"process {process.pk} is moved outside of begin() and finish_task()")
    return under


def open_todo(
    task: Task,
    under: Under,
    *,
    node: str,
    permission: str = "",
    assignee: User | None = None,
    barred: Iterable[tuple[int, str]] = (),
    term: Term | None = None,
) -> Todo:
    """Write a to-do of a step with its deadline and post what is said of it."""
    case = under.case
    due_on, provisional = deadlines.due(term, under.at) if term else (None, False)
    todo = Todo.objects.create(
        case=case,
        run=under.run,
        task=task,
        node=node,
        path=case.path,
        permission=permission,
        assignee=assignee,
        created_at=under.at,
        due_on=due_on,
        due_provisional=provisional,
    )
    bars = [TodoBar(todo=todo, user_id=user, reason=reason) for user, reason in dict(barred).items()]
    if bars:
        TodoBar.objects.bulk_create(bars)
    if term and due_on:
        deadlines.start(case=case, todo=todo, term=term, at=under.at, due=(due_on, provisional))
    post("todo.opened", f"todo.opened:{todo.pk}", at=under.at, payload={"todo": todo.pk})
    return todo


def close_todo(todo: Todo, *, by: User | None, at: datetime, outcome: str) -> None:
    """Close a to-do as done, with its deadline."""
    todo.closed_at, todo.closed_by, todo.outcome = at, by, outcome
    move(todo, Todo.State.DONE, fields=("closed_at", "closed_by", "outcome"))
    deadlines.end_of_todo(todo, at=at)
    post("todo.closed", f"todo.closed:{todo.pk}", at=at, payload={"todo": todo.pk})


def cancel_todos(task_ids: Iterable[int], *, at: datetime) -> None:
    """Cancel what is still open of these tasks; nobody did it."""
    for todo in Todo.objects.filter(task__in=list(task_ids), state=Todo.State.OPEN):
        todo.closed_at = at
        move(todo, Todo.State.CANCELLED, fields=("closed_at",))
        deadlines.cancel_of_todo(todo, at=at)
        post("todo.closed", f"todo.closed:{todo.pk}", at=at, payload={"todo": todo.pk})


def take(case: Case, node: str | Collection[str], *, by: User, at: datetime, key: str = "") -> Turn:
    """Take one's turn at a step of the case: lock the case, find the to-do, check the right.

    ``node`` is ``stage.step``, or several of which at most one is open at a time; ``key`` names the run where a
    stage has several. Raises ``AlreadyDone`` where
    somebody was faster, ``NotAllowed`` with the reason, ``Refused`` where the step is not open.
    """
    case = lock_case(case)
    nodes = [node] if isinstance(node, str) else list(node)
    todos = list(
        Todo.objects.filter(case=case, node__in=nodes, run__key=key, state=Todo.State.OPEN)
        .select_related("run")
        .order_by("pk")
    )
    if not todos:
        _not_open(case, nodes, key)
    todos.sort(key=lambda todo: todo.assignee_id != by.pk)  # one's own first: it is the one meant
    refusals = []
    for todo in todos:
        verdict = may_do(by, todo)
        if verdict.ok:
            failpoint("turn.taken")
            todo.case = todo.run.case = case
            return Turn(case, todo.run, todo, by, at)
        refusals.append(verdict)
    _own_is_done(todos[0], by)
    raise NotAllowed(refusals[0].reason)


def _not_open(case: Case, nodes: list[str], key: str) -> None:
    last = (
        Todo.objects.filter(case=case, node__in=nodes, run__key=key)
        .exclude(state=Todo.State.OPEN)
        .select_related("closed_by")
        .order_by("-closed_at", "-pk")
        .first()
    )
    if last is None:
        raise Refused(
            _("该案卷目前为“%(stage)s”阶段，此事项尚未开始。") % {"stage": case.get_state_display()}
        )
    raise AlreadyDone(str(last.closed_by or ""), last.closed_at)


def _own_is_done(todo: Todo, by: User) -> None:
    own = (
        Todo.objects.filter(task=todo.task_id, assignee=by, state=Todo.State.DONE)
        .order_by("-closed_at")
        .first()
    )
    if own is not None:
        raise AlreadyDone(by.name, own.closed_at)


def begin(
    flow_start: object, case: Case, *, stage: str, by: User | None, at: datetime, key: str = ""
) -> StageRun | None:
    """Start a stage's flow for a case, once: a second start of the same run changes nothing and returns None."""
    run, fresh = StageRun.objects.get_or_create(
        case=case, stage=stage, round=case.round, key=key, defaults={"started_at": at}
    )
    if not fresh:
        return None
    run.case = case
    under = Under(run, case, by, at)
    token = _under.set(under)
    try:
        flow_start.run(run=run)  # type: ignore[attr-defined]
    finally:
        _under.reset(token)
    _settle(run, under, by=by, at=at)
    return run


def finish_task(task: Task, run: StageRun, *, by: User | None, at: datetime, outcome: str) -> None:
    """Complete a step's task and let the flow go on; whatever is still open of it is cancelled."""
    cancel_todos([task.pk], at=at)
    _complete(task.flow_task, task.pk, run, by=by, at=at, outcome=outcome)


def _complete(node: Any, task: int, run: StageRun, *, by: User | None, at: datetime, outcome: str) -> None:
    """Let viewflow complete a task under the process's lock, which is taken before the task is read."""
    if run.outcome != outcome:
        run.outcome = outcome
        run.save(update_fields=["outcome"])
    under = Under(run, run.case, by, at)
    token = _under.set(under)
    try:
        with node.flow_class.lock(run.process_id):
            row = Task.objects.select_related("process").get(pk=task)
            if row.status == STATUS.NEW:  # taken and done at once: saved with its completion
                row.owner, row.status = by, STATUS.ASSIGNED
            activation = node.activation_class(row)
            activation.start(None)
            activation.execute()
    finally:
        _under.reset(token)
    failpoint("task.finished")
    _settle(run, under, by=by, at=at)


@receiver(flow_finished, dispatch_uid="turns")
def _note_end(sender: object, process: Process, **kwargs: object) -> None:
    """Note that the process under way has come to its end."""
    under = _under.get()
    if under is not None:
        under.ended.append(process.pk)


def _settle(run: StageRun, under: Under, *, by: User | None, at: datetime) -> None:
    """Note the end of a run whose process has ended, and tell the road."""
    if run.process_id in under.ended:
        run.finished_at = at
        run.save(update_fields=["finished_at"])
        failpoint("run.finished")
        road.send(sender=Case, case=run.case, by=by, at=at)


def reassign(todo: Todo, *, to: User | None) -> None:
    """Give an open to-do to one person, or back to its office (the caller checks rights and writes the event)."""
    todo.assignee = to
    todo.save(update_fields=["assignee"])
