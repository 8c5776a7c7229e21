"""What every answer carries, what no address can be made to do, and what the error pages look like."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as current
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from applications.limits import Limit
from notifications.models import Outbox
from notifications.outbox import drain
from tests import road
from tests.cast import Cast
from tests.house.source import ROOT
from workflow import checks, resets
from workflow.middleware import ErrorSentences
from workflow.views import accounts

SignInAs = Callable[[str], Client]
PASSWORD = "一个足够长的密码-7"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "\t//evil.example",
    "https://testserver@evil.example/",
    "https:/evil.example",
]


def answers(client: Client, sign_in: SignInAs) -> dict[str, HttpResponse]:
    """Return an answer of every kind: pages, redirects, errors, files, data."""
    officer = sign_in("county")
    officer.raise_request_exception = client.raise_request_exception = False
    strict = Client(enforce_csrf_checks=True)
    return {
        "sign-in page": client.get("/accounts/login/"),
        "redirect to it": client.get("/desk/"),
        "residents' page": client.get("/public/accessibility/"),
        "officer's page": officer.get("/accounts/sign-ins/"),
        "two-step page": officer.get("/accounts/mfa/"),
        "400": client.get("/", headers={"host": "evil.example"}),
        "403": officer.get("/office/people/"),
        "403 without token": strict.post("/accounts/login/", {"username": "a"}),
        "404": client.get("/nothing/here/"),
        "404 of a stranger": officer.get("/cases/999999/"),
        "405": client.get("/demo/clock/"),
        "data": client.get("/api/v1/public/results"),
        "file": client.get("/static/css/base.css"),
    }


@pytest.mark.django_db
def test_every_answer_carries_the_strict_policy(client: Client, sign_in: SignInAs) -> None:
    for kind, response in answers(client, sign_in).items():
        policy = response.headers.get("Content-Security-Policy", "")
        assert "default-src 'none'" in policy, kind
        for loose in ("unsafe-", "nonce-", "*", "http:", "https:", "'strict-dynamic'"):
            assert loose not in policy, kind
        assert re.search(r"script-src 'self'(;|$)", policy), kind
        assert re.search(r"style-src 'self'(;|$)", policy), kind
        assert "frame-ancestors 'none'" in policy, kind
        assert "microphone=()" in response.headers["Permissions-Policy"], kind
        assert response.headers["X-Content-Type-Options"] == "nosniff", kind
        assert response.headers["X-Frame-Options"] == "DENY", kind
        assert response.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, kind
        response.close()


def test_pages_of_a_person_are_kept_by_no_cache(sign_in: SignInAs) -> None:
    response = sign_in("county").get("/accounts/sign-ins/")
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_error_pages_are_in_the_design_and_in_chinese(client: Client, sign_in: SignInAs) -> None:
    sentences = {
        "400": "这个请求没有看懂",
        "403": "您不能办理这一项",
        "403 without token": "页面停留过久，或登录状态已经变化",
        "404": "没有找到这个页面",
        "404 of a stranger": "没有找到这个页面",
    }
    found = answers(client, sign_in)
    found.pop("file").close()
    for kind, sentence in sentences.items():
        text = found[kind].content.decode()
        assert found[kind].status_code == int(kind[:3])
        assert sentence in text, kind
        assert 'class="plain"' in text, kind
        assert "evil.example" not in text, kind


def test_a_fault_shows_the_page_of_faults_and_nothing_of_itself(
    sign_in: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("身份证 360102199001011234")

    client = sign_in("county")
    client.raise_request_exception = False
    monkeypatch.setattr("workflow.sessions.get_user", fail)

    response = client.get("/accounts/sign-ins/")

    assert response.status_code == 500
    assert "系统出错了，不是您的原因" in response.content.decode()
    assert "360102199001011234" not in response.content.decode()


def test_a_database_that_is_away_is_503_with_a_time_to_come_back(rf: RequestFactory) -> None:
    request = rf.get("/desk/")
    request.user = AnonymousUser()
    response = ErrorSentences(lambda _request: HttpResponse()).process_exception(
        request, OperationalError("connection refused")
    )
    assert response is not None
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert "系统繁忙" in response.content.decode()


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_next_leads_to_another_site(
    settings: Any, cast: Cast, client: Client, sign_in: SignInAs, address: str
) -> None:
    settings.DEMO = True
    cast.county.set_password(PASSWORD)
    cast.county.save()
    officer = sign_in("county")
    landed = [
        officer.post("/demo/clock/", {"days": "1", "next": address}),
        client.post("/preferences/", {"size": "large", "next": address}),
        client.post("/accounts/login/", {"username": "county", "password": PASSWORD, "next": address}),
        officer.get("/accounts/login/", {"next": address}),
        officer.post("/accounts/logout/", {"next": address}),
    ]
    assert {response.status_code for response in landed} == {302}
    for response in landed:
        assert response.headers["Location"] in {"/desk/", "/", "/accounts/login/"}


@pytest.mark.parametrize("address", [*ELSEWHERE, "abc", "case", "", "/\r\nSet-Cookie: a=b"])
def test_following_a_case_leads_to_a_page_of_ours_whatever_was_named(
    cast: Cast, sign_in: SignInAs, address: str
) -> None:
    case = road.open_case(cast)
    answer = sign_in("county").post(f"/cases/{case.pk}/watch/", {"on": "1", "next": address})
    assert answer.status_code == 302
    assert answer.headers["Location"] in {f"/cases/{case.pk}/", "/%0D%0ASet-Cookie:%20a=b"}
    assert "Set-Cookie" not in answer.headers or "a=b" not in answer.headers["Set-Cookie"]


def test_next_leads_back_to_ones_own_page(settings: Any, sign_in: SignInAs) -> None:
    settings.DEMO = True
    client = sign_in("county")
    answer = client.post("/demo/clock/", {"days": "1", "next": "/cases/?q=翠湖"})
    assert answer.headers["Location"] == "/cases/?q=%E7%BF%A0%E6%B9%96"


def test_a_foreign_host_does_not_get_into_the_reset_link(cast: Cast, client: Client) -> None:
    cast.county.set_password(PASSWORD)
    cast.county.save()
    asked = {"email": cast.county.email}
    assert client.post("/accounts/reset/", asked, headers={"host": "evil.example"}).status_code == 400
    assert mail.outbox == []
    client.post("/accounts/reset/", asked, headers={"x-forwarded-host": "evil.example"})
    client.post(
        "/accounts/reset/", asked, headers={"host": "localhost:6666"}
    )  # a name of ours, a port of theirs
    drain()
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        assert f"{current.SITE_URL}/accounts/reset/" in message.body
        assert "evil" not in message.body and "6666" not in message.body


def test_the_link_of_a_reset_mail_sets_the_password_once(cast: Cast, client: Client) -> None:
    cast.county.set_password(PASSWORD)
    cast.county.save()
    client.post("/accounts/reset/", {"email": cast.county.email.upper()})
    drain()
    (message,) = mail.outbox
    assert message.to == [cast.county.email] and "county" in message.body
    link = re.search(r"/accounts/reset/\S+", message.body)
    assert link is not None
    form = client.get(link[0], follow=True)
    where, fresh = form.redirect_chain[-1][0], f"{PASSWORD}-新"
    done = client.post(where, {"new_password1": fresh, "new_password2": fresh})
    assert done.headers["Location"] == "/accounts/reset/complete/"
    assert guess(Client(), "county", fresh, "10.0.0.12") == 302
    assert "set-password" not in str(Client().get(link[0], follow=True).redirect_chain)


def test_a_reset_asked_for_writes_the_same_for_a_known_and_an_unknown_address(
    cast: Cast, client: Client, django_assert_num_queries: Any
) -> None:
    cast.county.set_password(PASSWORD)
    cast.county.save()
    for address in (cast.county.email, "nobody@example.org"):
        cache.clear()
        with django_assert_num_queries(2):
            client.post("/accounts/reset/", {"email": address})
    assert mail.outbox == []
    rows = Outbox.objects.filter(topic=resets.TOPIC)
    assert rows.count() == 2 and "@" not in str(list(rows.values_list("payload", "key")))


def test_reset_links_go_out_five_an_hour_and_tell_nobody_who_has_an_account(
    cast: Cast, client: Client
) -> None:
    cast.county.set_password(PASSWORD)
    cast.county.save()
    known = [client.post("/accounts/reset/", {"email": cast.county.email}) for _time in range(3)]
    unknown = [client.post("/accounts/reset/", {"email": "nobody@example.org"}) for _time in range(2)]
    assert {answer.headers["Location"] for answer in known + unknown} == {"/accounts/reset/done/"}
    drain()
    assert len(mail.outbox) == 3
    refused = client.post("/accounts/reset/", {"email": cast.county.email})
    assert refused.status_code == 429
    assert "操作过于频繁" in refused.content.decode()
    assert 0 < int(refused.headers["Retry-After"]) <= 3600


def test_nobodys_mailbox_is_flooded_from_many_addresses(cast: Cast) -> None:
    cast.county.set_password(PASSWORD)
    cast.county.save()
    asked = [
        Client(REMOTE_ADDR=f"10.0.1.{number}").post("/accounts/reset/", {"email": cast.county.email})
        for number in range(8)
    ]
    assert {answer.status_code for answer in asked} == {302}
    while drain():
        pass
    assert len(mail.outbox) == 5


def guess(client: Client, username: str, password: str, address: str, agent: str = "x") -> int:
    """Return the status of an attempt to sign in."""
    answer = client.post(
        "/accounts/login/",
        {"username": username, "password": password},
        REMOTE_ADDR=address,
        headers={"user-agent": agent},
    )
    return answer.status_code


def test_five_wrong_passwords_lock_the_guesser_and_not_the_owner(cast: Cast, client: Client) -> None:
    cast.county.set_password(PASSWORD)
    cast.county.save()
    statuses = [guess(client, "county", f"wrong {number}", "10.0.0.6") for number in range(8)]

    assert statuses == [200, 200, 200, 200, 429, 429, 429, 429]
    assert guess(client, "county", PASSWORD, "10.0.0.6") == 429, "not even the right one"
    assert guess(Client(), "county", PASSWORD, "10.0.0.7") == 302, "the owner, from another address"


def test_another_browser_or_another_way_of_typing_the_name_gives_no_more_guesses(
    cast: Cast, client: Client
) -> None:
    names = ["county", "ｃｏｕｎｔｙ", "county ", "cｏunty", "county", "ＣＯＵＮＴＹ".lower()]
    statuses = [
        guess(Client(), name, "wrong", "10.0.0.8", agent=f"browser {number}")
        for number, name in enumerate(names)
    ]
    assert statuses == [200, 200, 200, 200, 429, 429]


def test_one_password_for_a_list_of_names_is_stopped_by_its_address(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.county.set_password(PASSWORD)
    cast.county.save()
    monkeypatch.setattr(accounts, "WRONG", Limit("sign_in", 3, 900))
    tried = [guess(Client(), f"name{number}", PASSWORD, "10.0.0.9") for number in range(5)]
    assert tried == [200, 200, 200, 429, 429]
    assert guess(Client(), "county", PASSWORD, "10.0.0.9") == 429, "not even where the name is right"
    assert guess(Client(), "county", PASSWORD, "10.0.0.10") == 302, "everybody else signs in"


def test_those_who_sign_in_use_up_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.county.set_password(PASSWORD)
    cast.county.save()
    monkeypatch.setattr(accounts, "WRONG", Limit("sign_in", 2, 900))
    assert {guess(Client(), "county", PASSWORD, "10.0.0.11") for _time in range(5)} == {302}


def test_a_refusal_is_kept_by_no_cache(client: Client, sign_in: SignInAs, db: None) -> None:
    for where in ("/public/communities/nothing/", "/public/objections/nothing/", "/s/nothing/"):
        answer = client.get(where)
        assert answer.status_code == 404
        assert "no-store" in answer.headers["Cache-Control"], where
    assert "no-store" in sign_in("county").get("/cases/999999/").headers["Cache-Control"]


def test_data_that_is_only_read_says_so(client: Client, db: None) -> None:
    answer = client.post("/api/v1/public/results")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_the_lock_says_what_to_do_and_how_long_it_lasts(cast: Cast, client: Client) -> None:
    for _guess in range(5):
        answer = client.post("/accounts/login/", {"username": "county", "password": "wrong"})
    assert "暂时不能登录" in answer.content.decode()
    assert "15分钟" in answer.content.decode()
    assert current.AXES_COOLOFF_TIME * 60 == 15


def test_sign_in_says_the_same_of_a_wrong_name_and_of_a_wrong_password(cast: Cast, client: Client) -> None:
    def said(name: str) -> str:
        answer = Client().post("/accounts/login/", {"username": name, "password": "wrong"})
        return re.sub(r'value="[^"]*"', "", answer.content.decode())

    assert said("county") == said("nobody-of-this-name")


@pytest.mark.thorough  # .ci/run asks it by itself
def test_the_production_settings_pass_the_deployment_check(tmp_path: Any) -> None:
    lines = (ROOT / "deploy" / "production.env").read_text(encoding="utf-8").splitlines()
    named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    run = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**kept, **named, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "no issues" in run.stdout + run.stderr


def test_what_must_not_be_in_production_is_told(settings: Any) -> None:
    settings.PRODUCTION, settings.DEMO, settings.FAILPOINTS = True, True, True
    settings.MFA_ROLES, settings.ALLOWED_HOSTS, settings.SITE_URL = [], ["*"], "http://xingping.example"
    told = [
        *checks.demo_only_outside_production(None),
        *checks.second_factor_in_production(None),
        *checks.hosts_are_named(None),
        *checks.visits_without_network_need_https(None),
        *checks.failpoints_only_in_tests(None),
    ]
    assert [message.id for message in told] == [
        "xingping.E001",
        "xingping.W002",
        "xingping.W003",
        "xingping.W004",
        "xingping.E003",
    ]
    settings.MFA_ROLES = ["publisher", "sysadmn"]
    assert [message.id for message in checks.second_factor_roles_exist(None)] == ["xingping.E002"]
