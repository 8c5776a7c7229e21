"""Reads of notifications, named as questions. Everything is filtered by what the person may see now."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q, QuerySet

from notifications.lent import lent
from notifications.models import Notification, Preference


@dataclass(frozen=True)
class Standing:
    """How far a stream has come for a person: a number that only grows, and what it speaks of."""

    seq: int
    id: int


def visible(user: Any) -> QuerySet[Notification]:
    """Return what a person was told and may still know: a revoked right or a recusal hides it at once."""
    known = Q(subject__isnull=True) | Q(subject__in=lent.subjects(user))
    return Notification.objects.filter(known, user=user)


def unread(user: Any) -> QuerySet[Notification]:
    """Return what the person has not read yet."""
    return visible(user).filter(read_at__isnull=True)


def standing(user: Any) -> Standing:
    """Return how far a person's notifications have come: how many there are, and the newest.

    A count, not the highest id: rows that were committed out of order still make it grow.
    """
    rows = Notification.objects.filter(user=user)
    newest = rows.aggregate(newest=Max("pk"))["newest"] or 0
    return Standing(rows.count(), newest)


def preference_of(user: Any) -> Preference:
    """Return how the person wants to be told; the default where nothing was chosen."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)
