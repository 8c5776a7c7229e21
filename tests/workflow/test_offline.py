"""The worker and what it rests on: one scope, a version of its own, and whose device it is."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from applications import clock
from applications.actions import sessions
from applications.models import Case, Recusal, SignIn
from tests.cast import Cast
from tests.review import assessing
from workflow.views import offline

pytestmark = pytest.mark.django_db


def test_the_worker_answers_for_the_pages_of_cases_only_and_changes_with_the_release(
    client: Client, settings: Any
) -> None:
    offline.version.cache_clear()
    answer = client.get("/cases/worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert (answer["Service-Worker-Allowed"], answer["Cache-Control"]) == ("/cases/", "no-cache")
    assert "worker-src 'self'" in answer["Content-Security-Policy"]
    assert not answer.cookies and "Cookie" not in answer.get("Vary", "")
    first = re.search(r"VERSION = '([0-9a-f]{12})', AWAY = '/cases/offline/away/'", answer.content.decode())
    assert first is not None
    settings.RELEASE = "another"
    offline.version.cache_clear()
    assert first[1] not in client.get("/cases/worker.js").content.decode()
    offline.version.cache_clear()


def test_the_page_without_network_says_nothing_of_anybody(cast: Cast, sign_in: Any, client: Client) -> None:
    signed_in = sign_in("reviewer3").get("/cases/offline/away/")
    assert signed_in.content == client.get("/cases/offline/away/").content
    assert "没有网络" in signed_in.content.decode() and not signed_in.cookies


def test_the_manifest_has_icons_that_are_there(client: Client) -> None:
    answer = client.get("/cases/offline/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    content = answer.json()
    assert (content["start_url"], content["display"]) == ("/cases/offline/", "standalone")
    for icon in content["icons"]:
        assert (offline.STATIC / icon["src"].removeprefix("/static/")).read_bytes().startswith(b"\x89PNG")


def state(client: Client, *cases: int) -> Any:
    answer = client.get("/cases/offline/state/", {"case": cases})
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    return answer.json()


def test_a_device_is_told_who_is_signed_in_and_gets_a_token_that_is_good(cast: Cast, sign_in: Any) -> None:
    client = sign_in("reviewer3")
    client.handler.enforce_csrf_checks = True
    said = state(client)
    assert (said["user"], said["gone"], said["ended"]) == (str(cast.reviewer3.pk), [], "")
    assert client.post("/accounts/logout/").status_code == 403
    assert client.post("/accounts/logout/", headers={"X-CSRFToken": said["token"]}).status_code == 302


@pytest.mark.parametrize(
    ("who", "keeps"),
    [
        ("reviewer3", True),
        ("leader", True),
        ("county", True),
        ("clerk", False),
        ("street", False),
        ("neighbour", False),
        ("unassigned", False),
        ("far_county", False),
    ],
)
def test_pages_may_be_kept_by_the_team_and_the_county_only(
    cast: Cast, sign_in: Any, who: str, keeps: bool
) -> None:
    case = assessing.collecting(cast)
    assert state(sign_in(who), case.pk, 999_999)["gone"] == ([] if keeps else [case.pk]) + [999_999]


def test_who_recuses_loses_the_pages(cast: Cast, sign_in: Any) -> None:
    case: Case = assessing.collecting(cast)
    client = sign_in("reviewer3")
    assert state(client, case.pk)["gone"] == []
    Recusal.objects.create(case=case, user=cast.reviewer3, reason="亲属", at=cast.at)
    assert state(client, case.pk)["gone"] == [case.pk]


def test_nonsense_is_left_out(cast: Cast, sign_in: Any) -> None:
    client = sign_in("reviewer3")
    answer = client.get("/cases/offline/state/?case=x&case=-1&case=²&case=99999999999999999999")
    assert answer.json()["gone"] == []
    assert len(client.get("/cases/offline/state/?" + "&".join(["case=7"] * 500)).json()["gone"]) == 50


@pytest.mark.parametrize("why", ["idle", "elsewhere", "password", "deactivated"])
def test_a_device_learns_how_its_sign_in_ended_though_its_session_is_gone(
    cast: Cast, sign_in: Any, client: Client, why: str
) -> None:
    mark = state(sign_in("reviewer3"))["mark"]
    sessions.end_all(cast.reviewer3, why=SignIn.Why(why), at=clock.wall())
    answer = client.get("/cases/offline/state/", {"case": 7, "mark": mark}).json()
    assert (answer["user"], answer["ended"], answer["gone"], answer["mark"]) == ("", why, [], "")


def test_how_somebodys_sign_in_ended_is_told_to_nobody_without_its_mark(
    cast: Cast, sign_in: Any, client: Client
) -> None:
    state(sign_in("reviewer3"))
    sessions.end_all(cast.reviewer3, why=SignIn.Why.ELSEWHERE, at=clock.wall())
    row = SignIn.objects.get(user=cast.reviewer3)
    for mark in ("", str(row.pk), f"{row.pk}:x:y", "Mg:1tXyZ:abc"):
        assert client.get("/cases/offline/state/", {"mark": mark}).json()["ended"] == ""


def test_the_reason_on_the_sign_in_page_is_not_taken_from_it(
    cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("reviewer3")
    state(client)
    later = clock.wall() + timedelta(hours=11)
    monkeypatch.setattr("applications.clock.wall", lambda: later)
    assert state(client)["user"] == ""
    assert "已自动退出" in client.get("/accounts/login/").content.decode()
