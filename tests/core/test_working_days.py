"""Working days and terms over the State Council's calendar (R4-035 to R4-038, ``practice`` 3.3)."""

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import chinese_calendar
import holidays
import pytest
from chinese_calendar import constants

from applications.core.faults import Faults
from applications.core.working_days import (
    Calendar,
    add_working_days,
    calendar_term,
    next_working_day,
    notice_period,
    subtract_working_days,
    working_days_between,
    working_term,
)

VECTORS = Path(__file__).resolve().parent.parent / "vectors" / "cn_working_days.json"
YEARS = range(2004, 2027)


@cache
def official() -> Calendar:
    """The calendar of 2004 to 2026 as chinesecalendar has it."""
    off = dict.fromkeys(constants.holidays, "off")
    work = dict.fromkeys(constants.workdays, "work")
    return Calendar({**off, **work}, frozenset(YEARS))


def vectors() -> list[dict[str, Any]]:
    """The terms that everybody must count alike."""
    found: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    return found


@pytest.mark.parametrize(
    "vector", vectors(), ids=lambda vector: f"{vector['start']}+{vector['working_days']}"
)
def test_the_vectors_pass_whole(vector: dict[str, Any]) -> None:
    start, n = date.fromisoformat(vector["start"]), vector["working_days"]
    if vector["due"] is None:
        assert vector["error"]
        with pytest.raises(Faults, match="放假通知尚未录入"):
            working_term(start, n, official())
    else:
        assert working_term(start, n, official()).due.isoformat() == vector["due"]
    if "start_is_workday" in vector and start.year in YEARS:
        assert official().is_working(start) == vector["start_is_workday"]


def test_every_day_agrees_with_chinesecalendar_and_with_holidays() -> None:
    other = holidays.country_holidays("CN", years=range(2024, 2027))
    day = date(2010, 1, 1)
    while day <= date(2026, 12, 31):
        assert official().is_working(day) == chinese_calendar.is_workday(day), day
        if day.year >= 2024:
            assert official().is_working(day) == other.is_working_day(day), day
        day += timedelta(days=1)


def test_a_term_explains_every_day() -> None:
    term = working_term(date(2024, 4, 3), 3, official())
    assert [(note.date.isoformat(), note.counted, note.why) for note in term.days] == [
        ("2024-04-03", None, "事件当日，不计入"),
        ("2024-04-04", None, "节假日休息，不计入"),
        ("2024-04-05", None, "节假日休息，不计入"),
        ("2024-04-06", None, "节假日休息，不计入"),
        ("2024-04-07", 1, "调休上班，计入"),
        ("2024-04-08", 2, "工作日，计入"),
        ("2024-04-09", 3, "工作日，计入"),
    ]
    assert (term.due, term.provisional) == (date(2024, 4, 9), False)


def test_make_up_days_count_by_rule_and_not_by_nature() -> None:
    assert working_term(date(2024, 4, 3), 1, official()).due == date(2024, 4, 7)
    term = working_term(date(2024, 4, 3), 1, official(), makeup_counts=False)
    assert term.due == date(2024, 4, 8)
    assert term.days[-2].why == "调休上班，按规则不计入"


def test_a_calendar_term_that_ends_on_a_day_off_moves_on() -> None:
    assert calendar_term(date(2026, 3, 2), 7, official()).due == date(2026, 3, 9)
    moved = calendar_term(date(2026, 9, 24), 7, official())
    assert moved.due == date(2026, 10, 8)
    assert [note.why for note in moved.days][-2:] == ["期限末日为休息日，顺延", "期限末日为休息日，顺延至此"]
    assert moved.days[7].counted == 7 and moved.days[-1].counted is None
    assert calendar_term(date(2024, 4, 6), 1, official()).due == date(2024, 4, 7)  # a Sunday that is worked


def test_a_notice_counts_its_first_day_and_ends_on_its_last() -> None:
    term = notice_period(date(2026, 9, 25), 7)
    assert (term.due, term.provisional) == (date(2026, 10, 1), False)
    assert [note.counted for note in term.days] == [1, 2, 3, 4, 5, 6, 7]
    assert notice_period(date(2030, 1, 1), 1).due == date(2030, 1, 1)


def test_a_year_without_its_notice_is_refused_or_marked() -> None:
    with pytest.raises(Faults, match="2027年的放假通知尚未录入"):
        working_term(date(2026, 12, 31), 1, official())
    with pytest.raises(Faults, match="2027"):
        calendar_term(date(2026, 12, 31), 5, official())
    guess = working_term(date(2026, 12, 31), 2, official(), provisional=True)
    assert (guess.due, guess.provisional) == (date(2027, 1, 4), True)
    assert [note.guessed for note in guess.days] == [False, True, True, True, True]
    assert calendar_term(date(2026, 12, 31), 5, official(), provisional=True).provisional
    assert not calendar_term(date(2026, 12, 1), 5, official(), provisional=True).provisional
    assert working_term(date(2026, 12, 30), 1, official()).due == date(2026, 12, 31)


@pytest.mark.parametrize("n", [-1, 3661, True, "5", 1.5, None, 10**30])
def test_a_length_that_cannot_be_is_a_sentence(n: Any) -> None:
    with pytest.raises(Faults, match="应为0到3660之间的整数"):
        working_term(date(2026, 1, 1), n, official())


@pytest.mark.parametrize("start", [date(1, 1, 1), date(9999, 12, 31), "2026-01-01", None])
def test_a_start_that_cannot_be_is_a_sentence(start: Any) -> None:
    with pytest.raises(Faults, match="请改正"):
        working_term(start, 1, official())


def test_the_longest_term_is_counted_and_no_day_at_all_is_the_day_itself() -> None:
    assert working_term(date(2004, 1, 1), 3660, official()).due.year == 2018
    assert working_term(date(2026, 10, 1), 0, official()).due == date(2026, 10, 1)


def test_adding_subtracting_and_counting_agree() -> None:
    calendar = official()
    for start in (date(2024, 2, 7), date(2024, 4, 7), date(2025, 9, 28), date(2026, 5, 9)):
        for n in (1, 3, 5, 20):
            due = add_working_days(start, n, calendar)
            assert working_days_between(start, due, calendar) == n
            assert working_days_between(due, start, calendar) == -n
            if calendar.is_working(start):
                assert subtract_working_days(due, n, calendar) == start
    assert next_working_day(date(2026, 10, 1), calendar) == date(2026, 10, 8)
    assert subtract_working_days(date(2024, 4, 9), 3, calendar) == date(2024, 4, 3)
