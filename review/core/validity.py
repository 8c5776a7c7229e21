"""How long a star is valid, and what a verification page says of it on a day."""

from datetime import date, timedelta

YEARS = 3  # practice 3.3: three years, as for hotels and elderly care

VALID, EXPIRED, REVOKED, REPLACED, LOWERED = "valid", "expired", "revoked", "replaced", "lowered"
REMIND = {"six": 6, "three": 3}  # months before the end, the earliest first (practice 3.3)


def last_day(start: date, years: int = YEARS) -> date:
    """Return the last day of a term of years: the day before the same date, 28 February after a leap day."""
    try:
        same = start.replace(year=start.year + years)
    except ValueError:  # 29 February
        return date(start.year + years, 2, 28)
    return same - timedelta(days=1)


def months_before(day: date, months: int) -> date:
    """Return the same day of the month some months earlier, the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def reached(valid_until: date, on: date) -> list[str]:
    """Return the reminders whose time has come for a star that ends on a day, the earliest first."""
    return [key for key, months in REMIND.items() if months_before(valid_until, months) <= on]


def standing(
    valid_until: date, on: date, *, revoked: bool = False, lowered: bool = False, replaced: bool = False
) -> str:
    """Return what a star is on a day: its end by decision outlasts everything, the last day still counts."""
    if revoked:
        return REVOKED
    if lowered:
        return LOWERED
    if replaced:
        return REPLACED
    return VALID if on <= valid_until else EXPIRED
