"""Working days, terms and deadlines over a calendar that is handed in: no table, no clock, no guess in silence.

Rules (``practice`` 3.3, R4-035 to R4-038): the day of the event does not count; make-up working days do; a term in
calendar days that ends on a day off ends on the next working day; a term ends at 24:00 of its last day; a notice counts
its first day. A year whose State Council notice is not entered is refused, or computed from plain weeks and marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from applications.core.faults import N_, Fault, Faults, one, quoted

MOST_DAYS = 3660
FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2150, 12, 31)
ONE_DAY = timedelta(days=1)
WORKING, CALENDAR, NOTICE = "working", "calendar", "notice"
UNITS = (WORKING, CALENDAR, NOTICE)

EVENT_DAY = N_("事件当日，不计入")
COUNTED_WORKDAY = N_("工作日，计入")
COUNTED_MAKEUP = N_("调休上班，计入")
MAKEUP_LEFT_OUT = N_("调休上班，按规则不计入")
WEEKEND = N_("周末，不计入")
HOLIDAY = N_("节假日休息，不计入")
COUNTED_DAY = N_("自然日，计入")
FIRST_NOTICE_DAY = N_("公示首日，计入")
ROLLED = N_("期限末日为休息日，顺延")
ROLLED_TO = N_("期限末日为休息日，顺延至此")
PAUSED = N_("期限中止，不计入")
RESUMED = N_("恢复当日，不计入")
LAST_DAY_KEPT = N_("末日退回，该日留待恢复后计")
GUESSED = N_("（该年放假通知尚未录入，暂按周末推算）")

NO_YEAR = N_("{year}年的放假通知尚未录入，不能确定期限，请先录入该年工作日历。")
BAD_LENGTH = N_("天数为{value}，应为{low}到{high}之间的整数，请改正。")
BAD_DATE = N_("日期{value}不在{first}至{last}之间，请改正。")
BAD_UNIT = N_("不认识期限单位{value}，可选：{units}。")
BAD_ENTRY = N_("不认识期限记录{value}，可选：pause、resume、extension。")
EARLY_ENTRY = N_("{on}的期限记录早于起算日{start}，请改正。")
NOT_PAUSED = N_("{on}记有恢复，但此前没有中止，请改正。")
PAUSED_TWICE = N_("{on}记有中止，但期限已经中止，请改正。")
EXPIRED = N_("期限已于{due}届满，{on}不能再延期；延期须在届满前批准。")
BAD_RETURN = N_("不认识恢复方式{value}，可选：continue（继续计算）、restart（重新计算）。")


@dataclass(frozen=True)
class Calendar:
    """The days that differ from the plain week (``off`` or ``work``), and the years whose notice is entered."""

    exceptions: Mapping[date, Literal["off", "work"] | str] = field(default_factory=dict)
    official_years: frozenset[int] | set[int] = frozenset()

    def is_working(self, day: date, makeup_counts: bool = True) -> bool:
        """Whether ``day`` is a working day; a make-up day is one unless the rule leaves those out."""
        kind = self.exceptions.get(day)
        if kind is None:
            return day.weekday() < 5
        return kind == "work" and (makeup_counts or day.weekday() < 5)

    def is_official(self, day: date) -> bool:
        """Whether the notice for the year of ``day`` is entered."""
        return day.year in self.official_years


@dataclass(frozen=True, slots=True)
class DayNote:
    """One day of a term: its number where it counts, and why it does or does not (a Chinese msgid).

    ``guessed`` marks a day whose year's notice is not entered.
    """

    date: date
    counted: int | None
    why: str
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A due date with the day-by-day account of it; ``provisional`` where a day of it was guessed."""

    due: date
    days: tuple[DayNote, ...]
    provisional: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a deadline's ledger: ``pause``, ``resume``, or ``extension`` by ``days`` of the deadline's unit."""

    kind: str
    on: date
    days: int = 0


@dataclass(frozen=True, slots=True)
class Derived:
    """What a ledger comes to: ``due`` is None while the term is paused; ``used`` days of ``budget`` have been counted."""

    due: date | None
    days: tuple[DayNote, ...]
    provisional: bool
    budget: int
    used: int
    paused_since: date | None


def working_term(
    start: date, n: int, calendar: Calendar, makeup_counts: bool = True, provisional: bool = False
) -> Term:
    """The n-th working day after ``start``; day 1 is the first working day after it.

    Raises ``Faults`` for a year that is not entered unless ``provisional``, and for ``n`` or ``start`` out of bounds.
    """
    return _term(_Walk(WORKING, n, start, calendar, makeup_counts, provisional))


def calendar_term(start: date, n: int, calendar: Calendar, provisional: bool = False) -> Term:
    """The n-th calendar day after ``start``, moved to the next working day where it is a day off."""
    return _term(_Walk(CALENDAR, n, start, calendar, True, provisional))


def notice_period(start: date, n: int, calendar: Calendar | None = None, provisional: bool = False) -> Term:
    """``n`` calendar days of which ``start`` is the first; the last one is ``due``, whatever day it is."""
    return _term(_Walk(NOTICE, n, start, calendar or Calendar(), True, provisional))


def add_working_days(start: date, n: int, calendar: Calendar, provisional: bool = False) -> date:
    """The n-th working day after ``start`` (``start`` itself for 0)."""
    return working_term(start, n, calendar, provisional=provisional).due


def subtract_working_days(end: date, n: int, calendar: Calendar, provisional: bool = False) -> date:
    """The n-th working day before ``end``: the day on which a reminder ``n`` working days ahead is due."""
    _check(n, 0, end)
    day = end
    while n > 0:
        day -= ONE_DAY
        _need(calendar, day, provisional)
        n -= calendar.is_working(day)
    return day


def working_days_between(start: date, end: date, calendar: Calendar, provisional: bool = False) -> int:
    """The working days after ``start`` up to and including ``end``; negative where ``end`` comes first."""
    if end < start:
        return -working_days_between(end, start, calendar, provisional)
    _check(min((end - start).days, MOST_DAYS + 1), 0, start)
    found, day = 0, start
    while day < end:
        day += ONE_DAY
        _need(calendar, day, provisional)
        found += calendar.is_working(day)
    return found


def next_working_day(day: date, calendar: Calendar, provisional: bool = False) -> date:
    """``day`` itself where it is a working day, else the first one after it."""
    while True:
        _need(calendar, day, provisional)
        if calendar.is_working(day):
            return day
        day += ONE_DAY


def derive(
    budget: int,
    unit: str,
    start: date,
    entries: Iterable[Entry],
    calendar: Calendar,
    *,
    on_return: str = "continue",
    makeup_counts: bool = True,
    provisional: bool = False,
) -> Derived:
    """The due date of a deadline from its ledger: budget, start, pauses, extensions.

    A pause lasts from the day after it is noted to the day of the resumption; then the rest of the term goes on, or the
    whole of it starts again (``on_return="restart"``). Papers returned on the very last day leave one day. An extension
    adds to the budget and is refused once the term has run out. Raises ``Faults`` for a ledger that cannot be.
    """
    if unit not in UNITS:
        raise one("unit", BAD_UNIT, value=quoted(unit), units="、".join(UNITS))
    if on_return not in ("continue", "restart"):
        raise one("on_return", BAD_RETURN, value=quoted(on_return))
    ledger = sorted(entries, key=lambda entry: entry.on)
    _check_entries(ledger, start)
    walk = _Walk(unit, budget, start, calendar, makeup_counts, provisional, on_return == "restart")
    for place, entry in enumerate(ledger):
        if entry.kind == "extension":
            due = walk.run([item for item in ledger[:place] if item.kind != "extension"]).due
            if due is not None and due < entry.on:
                raise one("extension", EXPIRED, due=due, on=entry.on)
            walk.budget += entry.days
    return walk.run([entry for entry in ledger if entry.kind != "extension"])


def _check_entries(ledger: Sequence[Entry], start: date) -> None:
    faults: list[Fault] = []
    paused = False
    for entry in ledger:
        if entry.kind not in ("pause", "resume", "extension"):
            faults.append(Fault("entries", BAD_ENTRY, {"value": quoted(entry.kind)}))
        elif entry.on < start:
            faults.append(Fault(entry.kind, EARLY_ENTRY, {"on": entry.on, "start": start}))
        elif entry.kind == "extension":
            _check(entry.days, 1, entry.on)
        elif (entry.kind == "pause") == paused:
            faults.append(Fault(entry.kind, PAUSED_TWICE if paused else NOT_PAUSED, {"on": entry.on}))
        else:
            paused = not paused
    if faults:
        raise Faults(faults)


def _check(n: object, low: int, day: object) -> None:
    if isinstance(n, bool) or not isinstance(n, int) or not low <= n <= MOST_DAYS:
        raise one("working_days", BAD_LENGTH, value=quoted(n), low=low, high=MOST_DAYS)
    if not isinstance(day, date) or not FIRST_DAY <= day <= LAST_DAY:
        raise one("start", BAD_DATE, value=str(day)[:20], first=FIRST_DAY, last=LAST_DAY)


def _need(calendar: Calendar, day: date, provisional: bool) -> None:
    if not provisional and not calendar.is_official(day):
        raise one("calendar", NO_YEAR, year=day.year)


def _term(walk: _Walk) -> Term:
    found = walk.run(())
    assert found.due is not None  # only an open pause leaves a term without an end
    return Term(found.due, found.days, found.provisional)


class _Walk:
    """Goes through a term day by day and keeps the account of it."""

    def __init__(
        self,
        unit: str,
        budget: int,
        start: date,
        calendar: Calendar,
        makeup_counts: bool,
        provisional: bool,
        restart: bool = False,
    ) -> None:
        _check(budget, 1 if unit == NOTICE else 0, start)
        self.unit = unit
        self.budget = budget
        self.start = start
        self.calendar = calendar
        self.makeup_counts = makeup_counts
        self.allow_guess = provisional
        self.restart = restart
        self._reset()

    def _reset(self) -> None:
        self.days: list[DayNote] = []
        self.used = 0
        self.paused_since: date | None = None

    def run(self, turns: Sequence[Entry]) -> Derived:
        """Walk until the budget is used, or until the last pause that nobody ended."""
        self._reset()
        waiting = list(turns)
        day = self.start
        if self.unit == NOTICE:
            self._count(day, FIRST_NOTICE_DAY)
        else:
            self._note(day, EVENT_DAY)
        while True:
            while waiting and waiting[0].on <= day:
                self._turn(waiting.pop(0))
            if self.paused_since is None and self.used >= self.budget:
                return self._end(day)
            if self.paused_since is not None and not waiting:
                return self._derived(None)
            day += ONE_DAY
            if self.paused_since is not None:
                self._note(day, RESUMED if waiting[0].on == day else PAUSED)
            else:
                self._step(day)

    def _turn(self, entry: Entry) -> None:
        if entry.kind == "pause":
            self.paused_since = entry.on
            if self.used >= self.budget > 0:
                self.used = self.budget - 1
                self.days[-1] = DayNote(entry.on, None, LAST_DAY_KEPT, self.days[-1].guessed)
        else:
            self.paused_since = None
            if self.restart:
                self.used = 0

    def _step(self, day: date) -> None:
        """Count a day of a running term, or say why it does not count."""
        if self.unit != WORKING:
            self._count(day, COUNTED_DAY)
            return
        guessed = self._guess(day)
        makeup = self.calendar.exceptions.get(day) == "work" and day.weekday() >= 5
        if self.calendar.is_working(day, self.makeup_counts):
            self._count(day, COUNTED_MAKEUP if makeup else COUNTED_WORKDAY, guessed)
        elif makeup:
            self._note(day, MAKEUP_LEFT_OUT, guessed)
        else:
            off = self.calendar.exceptions.get(day) == "off"
            self._note(day, HOLIDAY if off else WEEKEND, guessed)

    def _end(self, day: date) -> Derived:
        """The last day; a term in calendar days does not end on a day off."""
        if self.unit != CALENDAR or self.budget == 0:
            return self._derived(day)
        if self._off(day):
            last = self.days[-1]
            self.days[-1] = DayNote(last.date, last.counted, ROLLED, self._guess(day))
            while self._off(day := day + ONE_DAY):
                self._note(day, ROLLED, self._guess(day))
            self._note(day, ROLLED_TO, self._guess(day))
        elif not self.calendar.is_official(day):
            self.days[-1] = DayNote(day, self.days[-1].counted, self.days[-1].why, True)
        return self._derived(day)

    def _off(self, day: date) -> bool:
        self._guess(day)
        return not self.calendar.is_working(day)

    def _guess(self, day: date) -> bool:
        """Whether the day's year is not entered; raises where that is not allowed."""
        _need(self.calendar, day, self.allow_guess)
        return not self.calendar.is_official(day)

    def _count(self, day: date, why: str, guessed: bool = False) -> None:
        self.used += 1
        self.days.append(DayNote(day, self.used, why, guessed))

    def _note(self, day: date, why: str, guessed: bool = False) -> None:
        self.days.append(DayNote(day, None, why, guessed))

    def _derived(self, due: date | None) -> Derived:
        guessed = any(note.guessed for note in self.days)
        return Derived(due, tuple(self.days), guessed, self.budget, self.used, self.paused_since)
