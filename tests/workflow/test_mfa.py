"""Two-step sign-in: set up, asked for, replayed, guessed, lost; and roles that may not do without."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from applications import clock
from applications.actions import mfa
from applications.core import totp
from applications.errors import NotAllowed, Refused
from applications.models import Authenticator, RecoveryCode
from applications.queries.mfa import authenticator_of, is_required
from applications.sealed import seal, unseal
from tests.cast import Cast

SignInAs = Callable[[str], Client]
PASSWORD = "一个足够长的密码-7"
PERIOD = timedelta(seconds=30)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """Return a function that moves the real clock forward and says what it shows."""
    shown = [clock.wall()]

    def forward(by: timedelta) -> datetime:
        shown[0] += by
        return shown[0]

    monkeypatch.setattr(clock, "wall", lambda: shown[0])
    return forward


def code_of(person: Any) -> str:
    """Return what the person's phone shows now."""
    row = Authenticator.objects.get(user=person, ended_at__isnull=True)
    return totp.totp(unseal(row.secret), clock.wall().timestamp())


def set_up(person: Any) -> list[str]:
    """Give a person a second factor and return the recovery codes."""
    mfa.prepare(by=person, at=clock.wall())
    return mfa.confirm(code=code_of(person), by=person, at=clock.wall())


def give_password(cast: Cast, name: str = "county") -> Client:
    """Return a browser in which the person has typed the right password."""
    cast[name].set_password(PASSWORD)
    cast[name].save()
    client = Client()
    client.post("/accounts/login/?next=/accounts/sign-ins/", {"username": name, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    """Whether the browser is signed in."""
    return client.get("/accounts/sign-ins/").status_code == 200


def test_the_page_shows_a_code_to_scan_and_switches_on_with_the_first_code(
    cast: Cast, sign_in: SignInAs
) -> None:
    client = sign_in("county")
    page = client.get("/accounts/mfa/").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert key is not None

    wrong = client.post("/accounts/mfa/", {"verb": "confirm", "code": "000000"})
    assert wrong.status_code == 422
    assert "验证码“000000”不正确" in wrong.content.decode()
    assert authenticator_of(cast.county) is None

    right = client.post("/accounts/mfa/", {"verb": "confirm", "code": code_of(cast.county)}, follow=True)
    codes = re.findall(r"<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>", right.content.decode())
    assert len(set(codes)) == 10
    assert "<code>" not in client.get("/accounts/mfa/").content.decode(), "shown once"
    stored = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_the_right_password_alone_lets_nobody_in(cast: Cast) -> None:
    set_up(cast.county)
    client = give_password(cast)
    assert not is_in(client)
    assert client.get("/accounts/mfa/code/").status_code == 200


def test_the_code_lets_in_once_and_leads_where_one_wanted_to_go(
    cast: Cast, hands: Callable[[timedelta], datetime]
) -> None:
    set_up(cast.county)
    hands(PERIOD)
    first, second = give_password(cast), give_password(cast)
    code = code_of(cast.county)

    answer = first.post("/accounts/mfa/code/", {"code": f" {code[:3]} {code[3:]} "})
    again = second.post("/accounts/mfa/code/", {"code": code})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/sign-ins/")
    assert is_in(first)
    assert again.status_code == 422, "the same code twice"
    assert not is_in(second)


def test_a_recovery_code_serves_once(cast: Cast) -> None:
    codes = set_up(cast.county)
    first, second = give_password(cast), give_password(cast)
    assert first.post("/accounts/mfa/code/", {"code": codes[3].lower()}).status_code == 302
    assert second.post("/accounts/mfa/code/", {"code": codes[3]}).status_code == 422
    assert (is_in(first), is_in(second)) == (True, False)


def test_five_wrong_codes_lock_for_a_quarter_of_an_hour_even_for_the_right_one(
    cast: Cast, hands: Callable[[timedelta], datetime]
) -> None:
    set_up(cast.county)
    hands(PERIOD)
    client = give_password(cast)
    for _guess in range(5):
        assert client.post("/accounts/mfa/code/", {"code": "123456"}).status_code == 422
    locked = client.post("/accounts/mfa/code/", {"code": code_of(cast.county)})
    assert "验证码错误次数过多，请在15分钟后再试。" in locked.content.decode()
    hands(timedelta(minutes=15))
    client = give_password(cast)
    assert client.post("/accounts/mfa/code/", {"code": code_of(cast.county)}).status_code == 302


def test_ten_thousand_guesses_are_judged_five_at_a_time(cast: Cast) -> None:
    set_up(cast.county)
    at = clock.wall()
    judged = sum(
        "不正确" in mfa.check(cast.county, code=f"{guess:06}", by=cast.county, at=at).reason
        for guess in range(300)
    )
    assert judged == 5


def test_the_question_is_open_for_ten_minutes(cast: Cast, hands: Callable[[timedelta], datetime]) -> None:
    set_up(cast.county)
    client = give_password(cast)
    hands(timedelta(minutes=10, seconds=1))
    answer = client.post("/accounts/mfa/code/", {"code": code_of(cast.county)})
    assert answer.headers["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_without_a_password_there_is_no_question(client: Client, db: None) -> None:
    assert client.get("/accounts/mfa/code/").headers["Location"] == "/accounts/login/"
    assert client.post("/accounts/mfa/code/", {"code": "123456"}).headers["Location"] == "/accounts/login/"


def test_a_deactivated_person_does_not_get_past_the_question(cast: Cast) -> None:
    codes = set_up(cast.county)
    client = give_password(cast)
    type(cast.county).objects.filter(pk=cast.county.pk).update(is_active=False)
    assert client.post("/accounts/mfa/code/", {"code": codes[0]}).headers["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_a_role_that_needs_it_leads_everywhere_to_the_page_where_it_is_set_up(
    settings: Any, cast: Cast, sign_in: SignInAs
) -> None:
    settings.MFA_ROLES = ["publisher"]
    publisher, county = sign_in("publisher"), sign_in("county")

    for url in ("/desk/", "/accounts/sign-ins/", "/cases/", "/office/stand-in/"):
        assert publisher.get(url).headers["Location"] == "/accounts/mfa/"
    assert publisher.get("/public/accessibility/").status_code == 200
    assert "您的角色须用两步登录" in publisher.get("/accounts/mfa/").content.decode()
    assert is_in(county)

    publisher.post("/accounts/mfa/", {"verb": "confirm", "code": code_of(cast.publisher)})
    assert is_in(publisher)
    refused = publisher.post("/accounts/mfa/", {"verb": "give_up", "code": code_of(cast.publisher)})
    assert "不能停用" in refused.content.decode()


def test_a_demo_person_is_asked_for_no_phone_and_nobody_else_is_spared(
    settings: Any, cast: Cast, client: Client
) -> None:
    settings.MFA_ROLES = ["publisher"]
    cast.publisher.is_demo = True
    cast.publisher.save()
    assert client.post("/demo/login/", {"username": "publisher"}).status_code == 404
    settings.DEMO = True
    client.post("/demo/login/", {"username": "publisher"})
    assert is_in(client)


def test_giving_it_up_needs_a_code(cast: Cast, sign_in: SignInAs) -> None:
    codes = set_up(cast.county)
    client = sign_in("county")
    assert client.post("/accounts/mfa/", {"verb": "give_up", "code": "123456"}).status_code == 422
    assert authenticator_of(cast.county) is not None
    client.post("/accounts/mfa/", {"verb": "give_up", "code": codes[0]})
    assert authenticator_of(cast.county) is None
    assert Authenticator.objects.get().secret == ""


def test_new_recovery_codes_make_the_old_ones_worthless(cast: Cast) -> None:
    old = set_up(cast.county)
    at = clock.wall()
    fresh = mfa.renew_codes(code=old[0], by=cast.county, at=at)
    assert not mfa.check(cast.county, code=old[1], by=cast.county, at=at).ok
    assert mfa.check(cast.county, code=fresh[1], by=cast.county, at=at).ok


def test_an_administrator_resets_a_lost_phone_and_not_their_own(cast: Cast, sign_in: SignInAs) -> None:
    set_up(cast.county)
    set_up(cast.sysadmin)
    at = clock.wall()
    with pytest.raises(NotAllowed):
        mfa.reset(cast.county, by=cast.city, at=at)
    with pytest.raises(Refused, match="另一名系统管理员"):
        mfa.reset(cast.sysadmin, by=cast.sysadmin, at=at)
    client = sign_in("sysadmin")
    url = f"/accounts/mfa/reset/{cast.county.pk}/"
    assert sign_in("city").get(url).status_code == 403
    assert client.get(url).status_code == 200
    assert client.post(url, {"verb": "reset"}).headers["Location"] == f"/office/people/{cast.county.pk}/"
    assert authenticator_of(cast.county) is None
    assert Authenticator.objects.get(user=cast.county).ended_by == cast.sysadmin


def test_only_the_roles_that_are_named_ask_for_a_second_factor(settings: Any, cast: Cast) -> None:
    settings.MFA_ROLES = ["county_officer"]
    assert is_required(cast.county)
    assert not is_required(cast.city)


def test_the_secret_stands_in_the_table_encrypted_and_outlives_a_new_key(settings: Any, cast: Cast) -> None:
    secret = mfa.prepare(by=cast.county, at=clock.wall())
    stored = Authenticator.objects.get().secret
    assert totp.readable(secret) not in stored
    sealed, settings.SECRET_KEY_FALLBACKS = seal(b"x"), [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key of the installation"
    assert unseal(sealed) == b"x"
    assert mfa.prepare(by=cast.county, at=clock.wall()) == secret
