"""What is true of the whole product at any moment, whatever was killed or raced; sentences where it is not."""

import hashlib
from collections import Counter
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from applications.models import Case, Deadline, Event, Evidence, StageRun, Todo
from applications.steps import Step, Wait
from notifications.models import Outbox
from rectification.models import Complaint
from workflow import anchors
from workflow.verification import broken_anchors, broken_chains, broken_rows

OPEN_TASKS = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)


def unsound() -> list[str]:
    """Return everything that must never be."""
    return [
        *(f"chain: {finding}" for finding in broken_chains()),
        *(f"row: {finding.sentence}" for finding in broken_rows()),
        *(f"anchor: {finding}" for finding in broken_anchors()),
        *(f"anchor file: {fault}" for fault in anchors.file_faults()),
        *cases_that_stand_still(),
        *complaints_that_stand_still(),
        *todos_unlike_tasks(),
        *files_unlike_rows(),
        *broken_database(),
    ]


def cases_that_stand_still() -> list[str]:
    """Return the open cases on nobody's desk and under no running clock."""
    found = []
    for case in Case.objects.filter(closed_at__isnull=True):
        on_a_desk = Todo.objects.filter(case=case, state=Todo.State.OPEN).exists()
        clock_runs = Deadline.objects.filter(case=case, state__in=("running", "paused")).exists()
        if not (on_a_desk or clock_runs):
            found.append(f"case {case.pk} ({case.state}) stands still")
    return found


def complaints_that_stand_still() -> list[str]:
    """Return the open complaints under no running clock, in nobody's hand though taken, or told otherwise than due."""
    found = []
    for row in Complaint.objects.filter(state__in=("waiting", "handling")).select_related("matter"):
        running = list(row.matter.deadlines.filter(state="running"))
        if [term.due_on for term in running] != [row.due_on]:
            found.append(f"complaint {row.number} ({row.state}) is due {row.due_on}, its clock {running}")
    ended = Complaint.objects.exclude(state__in=("waiting", "handling"))
    late = ended.filter(matter__deadlines__state__in=("running", "paused")).values_list("number", flat=True)
    return found + [f"complaint {number} has ended, its clock runs" for number in late]


def todos_unlike_tasks() -> list[str]:
    """Return where the to-do projection and the flows' open tasks differ."""
    todos = Counter(Todo.objects.filter(state=Todo.State.OPEN).values_list("task", flat=True))
    found = []
    tasks = list(Task.objects.filter(status__in=OPEN_TASKS))
    moved = {
        task.process_id for task in tasks if isinstance(task.flow_task, Step)
    }  # a step moves its flow on
    for task in tasks:
        node = task.flow_task
        if isinstance(node, Step) and not isinstance(node, Wait) and not todos.pop(task.pk, 0):
            found.append(f"task {task.pk} ({node}) has no to-do")
        elif task.process_id not in moved:
            found.append(f"task {task.pk} ({node}) hangs")
    found += [f"to-do of the task {pk}, which is not open" for pk in todos]
    ended = StageRun.objects.filter(finished_at__isnull=False, process__task__status__in=OPEN_TASKS)
    return found + [f"run {run.pk} has ended with open tasks" for run in ended.distinct()]


def files_unlike_rows() -> list[str]:
    """Return the evidence whose file is missing or not what was uploaded."""
    found = []
    for row in Evidence.objects.all():
        try:
            with row.file.open("rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != row.sha256:
                    found.append(f"evidence {row.pk} has another content")
        except OSError:
            found.append(f"evidence {row.pk} has no file")
    return found


def broken_database() -> list[str]:
    """Return what the database itself finds wrong."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("pragma integrity_check")
        whole = [row[0] for row in cursor.fetchall()]
        cursor.execute("pragma foreign_key_check")
        strays = cursor.fetchall()
    return [*(line for line in whole if line != "ok"), *(f"foreign key: {row}" for row in strays)]


def stuck_work(now: datetime) -> list[str]:
    """Return the outbox rows that should have been done by now."""
    rows = Outbox.objects.filter(done_at__isnull=True, not_before__lte=now)
    return [f"outbox {row.pk} {row.topic}: {row.error or 'waits'}" for row in rows]


def effects() -> dict[str, Any]:
    """Return what stands in the database: rows by table (histories left out), and the log of every case."""
    counts = {
        model._meta.label: model.objects.count()
        for model in apps.get_models()
        if not hasattr(model, "history_id") and model._meta.app_label in OURS
    }
    # by number and not by key: a rolled-back case has used up a key of PostgreSQL's sequence
    logs = [
        list(row) for row in Event.objects.order_by("case", "seq").values_list("case__number", "seq", "verb")
    ]
    todos = Counter(f"{node} {state}" for node, state in Todo.objects.values_list("node", "state"))
    states = [
        list(row) for row in Case.objects.order_by("pk").values_list("number", "state", "round", "star")
    ]
    return {"counts": counts, "log": logs, "todos": dict(sorted(todos.items())), "cases": states}


OURS = {"applications", "review", "rectification", "notifications", "viewflow"}
