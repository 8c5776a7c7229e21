"""The append-only log of a case, and of a matter that is none."""

from datetime import datetime
from typing import Any

from applications import clock
from applications.core import chain
from applications.models import Case, Deadline, Event, Matter, User


def lock_case(case: Case) -> Case:
    """Return the case freshly read under its row lock. The Case is always locked first, then a process."""
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    for name in ("batch", "community"):  # neither ever changes for a case; what was read is not read again
        if name in case._state.fields_cache:
            setattr(fresh, name, case._state.fields_cache[name])
    return fresh


def lock_matter(matter: Matter) -> Matter:
    """Return the matter under its row lock, which is taken before anything of it is written."""
    return Matter.objects.select_for_update().get(pk=matter.pk)


def lock_of(deadline: Deadline) -> Case | Matter:
    """Return the case or matter of a deadline under its lock; every deadline has one of the two."""
    if deadline.case is not None:
        return lock_case(deadline.case)
    assert deadline.matter is not None
    return lock_matter(deadline.matter)


def record(
    of: Case | Matter, verb: str, *, by: User | None, at: datetime, data: dict[str, Any] | None = None
) -> Event:
    """Append an entry to the log of a case or matter, chained to the one before. The caller holds its lock.

    ``data`` is JSON: texts, numbers, lists; digests of ratings and publications belong into it.
    """
    log: dict[str, Any] = {"case": of} if isinstance(of, Case) else {"matter": of}
    last = Event.objects.filter(**log).order_by("-seq").values_list("seq", "hash").first()
    seq, previous = (last[0] + 1, last[1]) if last else (1, chain.START)
    entry = chain.Entry(
        case=of.number,
        seq=seq,
        at=clock.iso(at),
        actor=by.pk if by else None,
        actor_name=by.name if by else "",
        verb=verb,
        data=data or {},
        previous=previous,
    )
    return Event.objects.create(
        **log,
        seq=seq,
        at=at,
        actor=by,
        actor_name=entry.actor_name,
        verb=verb,
        data=entry.data,
        previous=previous,
        hash=chain.entry_hash(entry),
    )
