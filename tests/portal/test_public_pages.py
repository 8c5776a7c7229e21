"""The public pages: published rows only, no session, kept by caches, the same for everybody."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.models import Case
from review.actions import notice, publication, revocation
from tests.cast import Cast
from tests.review.publishing import (
    announced,
    another_batch,
    at_publication,
    heard,
    object_to,
    on_notice,
    to_approve,
    to_prepare,
)

pytestmark = pytest.mark.django_db

PLACES = (
    "/public/",
    "/public/communities/",
    "/public/communities/?q=翠湖",
    "/public/communities.csv",
    "/public/notices/",
    "/public/notices/?state=over",
    "/public/announcements/",
    "/public/lapsed/",
    "/public/standard/",
    "/public/statistics/",
    "/public/process/",
    "/public/verify/",
    "/public/accessibility/",
    "/api/v1/public/results",
    "/api/v1/public/notices",
    "/api/v1/public/notices?state=over",
)


@pytest.fixture(autouse=True)
def moment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


def marked(cast: Cast) -> Case:
    """Name the community so that it is found anywhere."""
    community = cast.community
    community.name = "暗号社区"
    community.save()
    return at_publication(cast)


def told(client: Client, cast: Cast) -> list[str]:
    """Return the public addresses that speak of the marked community."""
    places = [*PLACES, f"/public/communities/{cast.community.code}/", "/public/communities/?q=暗号"]
    places += [f"/api/v1/public/communities/{cast.community.code}"]
    return [place for place in places if "暗号社区" in client.get(place).text]


def test_nothing_is_public_before_the_notice_is_approved(cast: Cast, client: Client) -> None:
    case = marked(cast)
    assert told(client, cast) == []
    to_prepare(cast, case)
    text = publication.DraftText(number="暗1", title="暗号社区的公示", text="暗号社区")
    publication.save_draft(case, content=text, revision=0, by=cast.publisher, at=cast.at)
    assert told(client, cast) == []
    publication.submit(
        case,
        content=publication.DraftText(**{**vars(text), **dict.fromkeys(publication.POINTS, True)}),
        revision=1,
        by=cast.publisher,
        at=cast.at,
    )
    assert told(client, cast) == []
    publication.approve(case, opinion="", by=cast.publisher2, at=cast.at)
    assert told(client, cast) == [
        "/public/",
        "/public/notices/",
        "/api/v1/public/notices",
        f"/public/communities/{cast.community.code}/",
        f"/api/v1/public/communities/{cast.community.code}",
    ]


def test_a_notice_is_no_result_until_it_is_announced(cast: Cast, client: Client) -> None:
    row = on_notice(cast, marked(cast))
    page = client.get(f"/public/communities/{cast.community.code}/").text
    assert "结果还没有公告" in page and "组织领导" not in page
    announced(cast, row)
    page = client.get(f"/public/communities/{cast.community.code}/").text
    assert "组织领导" in page and "至2029年3月8日" in page
    assert "暗号社区" in client.get("/public/communities/?q=暗号").text


@pytest.mark.parametrize("place", PLACES)
def test_public_pages_need_no_session_and_are_kept_by_caches(cast: Cast, client: Client, place: str) -> None:
    announced(cast, on_notice(cast, at=cast.at - timedelta(days=20)))
    answer = client.get(place)
    assert answer.status_code == 200
    assert "max-age=60" in answer["Cache-Control"] and "public" in answer["Cache-Control"]
    assert not answer.cookies and "Set-Cookie" not in answer
    assert "Cookie" in answer["Vary"] and "csrfmiddlewaretoken" not in answer.text
    again = client.get(place, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304 and again.content == b""
    assert client.post(place).status_code == 405


def test_the_etag_changes_with_what_was_published(cast: Cast, client: Client) -> None:
    before = client.get("/public/communities/")["ETag"]
    announced(cast, on_notice(cast))
    assert client.get("/public/communities/")["ETag"] != before


def test_the_page_of_a_publication_is_permanent_and_says_what_overtook_it(cast: Cast, client: Client) -> None:
    row = announced(cast, on_notice(cast))
    at = cast.at + timedelta(days=30)
    proposal = revocation.propose(row.case, number="撤1", reason="材料造假", by=cast.publisher, at=at)
    heard(cast, proposal, at)
    gone = revocation.revoke(proposal, by=cast.publisher2, at=at)
    page = client.get(f"/public/publications/{row.pk}/").text
    assert "本件已被取代" in page and f"/public/publications/{gone.pk}/" in page
    assert "材料造假" in client.get(f"/public/publications/{gone.pk}/").text
    assert "已撤销" in client.get("/public/communities/").text
    assert client.get("/public/publications/999/").status_code == 404


def test_a_renamed_community_keeps_its_published_name(cast: Cast, client: Client) -> None:
    row = announced(cast, on_notice(cast))
    community = row.case.community
    community.name = "新名社区"
    community.save()
    for place in ("/public/", "/public/communities/", f"/public/communities/{community.code}/"):
        page = client.get(place).text
        assert "翠湖社区" in page and "新名社区" not in page


def test_days_left_are_counted_to_the_last_day(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = on_notice(cast)
    assert "剩6天" in client.get("/public/notices/").text
    monkeypatch.setattr("applications.clock.now", lambda: cast.at + timedelta(days=6))
    assert "提出异议" in client.get(f"/public/publications/{row.pk}/").text
    monkeypatch.setattr("applications.clock.now", lambda: cast.at + timedelta(days=7))
    assert row.title not in client.get("/public/notices/").text
    assert row.title in client.get("/public/notices/?state=over").text
    assert "公示期已结束" in client.get(f"/public/publications/{row.pk}/").text


def test_demo_communities_are_marked(cast: Cast, client: Client) -> None:
    community = cast.community
    community.is_demo = True
    community.save()
    row = announced(cast, on_notice(cast))
    code = row.community_code
    for place in (
        "/public/",
        "/public/communities/",
        f"/public/communities/{code}/",
        "/public/announcements/",
    ):
        assert "演示数据" in client.get(place).text
    assert "不是真实证书" in client.get(f"/public/verify/{row.award.code}/").text


@pytest.mark.parametrize(
    ("days", "words"), [(0, "证书有效"), (3 * 365, "证书有效"), (3 * 365 + 1, "证书已到期")]
)
def test_a_certificate_is_valid_for_three_years(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch, days: int, words: str
) -> None:
    award = announced(cast, on_notice(cast)).award
    start = cast.at + timedelta(days=7)
    monkeypatch.setattr("applications.clock.now", lambda: start + timedelta(days=days))
    assert words in client.get(f"/public/verify/{award.code}/").text


def test_a_certificate_is_found_however_its_code_is_typed(cast: Cast, client: Client) -> None:
    award = announced(cast, on_notice(cast)).award
    typed = award.code.replace("-", " ").lower()
    for place in (f"/public/verify/?code={typed}", f"/public/communities/?q={typed}"):
        assert client.get(place)["Location"] == f"/public/verify/{award.code}/"
    wrong = client.get("/public/verify/AAAA-BBBB-CCCC-DDDD/")
    assert wrong.status_code == 404 and "没有对应的证书" in wrong.text


def test_a_revoked_and_a_replaced_certificate_say_so(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = announced(cast, on_notice(cast))
    later = cast.at + timedelta(days=1000)
    case = at_publication(cast, later, batch=another_batch(cast))
    second = announced(cast, on_notice(cast, case, later, "再示1"), "再告1")
    assert "证书有效" in client.get(f"/public/verify/{first.award.code}/").text
    at = later + timedelta(days=8)
    monkeypatch.setattr("applications.clock.now", lambda: at)
    assert "已被新证书取代" in client.get(f"/public/verify/{first.award.code}/").text
    assert "证书有效" in client.get(f"/public/verify/{second.award.code}/").text
    proposal = revocation.propose(case, number="撤1", reason="材料造假", by=cast.publisher, at=at)
    heard(cast, proposal, at)
    revocation.revoke(proposal, by=cast.publisher2, at=at)
    page = client.get(f"/public/verify/{second.award.code}/").text
    assert "证书已撤销" in page and "材料造假" in page
    history = client.get(f"/public/communities/{cast.community.code}/").text
    assert history.count("关于命名“翠湖社区”") == 2


def test_indicators_are_public_only_when_the_batch_says_so(cast: Cast, client: Client) -> None:
    row = announced(cast, on_notice(cast))
    assert "indicators" not in row.content and "total" not in row.content
    cast.batch.publish_indicators = True
    cast.batch.save()
    other = announced(
        cast,
        on_notice(cast, at_publication(cast, community=cast.communities["莲塘社区"]), number="示2"),
        "告2",
    )
    assert len(other.content["indicators"]) == 79 and other.content["total"] == "95"
    assert "各指标得分" in client.get(f"/public/publications/{other.pk}/").text
    assert "各指标得分" not in client.get(f"/public/publications/{row.pk}/").text


def test_the_standard_is_readable_with_all_its_indicators(cast: Cast, client: Client) -> None:
    page = client.get("/public/standard/").text
    assert page.count('class="item" id="n') == 79 and "加强项 · 1.5分" in page and "五星" in page
    assert len(page.encode()) < 120 * 1024
    assert client.get(f"/public/standard/{cast.standard.digest[:12]}/").status_code == 200
    assert client.get("/public/standard/nothing/").status_code == 404


def count(client: Client, place: str) -> int:
    client.get(place)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(place).status_code == 200
    return len(seen)


COUNTS = {  # the pages ask for the standards in use, too, which are kept for a minute
    "/public/": 5,
    "/public/communities/": 6,
    "/public/communities/?q=街道": 7,
    "/public/communities.csv": 1,
    "/public/notices/": 3,
    "/public/notices/?state=over": 3,
    "/public/announcements/": 3,
    "/public/statistics/": 7,
    "/api/v1/public/results": 2,
    "/api/v1/public/notices": 2,
}


REMEMBERED = ("/public/", "/public/communities/", "/public/communities/?q=街道", "/public/statistics/")


def fresh(client: Client, path: str) -> int:
    """Return how many statements a page takes that nobody asked for a moment ago."""
    client.get(path)
    cache.clear()
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_lists_ask_the_same_number_of_questions_for_one_row_and_for_three(cast: Cast, client: Client) -> None:
    later = another_batch(cast)
    for number, name in enumerate(("翠湖社区", "莲塘社区", "庐峰社区"), start=1):
        earlier = cast.at - timedelta(days=20)
        case = at_publication(cast, earlier, cast.communities[name])
        announced(cast, on_notice(cast, case, earlier, f"示{number}"), f"告{number}")
        again = at_publication(cast, cast.at, cast.communities[name], later)
        on_notice(cast, again, cast.at, f"再示{number}")
        if number in {1, 3}:
            assert {place: fresh(client, place) for place in COUNTS} == COUNTS
            assert {place: count(client, place) for place in REMEMBERED} == dict.fromkeys(REMEMBERED, 1)


def test_an_objection_leaves_no_trace_on_public_pages(cast: Cast, client: Client) -> None:
    row = on_notice(cast)
    objection = object_to(row, at=cast.at)
    places = [*PLACES, f"/public/publications/{row.pk}/", f"/public/communities/{row.community_code}/"]
    for place in places:
        page = client.get(place).text
        assert not any(secret in page for secret in ("刘秀兰", "13900001234", objection.code, objection.text))


def test_a_draft_handed_in_is_not_public_by_its_address(cast: Cast, client: Client) -> None:
    case = to_approve(cast, at_publication(cast))
    assert client.get(f"/public/communities/{case.community.code}/").status_code == 404
    assert notice.close_notices(at=cast.at + timedelta(days=30)) == 0


def test_the_map_counts_announced_stars_against_the_register(cast: Cast, client: Client) -> None:
    earlier = cast.at - timedelta(days=20)
    row = announced(cast, on_notice(cast, at_publication(cast, earlier), earlier, "示1"), "告1")
    on_notice(cast, at_publication(cast, cast.at, cast.communities["莲塘社区"]), cast.at, "示2")
    at_publication(cast, cast.at, cast.communities["庐峰社区"])  # decided, not yet told to anybody

    answer = client.get("/public/statistics/")

    shown = {line[0]: line[1:] for line in answer.context["map"].table.rows}
    assert shown == {"东湖区": ["南昌市", 2, 1, 50], "濂溪区": ["九江市", 1, 0, 0]}
    links = {tile.value.name: tile.value.link for tile in answer.context["map"].counties.tiles}
    assert links == {"东湖区": "/public/communities/?county=360102", "濂溪区": ""}
    assert row.community_code in client.get(links["东湖区"]).text
