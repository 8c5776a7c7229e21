"""The ways out: e-mail, the daily digest, and a robot of a chat group; all are driven by the outbox."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from notifications.models import Channel, Delivery
from notifications.outbox import Hopeless, register
from notifications.queries import visible
from notifications.robots import allowed, tell, understood
from notifications.wording import SOURCE, sentence

MOST_LINES = 50


def deliver(payload: dict[str, Any], now: datetime) -> None:
    """Send one message over its channel, unless it was sent or the person may not know of it any more."""
    row = Delivery.objects.select_related("notification__user").get(pk=payload["delivery"])
    if row.sent_at or row.dropped_at:
        return
    if not wanted(row):
        Delivery.objects.filter(pk=row.pk).update(dropped_at=now)
        return
    Delivery.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
    with override(row.notification.user.language or SOURCE):
        SENDERS[row.channel](row)
    Delivery.objects.filter(pk=row.pk).update(sent_at=now, error="")


def wanted(row: Delivery) -> bool:
    """Whether the person still has an account and may still see what the message speaks of."""
    person = row.notification.user
    return person.is_active and visible(person).filter(pk=row.notification_id).exists()


def _wanted(rows: list[Delivery]) -> list[Delivery]:
    """Return what one person still wants to be told; the same as ``wanted``, in one statement for all of it."""
    if not rows or not rows[0].notification.user.is_active:
        return []
    asked = [row.notification_id for row in rows]
    known = set(visible(rows[0].notification.user).filter(pk__in=asked).values_list("pk", flat=True))
    return [row for row in rows if row.notification_id in known]


def give_up(payload: dict[str, Any], now: datetime, reason: str) -> None:
    """Note on the delivery that it failed for good, where the administrator sees it."""
    Delivery.objects.filter(pk=payload["delivery"]).update(failed_at=now, error=reason)


def digest(payload: dict[str, Any], now: datetime) -> None:
    """Send a person one e-mail with all that waited for the morning."""
    rows = Delivery.objects.filter(
        channel=Channel.DIGEST,
        sent_at__isnull=True,
        dropped_at__isnull=True,
        failed_at__isnull=True,
        notification__user=payload["user"],
    ).select_related("notification__user")
    waiting = list(rows.order_by("pk"))
    kept = _wanted(waiting)
    dropped = {row.pk for row in waiting} - {row.pk for row in kept}
    Delivery.objects.filter(pk__in=dropped).update(dropped_at=now)
    if not kept:
        return
    with override(kept[0].notification.user.language or SOURCE):
        lines = [
            f"{sentence(row.notification.text)}\n{link(row.notification.url)}" for row in kept[:MOST_LINES]
        ]
        if len(kept) > MOST_LINES:
            lines.append(_("另有%(count)s条，请登录查看。") % {"count": len(kept) - MOST_LINES})
        subject = ngettext("星评：%(count)s条通知", "星评：%(count)s条通知", len(kept)) % {"count": len(kept)}
        _mail(kept[0].address, subject, "\n\n".join(lines), f"digest-{kept[0].pk}")
    Delivery.objects.filter(pk__in=[row.pk for row in kept]).update(sent_at=now, attempts=F("attempts") + 1)


def give_up_digest(payload: dict[str, Any], now: datetime, reason: str) -> None:
    """Note on everything that waited for the digest that it failed for good."""
    rows = Delivery.objects.filter(channel=Channel.DIGEST, sent_at__isnull=True, dropped_at__isnull=True)
    rows.filter(notification__user=payload["user"]).update(failed_at=now, error=reason)


def send_mail(row: Delivery) -> None:
    """Send a notification as an e-mail of its own."""
    words = sentence(row.notification.text)
    _mail(
        row.address,
        _("星评：%(words)s") % {"words": words[:60]},
        f"{words}\n\n{link(row.notification.url)}",
        f"n-{row.pk}",
    )


def _mail(address: str, subject: str, body: str, name: str) -> None:
    """Send a mail whose Message-ID follows from what it says, so that a repeat after a crash is recognised as one."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    ending = _("本邮件由系统发出，请勿回复。通知方式可在“通知设置”中更改：%(link)s") % {
        "link": link(reverse("notification_preferences"))
    }
    EmailMessage(
        subject=" ".join(subject.split()),
        body=f"{body}\n\n{ending}\n",
        to=[address],
        headers={"Message-ID": f"<{name}@{host}>"},
    ).send()


def link(path: str) -> str:
    """Return a path of the product as an address that works from outside."""
    return f"{settings.SITE_URL}{path}"


def send_webhook(row: Delivery) -> None:
    """Tell a chat group's robot that there is something new, and not what.

    A group has more readers than the one person: the message names no case.
    """
    if not allowed(row.address) or understood(row.address) is None:
        raise Hopeless(_("群机器人地址不在允许的范围内。"))
    words = _("星评：%(name)s有一条新通知，请登录查看：%(link)s") % {
        "name": row.notification.user.name,
        "link": link(reverse("notifications")),
    }
    tell(row.address, words, f"n-{row.pk}")


SENDERS: dict[str, Callable[[Delivery], None]] = {Channel.EMAIL: send_mail, Channel.WEBHOOK: send_webhook}

register("deliver", deliver, inside=False, on_death=give_up)
register("digest", digest, inside=False, on_death=give_up_digest)
