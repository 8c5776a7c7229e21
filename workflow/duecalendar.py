"""The calendar of deadlines: a month of due dates of what a person or their office has to do, with days off."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import CalendarDay, CalendarYear, Todo, User
from applications.permissions import todo_branches
from workflow.desk import office_todos, page_of, place_of, words_of
from workflow.urgency import Horizon

MOST = 3  # entries of a day in the month; the day's own list has more
MOST_OF_DAY = 100
ONE_DAY = timedelta(days=1)
WEEK = 7
FIRST, LAST = date(2000, 1, 1), date(2149, 12, 1)
WHOSE = ("mine", "office")
CASE = "case__community__region__parent__parent"


@dataclass(frozen=True)
class Entry:
    """A due date: whose community, what is to be done, how urgent it is, where to go."""

    todo: Todo
    label: Any
    place: str
    url: str
    look: str
    left: int | None

    @property
    def icon(self) -> str:
        """The shape of its urgency."""
        return {"late": "triangle-alert", "soon": "clock-alert"}.get(self.look, "clock")

    @property
    def word(self) -> str:
        """Its urgency in a word."""
        return {"late": _("超期"), "soon": _("临期")}.get(self.look, _("待办"))


@dataclass
class Day:
    """A day of the month as the calendar shows it: working or not and why, and what is due."""

    day: date
    within: bool
    today: bool
    off: bool
    kind: str = ""
    label: str = ""
    entries: list[Entry] = field(default_factory=list)
    count: int = 0

    @property
    def more(self) -> int:
        """How many entries the month leaves out."""
        return self.count - len(self.entries)

    @property
    def telling(self) -> bool:
        """Whether a list of days has to name it: something is due, it is today, or it differs from the plain week."""
        return bool(self.count or self.today or self.kind)


class DueCalendar:
    """The calendar as the query string asks for it: ``month`` (2026-03), ``whose``, or one ``day``."""

    def __init__(self, user: User, asked: Mapping[str, str], today: date) -> None:
        self.user, self.today = user, today
        self.whose = asked["whose"] if asked.get("whose") in WHOSE else "mine"
        self.day = _day(asked.get("day", ""))
        self.first = self.day.replace(day=1) if self.day else _day(f"{asked.get('month', '')}-01")
        self.first = self.first or today.replace(day=1)

    @property
    def last(self) -> date:
        """The last day of the month."""
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def span(self) -> tuple[date, date]:
        """The first Monday and the last Sunday that the month's weeks reach."""
        before, after = self.first.weekday(), WEEK - 1 - self.last.weekday()
        return self.first - before * ONE_DAY, self.last + after * ONE_DAY

    @cached_property
    def horizon(self) -> Horizon:
        """How near the due dates are."""
        return Horizon.of(self.today)

    @cached_property
    def rows(self) -> QuerySet[Todo]:
        """The open to-dos, exactly those of the desk's tab of the same name."""
        parts = todo_branches(self.user) if self.whose == "mine" else office_todos(self.user)
        return reduce(or_, parts) if parts else Todo.objects.none()

    def days(self) -> list[Day]:
        """Return the days of the month's weeks with what is due on them (3 statements with the horizon's)."""
        first, last = self.span
        special = CalendarDay.objects.filter(date__range=(first, last))
        known = {row.date: row for row in special.select_related("year")}
        found = {}
        for number in range((last - first).days + 1):
            day = first + number * ONE_DAY
            row = known.get(day)
            off = row.kind == CalendarDay.Kind.OFF if row else day.weekday() >= 5
            made = Day(day, day.month == self.first.month, day == self.today, off)
            if row:
                made.kind, made.label = row.kind, row.label
            found[day] = made
        for todo in self._first_of_each(first, last):
            here = found[todo.due_on]  # type: ignore[index]
            here.entries.append(self._entry(todo))
            here.count = todo.of_day  # type: ignore[attr-defined]
        return list(found.values())

    def _first_of_each(self, first: date, last: date) -> QuerySet[Todo]:
        """Return the first entries of each day, each with how many there are that day; one statement."""
        place = Window(RowNumber(), partition_by="due_on", order_by=F("pk").asc())
        number = Window(Count("pk"), partition_by="due_on")
        inside = self.rows.filter(due_on__range=(first, last)).annotate(place=place, of_day=number)
        return inside.filter(place__lte=MOST).select_related(CASE, "run").order_by("due_on", "pk")

    def entries_of_day(self) -> Iterator[Entry]:
        """Yield what is due on the day asked for."""
        rows = self.rows.filter(due_on=self.day).select_related(CASE, "run").order_by("pk")
        for todo in rows[:MOST_OF_DAY]:
            yield self._entry(todo)

    def _entry(self, todo: Todo) -> Entry:
        group = self.horizon.group(todo.due_on)
        look = group if group in ("late", "soon") else ""
        mine = self.whose == "mine"
        url = page_of(todo) if mine else reverse("case", kwargs={"case": todo.case_id})
        label, _verb = words_of(todo)
        place = f"{place_of(todo.case)} {todo.case.community.name}"
        return Entry(todo, label, place, url, look, self.horizon.left(todo.due_on))

    def earlier(self) -> int:
        """Return how many to-dos were due before the weeks shown and are still open."""
        return self.rows.filter(due_on__lt=self.span[0]).count()

    def unsure(self) -> str:
        """Return the years of the shown weeks whose holiday notice is not entered: their days are a guess."""
        years = {day.year for day in self.span}
        rows = CalendarYear.objects.filter(year__in=years, official=True)
        return _("、").join(str(year) for year in sorted(years - set(rows.values_list("year", flat=True))))

    def address(self, **changes: str) -> str:
        """Return the query string of another month, day or tab."""
        kept = {"whose": "" if self.whose == "mine" else self.whose, "month": f"{self.first:%Y-%m}"}
        parts = {name: value for name, value in {**kept, **changes}.items() if value}
        return "?" + "&".join(f"{name}={value}" for name, value in parts.items())

    @property
    def before(self) -> str:
        """The address of the month before."""
        return self.address(month=f"{max(self.first - ONE_DAY, FIRST):%Y-%m}")

    @property
    def after(self) -> str:
        """The address of the month after."""
        return self.address(month=f"{min(self.last + ONE_DAY, LAST):%Y-%m}")


def _day(text: str) -> date | None:
    """Return a day within the years that calendars reach, or None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST <= found <= LAST else None
