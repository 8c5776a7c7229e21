"""The front door hands each connection to whoever speaks its protocol."""

import asyncio
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from workflow import asgi

Received = list[tuple[str, str]]


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Received:
    """Replace what stands behind the door and note what arrives there."""
    noted: Received = []

    def stand_in(name: str) -> Any:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            noted.append((name, scope["path"]))
            await send({"type": "websocket.accept"})

        return application

    monkeypatch.setattr(asgi, "http", stand_in("pages"))
    monkeypatch.setattr(asgi, "live", stand_in("live"))
    return noted


def first_answer(scope: dict[str, Any], message: dict[str, Any]) -> Any:
    """Open a connection, send a message and return the first answer."""

    async def talk() -> Any:
        connection = ApplicationCommunicator(asgi.application, scope)
        await connection.send_input(message)
        return await connection.receive_output(timeout=5)

    return asyncio.run(talk())


def test_requests_go_to_the_pages_and_sockets_to_live_updates(received: Received) -> None:
    first_answer({"type": "http", "path": "/ws"}, {"type": "http.request"})
    first_answer({"type": "websocket", "path": "/ws"}, {"type": "websocket.connect"})
    assert received == [("pages", "/ws"), ("live", "/ws")]


def test_socket_at_any_other_address_is_turned_away(received: Received) -> None:
    answer = first_answer({"type": "websocket", "path": "/desk"}, {"type": "websocket.connect"})
    assert answer["type"] == "websocket.close"
    assert received == []


def test_server_start_is_confirmed() -> None:
    answer = first_answer({"type": "lifespan"}, {"type": "lifespan.startup"})
    assert answer == {"type": "lifespan.startup.complete"}
