"""A step repeated until the process is told to stop: the shape of the embedded worker and of the clock."""

import logging
import random
import signal
import threading
from collections.abc import Callable

from django.db import close_old_connections, connections

log = logging.getLogger(__name__)

LONGEST = 60.0  # seconds between two tries while the step keeps failing


def until_stopped(step: Callable[[], bool], *, every: float, stop: threading.Event | None = None) -> None:
    """Run ``step`` again and again until SIGTERM or SIGINT (or ``stop``); the step under way is always finished.

    A step that returns True has more to do and runs again at once. Otherwise the loop rests ``every`` seconds, give or
    take a fifth, so that several workers do not knock together. A step that fails is logged and tried again after a
    pause that doubles up to a minute.
    """
    stop = stop or _stop_on_signals()
    failures = 0
    while not stop.is_set():
        close_old_connections()
        try:
            more = step()
            failures = 0
        except Exception:
            failures += 1
            more = False
            log.exception("A step failed for the %s. time in a row; it is tried again.", failures)
            connections.close_all()
        if not more:
            stop.wait(min(every * 2**failures, max(LONGEST, every)) * random.uniform(0.8, 1.2))
    connections.close_all()


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
