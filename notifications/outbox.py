"""The transactional outbox: posting with the business change, draining under leases, what failed and why.

A topic has one handler. An ``inside`` handler writes rows only: it runs in the transaction that marks the work as
done, so its effect happens exactly once. Any other handler reaches the outside world: it runs before the mark, is
repeated after a crash, and guards its effect by a key of its own.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from notifications.failpoints import failpoint
from notifications.lent import lent
from notifications.models import Outbox

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=40)  # with a worker's rest of a second: nothing is stuck longer than a minute
TRIES = 8
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=30)
KEPT = timedelta(days=180)

Handler = Callable[[dict[str, Any], datetime], None]
Deadly = Callable[[dict[str, Any], datetime, str], None]


@dataclass(frozen=True)
class Route:
    """What is done for a topic: its handler, whether it runs inside the marking transaction, and its last words."""

    handle: Handler
    inside: bool
    on_death: Deadly | None


_gathered: ContextVar[list[Outbox] | None] = ContextVar("gathered", default=None)
ROUTES: dict[str, Route] = {}
# Called after the commit of a post; an engine that wants to begin at once (Celery) adds itself here.
LISTENERS: list[Callable[[], None]] = []


class Fenced(Exception):
    """The lease went to another worker meanwhile; whatever this one did is rolled back."""


class Hopeless(Exception):
    """Trying again would not help; the work is dead at once, with this sentence."""


def register(topic: str, handler: Handler, *, inside: bool = True, on_death: Deadly | None = None) -> None:
    """Name the one handler of a topic; it gets the payload and the moment."""
    ROUTES[topic] = Route(handler, inside, on_death)


def post(
    topic: str,
    key: str,
    *,
    at: datetime,
    payload: dict[str, Any] | None = None,
    not_before: datetime | None = None,
) -> None:
    """Write work that must happen after this transaction commits. The same ``key`` is written once."""
    row = Outbox(topic=topic, payload=payload or {}, key=key, created_at=at, not_before=not_before or at)
    gathered = _gathered.get()
    if gathered is None:
        _write([row])
    else:
        gathered.append(row)


@contextmanager
def gathering() -> Iterator[None]:
    """Write what is posted inside with one statement at the end, inside the same transaction."""
    if _gathered.get() is not None:
        yield
        return
    rows: list[Outbox] = []
    token = _gathered.set(rows)
    try:
        yield
    finally:
        _gathered.reset(token)
    if rows:
        _write(rows)


def _write(rows: list[Outbox]) -> None:
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    for listener in LISTENERS:
        transaction.on_commit(listener, robust=True)


def waiting(now: datetime) -> QuerySet[Outbox]:
    """Return what may be taken now: neither done nor dead, due, under nobody's lease."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    return Outbox.objects.filter(free, done_at__isnull=True, dead_at__isnull=True, not_before__lte=now)


def drain(limit: int = 20, *, now: datetime | None = None) -> int:
    """Take up to ``limit`` rows under a lease and handle each; return how many were taken."""
    now = now or lent.now()
    rows = _take(limit, now)
    failpoint("outbox.taken")
    began = time.monotonic()
    for row in rows:
        if time.monotonic() - began > LEASE.total_seconds() / 2:
            break  # the rest goes to whoever finds its lease expired
        _handle(row, now)
    return len(rows)


def _take(limit: int, now: datetime) -> list[Outbox]:
    if not waiting(now).exists():  # an idle worker must not ask SQLite for its one write lock every second
        return []
    token = secrets.token_hex(16)
    with transaction.atomic():
        rows = list(waiting(now).order_by("not_before", "id").select_for_update(skip_locked=True)[:limit])
        for row in rows:
            row.lease_token, row.lease_until, row.attempts = token, now + LEASE, row.attempts + 1
        Outbox.objects.bulk_update(rows, ["lease_token", "lease_until", "attempts"])
    return rows


def _handle(row: Outbox, now: datetime) -> None:
    try:
        route = ROUTES.get(row.topic)
        if route is None:
            raise Hopeless(f"no handler is registered for the topic {row.topic!r}")
        if route.inside:
            with transaction.atomic():
                route.handle(row.payload, now)
                failpoint("outbox.handled")
                _mark_done(row, now)
        else:
            route.handle(row.payload, now)
            failpoint("outbox.sent")
            _mark_done(row, now)
        failpoint("outbox.marked")
    except Fenced:
        log.warning("Outbox %s: the lease went to another worker.", row.pk)
    except Exception as error:
        _failed(row, error, now)


def _mark_done(row: Outbox, now: datetime) -> None:
    if not _held(row).update(done_at=now, lease_until=None, error=""):
        raise Fenced


def _held(row: Outbox) -> QuerySet[Outbox]:
    return Outbox.objects.filter(
        pk=row.pk, lease_token=row.lease_token, done_at__isnull=True, dead_at__isnull=True
    )


def _failed(row: Outbox, error: Exception, now: datetime) -> None:
    """Note the failure: again after a pause that doubles, dead after ``TRIES`` or where nothing would help."""
    reason = f"{type(error).__name__}: {error}"[:300]
    dead = isinstance(error, Hopeless) or row.attempts >= TRIES
    # the sentence may hold a name or an address: it is kept in the table, not written into the log
    level = logging.ERROR if dead else logging.WARNING
    log.log(level, "Outbox %s (%s) failed: %s", row.pk, row.topic, type(error).__name__)
    pause = min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
    changes: dict[str, Any] = {"error": reason, "lease_until": None, "not_before": now + pause}
    with transaction.atomic():
        held = _held(row).update(**changes, dead_at=now if dead else None)
        route = ROUTES.get(row.topic)
        if held and dead and route and route.on_death:
            route.on_death(row.payload, now, reason)


def revive(pk: int, *, now: datetime) -> bool:
    """Let dead work be tried again from the start; return whether there was any."""
    dead = Outbox.objects.filter(pk=pk, dead_at__isnull=False)
    return bool(dead.update(dead_at=None, attempts=0, not_before=now, lease_until=None))


def sweep(*, now: datetime) -> int:
    """Free what outlived its lease, forget what was done long ago; return how much is waiting longer than a minute."""
    expired = Outbox.objects.filter(done_at__isnull=True, dead_at__isnull=True, lease_until__lte=now)
    expired.update(lease_until=None)
    Outbox.objects.filter(done_at__lt=now - KEPT).delete()
    late = waiting(now).filter(not_before__lte=now - timedelta(minutes=1)).count()
    for listener in LISTENERS if late else []:
        listener()
    return late
