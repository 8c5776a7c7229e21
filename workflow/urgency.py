"""How many working days are left, and which group of the desk that makes."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from applications.core.working_days import Calendar, add_working_days, working_days_between
from applications.models import CalendarDay

SOON, WEEK = 3, 7  # working days
GROUPS: dict[str, Any] = {
    "late": _("已超期"),
    "soon": _("三个工作日内到期"),
    "week": _("七个工作日内到期"),
    "later": _("以后到期"),
    "none": _("无期限"),
}
ONE_DAY = timedelta(days=1)
FURTHEST = 400  # days; what is due later needs no exact count


def days_around(today: date) -> QuerySet[CalendarDay]:
    """Return the days off and the make-up days of the notices of last year, this year and the next."""
    years = (today.year - 1, today.year, today.year + 1)
    return CalendarDay.objects.filter(year__year__in=years, year__official=True)


@dataclass
class Horizon:
    """Today and the last days of the two near groups, by the calendar as entered (one query)."""

    today: date
    calendar: Calendar
    soon: date = date.min
    week: date = date.min
    known: dict[date, int] = field(default_factory=dict)

    @classmethod
    def of(cls, today: date, days: dict[date, str] | None = None) -> "Horizon":
        """Read the calendar around a day, where it is not given. Years without a notice count as plain weeks."""
        if days is None:
            days = dict(days_around(today).values_list("date", "kind"))
        found = cls(today, Calendar(days, frozenset()))
        found.soon = found._before(SOON + 1)
        found.week = found._before(WEEK + 1)
        return found

    def _before(self, n: int) -> date:
        return add_working_days(self.today, n, self.calendar, provisional=True) - ONE_DAY

    def left(self, due: date | None) -> int | None:
        """Return the working days left until the end of a day, below zero once it is over."""
        if due is None:
            return None
        if due not in self.known:
            near = max(min(due, self.today + FURTHEST * ONE_DAY), self.today - FURTHEST * ONE_DAY)
            days = working_days_between(self.today, near, self.calendar, provisional=True)
            self.known[due] = min(days, -1) if due < self.today else days
        return self.known[due]

    def group(self, due: date | None) -> str:
        """Return the group of a due date."""
        if due is None:
            return "none"
        if due < self.today:
            return "late"
        if due <= self.soon:
            return "soon"
        return "week" if due <= self.week else "later"

    def within(self, group: str, due: str = "due_on") -> Q:
        """Return the filter of a group; ``later`` takes in what has no term."""
        return {
            "late": Q(**{f"{due}__lt": self.today}),
            "soon": Q(**{f"{due}__gte": self.today, f"{due}__lte": self.soon}),
            "week": Q(**{f"{due}__gt": self.soon, f"{due}__lte": self.week}),
            "later": Q(**{f"{due}__gt": self.week}) | Q(**{f"{due}__isnull": True}),
        }[group]
