"""The calendar of deadlines: whose dates it shows, how near they are, which days are no working days."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications import clock
from applications.models import CalendarYear, Todo
from tests.cast import Cast
from tests.pages import text
from tests.workflow import short

SignIn = Callable[[str], Client]
PLACE = reverse("deadline_calendar")
MONTH = {"month": "2026-03"}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> date:
    """It is Monday, 2 March 2026."""
    monkeypatch.setattr(clock, "today", lambda: cast.at.date())
    return cast.at.date()


@pytest.fixture
def first(cast: Cast) -> Todo:
    """The street's check, due on Monday of the week after."""
    todo = short.open_todo(short.at_street(cast))
    todo.due_on = date(2026, 3, 9)
    todo.save()
    return todo


def shown(client: Client, **asked: str) -> dict[date, Any]:
    answer = client.get(PLACE, {**MONTH, **asked})
    assert answer.status_code == 200
    return {day.day: day for day, _address in answer.context["days"]}


def due(client: Client, **asked: str) -> dict[date, int]:
    return {day: found.count for day, found in shown(client, **asked).items() if found.count}


def test_the_weeks_of_a_month_are_whole(sign_in: SignIn, first: Todo) -> None:
    days = list(shown(sign_in("street")))
    assert (days[0], days[-1], len(days)) == (date(2026, 2, 23), date(2026, 4, 5), 42)


@pytest.mark.parametrize(
    ("who", "mine", "office"),
    [
        ("street", 1, 1),
        ("other_street", 0, 0),
        ("far_street", 0, 0),
        ("county", 0, 0),
        ("clerk", 0, 0),
        ("unassigned", 0, 0),
        ("sysadmin", 0, 0),
    ],
)
def test_it_shows_what_the_desk_shows(sign_in: SignIn, first: Todo, who: str, mine: int, office: int) -> None:
    client = sign_in(who)
    assert sum(due(client).values()) == mine
    assert sum(due(client, whose="office").values()) == office
    answer = client.get(PLACE, {"day": "2026-03-09", "whose": "office"})
    assert len(answer.context["entries"]) == office


def test_what_a_colleague_was_given_by_name_is_the_offices_only(
    cast: Cast, sign_in: SignIn, first: Todo
) -> None:
    first.assignee = cast.other_street
    first.save()
    assert due(sign_in("street")) == {}
    assert due(sign_in("street"), whose="office") == {date(2026, 3, 9): 1}


def test_the_recused_find_nothing_on_any_day(cast: Cast, sign_in: SignIn, first: Todo) -> None:
    short.recuse(cast, "street", first.case)
    for whose in ("mine", "office"):
        assert due(sign_in("street"), whose=whose) == {}
        answer = sign_in("street").get(PLACE, {"day": "2026-03-09", "whose": whose})
        assert "翠湖社区" not in text(answer)


def test_a_judge_sees_no_other_judges_date(cast: Cast, sign_in: SignIn) -> None:
    judges = short.with_judges(cast, short.at_street(cast))
    day = judges["reviewer"].due_on
    assert day is not None
    for whose in ("mine", "office"):
        assert due(sign_in("reviewer"), whose=whose, month=f"{day:%Y-%m}")[day] == 1


@pytest.mark.parametrize(
    ("days", "look", "word"),
    [(-1, "late", "超期"), (0, "soon", "临期"), (3, "soon", "临期"), (7, "", "待办")],
)
def test_each_entry_has_a_look_and_a_word(
    sign_in: SignIn, first: Todo, today: date, days: int, look: str, word: str
) -> None:
    first.due_on = today + timedelta(days=days)
    first.save()
    (entry,) = shown(sign_in("street"))[first.due_on].entries
    assert (entry.look, entry.word) == (look, word)
    assert entry.url == reverse("intake_check", args=[first.case_id])
    page = text(sign_in("street").get(PLACE, MONTH))
    assert f"翠湖社区 {word} 街道初审" in page


def test_a_full_day_names_the_first_three_and_leads_to_all(sign_in: SignIn, first: Todo) -> None:
    for _number in range(4):
        short.another(first, first.due_on)
    client = sign_in("street")
    found = shown(client)[date(2026, 3, 9)]
    assert (len(found.entries), found.count, found.more) == (3, 5, 2)
    assert "还有2项" in text(client.get(PLACE, MONTH))
    assert len(client.get(PLACE, {"day": "2026-03-09"}).context["entries"]) == 5


def test_days_off_and_make_up_days_come_from_the_calendar(sign_in: SignIn, first: Todo) -> None:
    days = shown(sign_in("street"), month="2026-10")
    assert (days[date(2026, 10, 1)].off, days[date(2026, 10, 1)].kind) == (True, "off")
    assert days[date(2026, 10, 1)].label
    assert (days[date(2026, 10, 10)].off, days[date(2026, 10, 10)].kind) == (False, "work")
    assert (days[date(2026, 10, 11)].off, days[date(2026, 10, 11)].kind) == (True, "")
    assert not days[date(2026, 10, 12)].off


def test_a_year_without_its_notice_is_said_to_be_a_guess(sign_in: SignIn, first: Todo) -> None:
    assert "放假通知尚未录入" not in text(sign_in("street").get(PLACE, MONTH))
    CalendarYear.objects.filter(year=2026).update(official=False)
    assert "2026年的放假通知尚未录入" in text(sign_in("street").get(PLACE, MONTH))


def test_what_was_due_before_the_month_is_not_lost(sign_in: SignIn, first: Todo) -> None:
    first.due_on = date(2026, 1, 5)
    first.save()
    assert "另有1项在此之前已经到期" in text(sign_in("street").get(PLACE, MONTH))
    assert "另有" not in text(sign_in("county").get(PLACE, MONTH))


@pytest.mark.parametrize("asked", ["", "x", "2026-13", "0001-01", "9999-12", "2026-3"])
def test_a_month_that_is_none_is_this_month(sign_in: SignIn, first: Todo, asked: str) -> None:
    assert sign_in("street").get(PLACE, {"month": asked}).context["found"].first == date(2026, 3, 1)
    assert sign_in("street").get(PLACE, {"day": asked}).status_code == 200


def test_one_turns_the_pages_within_the_same_scope(sign_in: SignIn, first: Todo) -> None:
    found = sign_in("street").get(PLACE, {**MONTH, "whose": "office"}).context["found"]
    assert found.before == "?whose=office&month=2026-02"
    assert found.after == "?whose=office&month=2026-04"


def test_strangers_are_sent_to_sign_in(first: Todo) -> None:
    assert Client().get(PLACE).url.startswith("/accounts/login/")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_month_takes_as_many_statements_whatever_is_due(
    sign_in: SignIn, first: Todo, rows: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(1, rows):
        short.another(first, date(2026, 3, 9 + number))
    client = sign_in("street")
    for whose in ("mine", "office"):
        client.get(PLACE, {**MONTH, "whose": whose})
        with django_assert_num_queries(9):
            client.get(PLACE, {**MONTH, "whose": whose})
    with django_assert_num_queries(6):
        client.get(PLACE, {"day": "2026-03-09"})
