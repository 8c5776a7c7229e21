"""Redis dies under the installed product and stays away: every page works, nothing is slow, every message arrives."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from websockets.sync.client import connect

from applications.clock import now
from applications.models import Case, IntakeDecision, Todo
from notifications import outbox
from notifications.models import Notification
from tests import cast as stage
from tests import road
from tests.faults.engines import Redis, wait_until
from tests.faults.installation import Installation
from tests.faults.test_kill_nine import CHECKED, session_of
from tests.worlds import World

pytestmark = pytest.mark.services
PASSWORD = "an honest pass phrase 7"
SLOW = 8.0  # seconds no page may take, on a machine that others use, too


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A Redis of the test's own."""
    own = Redis()
    own.start()
    yield own
    own.remove()


@pytest.fixture
def product(own_world: World, redis: Redis, tmp_path: Path) -> Iterator[Installation]:
    """The product on it."""
    known = connection.settings_dict
    place = (
        f"{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT'] or 5432}/{own_world.database}"
    )
    database = f"sqlite:///{own_world.database}" if connection.vendor == "sqlite" else f"postgres://{place}"
    running = Installation(tmp_path / "data", {"DATABASE_URL": database, "REDIS_URL": redis.url})
    yield running
    running.stop()


def sign_in(product: Installation) -> str:
    """Sign in with name and password, as on any morning; return the session."""
    status, _page, cookies = product.converse(
        "/accounts/login/", "", {"username": "city", "password": PASSWORD}
    )
    assert status == 302, f"the sign-in was answered with {status}"
    return cookies[settings.SESSION_COOKIE_NAME]


def quickly(product: Installation, path: str, session: str, form: dict[str, object] | None = None) -> None:
    """Ask for a page; it must be there, and soon."""
    began = time.monotonic()
    status, _page = product.ask(path, session, form)
    assert status == (302 if form else 200), f"{path} was answered with {status}"
    assert time.monotonic() - began < SLOW, path


def heard(ws: Any, seq: int) -> int:
    """Wait for a ping about what is newer than ``seq``."""
    ping = json.loads(ws.recv(timeout=10))
    while ping["seq"] <= seq:
        ping = json.loads(ws.recv(timeout=10))
    return int(ping["seq"])


def told(case: Case, who: str) -> bool:
    """Whether the person was told of the case."""
    return Notification.objects.filter(user__username=who, subject=case.pk).exists()


@pytest.mark.parametrize("seconds", [4, pytest.param(60, marks=pytest.mark.nightly)])
def test_redis_is_away(product: Installation, redis: Redis, own_world: World, seconds: int) -> None:
    cast = stage.find() or stage.build()
    cast["city"].set_password(PASSWORD)
    cast["city"].save()
    case = road.to_street(cast)
    sessions = {who: session_of(cast[who]) for who in ("street", "county", "city")}
    product.start()
    check = f"/cases/{case.pk}/check/"
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={sessions['county']}"}
    live = f"ws://127.0.0.1:{product.port}/ws?case={case.pk}"
    with connect(live, additional_headers=headers, open_timeout=10) as ws:
        seq = json.loads(ws.recv(timeout=10))["seq"]
        redis.kill()
        back = time.monotonic() + seconds
        quickly(product, check, sessions["street"], CHECKED)
        seq = heard(ws, seq)
        visits = everything_works_until(back, product, sessions["county"])
        wait_until("the county is told without Redis", lambda: told(case, "county"), 20)
        redis.start()
        quickly(product, check, sessions["county"], CHECKED)
        seq = heard(ws, seq)
    with connect(live, additional_headers=headers, open_timeout=10) as ws:  # a new socket, too
        assert json.loads(ws.recv(timeout=10))["seq"] >= seq
    caught_up = wait_until("everything is told", lambda: nothing_waits() and told(case, "city"), 10)
    print(f"{visits} visits in {seconds} s without Redis, caught up {caught_up:.1f} s after")
    assert IntakeDecision.objects.filter(case=case).count() == 2
    assert Todo.objects.filter(case=case, state="open").count() == 1


def everything_works_until(end: float, product: Installation, session: str) -> int:
    """Go round: sign in, desk, list, search, the residents' pages; return how many pages were seen."""
    rounds: list[Callable[[], None]] = [
        lambda: quickly(product, "/desk/", sign_in(product)),
        lambda: quickly(product, "/cases/", session),
        lambda: quickly(product, f"/search/?q={quote('翠湖')}", session),
        lambda: quickly(product, "/public/", ""),
        lambda: quickly(product, "/notifications/", session),
    ]
    seen = 0
    while time.monotonic() < end or seen < len(rounds):
        rounds[seen % len(rounds)]()
        seen += 1
        time.sleep(0.1)
    return seen


def nothing_waits() -> bool:
    """Whether the worker has nothing left to do."""
    return not outbox.waiting(now()).exists()
