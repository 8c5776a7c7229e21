"""The dashboards: each sees its own region, nothing of neighbours, nothing of cases they are kept from."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from applications.models import Assignment, Case, Todo
from review.actions import revocation
from tests.cast import Cast
from tests.pages import text
from tests.review import publishing
from tests.workflow import boards, short

SignIn = Callable[[str], Client]
PLACE = reverse("dashboard")
WEAK = ["5.4.b"]  # reached nowhere else in the sample sheet's not_met


@pytest.fixture
def three(cast: Cast) -> dict[str, Case]:
    """翠湖 with five stars, 莲塘 with none and every judged item missed, 庐峰 with five in another city."""
    return {
        "翠湖社区": boards.decided(cast),
        "莲塘社区": boards.decided(cast, "莲塘社区", not_met=["2.1.b", "2.2.a", *WEAK]),
        "庐峰社区": boards.decided(cast, "庐峰社区"),
    }


def board(client: Client, query: str = "") -> Any:
    answer = client.get(PLACE + query)
    assert answer.status_code == 200
    return answer.context["dashboard"]


def rows(table: Any) -> dict[Any, list[Any]]:
    return {row[0]: row[1:] for row in table.rows}


@pytest.mark.parametrize(
    ("who", "cases", "places"),
    [
        ("province", 3, {"南昌市": 2, "九江市": 1}),
        ("auditor", 3, {"南昌市": 2, "九江市": 1}),
        ("city", 2, {"东湖区": 2}),
        ("county", 2, {"公园街道": 2, "滕王阁街道": 0}),
        ("far_county", 1, {"十里街道": 1}),
        ("street", 2, {"翠湖社区": 1, "莲塘社区": 1}),
        ("other_street", 0, {}),
    ],
)
def test_everybody_counts_their_own_region(
    cast: Cast, sign_in: SignIn, three: dict[str, Case], who: str, cases: int, places: dict[str, int]
) -> None:
    found = board(sign_in(who))
    assert found.whole.cases == found.whole.decided == cases
    assert {name: row[0] for name, row in rows(found.stars.table).items()} == places
    assert sum(row[0] for row in rows(found.stages.table).values()) == cases
    assert rows(found.progress.table)["公示公告"][1] == cases


@pytest.mark.parametrize("who", ["clerk", "head", "unassigned", "manager", "sysadmin"])
def test_who_oversees_no_region_is_told_so(sign_in: SignIn, three: dict[str, Case], who: str) -> None:
    for place in (PLACE, reverse("dashboard_export")):
        answer = sign_in(who).get(place)
        assert answer.status_code == 403
        assert "一个街道或以上地区" in text(answer)
    assert PLACE not in sign_in(who).get(reverse("desk")).content.decode()


@pytest.mark.parametrize(
    ("who", "region"),
    [
        ("county", "360402"),
        ("county", "3601"),
        ("county", "360402001"),
        ("city", "36"),
        ("street", "360102003"),
        ("province", "99"),
        ("province", "360102002901"),
    ],
)
def test_a_region_that_is_not_overseen_is_not_there(
    sign_in: SignIn, three: dict[str, Case], who: str, region: str
) -> None:
    for place in (PLACE, reverse("dashboard_export")):
        assert sign_in(who).get(place, {"region": region}).status_code == 404


def test_strangers_are_sent_to_sign_in(three: dict[str, Case]) -> None:
    for place in (PLACE, reverse("dashboard_export")):
        assert Client().get(place).url.startswith("/accounts/login/")


def test_the_province_drills_down_to_a_street(cast: Cast, sign_in: SignIn, three: dict[str, Case]) -> None:
    client, asked = sign_in("province"), ""
    for name in ("南昌市", "东湖区", "公园街道"):
        table = board(client, asked).stars.table
        asked = table.links[[row[0] for row in table.rows].index(name)]
    table = board(client, asked).stars.table
    assert [row[0] for row in table.rows] == ["翠湖社区", "莲塘社区"]
    assert table.links == ["", ""]
    trail = client.get(PLACE + asked).context["trail"]
    assert [name for name, _address in trail] == ["江西省", "南昌市", "东湖区"]


def test_stars_and_their_share_by_place(cast: Cast, sign_in: SignIn, three: dict[str, Case]) -> None:
    three["莲塘社区"].star = 0
    three["莲塘社区"].save()
    found = rows(board(sign_in("province")).stars.table)
    assert found["南昌市"] == [2, 2, 1, 0, 0, 1, 50]
    assert found["九江市"] == [1, 1, 1, 0, 0, 0, 100]
    assert board(sign_in("province")).stars.table.foot == ["合计", 3, 3, 2, 0, 0, 1, 67]


def test_a_revoked_star_counts_no_more(cast: Cast, sign_in: SignIn) -> None:
    case = publishing.at_publication(cast, cast.at)
    row = publishing.announced(cast, publishing.on_notice(cast, case, cast.at, "示1"), "告1")
    assert rows(board(sign_in("county")).stars.table)["公园街道"][-1] == 100
    proposal = revocation.propose(row.case, number="撤1", reason="材料造假", by=cast.publisher, at=cast.at)
    publishing.heard(cast, proposal, cast.at)
    revocation.revoke(proposal, by=cast.publisher2, at=cast.at)
    assert rows(board(sign_in("county")).stars.table)["公园街道"] == [1, 1, 0, 0, 0, 1, 0]


def test_the_recused_counts_nothing_of_the_case(cast: Cast, sign_in: SignIn, three: dict[str, Case]) -> None:
    short.recuse(cast, "county", three["莲塘社区"])
    found, other = board(sign_in("county")), board(sign_in("county2"))
    assert (found.whole.cases, other.whole.cases) == (1, 2)
    assert rows(found.stars.table)["公园街道"][:2] == [1, 1]
    assert rows(found.progress.table)["公示公告"][1] == 1
    weak, all_weak = rows(found.weak.table), rows(other.weak.table)
    assert any(name.startswith("5.4.b") for name in all_weak)
    assert not any(name.startswith("5.4.b") for name in weak)
    assert {row[1] for row in weak.values()} == {1}
    assert {row[1] for row in all_weak.values()} == {2}
    book = CalamineWorkbook.from_filelike(BytesIO(sign_in("county").get(reverse("dashboard_export")).content))
    assert "5.4.b" not in str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])


def test_points_are_counted_after_the_decision_only(cast: Cast, sign_in: SignIn) -> None:
    case = publishing.at_publication(cast, cast.at, not_met=WEAK)
    assert board(sign_in("county")).weak.table.rows == []
    boards.decide(case, case.ratings.get(), cast.at)
    assert board(sign_in("county")).weak.table.rows != []


def test_a_judge_counts_no_points_of_the_case_they_judge(
    cast: Cast, sign_in: SignIn, three: dict[str, Case]
) -> None:
    """An officer of the province who judges an objection again: no points until both judges have handed in."""
    case = three["莲塘社区"]
    made = judges(cast, case)
    assert {row[1] for row in rows(board(sign_in("province")).weak.table).values()} == {2}
    assert {row[1] for row in rows(board(sign_in("province2")).weak.table).values()} == {3}
    Todo.objects.filter(pk__in=made).delete()
    assert {row[1] for row in rows(board(sign_in("province")).weak.table).values()} == {3}


def judges(cast: Cast, case: Case) -> list[int]:
    """Give the case two judges whose work is open and overdue, one of them an officer of the province."""
    source, made = short.first_todo(case), []
    for name in ("province", "reviewer2"):
        Assignment.objects.create(
            case=case, user=cast[name], duty="reviewer", assigned_by=cast.county, assigned_at=cast.at
        )
        day = cast.at.date() - timedelta(days=9)
        todo = short.another(source, day, node="publication.reassess", permission="", assignee=cast[name])
        made.append(todo.pk)
    return made


def late_offices(client: Client) -> dict[str, int]:
    return {str(row[0]): row[1] for row in board(client).offices.table.rows}


def test_what_is_overdue_is_counted_by_office(cast: Cast, sign_in: SignIn) -> None:
    case = short.at_street(cast)
    first = short.open_todo(case)
    day = cast.at.date() - timedelta(days=3)
    first.due_on = day
    first.save()
    short.another(first, day, permission="county_check", node="application.county_check")
    short.another(first, day, permission="province_check", node="application.province_check")
    short.another(first, day, permission="rectify", node="rectification.work")
    short.another(first, day, permission="", assignee=cast.member, node="scoring.vote")
    short.another(first, day, permission="", assignee=cast.reviewer, node="collection.documents")
    expected = {
        "公园街道办事处": 1,
        "东湖区民政局": 1,
        "江西省民政厅": 1,
        "翠湖社区居民委员会": 1,
        "评定委员会": 1,
        "第三方机构": 1,
    }
    assert late_offices(sign_in("province")) == late_offices(sign_in("street")) == expected
    assert late_offices(sign_in("far_county")) == {}
    short.recuse(cast, "province", case)
    assert late_offices(sign_in("province")) == {}


def test_a_judge_is_not_told_of_the_other_judges_delay(
    cast: Cast, sign_in: SignIn, three: dict[str, Case]
) -> None:
    judges(cast, three["莲塘社区"])
    assert late_offices(sign_in("province2"))["第三方机构"] == 2
    assert late_offices(sign_in("province"))["第三方机构"] == 1


def test_batch_and_period_narrow_the_figures(cast: Cast, sign_in: SignIn, three: dict[str, Case]) -> None:
    later = publishing.another_batch(cast)
    client = sign_in("county")
    assert client.get(PLACE).context["dashboard"].batch == later  # the newest, unless one is named
    old = f"?batch={cast.batch.pk}"
    assert board(client, "?batch=x").whole.cases == 0
    assert board(client, old).whole.cases == 2
    assert board(client, f"{old}&from=2026-03-02&to=2026-03-02").whole.cases == 2
    assert board(client, f"{old}&from=2026-03-03").whole.cases == 0
    assert board(client, f"{old}&to=2026-03-01").whole.cases == 0


def test_a_date_that_is_none_is_named(sign_in: SignIn, three: dict[str, Case]) -> None:
    client = sign_in("county")
    assert "“立案起”填的是“三月”" in text(client.get(PLACE, {"from": "三月"}))
    assert "晚于“立案止”" in text(client.get(PLACE, {"from": "2026-03-09", "to": "2026-03-01"}))


@pytest.mark.parametrize("query", ["", "?view=map", "?region=360102"])
def test_the_spreadsheet_holds_exactly_what_is_shown(
    cast: Cast, sign_in: SignIn, three: dict[str, Case], query: str
) -> None:
    client = sign_in("province")
    tables = board(client, query).tables
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(reverse("dashboard_export") + query).content))
    assert book.sheet_names == [table.title for table in tables]
    for table in tables:
        sheet = book.get_sheet_by_name(table.title).to_python()
        assert sheet[0] == [column.label for column in table.columns]
        assert sheet[1:] == [["" if cell is None else cell for cell in row] for row in table.sheet]


@pytest.mark.parametrize("held", [1, 3])
def test_a_dashboard_takes_as_many_statements_whatever_it_counts(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: Callable[[int], Any], held: int
) -> None:
    for name in list(cast.communities)[:held]:
        boards.decided(cast, name)
    source = short.first_todo(Case.objects.earliest("pk"))
    for place in range(held):
        short.another(source, cast.at.date() - timedelta(days=place + 1), permission="county_check")
    for who in ("province", "county"):
        client = sign_in(who)
        client.get(PLACE)
        with django_assert_num_queries(14):
            answer = client.get(PLACE)
        assert len(answer.content) < 60 * 1024
    client = sign_in("province")
    with django_assert_num_queries(8):
        answer = client.get(PLACE, {"view": "map"})
    assert len(answer.content) < 60 * 1024


def test_before_the_first_batch_the_page_says_so(cast: Cast, sign_in: SignIn) -> None:
    cast.batch.__class__.objects.filter(pk=cast.batch.pk).delete()
    assert "还没有开放的批次" in text(sign_in("county").get(PLACE))
    assert sign_in("county").get(reverse("dashboard_export")).status_code == 404
