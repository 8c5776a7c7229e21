"""The desk: what a person may do now, grouped by urgency; nobody sees or counts what is not theirs."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from applications import clock
from applications.actions import watching
from applications.models import Case, SavedView, Todo, Watch
from notifications.models import Notification
from tests.cast import Cast
from tests.workflow import short
from workflow.desk import Desk, office_todos
from workflow.urgency import Horizon

SignIn = Callable[[str], Client]


def names(client: Client, query: str = "") -> list[str]:
    """Return the communities on a desk, in order."""
    answer = client.get(reverse("desk") + query)
    assert answer.status_code == 200
    return [row.case.community.name for group in answer.context["groups"] for row in group["rows"]]


def counts(client: Client, query: str = "") -> dict[str, int]:
    """Return the numbers that a desk shows."""
    return dict(client.get(reverse("desk") + query).context["desk"].facts.counts)


@pytest.fixture
def at_street(cast: Cast) -> Case:
    """A case that lies with the street."""
    return short.at_street(cast)


def test_the_desk_shows_a_step_to_exactly_those_who_may_do_it(
    cast: Cast, sign_in: SignIn, at_street: Case
) -> None:
    assert names(sign_in("street")) == ["翠湖社区"]
    for other in (
        "clerk",
        "head",
        "neighbour",
        "other_street",
        "far_street",
        "county",
        "province",
        "unassigned",
    ):
        assert names(sign_in(other)) == [], other


def test_a_recused_person_neither_sees_nor_counts_the_case(
    cast: Cast, sign_in: SignIn, at_street: Case
) -> None:
    watching.watch(at_street, by=cast.street, at=cast.at)
    short.recuse(cast, "street", at_street)
    client = sign_in("street")

    for tab in ("mine", "office", "done", "watched"):
        assert names(client, f"?tab={tab}") == []
    assert set(counts(client).values()) == {0}
    assert client.get(reverse("desk")).context["desk"].facts.mine == 0


def test_the_office_tab_shows_the_office_its_work_and_no_other_office(
    cast: Cast, sign_in: SignIn, at_street: Case
) -> None:
    Todo.objects.get(state="open", node="application.street_check").bars.create(
        user=cast.street, reason="示例"
    )

    assert names(sign_in("street")) == []
    assert names(sign_in("street"), "?tab=office") == ["翠湖社区"]
    for other in ("neighbour", "other_street", "far_street", "county", "far_county", "unassigned"):
        assert names(sign_in(other), "?tab=office") == [], other


def test_the_done_tab_keeps_what_one_did_oneself(cast: Cast, sign_in: SignIn, at_street: Case) -> None:
    assert names(sign_in("clerk"), "?tab=done") == ["翠湖社区"]
    assert names(sign_in("head"), "?tab=done") == []


def test_watching_gives_no_right(cast: Cast, sign_in: SignIn, at_street: Case) -> None:
    Watch.objects.create(user=cast.far_county, case=at_street, at=cast.at)

    assert names(sign_in("far_county"), "?tab=watched") == []
    assert counts(sign_in("far_county"))["watched"] == 0


def test_a_judge_sees_nothing_of_the_other_judge_on_the_office_tab(cast: Cast, at_street: Case) -> None:
    """The colleague's to-do would tell that they have not handed in yet."""
    short.with_judges(cast, at_street)

    (rows,) = office_todos(cast.reviewer)
    seen = rows.values_list("assignee", flat=True)

    assert list(seen) == [cast.reviewer.pk]


@pytest.mark.parametrize(
    ("typed", "found"), [("翠湖", 1), ("莲塘", 0), ("XP2026", 1), ("翠 社区", 1), ("%", 0), ("\x00", 1)]
)
def test_search_finds_two_characters_and_numbers(
    cast: Cast, sign_in: SignIn, at_street: Case, typed: str, found: int
) -> None:
    client = sign_in("street")
    answer = client.get(reverse("desk"), {"q": typed})
    assert answer.context["page"].paginator.count == found


def test_tiles_stages_and_districts_narrow_the_list(cast: Cast, sign_in: SignIn, at_street: Case) -> None:
    todo = Todo.objects.get(case=at_street, state="open")
    todo.due_on = clock.today() - timedelta(days=9)
    todo.save()
    client = sign_in("street")

    assert counts(client) | {"office": 1} == {
        "late": 1,
        "soon": 0,
        "week": 0,
        "later": 0,
        "office": 1,
        "done": 0,
        "watched": 0,
        "complaints": 0,
    }
    assert names(client, "?due=late") == ["翠湖社区"]
    assert names(client, "?due=soon") == []
    assert names(client, "?stage=application") == ["翠湖社区"]
    assert names(client, "?stage=review") == []
    assert names(client, "?stage=nonsense&due=nonsense&region=36/&tab=nonsense&page=9999") == ["翠湖社区"]


def test_a_wide_scope_is_narrowed_by_district(cast: Cast, sign_in: SignIn, at_street: Case) -> None:
    offered = [name for _path, name in sign_in("province").get(reverse("desk")).context["desk"].regions]
    assert offered == ["南昌市", "九江市"]
    county = sign_in("county")
    assert names(county, "?tab=office&region=36/3601/360102/360102003/") == []


def test_a_due_date_falls_into_the_group_its_working_days_say(cast: Cast) -> None:
    horizon = Horizon.of(date(2026, 3, 4))  # a Wednesday
    groups = {day: horizon.group(date(2026, 3, day)) for day in range(1, 20)}

    assert [day for day, group in groups.items() if group == "late"] == [1, 2, 3]
    assert [day for day, group in groups.items() if group == "soon"] == [4, 5, 6, 7, 8, 9]
    assert [day for day, group in groups.items() if group == "week"] == [10, 11, 12, 13, 14, 15]
    assert groups[16] == "later"
    assert horizon.group(None) == "none"
    assert (horizon.left(date(2026, 3, 9)), horizon.left(date(2026, 3, 4))) == (3, 0)
    assert horizon.left(date(2026, 3, 3)) == -1


def test_what_is_late_by_a_weekend_only_is_late(cast: Cast) -> None:
    saturday = Horizon.of(date(2026, 3, 7))
    assert saturday.left(date(2026, 3, 6)) == -1


def test_groups_stand_in_the_order_of_urgency(cast: Cast, sign_in: SignIn, at_street: Case) -> None:
    first = Todo.objects.get(case=at_street, state="open")
    today = Desk(cast.street, {}, date(2026, 11, 24)).horizon.today
    for number, due in enumerate((None, today + timedelta(days=60), today, today - timedelta(days=3))):
        short.another(first, due)
        assert number < 4
    groups = [row.group for row in Desk(cast.street, {}, today).page("1")]

    assert groups == ["late", "late", "soon", "later", "none"]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_desk_takes_six_statements(
    cast: Cast, sign_in: SignIn, at_street: Case, rows: int, django_assert_num_queries: object
) -> None:
    first = Todo.objects.get(case=at_street, state="open")
    for _again in range(rows - 1):
        short.another(first, date(2026, 3, 9))
    client = sign_in("street")
    client.get(reverse("desk"))  # the names of districts are kept for ten minutes

    with django_assert_num_queries(6):  # type: ignore[operator]
        answer = client.get(reverse("desk"))

    assert answer.context["page"].paginator.count == rows
    assert len(answer.content) < 60 * 1024


@pytest.mark.parametrize(
    "query",
    ["q=翠湖", "q=翠湖 社区 XP2026", "q=3601020", "q=无此社区", "page=2", "tab=office&due=late&q=翠湖"],
)
def test_a_search_a_further_page_and_kept_filters_take_no_more(
    sign_in: SignIn, cast: Cast, at_street: Case, query: str, django_assert_max_num_queries: object
) -> None:
    first = Todo.objects.get(case=at_street, state="open")
    for _again in range(30):
        short.another(first, date(2026, 3, 9))
    for name in ("紧急", "本街道"):
        SavedView.objects.create(user=cast.street, page="desk", name=name, query="q=x", at=cast.at)
    client = sign_in("street")
    client.get(reverse("desk"))

    with django_assert_max_num_queries(6):  # type: ignore[operator]
        answer = client.get(f"{reverse('desk')}?{query}")

    assert [view["name"] for view in answer.context["views"]] == ["本街道", "紧急"]


def test_a_full_desk_stays_below_60_kib(cast: Cast, sign_in: SignIn, at_street: Case) -> None:
    first = Todo.objects.get(case=at_street, state="open")
    for days in range(40):
        short.another(first, date(2026, 3, 9) + timedelta(days=days))

    answer = sign_in("street").get(reverse("desk"))

    assert answer.content.decode().count('class="ttl"') == 25
    assert len(answer.content) < 60 * 1024


def test_the_export_holds_what_is_shown_and_no_formula(cast: Cast, sign_in: SignIn, at_street: Case) -> None:
    cast.community.name = "=HYPERLINK(1)翠湖"
    cast.community.save()

    answer = sign_in("street").get(reverse("desk_export"), {"q": "翠湖"})
    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0)
    rows = sheet.to_python()

    assert answer["Content-Disposition"].endswith(".xlsx")
    assert len(rows) == 2
    assert rows[1][0] == "=HYPERLINK(1)翠湖"
    assert b"<f>" not in answer.content


def test_the_export_leaks_nothing(cast: Cast, sign_in: SignIn, at_street: Case) -> None:
    for other in ("other_street", "far_street", "neighbour", "unassigned"):
        answer = sign_in(other).get(reverse("desk_export"), {"tab": "office"})
        rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert len(rows) <= 1, other


def test_the_shell_counts_what_waits(cast: Cast, sign_in: SignIn, at_street: Case) -> None:
    Notification.objects.create(
        user=cast.street,
        kind="x",
        subject=at_street.pk,
        text={"msgid": "x"},
        url="/",
        key="k",
        created_at=cast.at,
    )
    page = sign_in("street").get(reverse("desk")).content.decode()

    assert "公园街道办事处 · 街道经办人" in page
    assert '<span class="n">1<span class="vh">条未读</span></span>' in page


def test_nobody_without_an_account_reads_a_desk(client: Client) -> None:
    assert client.get(reverse("desk")).status_code == 302
    assert client.get(reverse("desk_export")).status_code == 302
