"""The to-do projection rebuilt from the engine's tasks and compared, place by place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from applications.actions.events import lock_case
from applications.actions.move import move
from applications.actions.turns import Under, open_todo
from applications.models import Case, StageRun, Todo, User
from applications.steps import Step, Wait

ACTIVE = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)
CHUNK = 500


@dataclass(frozen=True)
class Difference:
    """One place where the projection says something else than the engine.

    ``kind``: ``missing`` (a task that is nobody's to-do), ``orphan`` (a to-do whose task is over) or ``wrong`` (a
    to-do with another ``field`` than its task, case or deadline says).
    """

    kind: str
    task: int
    todo: int | None = None
    field: str = ""
    stands: Any = None
    ought: Any = None

    def __str__(self) -> str:
        place = f"task {self.task}" + (f", to-do {self.todo}" if self.todo else "")
        if self.kind == "wrong":
            return f"{place}: {self.field} is {self.stands!r}, ought to be {self.ought!r}"
        return f"{place}: {'no open to-do' if self.kind == 'missing' else 'open, but its task is over'}"


def differences() -> Iterator[Difference]:
    """Yield every difference; reads in chunks, so that 400,000 to-dos fit into memory."""
    rows = Task.objects.filter(status__in=ACTIVE, process__stage_run__isnull=False)
    tasks = rows.select_related("process__stage_run__case").order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(tasks, CHUNK)):
        todos: dict[int, list[Todo]] = {}
        for todo in Todo.objects.filter(task__in=chunk, state="open").select_related("deadline"):
            todos.setdefault(todo.task_id, []).append(todo)
        for task in chunk:
            yield from _of_task(task, todos.get(task.pk, []))
    over = Todo.objects.filter(state="open").exclude(task__status__in=ACTIVE)
    for task_id, pk in over.order_by("pk").values_list("task", "pk"):
        yield Difference("orphan", task_id, pk)


def _of_task(task: Task, todos: list[Todo]) -> Iterator[Difference]:
    step = task.flow_task
    if not isinstance(step, Step) or isinstance(step, Wait):
        return
    run: StageRun = task.process.stage_run
    if not todos:
        yield Difference("missing", task.pk)
    for todo in todos:
        for name, ought in _ought(step, run, todo).items():
            stands = getattr(todo, name)
            if stands != ought:
                yield Difference("wrong", task.pk, todo.pk, name, stands, ought)


def _ought(step: Step, run: StageRun, todo: Todo) -> dict[str, Any]:
    """Return what a to-do of a task has to say."""
    ought = {"node": step.key, "run_id": run.pk, "case_id": run.case_id, "path": run.case.path}
    ought["permission"] = "" if step.people else step.permission
    deadline = getattr(todo, "deadline", None)
    if deadline is not None:
        ought["due_on"] = deadline.due_on
    return ought


@transaction.atomic
def repair(difference: Difference, *, at: datetime) -> None:
    """Make the projection say what the engine says, under the case's lock."""
    task = Task.objects.select_related("process__stage_run__case").get(pk=difference.task)
    run: StageRun = task.process.stage_run
    run.case = lock_case(run.case)
    if difference.kind == "missing":
        _open(task, run, at)
        return
    todo = Todo.objects.get(pk=difference.todo)
    if difference.kind == "wrong":
        setattr(todo, difference.field, difference.ought)
        todo.save(update_fields=[difference.field.removesuffix("_id")])
    elif todo.state == Todo.State.OPEN:
        todo.closed_at = at
        move(todo, Todo.State.CANCELLED, fields=("closed_at",))


def _open(task: Task, run: StageRun, at: datetime) -> None:
    """Write the to-dos of a task that has none, as its step would have; who has done theirs already gets no other."""
    step: Step = task.flow_task
    case: Case = run.case
    under = Under(run, case, None, at)
    done = set(Todo.objects.filter(task=task, assignee__isnull=False).values_list("assignee", flat=True))
    people: list[User | None] = list(step.people(run)) if step.people else [None]
    for person in people:
        if person is not None and person.pk in done:
            continue
        open_todo(
            task,
            under,
            node=step.key,
            permission="" if step.people else step.permission,
            assignee=person,
            barred=list(step.barred(run)) if step.barred else [],
            term=step.term_in_force(under),
        )
