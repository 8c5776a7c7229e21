"""Who is acting, with which verb, at what moment: stamped on every history row, also in jobs and timers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from django.db import transaction

from applications.models import User
from notifications.failpoints import failpoint
from notifications.outbox import gathering

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Acting:
    """The acting person (None for the clock), the verb and the moment."""

    by: User | None
    verb: str
    at: datetime


_current: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current() -> Acting | None:
    """Return who is acting now, if an action is under way."""
    return _current.get()


@contextmanager
def acting(by: User | None, verb: str, at: datetime) -> Iterator[None]:
    """Stamp what is written inside with this person, verb and moment; the innermost verb counts."""
    token = _current.set(Acting(by, verb, at))
    try:
        yield
    finally:
        _current.reset(token)


def verb(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make an action of a function with ``by`` and ``at``: all of it happens or none, under its verb."""

    def wrap(action: Callable[P, R]) -> Callable[P, R]:
        @wraps(action)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by, at = cast("User | None", kwargs["by"]), cast(datetime, kwargs["at"])
            with transaction.atomic(), acting(by, name, at), gathering():
                result = action(*args, **kwargs)
                failpoint(f"{name}.before_commit")
            failpoint(f"{name}.after_commit")
            return result

        return run

    return wrap
