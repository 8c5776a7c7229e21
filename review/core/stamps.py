"""When and where something was seen, as a phone says it: kept beside the server's own time, never in its place (R3-144)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

AHEAD = timedelta(minutes=5)  # how far the clock of a phone may be ahead
BACK = timedelta(days=30)  # how long a phone may have been without network
WIDEST = 100_000  # metres: wider is no place


@dataclass(frozen=True)
class Stamp:
    """The moment by the phone's clock, and where: degrees to five decimals (a metre), accuracy in metres."""

    when: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy: int | None = None


def read_stamp(when: str, where: str, *, now: datetime) -> Stamp:
    """Return what a phone said (an ISO moment; ``latitude,longitude,accuracy``); what cannot be is left out, not refused.

    Nobody typed it and nobody could correct it: a clock that is wrong must not keep an inspector's work from arriving.
    """
    try:
        moment: datetime | None = datetime.fromisoformat(when)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not now - BACK <= moment <= now + AHEAD:
        moment = None
    return Stamp(moment, *_place(where))


def _place(text: str) -> tuple[Decimal | None, Decimal | None, int | None]:
    parts = text.split(",")
    try:
        latitude, longitude, accuracy = (Decimal(part) for part in parts)
        if not (abs(latitude) <= 90 and abs(longitude) <= 180 and 0 <= accuracy <= WIDEST):
            return None, None, None
        metre = Decimal("0.00001")
        return latitude.quantize(metre), longitude.quantize(metre), int(accuracy)
    except (ValueError, InvalidOperation):
        return None, None, None
