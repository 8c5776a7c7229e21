"""The case as a source of live pings, and who wakes the hub."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.signals import post_save
from django.dispatch import receiver

from applications.models import Case, Event, User
from applications.permissions import visible_cases
from notifications import hub
from notifications.hub import Source
from notifications.queries import Standing
from workflow.blind import visible_events


def newest() -> int:
    """Return the highest number of an event."""
    return Event.objects.aggregate(newest=Max("pk"))["newest"] or 0


def above(number: int) -> list[tuple[int, int]]:
    """Return number and case of the events with a higher number; what is no case's moves no page of one."""
    rows = Event.objects.filter(pk__gt=number, case__isnull=False)
    return list(rows.values_list("pk", "case_id"))


def standing(user: User, key: int) -> Standing | None:
    """Return how far a case's log has come for the person; what is blind to them does not move it."""
    case = visible_cases(user).filter(pk=key).first()
    if case is None:
        return None
    return Standing(position(user, case), case.pk)


def position(user: User, case: Case) -> int:
    """Return the number of the last entry of the case's log that the person may know of."""
    return visible_events(user, case).aggregate(last=Max("seq"))["last"] or 0


@receiver(post_save, sender=Event, dispatch_uid="wake_hub")
def on_event(sender: type, **kwargs: Any) -> None:
    """Wake the hubs once the event is committed."""
    transaction.on_commit(hub.wake, robust=True)


hub.register(Source("case", newest, above, standing))
