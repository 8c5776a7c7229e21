"""The open data interface: published rows as JSON, pages, errors with a code."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.cast import Cast
from tests.review.publishing import announced, at_publication, object_to, on_notice

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/public/"


@pytest.fixture(autouse=True)
def moment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


def told(cast: Cast) -> None:
    earlier = cast.at - timedelta(days=20)
    for number, name in enumerate(("翠湖社区", "莲塘社区", "庐峰社区"), start=1):
        case = at_publication(cast, earlier, cast.communities[name])
        announced(cast, on_notice(cast, case, earlier, f"示{number}"), f"告{number}")


def test_results_come_in_pages(cast: Cast, client: Client) -> None:
    told(cast)
    answer = client.get(f"{ROOT}results?size=2").json()
    assert (answer["count"], len(answer["results"]), answer["page"]) == (3, 2, 1)
    assert answer["next"].endswith("size=2&page=2")
    rest = client.get(answer["next"]).json()
    assert (len(rest["results"]), rest["next"]) == (1, None)
    assert client.get(f"{ROOT}results?page=9").json()["results"] == []
    found = client.get(f"{ROOT}results?q=庐峰&star=5").json()["results"]
    assert [(row["name"], row["county"], row["star"]) for row in found] == [("庐峰社区", "濂溪区", 5)]


def test_a_community_is_its_snapshot(cast: Cast, client: Client) -> None:
    told(cast)
    answer = client.get(f"{ROOT}communities/{cast.community.code}").json()
    assert (answer["standing"], answer["content"]["star"]) == ("valid", 5)
    assert answer["announcements"][0]["digest"] and answer["notice"] is None
    assert answer["rectification"] == {"all": 1, "closed": 0}


def test_notices_hold_no_word_of_objections(cast: Cast, client: Client) -> None:
    row = on_notice(cast)
    objection = object_to(row, at=cast.at)
    answer = client.get(f"{ROOT}notices")
    assert [found["number"] for found in answer.json()["results"]] == [row.number]
    assert not any(secret in answer.text for secret in (objection.name, objection.code, objection.text))
    assert client.get(f"{ROOT}notices?state=over").json()["count"] == 0


@pytest.mark.parametrize(
    ("place", "status", "code"),
    [
        ("communities/360000000000", 404, "not_found"),
        ("nothing", 404, "not_found"),
        ("results?page=x", 400, "bad_request"),
        ("results?size=0", 400, "bad_request"),
        ("results?size=201", 400, "bad_request"),
        ("results?page=99999999999999999999", 400, "bad_request"),
        ("notices?state=all", 400, "bad_request"),
    ],
)
def test_errors_have_a_code_and_a_sentence(
    cast: Cast, client: Client, place: str, status: int, code: str
) -> None:
    answer = client.get(f"{ROOT}{place}")
    assert answer.status_code == status and answer.json()["code"] == code and answer.json()["error"]


def test_the_interface_only_reads(cast: Cast, client: Client) -> None:
    answer = Client(enforce_csrf_checks=True).post(f"{ROOT}results")
    assert answer.status_code == 405 and answer.json()["code"] == "bad_request"


def test_the_interface_is_open_to_other_sites_and_limited(cast: Cast, client: Client) -> None:
    first = client.get(f"{ROOT}results")
    assert first["Access-Control-Allow-Origin"] == "*" and first["ETag"]
    statuses = [client.get(f"{ROOT}results").status_code for _count in range(240)]
    refused = client.get(f"{ROOT}results")
    assert statuses[0] == 200 and refused.status_code == 429
    assert refused.json()["code"] == "too_many" and int(refused["Retry-After"]) <= 60
