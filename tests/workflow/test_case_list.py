"""The case list and the search: everything one may see, counted and exported within the same scope."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from applications.actions import cases
from applications.models import Assignment, Case
from tests import road
from tests.cast import Cast
from tests.workflow import short

SignIn = Callable[[str], Client]


@pytest.fixture
def three(cast: Cast) -> dict[str, Case]:
    """A case in each of three communities, two of them in one street."""
    made = {"翠湖社区": road.open_case(cast)}
    for name, who in (("莲塘社区", "neighbour"), ("庐峰社区", "far_clerk")):
        made[name] = cases.open_case(
            cast.batch, community=cast.communities[name], applied_star=4, by=cast[who], at=cast.at
        )
    return made


def listed(client: Client, query: str = "") -> list[str]:
    answer = client.get(reverse("cases") + query)
    assert answer.status_code == 200
    return [line.case.community.name for line in answer.context["page"]]


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("province", ["庐峰社区", "莲塘社区", "翠湖社区"]),
        ("county", ["莲塘社区", "翠湖社区"]),
        ("street", ["莲塘社区", "翠湖社区"]),
        ("clerk", ["翠湖社区"]),
        ("far_county", ["庐峰社区"]),
        ("other_street", []),
        ("unassigned", []),
        ("sysadmin", []),
    ],
)
def test_everybody_lists_counts_and_exports_their_own_scope(
    cast: Cast, sign_in: SignIn, three: dict[str, Case], who: str, names: list[str]
) -> None:
    client = sign_in(who)
    assert listed(client) == names
    assert client.get(reverse("cases")).context["found"].facts.counts == {
        "open": len(names),
        "ended": 0,
        "all": len(names),
        "views": 0,
    }
    sheet = CalamineWorkbook.from_filelike(BytesIO(client.get(reverse("cases_export")).content))
    assert [row[0] for row in sheet.get_sheet_by_index(0).to_python()[1:]] == names


def test_the_recused_and_the_assigned(cast: Cast, sign_in: SignIn, three: dict[str, Case]) -> None:
    short.recuse(cast, "county", three["翠湖社区"])
    Assignment.objects.create(
        case=three["庐峰社区"],
        user=cast.reviewer,
        duty="reviewer",
        assigned_by=cast.far_county,
        assigned_at=cast.at,
    )

    assert listed(sign_in("county")) == ["莲塘社区"]
    assert sign_in("county").get(reverse("cases")).context["found"].facts.counts["all"] == 1
    assert listed(sign_in("reviewer")) == ["庐峰社区"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?q=翠湖", 1),
        ("?q=塘社", 1),
        ("?q=XP2026", 2),
        ("?q=莲塘 社区", 1),
        ("?q=%00%25_", 0),
        ("?stage=application", 2),
        ("?stage=review", 0),
        ("?star=5", 0),
        ("?region=36/3601/360102/360102003/", 0),
        ("?region=36/3604/", 2),  # not one of the reader's districts: no filter
        ("?tab=ended", 0),
        ("?tab=x&stage=x&star=x&page=x", 2),
    ],
)
def test_search_and_filters_narrow_within_the_scope(
    cast: Cast, sign_in: SignIn, three: dict[str, Case], query: str, count: int
) -> None:
    assert len(listed(sign_in("county"), query)) == count


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_takes_seven_statements(
    cast: Cast,
    sign_in: SignIn,
    three: dict[str, Case],
    rows: int,
    django_assert_num_queries: Callable[[int], object],
) -> None:
    client = sign_in("clerk" if rows == 1 else "province")
    client.get(reverse("cases"))

    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        answer = client.get(reverse("cases"))

    assert len(answer.context["page"]) == rows
    assert len(answer.content) < 60 * 1024


@pytest.mark.parametrize(
    ("who", "cases_found", "communities_found"),
    [("county", 1, 1), ("province", 1, 1), ("far_county", 0, 0), ("unassigned", 0, 0), ("sysadmin", 0, 0)],
)
def test_one_search_over_cases_and_communities(
    cast: Cast, sign_in: SignIn, three: dict[str, Case], who: str, cases_found: int, communities_found: int
) -> None:
    answer = sign_in(who).get(reverse("search"), {"q": "翠湖"})

    assert len(answer.context["cases"]) == cases_found
    assert len(answer.context["communities"]) == communities_found
    assert answer.status_code == 200


def test_the_search_hides_the_case_from_the_recused(
    cast: Cast, sign_in: SignIn, three: dict[str, Case]
) -> None:
    short.recuse(cast, "county", three["翠湖社区"])
    assert sign_in("county").get(reverse("search"), {"q": "翠湖"}).context["cases"] == []


def test_an_empty_search_asks_for_a_word(sign_in: SignIn, cast: Cast) -> None:
    assert "请输入要找的内容" in sign_in("county").get(reverse("search")).content.decode()
