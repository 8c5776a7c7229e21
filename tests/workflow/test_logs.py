"""No personal data in logs: lines and tracebacks of everything that goes wrong."""

import io
import logging
import logging.config
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.db import IntegrityError, transaction
from django.test import Client

from applications.models import User
from notifications import outbox
from tests.cast import AT, Cast
from workflow.logs import Discreet, masked

SignInAs = Callable[[str], Client]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return what the product's own handler would have written, from INFO upwards."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(Discreet(current.LOGGING["formatters"]["line"]["format"]))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("mail to 周 <zhou.gui-lan@example.org> failed", "mail to 周 <…@…> failed"),
        ("phone 13800138000, card 36010219900101123X.", "phone …, card …."),
        ("Not Found: /accounts/reset/MQ/c9x2-0a1b2c3d4e5f/", "Not Found: /accounts/reset/…"),
        ("Not Found: /public/objections/7KQ2M9XZ/", "Not Found: /public/objections/…"),
        ("session 4f9a8b7c6d5e4f3a2b1c0d9e gone", "session … gone"),
        ("case 7, 12 rows, 360102 in 0.5 s", "case 7, 12 rows, 360102 in 0.5 s"),
        ("test_something_with_a_rather_long_name", "test_something_with_a_rather_long_name"),
    ],
)
def test_what_looks_personal_is_masked(line: str, shown: str) -> None:
    assert masked(line) == shown


def test_a_traceback_shows_where_and_not_what(settings: Any, log: io.StringIO) -> None:
    settings.DEBUG = False
    try:
        try:
            raise KeyError("周桂兰")
        except KeyError as error:
            raise ValueError("13800138000 周桂兰") from error
    except ValueError:
        logging.getLogger("workflow").exception("It failed.")
    text = log.getvalue()
    assert "It failed." in text
    assert "test_logs.py" in text
    assert text.index("KeyError") < text.index("... which led to:") < text.rindex("ValueError")
    assert "周桂兰" not in text.replace('raise KeyError("周桂兰")', "").replace('"13800138000 周桂兰"', "")


@pytest.mark.django_db
def test_what_goes_wrong_names_nobody(
    settings: Any, cast: Cast, sign_in: SignInAs, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEBUG = False
    client, officer = Client(raise_request_exception=False), sign_in("county")
    officer.raise_request_exception = False
    for _guess in range(6):
        client.post("/accounts/login/", {"username": "county", "password": "geheim-und-lang"})
    client.get("/", headers={"host": "evil.example"})
    client.get("/public/communities/?q=周桂兰")
    client.get("/accounts/reset/MQ/c9x2-0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f/nothing")
    officer.get("/office/people/")
    officer.get("/cases/999999/")
    Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "county"})

    def fail(*_args: object) -> None:
        with transaction.atomic():
            User.objects.create(username="county", name="周桂兰", phone="13800138000")

    with monkeypatch.context() as patch:
        patch.setattr("workflow.sessions.get_user", fail)
        assert officer.get("/accounts/sign-ins/").status_code == 500
    outbox.register("tests.fail", lambda payload, at: fail())
    outbox.post("tests.fail", "tests.fail:1", at=AT)
    outbox.drain(now=AT)
    outbox.ROUTES.pop("tests.fail")

    text = log.getvalue()
    assert text.count("\n") > 10
    assert IntegrityError.__name__ in text
    source = {line.strip() for line in Path(__file__).read_text(encoding="utf-8").splitlines()}
    written = "\n".join(line for line in text.splitlines() if line.strip() not in source)
    for secret in ("周桂兰", "13800138000", "geheim", cast.county.email, '"county"', "'county'", "c9x2"):
        assert secret not in written
