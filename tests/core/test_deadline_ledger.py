"""A deadline is a ledger, not a counter: budget, start, pauses, extensions; the due date is derived."""

from datetime import date
from typing import Any

import pytest

from applications.core.faults import Faults
from applications.core.working_days import Derived, Entry, calendar_term, derive, working_term
from tests.core.test_working_days import official

MONDAY = date(2026, 3, 2)


def day(number: int) -> date:
    """A day of March 2026, whose first is a Sunday and which has no holiday."""
    return date(2026, 3, number)


def ledger(
    *entries: Entry, budget: int = 5, unit: str = "working", start: date = MONDAY, **rules: Any
) -> Derived:
    """The deadline these entries come to."""
    return derive(budget, unit, start, entries, official(), **rules)


def pause(number: int) -> Entry:
    """A pause on a day of March."""
    return Entry("pause", day(number))


def resume(number: int) -> Entry:
    """A resumption on a day of March."""
    return Entry("resume", day(number))


def extend(number: int, days: int) -> Entry:
    """An extension approved on a day of March."""
    return Entry("extension", day(number), days)


def test_without_entries_it_is_the_plain_term() -> None:
    assert ledger().due == working_term(MONDAY, 5, official()).due == day(9)
    assert ledger(budget=30, unit="calendar").due == calendar_term(MONDAY, 30, official()).due
    assert ledger(budget=7, unit="notice").due == day(8)


def test_a_pause_lasts_from_the_day_after_it_to_the_day_of_resumption() -> None:
    found = ledger(pause(4), resume(10))
    assert found.due == day(13)
    assert [(note.date.day, note.counted) for note in found.days if note.counted] == [
        (3, 1),
        (4, 2),
        (11, 3),
        (12, 4),
        (13, 5),
    ]
    assert {note.why for note in found.days[3:9]} == {"期限中止，不计入", "恢复当日，不计入"}
    assert (found.used, found.budget, found.paused_since) == (5, 5, None)


def test_restart_counts_the_whole_term_again() -> None:
    assert ledger(pause(4), resume(10), on_return="restart").due == day(17)


def test_a_pause_and_a_resumption_on_one_day_change_nothing() -> None:
    assert ledger(pause(4), resume(4)).due == day(9)


def test_while_it_is_paused_there_is_no_due_date() -> None:
    found = ledger(pause(4))
    assert (found.due, found.used, found.paused_since) == (None, 2, day(4))
    twice = ledger(pause(4), resume(5), pause(6))
    assert (twice.due, twice.used, twice.paused_since) == (None, 3, day(6))


def test_papers_returned_on_the_last_day_leave_one_day() -> None:
    found = ledger(pause(9), resume(20))
    assert found.due == day(23)
    assert ledger(pause(9)).used == 4


def test_a_pause_after_the_end_changes_nothing() -> None:
    assert ledger(pause(10), resume(12)).due == day(9)


def test_calendar_days_pause_too_and_still_end_on_a_working_day() -> None:
    assert ledger(pause(5), resume(10), budget=7, unit="calendar").due == day(16)  # the 14th is a Saturday


def test_extensions_add_to_the_budget_until_the_last_day() -> None:
    assert ledger(extend(9, 2)).due == day(11)
    assert ledger(extend(9, 2), extend(11, 1)).due == day(12)
    assert ledger(extend(4, 2), pause(5), resume(6)).due == day(12)
    assert ledger(pause(4), extend(20, 1), resume(23)).due == day(27)


def test_an_extension_after_the_end_is_refused() -> None:
    with pytest.raises(Faults, match="期限已于2026-03-09届满，2026-03-10不能再延期"):
        ledger(extend(10, 2))
    assert ledger(extend(16, 2), budget=7, unit="calendar", start=day(7)).due == day(16)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([resume(4)], "此前没有中止"),
        ([pause(4), pause(5)], "期限已经中止"),
        ([pause(1)], "早于起算日"),
        ([Entry("holiday", day(4))], "不认识期限记录“holiday”"),
        ([Entry("extension", day(4), 0)], "应为1到3660之间的整数"),
        ([Entry("extension", day(4), -5)], "应为1到3660之间的整数"),
    ],
)
def test_a_ledger_that_cannot_be_is_a_sentence(entries: list[Entry], words: str) -> None:
    with pytest.raises(Faults, match=words):
        ledger(*entries)


def test_unknown_units_and_rules_are_sentences() -> None:
    with pytest.raises(Faults, match="不认识期限单位"):
        ledger(unit="weeks")
    with pytest.raises(Faults, match="不认识恢复方式"):
        ledger(on_return="forget")


def test_a_guessed_year_marks_the_deadline() -> None:
    with pytest.raises(Faults, match="2027"):
        ledger(start=date(2026, 12, 30))
    assert ledger(start=date(2026, 12, 30), provisional=True).provisional
    assert not ledger(provisional=True).provisional
