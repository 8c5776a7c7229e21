"""The calendar table as the core's calendar, and due dates asked of it."""

from datetime import date

from applications.core.working_days import Calendar, calendar_term, notice_period, working_term
from applications.models import CalendarYear


def calendar(first: date, span: int = 1, *, before: int = 1) -> Calendar:
    """Return the calendar from ``before`` years before ``first`` to ``span`` years after it, as entered."""
    years = range(first.year - before, first.year + span + 1)
    rows = CalendarYear.objects.filter(official=True, year__in=years)
    exceptions, official = {}, set()
    for year, day, kind in rows.values_list("year", "days__date", "days__kind"):
        official.add(year)
        if day is not None:
            exceptions[day] = kind
    return Calendar(exceptions=exceptions, official_years=frozenset(official))


def due_date(start: date, budget: int, unit: str) -> tuple[date, bool]:
    """Return the due date of a term and whether it is provisional (a year's notice is not entered yet)."""
    derive = {"working": working_term, "calendar": calendar_term, "notice": notice_period}[unit]
    term = derive(start, budget, calendar(start, 1 + budget // 180, before=0), provisional=True)
    return term.due, term.provisional
