"""A ping reaches a browser whichever process caused it: here the server is one process and the cause another."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from applications.actions import accounts
from applications.actions.events import lock_case, record
from notifications.live import NOT_ALLOWED
from tests.cast import Cast
from tests.house.source import ROOT
from tests.workflow import short

pytestmark = pytest.mark.django_db(transaction=True)


def address() -> str:
    """Return the test database as a server is told it."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


@pytest.fixture
def port(cast: Cast) -> Iterator[int]:
    """A server of its own on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "workflow.asgi:application", "--port", str(free)]
    surroundings = {**os.environ, "DATABASE_URL": address(), "SECRET_KEY": settings.SECRET_KEY}
    server = subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=surroundings)
    try:
        for _try in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", free)) == 0:
                    break
            time.sleep(0.1)
        yield free
    finally:
        server.terminate()
        server.wait(15)


def test_an_event_of_another_process_pings_the_browser(
    cast: Cast, sign_in: Callable[[str], Client], port: int
) -> None:
    case = short.at_street(cast)
    cookie = sign_in("county").cookies[settings.SESSION_COOKIE_NAME].value
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}

    def message(ws: Any) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(ws.recv(timeout=10))
        return heard

    with connect(f"ws://127.0.0.1:{port}/ws?case={case.pk}", additional_headers=headers) as ws:
        hello = message(ws)
        with transaction.atomic():
            record(lock_case(case), "brief_residents", by=cast.clerk, at=cast.at)
        began = time.monotonic()
        ping = message(ws)

    assert (hello["type"], ping["type"], ping["seq"]) == ("hello", "case", hello["seq"] + 1)
    assert time.monotonic() - began < 5


@pytest.mark.services
def test_deactivation_in_another_process_closes_the_socket_at_once(
    cast: Cast, sign_in: Callable[[str], Client], port: int
) -> None:
    layers = {"default": {**settings.CHANNEL_LAYERS["default"], "CONFIG": {"hosts": [settings.REDIS_URL]}}}
    cookie = sign_in("county").cookies[settings.SESSION_COOKIE_NAME].value
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
    with connect(f"ws://127.0.0.1:{port}/ws", additional_headers=headers) as ws:
        ws.recv(timeout=10)
        with override_settings(CHANNEL_LAYERS=layers):  # the server's, without the mark of this test run
            accounts.set_active(cast.county, active=False, by=cast.sysadmin, at=cast.at)
            began = time.monotonic()
            with pytest.raises(ConnectionClosed) as closed:
                ws.recv(timeout=10)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == NOT_ALLOWED
    assert time.monotonic() - began < 5
