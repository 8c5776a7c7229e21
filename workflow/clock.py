"""What time alone brings about, done once a minute: every step on its own, a failed one noted and tried again.

Two clocks at once and a stopped clock that comes back change nothing: each step is idempotent by what stands in the
database, and each runs in a transaction of its own.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from applications import clock
from applications.actions import accounts, jobs
from applications.actions.move import move
from applications.models import Batch, Case, ClockStep, StageRun
from notifications import outbox
from notifications.failpoints import failpoint
from review.actions.notice import close_notices
from workflow import anchors, sessions, strays
from workflow.ladder import climb
from workflow.lifecycle import advance

log = logging.getLogger(__name__)


def sweep_cases(at: datetime) -> int:
    """Advance open cases in which nothing runs: what a kill between two stages would leave behind."""
    running = StageRun.objects.filter(case=OuterRef("pk"), finished_at__isnull=True)
    stuck = list(Case.objects.filter(closed_at__isnull=True).filter(~Exists(running)))
    for case in stuck:
        advance(case, by=None, at=at)
    return len(stuck)


def close_batches(at: datetime) -> int:
    """Close batches whose application period has ended."""
    closed = 0
    for batch in Batch.objects.filter(state=Batch.State.OPEN, closes_on__lt=clock.day_of(at)):
        with transaction.atomic():
            fresh = Batch.objects.select_for_update().get(pk=batch.pk)
            if fresh.state == Batch.State.OPEN:
                move(fresh, Batch.State.CLOSED)
                closed += 1
    return closed


STEPS: dict[str, Callable[[datetime], int]] = {
    "sweep_cases": sweep_cases,
    "close_batches": close_batches,
    "close_notices": lambda at: close_notices(at=at),
    "lost_tasks": lambda at: accounts.release_lost(at=at),
    "ladder": climb,
    "anchor": anchors.anchor,
    "outbox": lambda at: outbox.sweep(now=at),
    "sessions": lambda at: sessions.sweep(),
    "jobs": lambda at: jobs.forget(now=at),
    "files": strays.ask,
}


def tick(at: datetime) -> dict[str, int]:
    """Do every step; return how much each did. A step that fails is noted and does not stop the others."""
    done: dict[str, int] = {}
    for name, step in STEPS.items():
        try:
            done[name] = step(at)
        except Exception as error:
            log.exception("The clock's step %s failed; it is tried again with the next tick.", name)
            _note(name, at, error)
        else:
            _note(name, at, None)
            failpoint(f"tick.{name}")
    return done


def _note(name: str, at: datetime, error: Exception | None) -> None:
    row, _made = ClockStep.objects.get_or_create(name=name)
    if error is None:
        row.done_at, row.failures, row.error = at, 0, ""
    else:
        row.failed_at, row.failures = at, row.failures + 1
        row.error = type(error).__name__
    row.save()
