"""How many days are left of a term."""

from datetime import date

from applications.core.working_days import working_days_between
from applications.workdays import calendar


def days_left(due: date | None, today: date) -> int | None:
    """Return the working days left until a due date, negative once it has passed, None where there is none."""
    if due is None:
        return None
    if due >= today:
        return working_days_between(today, due, calendar(today), provisional=True)
    return -max(working_days_between(due, today, calendar(due), provisional=True), 1)
