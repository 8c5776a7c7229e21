"""Years by the calendar."""

from datetime import date

TIED_YEARS = 2  # how long an office in a community ties to it (Ministry order 39, as read in practice 3.1)


def years_after(day: date, years: int) -> date:
    """Return the same day some years later, 28 February for 29 February."""
    return years_before(day, -years)


def years_before(day: date, years: int) -> date:
    """Return the same day some years earlier, 28 February for 29 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
