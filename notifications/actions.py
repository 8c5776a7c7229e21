"""Telling people, marking as read, choosing how to be told."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from notifications import hub
from notifications.models import Channel, Delivery, Notification, Preference
from notifications.outbox import gathering, post
from notifications.queries import unread

DIGEST_AT = time(8)


@transaction.atomic
def tell(
    users: Iterable[Any],
    *,
    kind: str,
    key: str,
    text: Mapping[str, Any],
    url: str,
    at: datetime,
    subject: int | None = None,
    ref: str = "",
) -> int:
    """Tell each of these people once; return how many are told now. ``key`` and the person make it once.

    ``text`` comes from ``wording.text_of``. E-mail and robot messages are posted into the outbox, one row each.
    """
    people = {user.pk: user for user in users}
    keys = {pk: f"{key}:{pk}" for pk in people}
    told = set(Notification.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    rows = Notification.objects.bulk_create(
        [
            Notification(
                user=person,
                kind=kind,
                subject=subject,
                ref=ref,
                text=text,
                url=url,
                key=keys[pk],
                created_at=at,
            )
            for pk, person in people.items()
            if keys[pk] not in told
        ]
    )
    _send_out(rows, at)
    if rows:
        transaction.on_commit(hub.wake, robust=True)
    return len(rows)


def _send_out(rows: list[Notification], at: datetime) -> None:
    """Post what leaves the product, as each person chose."""
    chosen = {row.user_id: row for row in Preference.objects.filter(user__in=[row.user_id for row in rows])}
    deliveries = []
    for row in rows:
        choice = chosen.get(row.user_id) or Preference(user_id=row.user_id)
        if row.user.email and choice.mail != Preference.Mail.OFF:
            channel = Channel.EMAIL if choice.mail == Preference.Mail.EACH else Channel.DIGEST
            deliveries.append(
                Delivery(notification=row, channel=channel, address=row.user.email, created_at=at)
            )
        if choice.webhook:
            deliveries.append(
                Delivery(notification=row, channel=Channel.WEBHOOK, address=choice.webhook, created_at=at)
            )
    with gathering():  # the messages to a province's communities are a few statements, not one each
        for delivery in Delivery.objects.bulk_create(deliveries):
            _post(delivery, at)


def _post(delivery: Delivery, at: datetime) -> None:
    if delivery.channel != Channel.DIGEST:
        post("deliver", f"deliver:{delivery.pk}", at=at, payload={"delivery": delivery.pk})
        return
    morning, user = next_morning(at), delivery.notification.user_id
    key = f"digest:{user}:{morning:%Y-%m-%d}"
    post("digest", key, at=at, payload={"user": user}, not_before=morning)


def next_morning(at: datetime) -> datetime:
    """Return the next moment at which digests go out, on the local clock."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    morning = local.replace(hour=DIGEST_AT.hour, minute=DIGEST_AT.minute, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)


def outdate(ref: str, *, at: datetime) -> int:
    """Mark as read what nobody needs to know any more: the thing it announced has come to its end."""
    return Notification.objects.filter(ref=ref, read_at__isnull=True).update(read_at=at)


def mark_read(user: Any, *, at: datetime, ids: Iterable[int] | None = None) -> int:
    """Mark a person's own notifications as read, all where no ids are given; return how many were not yet."""
    rows = unread(user)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return Notification.objects.filter(pk__in=rows.values("pk")).update(read_at=at)


def choose(user: Any, *, mail: str, webhook: str) -> Preference:
    """Keep how a person wants to be told."""
    row, _made = Preference.objects.update_or_create(user=user, defaults={"mail": mail, "webhook": webhook})
    return row
