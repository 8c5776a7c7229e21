"""The one clock: actions, deadlines and history all ask ``now()``."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from applications.models import ClockOffset

LOCAL = ZoneInfo(settings.TIME_ZONE)


def now() -> datetime:
    """Return the present, in the demo moved forward by the days that a visitor chose."""
    moment = timezone.now()
    if settings.DEMO:
        days = ClockOffset.objects.values_list("days", flat=True).first() or 0
        moment += timedelta(days=days)
    return moment


def wall() -> datetime:
    """Return the real present: sign-ins and one-time codes must not move with the demo's date."""
    return timezone.now()


def day_of(moment: datetime) -> date:
    """Return the local calendar day of a moment; terms count days, not hours."""
    return moment.astimezone(LOCAL).date()


def today() -> date:
    """Return the present local calendar day."""
    return day_of(now())


def iso(moment: datetime) -> str:
    """Return a moment as ISO text in UTC with microseconds: one text for one moment on every database."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
