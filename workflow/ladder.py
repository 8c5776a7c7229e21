"""The ladder of a deadline: amber 3 working days before, red the day after, an order to the level above 5 later."""

import time
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from applications import clock
from applications.actions.events import lock_of, record
from applications.core.working_days import add_working_days, subtract_working_days
from applications.inturn import in_turn
from applications.models import Deadline, DeadlineRung
from applications.workdays import calendar
from notifications.outbox import post

AMBER_BEFORE = 3
ORDER_AFTER = 5
TICK = 20.0  # seconds that one tick climbs at most; what is left is climbed by the next, and the other steps have their turn


def rungs_reached(due: date, today: date) -> list[str]:
    """Return the rungs that a term due on a day has reached today."""
    days = calendar(min(due, today))
    reached = []
    if today >= subtract_working_days(due, AMBER_BEFORE, days, provisional=True):
        reached.append("amber")
    if today > due:
        reached.append("red")
    if today > add_working_days(due, ORDER_AFTER, days, provisional=True):
        reached.append("order")
    return reached


def climb(at: datetime) -> int:
    """Fire every rung that is reached and has not fired, the longest overdue first; return how many.

    Twice at once changes nothing. Each deadline is a transaction of its own: a tick that is killed, or whose time is up
    with thousands due on one day, has fired what it fired, and the next one goes on.
    """
    return in_turn(_missing(clock.day_of(at)), lambda row: _fire(*row, at))


def _missing(today: date) -> Iterator[tuple[Deadline, list[str]]]:
    """Yield the deadlines with the rungs that they have reached and that have not fired, until the time is up."""
    ends = time.monotonic() + TICK
    reached = cache(lambda due: rungs_reached(due, today))
    for deadline in _near(today):
        already = {rung.rung for rung in deadline.rungs.all() if rung.due_on == deadline.due_on}
        missing = [rung for rung in reached(deadline.due_on) if rung not in already]
        if missing:
            yield deadline, missing
            if time.monotonic() > ends:
                return


def _near(today: date) -> Iterator[Deadline]:
    soon = add_working_days(today, AMBER_BEFORE + 1, calendar(today), provisional=True)
    topmost = DeadlineRung.objects.filter(deadline=OuterRef("pk"), due_on=OuterRef("due_on"), rung="order")
    rows = Deadline.objects.filter(~Exists(topmost), state="running", due_on__lte=soon).exclude(unit="notice")
    rows = rows.select_related("case", "matter").prefetch_related("rungs").order_by("due_on", "pk")
    return rows.iterator(chunk_size=500)


def _fire(deadline: Deadline, rungs: list[str], at: datetime) -> int:
    try:
        with transaction.atomic():
            of = lock_of(deadline)
            if not Deadline.objects.filter(pk=deadline.pk, state="running", due_on=deadline.due_on).exists():
                return 0  # ended, paused or extended since the list was read
            for rung in rungs:
                DeadlineRung.objects.create(deadline=deadline, rung=rung, due_on=deadline.due_on, at=at)
                if rung != "amber":
                    data = {"rung": rung, "term": deadline.term, "due": deadline.due_on.isoformat()}
                    record(of, "deadline_rung", by=None, at=at, data=data)
                key = f"deadline.{rung}:{deadline.pk}:{deadline.due_on}"
                post(f"deadline.{rung}", key, at=at, payload={"deadline": deadline.pk})
    except IntegrityError:  # another clock was faster; what it left is fired with the next tick
        return 0
    return len(rungs)
