"""Lists that stay fast: the same few statements for one row and for three, pages of bounded size, nothing cut in silence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions import cases
from applications.models import (
    Assignment,
    Case,
    Deadline,
    DeadlineRung,
    Recusal,
    StandIn,
    Todo,
    TodoBar,
    User,
)
from applications.permissions import open_todos, ties, visible_cases
from applications.queries import naming
from rectification.models import RectificationItem
from tests import road
from tests.browser import province
from tests.cast import AT, Cast
from tests.review import publishing
from workflow import exports, ladder
from workflow.caselist import CaseList
from workflow.search import matching

SignIn = Callable[[str], Client]


def reader(person: User) -> User:
    """Return a person as a request that only reads knows them."""
    found = User.objects.get(pk=person.pk)
    found.reads_only = True  # type: ignore[attr-defined]
    return found


def opened(cast: Cast, names: list[tuple[str, str]]) -> list[Case]:
    """Open a case for communities, each by its own clerk."""
    return [
        cases.open_case(
            cast.batch, community=cast.communities[name], applied_star=4, by=cast[who], at=cast.at
        )
        for name, who in names
    ]


THREE = [("翠湖社区", "clerk"), ("莲塘社区", "neighbour"), ("庐峰社区", "far_clerk")]


def statements(client: Client, path: str) -> int:
    """Return how many statements a page takes, once everything that is kept is kept."""
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < 60 * 1024
    return len(asked)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/cases/?tab=all", 7),
        ("/cases/?q=社区", 8),
        ("/cases/?q=XP2026", 9),
        ("/search/?q=社区", 7),
        ("/palette/?q=社区", 5),
        ("/notifications/?show=all", 8),
    ],
)
def test_a_list_takes_the_same_statements_for_one_case_and_for_three(
    cast: Cast, sign_in: SignIn, path: str, number: int
) -> None:
    opened(cast, THREE[:1])
    client = sign_in("province")
    one = statements(client, path)
    opened(cast, THREE[1:])
    assert (one, statements(client, path)) == (number, number)


@pytest.mark.parametrize("path", ["/office/people/?q=社区", "/office/communities/?q=社区"])
def test_the_administrators_lists_take_the_same_statements_for_few_and_for_many(
    cast: Cast, sign_in: SignIn, path: str
) -> None:
    client = sign_in("sysadmin")
    before = statements(client, path)
    for number in range(3):
        User.objects.create_user(f"社区{number}", f"社区第{number}人")
    assert statements(client, path) == before


def test_the_ledger_takes_the_same_statements_for_one_case_and_for_more(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("province")
    province.mending(cast, cast.at)
    rows = RectificationItem.objects.count()
    one = statements(client, "/rectification/?q=翠湖")
    communities = {**cast.communities, "翠湖社区": cast.communities["莲塘社区"]}
    people = {**cast.people, "clerk": cast.neighbour, "head": cast.neighbour_head}
    province.mending(replace(cast, people=people, communities=communities), cast.at)
    assert RectificationItem.objects.count() == 2 * rows > 2
    assert statements(client, "/rectification/?q=莲塘") == statements(client, "/rectification/?q=社区") == one
    assert client.get("/rectification/?q=翠湖").context["page"].paginator.count == rows


@pytest.mark.parametrize("few", [0, 500])
@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("翠湖", ["翠湖社区"]),
        ("社区", ["庐峰社区", "莲塘社区", "翠湖社区"]),
        ("湖社", ["翠湖社区"]),
        ("360402001901", ["庐峰社区"]),
        ("0402001", ["庐峰社区"]),
        ("2026", ["庐峰社区", "莲塘社区", "翠湖社区"]),
        ("xp2026", ["庐峰社区", "莲塘社区", "翠湖社区"]),
        ("360102002902-1", ["莲塘社区"]),
        ("莲塘 xp2026", ["莲塘社区"]),
        ("莲塘 翠湖", []),
        ("不在", []),
    ],
)
def test_words_are_found_whether_few_communities_match_or_many(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, few: int, words: str, names: list[str]
) -> None:
    monkeypatch.setattr(naming, "FEW", few)
    opened(cast, THREE)
    found = Case.objects.filter(matching(words)).order_by("-pk")
    assert [case.community.name for case in found] == names
    todos = Todo.objects.filter(matching(words, "case__"), state="open").order_by("-case_id")
    assert list(dict.fromkeys(todo.case.community.name for todo in todos)) == names


def outcome(person: User) -> tuple[set[int], set[int]]:
    """Return what a person sees and what they may do."""
    return (
        set(visible_cases(person).values_list("pk", flat=True)),
        set(open_todos(person).values_list("pk", flat=True)),
    )


def test_a_reader_without_ties_sees_exactly_what_the_full_question_finds(cast: Cast) -> None:
    opened(cast, THREE)
    for who in cast.people:
        assert outcome(reader(cast[who])) == outcome(User.objects.get(pk=cast[who].pk)), who


@pytest.mark.parametrize("tie", ["assigned", "recused", "barred", "stands_in"])
def test_each_tie_of_a_reader_is_noticed(cast: Cast, tie: str) -> None:
    case = road.open_case(cast)
    todo = Todo.objects.get(case=case)
    person = {
        "assigned": cast.reviewer,
        "recused": cast.county,
        "barred": cast.clerk,
        "stands_in": cast.clerk,
    }[tie]
    if tie == "stands_in":  # what a colleague of one's own office has taken
        Todo.objects.filter(pk=todo.pk).update(assignee=cast.clerk2)
    before, plain = outcome(reader(person)), ties(reader(person))
    assert not getattr(plain, tie)
    if tie == "assigned":
        Assignment.objects.create(
            case=case, user=person, duty="reviewer", assigned_by=cast.county, assigned_at=AT
        )
    elif tie == "recused":
        Recusal.objects.create(case=case, user=person, reason="亲属", at=AT)
    elif tie == "barred":
        TodoBar.objects.create(todo=todo, user=person, reason="本人提交")
    else:
        StandIn.objects.create(
            absent=cast.clerk2,
            substitute=person,
            starts_on=date(2026, 1, 1),
            ends_on=date(2030, 1, 1),
            reason="出差",
            arranged_by=cast.head,
        )
    now = reader(person)
    assert getattr(ties(now), tie)
    assert outcome(now) == outcome(User.objects.get(pk=person.pk)) != before


def test_whoever_may_change_something_is_asked_about_every_tie(cast: Cast) -> None:
    person = User.objects.get(pk=cast.county.pk)
    assert all(ties(person))
    assert not any(ties(reader(cast.far_street)))


def test_an_export_goes_through_all_rows_a_few_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "CHUNK", 2)
    opened(cast, THREE)
    told: list[tuple[int, int]] = []
    found = CaseList(reader(cast.province), {}, cast.at.date())
    lines = exports.in_chunks(found.keys(100), found.lines_of, lambda *far: told.append(far))
    assert [line.case.community.name for line in lines] == ["庐峰社区", "莲塘社区", "翠湖社区"]
    assert told == [(2, 3), (3, 3)]


def test_a_tick_that_runs_out_of_time_is_gone_on_with_by_the_next(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for case in opened(cast, THREE):
        Deadline.objects.create(
            case=case, term="street_check", source="", budget=5, unit="working",
            started_on=date(2026, 3, 2), due_on=date(2026, 3, 9) + timedelta(days=case.pk % 7),
        )  # fmt: skip
    monkeypatch.setattr(ladder, "TICK", -1.0)
    later = cast.at + timedelta(days=60)
    fired = [ladder.climb(later) for _tick in range(7)]
    assert fired == [3, 3, 3, 3, 3, 3, 0]  # three to-dos and three more: one deadline a tick
    assert DeadlineRung.objects.count() == 18


def test_what_the_public_see_changes_with_the_next_publication_and_not_before(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = client.get(reverse("portal_results")).content
    assert statements(client, reverse("portal_results")) == 1
    notice = publishing.on_notice(cast)
    publishing.announced(cast, notice)
    found: Any = client.get(reverse("portal_results")).content
    assert found != empty
    assert "翠湖社区" in found.decode()
    assert statements(client, reverse("portal_results")) == 1
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("portal_results")).content == found
    assert len(asked) == 6


@pytest.mark.parametrize("look", [{"size": "large"}, {"contrast": "high"}, {"django_language": "en"}])
def test_a_remembered_page_is_of_the_same_look_and_language(
    client: Client, db: None, look: dict[str, str]
) -> None:
    plain = client.get(reverse("portal_results")).content
    client.cookies.load(look)
    assert client.get(reverse("portal_results")).content != plain
