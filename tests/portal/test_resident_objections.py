"""A resident objects without an account: form, receipt, progress by code, withdrawal, limits."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from review.actions import objections, reconsideration
from review.models import Objection
from tests.cast import Cast
from tests.review.publishing import object_to, on_notice, photo

pytestmark = pytest.mark.django_db
SAID = {
    "name": "刘秀兰",
    "contact": "13900001234",
    "indicators": ["2.1.a"],
    "text": "社区办公用房面积与实际不符。",
}


class Hand:
    """The clock's hand of a test."""

    def __init__(self, at: datetime) -> None:
        self.at = at


@pytest.fixture(autouse=True)
def hand(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Hand:
    kept = Hand(cast.at)
    monkeypatch.setattr("applications.clock.now", lambda: kept.at)
    return kept


def test_a_resident_objects_and_follows_the_progress(cast: Cast, client: Client) -> None:
    row = on_notice(cast)
    page = client.get(f"/public/publications/{row.pk}/object/")
    assert page["X-Robots-Tag"] == "noindex, nofollow" and "no-store" in page["Cache-Control"]
    answer = client.post(f"/public/publications/{row.pk}/object/", {**SAID, "files": [photo()]})
    objection = Objection.objects.get()
    assert answer["Location"] == f"/public/objections/{objection.code}/"
    progress = Client().get(answer["Location"])
    assert objection.code in progress.text and "异议已提交" in progress.text
    assert not any(
        secret in progress.text for secret in ("刘秀兰", "13900001234", objection.text, "现场.png")
    )
    assert progress["Referrer-Policy"] == "same-origin"


def test_what_was_typed_stays_where_something_is_missing(cast: Cast, client: Client) -> None:
    row = on_notice(cast)
    answer = client.post(f"/public/publications/{row.pk}/object/", {**SAID, "name": "", "text": "不服"})
    assert answer.status_code == 422
    assert "请填写真实姓名" in answer.text and "13900001234" in answer.text
    open_group = answer.text.split("<details open><summary>综合平台", 1)[1].split("</details>", 1)[0]
    assert re.findall(r'value="([^"]+)"[^>]*\bchecked\b', open_group) == ["2.1.a"]
    assert answer.text.count("<details open>") == 1
    short = client.post(f"/public/publications/{row.pk}/object/", {**SAID, "text": "不服"})
    assert short.status_code == 422 and "不少于10个字" in short.text
    assert not Objection.objects.exists()


def test_a_file_that_is_none_is_refused_in_a_sentence(cast: Cast, client: Client) -> None:
    row = on_notice(cast)
    bad = photo("假图.png")
    bad.file.seek(0)
    bad.file.write(b"MZ this is a program")
    answer = client.post(f"/public/publications/{row.pk}/object/", {**SAID, "files": [bad]})
    assert answer.status_code == 422 and "假图.png" in answer.text
    many = [photo(f"{number}.png") for number in range(6)]
    answer = client.post(f"/public/publications/{row.pk}/object/", {**SAID, "files": many})
    assert answer.status_code == 422 and "最多上传5个" in answer.text
    assert not Objection.objects.exists()


def test_after_midnight_of_the_last_day_nothing_is_taken(cast: Cast, client: Client, hand: Hand) -> None:
    row = on_notice(cast)
    hand.at = datetime(2026, 3, 8, 15, 59, tzinfo=UTC)
    assert "提交异议" in client.get(f"/public/publications/{row.pk}/object/").text
    hand.at += timedelta(minutes=1)
    page = client.get(f"/public/publications/{row.pk}/object/").text
    assert "只在公示期内受理异议" in page and "<textarea" not in page
    late = client.post(f"/public/publications/{row.pk}/object/", SAID)
    assert late.status_code == 409 and "社区办公用房面积与实际不符" in late.text
    assert not Objection.objects.exists()


def test_a_code_is_found_however_it_is_typed_and_says_nothing_when_wrong(cast: Cast, client: Client) -> None:
    objection = object_to(on_notice(cast), at=cast.at)
    typed = objection.code.replace("-", " ").lower()
    assert client.get(f"/public/objections/?code={typed}")["Location"].endswith(f"{objection.code}/")
    wrong = client.get("/public/objections/?code=AAAA")
    assert wrong.status_code == 404 and "没有对应的异议" in wrong.text
    assert client.get("/public/objections/AAAA-BBBB-CCCC-DDDD/").status_code == 404
    assert client.post("/public/objections/AAAA-BBBB-CCCC-DDDD/withdraw/").status_code == 404


def test_an_objection_is_withdrawn_within_ten_minutes(cast: Cast, client: Client, hand: Hand) -> None:
    row = on_notice(cast)
    first, second = object_to(row, at=cast.at), object_to(row, at=cast.at)
    hand.at += timedelta(minutes=9)
    page = f"/public/objections/{first.code}/"
    assert "撤回异议" in client.get(page).text
    assert client.post(f"{page}withdraw/")["Location"] == page
    assert "已撤回" in client.get(page).text
    hand.at += timedelta(minutes=2)
    late = client.post(f"/public/objections/{second.code}/withdraw/")
    assert late.status_code == 409 and "已超过10分钟" in late.text


def test_the_objector_reads_the_decision_and_its_reasons(cast: Cast, client: Client) -> None:
    objection = object_to(on_notice(cast), at=cast.at)
    objections.receive(objection, accepted=True, reason="", by=cast.province, at=cast.at)
    reconsideration.dismiss(objection, reason="经核实面积属实", heard="内部记录", by=cast.recon, at=cast.at)
    page = client.get(f"/public/objections/{objection.code}/").text
    assert "异议不成立" in page and "经核实面积属实" in page
    assert "内部记录" not in page and "龚雪" not in page


def test_one_address_hands_in_five_objections_an_hour(cast: Cast, client: Client, hand: Hand) -> None:
    row = on_notice(cast)
    hand.at = cast.at.replace(minute=0)
    place = f"/public/publications/{row.pk}/object/"
    answers = [client.post(place, SAID) for _count in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "操作过于频繁，请在60分钟后再试" in answers[-1].text and "刘秀兰" in answers[-1].text
    assert client.post(place, SAID, REMOTE_ADDR="10.0.0.9").status_code == 302
    hand.at += timedelta(hours=1)
    assert client.post(place, SAID).status_code == 302


def test_searches_are_limited_and_lists_are_not(cast: Cast, client: Client, hand: Hand) -> None:
    hand.at = cast.at.replace(second=0)
    last = [client.get(f"/public/communities/?q=翠{number}").status_code for number in range(121)]
    assert last[-2:] == [200, 429]
    assert client.get("/public/communities/").status_code == 200
    refused = client.get("/public/communities/?q=翠湖")
    assert "操作过于频繁" in refused.text and "到时间后刷新本页即可" in refused.text
    assert "请在1分钟后再试" in refused.text
