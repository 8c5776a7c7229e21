"""The search forgives: blanks, a missing 社区, two-character words, one wrong character, full-width letters."""

import pytest
from django.test import Client

from applications.limits import Limit
from review.core.searching import asked, core_of, enough, pieces
from review.models import Publication, PublicPiece, PublicRecord
from tests.cast import Cast
from tests.review.publishing import announced, on_notice
from workflow.portal.queries import Search, records
from workflow.portal.views import results

NAMES = ("翠湖社区", "翠林社区", "莲塘社区", "八一社区", "第3社区", "青山湖社区")


@pytest.fixture
def known(cast: Cast) -> Publication:
    """Six announced communities, all of one county."""
    row = announced(cast, on_notice(cast))
    PublicRecord.objects.all().delete()
    for place, name in enumerate(NAMES):
        record = PublicRecord.objects.create(
            code=f"36010200295{place}",
            name=name,
            city_code="3601",
            city="南昌市",
            county_code="360102" if place < 5 else "360103",
            county="东湖区" if place < 5 else "西湖区",
            street="公园街道",
            words=core_of(f"南昌市{'东湖区' if place < 5 else '西湖区'}公园街道{name}"),
            star=5 - place % 3,
            batch="2026",
            year=2026,
            announced_on=cast.at.date(),
            publication=row,
        )
        PublicPiece.objects.bulk_create(
            [PublicPiece(record=record, piece=piece) for piece in sorted(pieces(record.words))]
        )
    return row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("翠湖社区", ["翠湖社区"]),
        ("翠湖", ["翠湖社区"]),
        (" 翠 湖 ", ["翠湖社区"]),
        ("翠湖居委会", ["翠湖社区"]),
        ("东湖区翠湖", ["翠湖社区"]),
        ("翠湖 东湖", ["翠湖社区"]),
        ("东湖 莲塘", ["莲塘社区"]),
        ("南昌市西湖区青山湖", ["青山湖社区"]),
        ("青山胡", ["青山湖社区"]),
        ("八一", ["八一社区"]),
        ("第３社区", ["第3社区"]),
        ("西湖", ["青山湖社区"]),
        ("360102002952", ["莲塘社区"]),
        ("社区", list(NAMES)[:1]),
        ("不存在", []),
        ("，。", []),
    ],
)
def test_what_was_typed_finds(known: Publication, typed: str, found: list[str]) -> None:
    names = [row.name for row in records(Search(q=typed))]
    assert names[: len(found)] == found and (bool(names) is bool(found))


@pytest.mark.django_db
def test_filters_narrow_the_list(known: Publication, client: Client) -> None:
    assert {row.name for row in records(Search(county="360103"))} == {"青山湖社区"}
    assert {row.star for row in records(Search(star="4"))} == {4}
    page = client.get("/public/communities/?city=3601&star=5&q=").text
    assert "翠湖社区" in page and "翠林社区" not in page
    assert "没有找到相符的社区" in client.get("/public/communities/?q=不存在").text


@pytest.mark.django_db
def test_the_download_holds_what_the_list_holds(known: Publication, client: Client) -> None:
    PublicRecord.objects.filter(name="八一社区").update(name="=1+1")
    PublicRecord.objects.filter(name="翠林社区").update(name="＝1+1")
    lines = client.get("/public/communities.csv?city=3601").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("社区代码,社区名称,设区市") and len(lines) == 7
    assert any(",'=1+1," in line for line in lines) and any(",'＝1+1," in line for line in lines)
    one = client.get("/public/communities.csv?q=翠湖").text.splitlines()
    assert len(one) == 2


@pytest.mark.django_db
def test_the_whole_list_is_downloaded_so_often_only(
    known: Publication, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "DOWNLOADS", Limit("download", 2, 60))
    answers = [client.get("/public/communities.csv") for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "no-store" in answers[2].headers["Cache-Control"] and answers[2].headers["Retry-After"]
    assert client.get("/public/communities/").status_code == 200


@pytest.mark.parametrize(
    ("text", "core"), [("翠湖社区", "翠湖"), ("社区", "社区"), ("Ａ区（东）", "a区东"), ("", "")]
)
def test_words_common_to_all_are_left_out(text: str, core: str) -> None:
    assert core_of(text) == core


def test_pieces_are_pairs_and_single_characters() -> None:
    assert pieces("翠湖") == {"翠", "湖", "翠湖"}
    assert asked("湖") == ["湖"] and asked("") == []
    assert [enough(number) for number in (1, 2, 3, 4, 6)] == [1, 1, 2, 2, 3]
