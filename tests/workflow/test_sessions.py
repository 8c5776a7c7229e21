"""How long a sign-in lasts: idle and absolute limit, deactivation, other devices, and what the sign-in page says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from applications import clock
from applications.actions import accounts
from applications.models import SignIn, User
from notifications import live
from tests.cast import Cast
from workflow import sessions

SignInAs = Callable[[str], Client]
PASSWORD = "一个足够长的密码-7"


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Return a function that moves the real clock of the product forward."""
    moment = clock.wall()
    offset = timedelta()

    def forward(by: timedelta) -> None:
        nonlocal offset
        offset += by

    def moved() -> datetime:
        return moment + offset

    monkeypatch.setattr(clock, "wall", moved)
    return forward


def is_in(client: Client) -> bool:
    """Whether the client is still signed in."""
    return client.get("/accounts/sign-ins/").status_code == 200


def test_a_sign_in_that_is_used_outlasts_the_idle_limit(
    sign_in: SignInAs, hands: Callable[[timedelta], None]
) -> None:
    client = sign_in("county")
    for _quarter in range(8):
        hands(timedelta(minutes=15))
        assert is_in(client)


def test_a_sign_in_nobody_uses_ends_with_a_sentence(
    sign_in: SignInAs, hands: Callable[[timedelta], None]
) -> None:
    client = sign_in("county")
    hands(timedelta(minutes=29, seconds=59))
    assert is_in(client)
    hands(timedelta(minutes=31, seconds=1))

    response = client.get("/accounts/sign-ins/", follow=True)

    assert response.redirect_chain == [("/accounts/login/?next=/accounts/sign-ins/", 302)]
    assert "您超过 30 分钟没有操作，已自动退出。请重新登录。" in response.content.decode()
    assert "没有操作" not in client.get("/accounts/login/").content.decode(), "said once"
    assert SignIn.objects.get().ended_why == "idle"


def test_half_a_day_is_the_most_even_in_constant_use(
    sign_in: SignInAs, hands: Callable[[timedelta], None]
) -> None:
    client = sign_in("county")
    for _hour in range(12 * 4):
        hands(timedelta(minutes=15))
        assert is_in(client)
    hands(timedelta(seconds=1))

    response = client.get("/accounts/sign-ins/", follow=True)

    assert "本次登录已满 12 小时，已自动退出。请重新登录。" in response.content.decode()
    assert SignIn.objects.get().ended_why == "absolute"


def test_the_demos_date_signs_nobody_out(settings: Any, sign_in: SignInAs) -> None:
    settings.DEMO = True
    client = sign_in("county")
    client.post("/demo/clock/", {"days": "300"})
    assert is_in(client)


def test_deactivation_ends_every_sign_in_at_once_and_for_good(cast: Cast, sign_in: SignInAs) -> None:
    first, second = sign_in("county"), sign_in("county")
    assert is_in(first)
    accounts.set_active(cast.county, active=False, by=cast.sysadmin, at=cast.at)

    assert not is_in(first)
    assert not Session.objects.exists() or not is_in(second)
    accounts.set_active(cast.county, active=True, by=cast.sysadmin, at=cast.at)
    assert not is_in(first)
    assert not is_in(second)
    ended = SignIn.objects.filter(user=cast.county).values_list("ended_why", flat=True)
    assert list(ended) == ["deactivated", "deactivated"]


def test_an_account_deactivated_by_other_hands_is_out_with_a_sentence(cast: Cast, sign_in: SignInAs) -> None:
    client = sign_in("county")
    User.objects.filter(pk=cast.county.pk).update(is_active=False)

    response = client.get("/accounts/sign-ins/", follow=True)

    assert "您的账号已停用，登录已结束" in response.content.decode()


def test_one_sees_ones_own_sign_ins_and_ends_those_of_other_devices(cast: Cast, sign_in: SignInAs) -> None:
    here, there, colleague = sign_in("county"), sign_in("county"), sign_in("county2")

    page = here.get("/accounts/sign-ins/")
    assert [row.user for row in page.context["rows"]] == [cast.county, cast.county]

    here.post("/accounts/sign-ins/", {"verb": "end_others"})
    assert [is_in(client) for client in (here, there, colleague)] == [True, False, True]


def test_a_session_saved_anew_after_its_sign_in_was_ended_is_ended_all_the_same(
    sign_in: SignInAs, hands: Callable[[timedelta], None]
) -> None:
    client = sign_in("county")
    SignIn.objects.update(ended_at=clock.wall(), ended_why="elsewhere")
    hands(timedelta(minutes=2))

    response = client.get("/accounts/sign-ins/", follow=True)

    assert "您已在其他设备上结束了这次登录" in response.content.decode()


def test_changing_the_password_ends_the_sign_ins_of_other_devices(cast: Cast, sign_in: SignInAs) -> None:
    cast.county.set_password(PASSWORD)
    cast.county.save()
    here, there = sign_in("county"), sign_in("county")
    fresh = "另一个足够长的密码-8"

    answer = here.post(
        "/accounts/password/",
        {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh},
    )

    assert answer.status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert SignIn.objects.filter(ended_why="password").count() == 1


def test_signing_out_is_noted(sign_in: SignInAs) -> None:
    client = sign_in("county")
    client.post("/accounts/logout/")
    assert not is_in(client)
    assert SignIn.objects.get().ended_why == "signed_out"


def test_the_clock_ends_what_no_request_would_end(
    cast: Cast, sign_in: SignInAs, hands: Callable[[timedelta], None]
) -> None:
    """An open socket asks the session, so a session nobody uses any more must go by itself."""
    key = sign_in("county").cookies["sessionid"].value
    assert live.user_of(key) == cast.county
    hands(timedelta(minutes=32))
    assert sessions.sweep() == 1
    assert sessions.sweep() == 0
    assert live.user_of(key) is None


def test_pages_for_everybody_stay_without_a_session(client: Client, db: None) -> None:
    response = client.get("/public/accessibility/")
    assert response.status_code == 200
    assert not response.cookies
    assert not SignIn.objects.exists()


def test_old_sign_ins_are_forgotten(
    cast: Cast, sign_in: SignInAs, hands: Callable[[timedelta], None]
) -> None:
    sign_in("county")
    hands(timedelta(days=181))
    sign_in("county")
    assert SignIn.objects.filter(user=cast.county).count() == 1


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/cases/", "/cases/"),
        ("/search/?q=翠湖", "/search/?q=翠湖"),
        ("cases", "/desk/"),
        ("no-such-page", "/desk/"),
        ("/no-such-page/", "/desk/"),
        ("//elsewhere.example/", "/desk/"),
        ("https://elsewhere.example/cases/", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
        ("/cases/\x00", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_signing_in_leads_to_a_page_that_is_there(client: Client, cast: Cast, wanted: str, led: str) -> None:
    cast.street.set_password(PASSWORD)
    cast.street.save()
    answer = client.post(
        f"/accounts/login/?next={quote(wanted)}", {"username": "street", "password": PASSWORD, "next": wanted}
    )
    assert answer.status_code == 302 and unquote(answer["Location"]) == led
    assert client.get(answer["Location"]).status_code == 200
