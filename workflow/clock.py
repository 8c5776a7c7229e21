"""What time alone brings about, done once a minute: every step on its own, a failed one noted and tried again.

Two clocks at once and a stopped clock that comes back change nothing: each step is idempotent by what stands in the
database, and each runs in a transaction of its own.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from applications import clock
from applications.actions import accounts, jobs
from applications.actions.move import move
from applications.inturn import in_turn
from applications.models import Batch, Case, ClockStep, StageRun
from notifications import outbox
from notifications.failpoints import failpoint
from review.actions.expiry import watch_awards
from review.actions.notice import close_notices
from review.actions.revocation import end_hearings
from workflow import anchors, sessions, strays
from workflow.ladder import climb
from workflow.lifecycle import advance, look_back

log = logging.getLogger(__name__)


def sweep_cases(at: datetime) -> int:
    """Advance open cases in which nothing runs: what a kill between two stages would leave behind."""
    running = StageRun.objects.filter(case=OuterRef("pk"), finished_at__isnull=True)
    stuck = list(Case.objects.filter(closed_at__isnull=True).filter(~Exists(running)))
    return in_turn(stuck, lambda case: _advanced(case, at))


def _advanced(case: Case, at: datetime) -> int:
    advance(case, by=None, at=at)
    return 1


def close_batches(at: datetime) -> int:
    """Close batches whose application period has ended."""
    over = Batch.objects.filter(state=Batch.State.OPEN, closes_on__lt=clock.day_of(at))
    return in_turn(over, _close)


@transaction.atomic
def _close(batch: Batch) -> int:
    fresh = Batch.objects.select_for_update().get(pk=batch.pk)
    if fresh.state != Batch.State.OPEN:
        return 0
    move(fresh, Batch.State.CLOSED)
    return 1


STEPS: dict[str, Callable[[datetime], int]] = {
    "sweep_cases": sweep_cases,
    "close_batches": close_batches,
    "close_notices": lambda at: close_notices(at=at),
    "end_hearings": lambda at: end_hearings(at=at),
    "watch_awards": lambda at: watch_awards(at=at),
    "look_back": look_back,
    "lost_tasks": lambda at: accounts.release_lost(at=at),
    "ladder": climb,
    "anchor": anchors.anchor,
    "outbox": lambda at: outbox.sweep(now=at),
    "sessions": lambda at: sessions.sweep(),
    "jobs": lambda at: jobs.forget(now=at),
    "files": strays.ask,
}

# what a step does, as the page of its administrator says it
LABELS: dict[str, Any] = {
    "sweep_cases": _("接续停滞的案卷"),
    "close_batches": _("截止申报批次"),
    "close_notices": _("结束到期的公示"),
    "lost_tasks": _("退回不再有权办理的待办"),
    "end_hearings": _("结束到期的陈述申辩"),
    "watch_awards": _("星级到期提醒和失效"),
    "look_back": _("安排整改回头看"),
    "ladder": _("期限提醒和督办"),
    "anchor": _("存证日志摘要"),
    "outbox": _("重发超时的消息"),
    "sessions": _("清理过期的登录"),
    "jobs": _("清理过期的任务文件"),
    "files": _("清理无主的文件"),
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
