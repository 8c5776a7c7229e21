"""How long a star is valid, and what a verification page says of it on a day."""

from datetime import date, timedelta

YEARS = 3  # practice 3.3: three years, as for hotels and elderly care

VALID, EXPIRED, REVOKED, REPLACED = "valid", "expired", "revoked", "replaced"


def last_day(start: date, years: int = YEARS) -> date:
    """Return the last day of a term of years: the day before the same date, 28 February after a leap day."""
    try:
        same = start.replace(year=start.year + years)
    except ValueError:  # 29 February
        return date(start.year + years, 2, 28)
    return same - timedelta(days=1)


def standing(valid_until: date, on: date, *, revoked: bool = False, replaced: bool = False) -> str:
    """Return what a star is on a day: revocation outlasts everything, the last day still counts."""
    if revoked:
        return REVOKED
    if replaced:
        return REPLACED
    return VALID if on <= valid_until else EXPIRED
