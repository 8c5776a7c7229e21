"""The append-only log of a case."""

from datetime import datetime
from typing import Any

from applications import clock
from applications.core import chain
from applications.models import Case, Event, User


def lock_case(case: Case) -> Case:
    """Return the case freshly read under its row lock. The Case is always locked first, then a process."""
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    for name in ("batch", "community"):  # neither ever changes for a case; what was read is not read again
        if name in case._state.fields_cache:
            setattr(fresh, name, case._state.fields_cache[name])
    return fresh


def record(
    case: Case, verb: str, *, by: User | None, at: datetime, data: dict[str, Any] | None = None
) -> Event:
    """Append an entry to the case's log, chained to the one before. The caller holds the case's lock.

    ``data`` is JSON: texts, numbers, lists; digests of ratings and publications belong into it.
    """
    last = Event.objects.filter(case=case).order_by("-seq").values_list("seq", "hash").first()
    seq, previous = (last[0] + 1, last[1]) if last else (1, chain.START)
    entry = chain.Entry(
        case=case.number,
        seq=seq,
        at=clock.iso(at),
        actor=by.pk if by else None,
        actor_name=by.name if by else "",
        verb=verb,
        data=data or {},
        previous=previous,
    )
    return Event.objects.create(
        case=case,
        seq=seq,
        at=at,
        actor=by,
        actor_name=entry.actor_name,
        verb=verb,
        data=entry.data,
        previous=previous,
        hash=chain.entry_hash(entry),
    )
