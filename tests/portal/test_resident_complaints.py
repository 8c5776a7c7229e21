"""A resident complains without an account: picks the community, writes, follows by code, judges the answer."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from rectification.actions import handling
from rectification.models import Complaint, ComplaintFile
from tests.cast import Cast
from tests.pages import text
from tests.rectification.complaining import CONTACT, NAME, POSTED, TEXT, answered, filed, photo, taken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hand(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


def form_of(cast: Cast) -> str:
    return f"/public/complaints/new/?community={cast.community.code}"


def test_a_resident_picks_the_community_complains_and_follows(cast: Cast, client: Client) -> None:
    assert "/public/complaints/new/" in client.get("/public/complaints/").text
    found = client.get("/public/complaints/new/?q=翠湖")
    assert f'href="?community={cast.community.code}"' in found.text and "庐峰" not in found.text
    page = client.get(form_of(cast))
    assert "翠湖社区" in text(page)
    assert page["X-Robots-Tag"] == "noindex, nofollow" and "no-store" in page["Cache-Control"]
    answer = client.post(form_of(cast), {**POSTED, "files": [photo()]})
    row = Complaint.objects.get()
    assert answer["Location"] == f"/public/complaints/{row.code}/"
    progress = Client().get(answer["Location"])
    assert row.code in progress.text and "投诉已提交" in progress.text and "2026年3月5日" in progress.text
    assert not any(secret in progress.text for secret in (NAME, CONTACT, TEXT, "现场.png"))
    typed = row.code.lower().replace("-", " ")
    assert Client().get("/public/complaints/", {"code": typed})["Location"] == answer["Location"]


def test_what_was_typed_stays_where_something_is_missing(cast: Cast, client: Client) -> None:
    answer = client.post(form_of(cast), {**POSTED, "name": "", "happened_on": "2026-03-03"})
    assert answer.status_code == 422
    assert "请填写姓名" in answer.text and CONTACT in answer.text and TEXT in answer.text
    later = client.post(form_of(cast), {**POSTED, "happened_on": "2026-03-03"})
    assert later.status_code == 422 and "晚于今天" in later.text and TEXT in later.text
    many = client.post(form_of(cast), {**POSTED, "files": [photo(f"{n}.png") for n in range(6)]})
    assert many.status_code == 422 and "最多上传5个" in many.text
    bad = photo("假图.png")
    bad.file.seek(0)
    bad.file.write(b"MZ this is a program")
    refused = client.post(form_of(cast), {**POSTED, "files": [bad]})
    assert refused.status_code == 422 and "假图.png" in refused.text
    assert not Complaint.objects.exists() and not ComplaintFile.objects.exists()


def test_nobody_complains_of_a_community_that_there_is_not(cast: Cast, client: Client) -> None:
    assert client.get("/public/complaints/new/?community=999").status_code == 404
    assert client.post("/public/complaints/new/", POSTED).status_code == 404
    assert "没有找到社区" in client.get("/public/complaints/new/?q=没有的").text


def test_it_is_withdrawn_until_somebody_has_it_in_hand(cast: Cast, client: Client) -> None:
    row = filed(cast.community, cast.at - timedelta(days=1))
    assert client.get(f"/public/complaints/{row.code}/withdraw/").status_code == 405
    client.post(f"/public/complaints/{row.code}/withdraw/")
    row.refresh_from_db()
    assert row.state == "withdrawn" and row.matter.deadlines.get().state == "cancelled"
    assert "已撤回" in client.get(f"/public/complaints/{row.code}/").text
    other = taken(cast.community, cast.street, cast.at)
    answer = client.post(f"/public/complaints/{other.code}/withdraw/")
    assert answer.status_code == 409 and "已经受理" in answer.text


def test_the_answer_is_read_judged_once_and_carried_above(cast: Cast, client: Client) -> None:
    row = taken(cast.community, cast.street, cast.at)
    url = f"/public/complaints/{row.code}/"
    assert client.post(f"{url}rate/", {"satisfaction": "5"}).status_code == 409
    answered(row, cast.street, cast.at)
    page = client.get(url)
    assert "已安排专人值班" in page.text and "现场查看值班表" not in page.text
    assert client.post(f"{url}rate/", {"satisfaction": "9"}).status_code == 422
    assert client.post(f"{url}above/", {"text": "答复没有回应我的要求。"}).status_code == 409
    assert client.post(f"{url}rate/", {"satisfaction": "2", "text": ""}).status_code == 302
    assert client.post(f"{url}rate/", {"satisfaction": "5"}).status_code == 409
    assert "申请上一级办理" in client.get(url).text
    short = client.post(f"{url}above/", {"text": "不服"})
    assert short.status_code == 422 and "不服" in short.text
    assert client.post(f"{url}above/", {"text": "答复没有回应我的要求。"}).status_code == 302
    row.refresh_from_db()
    assert (row.level, row.state) == ("county", "waiting")
    assert "县级" in text(client.get(url)) and "申请上一级办理" in text(client.get(url))


def test_what_is_outside_tells_where_to_go(cast: Cast, client: Client) -> None:
    row = taken(cast.community, cast.street, cast.at)
    handling.classify(row, kind="outside", reason="供水问题请向水务集团反映。", by=cast.street, at=cast.at)
    assert "水务集团" in client.get(f"/public/complaints/{row.code}/").text


def test_codes_are_not_guessed_and_forms_not_flooded(cast: Cast, client: Client) -> None:
    answers = [client.get("/public/complaints/AAAA-BBBB-CCCC-DDDD/").status_code for _time in range(31)]
    assert set(answers[:30]) == {404} and answers[30] == 429
    sent = [client.post(form_of(cast), POSTED).status_code for _time in range(6)]
    assert sent == [302] * 5 + [429]


def test_it_reads_in_english(cast: Cast, client: Client) -> None:
    client.cookies["django_language"] = "en"
    row = taken(cast.community, cast.street, cast.at)
    for url in (
        "/public/complaints/",
        "/public/complaints/new/",
        form_of(cast),
        f"/public/complaints/{row.code}/",
    ):
        words = text(client.get(url)).replace("翠湖社区", "")
        assert "omplain" in words
        assert not re.search("投诉|查询码|受理", words), url
