"""Live pings: that something changed, to those who may know, whoever caused it; silence for everybody else."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from applications import clock
from applications.actions import accounts, sessions
from applications.actions.events import lock_case, record
from applications.models import Case, Membership, Recusal, SignIn
from notifications import hub, live
from notifications.actions import tell
from notifications.hub import Feed, Source
from notifications.queries import Standing
from notifications.wording import text_of
from tests.cast import Cast
from tests.workflow import short
from workflow.pings import position

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 5.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look often, and let the hub's threads keep no connection to the test database."""
    monkeypatch.setattr(hub, "EVERY", 0.05)
    monkeypatch.setattr(hub, "REST", 0.0)
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    yield


class Socket:
    """A browser's end of a socket."""

    def __init__(self, client: Client | None, query: str = "", origin: str | None = None) -> None:
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value if client else ""
        headers = [(b"host", b"testserver"), (b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        self.talk = ApplicationCommunicator(
            live.application,
            {"type": "websocket", "path": "/ws", "query_string": query.encode(), "headers": headers},
        )

    async def open(self) -> Any:
        """Connect; return the answer: ``websocket.accept``, or the code of a refusal."""
        await self.talk.send_input({"type": "websocket.connect"})
        answer = await self.talk.receive_output(WAIT)
        return answer.get("code", answer["type"])

    async def hear(self) -> Any:
        """Return the next message, or the code with which the socket was closed."""
        answer = await self.talk.receive_output(WAIT)
        return json.loads(answer["text"]) if answer["type"] == "websocket.send" else answer["code"]

    async def silent(self) -> bool:
        """Whether nothing comes for a while."""
        return await self.talk.receive_nothing(0.4, 0.05)

    async def close(self) -> None:
        """Leave."""
        await self.talk.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.talk.wait(WAIT)


def play(scene: Callable[[], Awaitable[None]]) -> None:
    """Run a scene in a loop of its own, which ends as the server's does."""

    async def whole() -> None:
        try:
            await scene()
        finally:
            await hub.hub().close()

    asyncio.run(whole())


async def write(call: Callable[[], Any]) -> Any:
    """Do what another process would do, in a thread and a connection of its own."""

    def run() -> Any:
        try:
            return call()
        finally:
            connection.close()

    return await asyncio.to_thread(run)


def happen(cast: Cast, case: Case, verb: str = "brief_residents", by: str = "clerk") -> Callable[[], Any]:
    def write() -> None:
        with transaction.atomic():
            record(lock_case(case), verb, by=cast[by], at=cast.at)

    return write


def say(cast: Cast, who: str, key: str) -> Callable[[], Any]:
    return lambda: tell([cast[who]], kind="test", key=key, text=text_of("您好"), url="/", at=cast.at)


def test_a_ping_names_what_changed_and_nothing_else(cast: Cast, sign_in: Callable[[str], Client]) -> None:
    case = short.at_street(cast)
    client = sign_in("county")

    async def scene() -> None:
        socket = Socket(client, f"case={case.pk}")
        assert await socket.open() == "websocket.accept"
        hello = await socket.hear()
        assert (hello["type"], hello["id"]) == ("hello", case.pk)
        await write(happen(cast, case))
        assert await socket.hear() == {"type": "case", "id": case.pk, "seq": hello["seq"] + 1}
        await socket.close()

    play(scene)


def test_a_notification_reaches_its_person_only(cast: Cast, sign_in: Callable[[str], Client]) -> None:
    clerk, head = sign_in("clerk"), sign_in("head")

    async def scene() -> None:
        mine, other = Socket(clerk), Socket(head)
        for socket in (mine, other):
            assert await socket.open() == "websocket.accept"
            assert (await socket.hear())["seq"] == 0
        await write(say(cast, "clerk", "one"))
        ping = await mine.hear()
        assert (ping["type"], ping["seq"]) == ("notifications", 1)
        assert await other.silent()
        for socket in (mine, other):
            await socket.close()

    play(scene)


def test_whoever_reconnects_hears_what_was_missed_once(cast: Cast, sign_in: Callable[[str], Client]) -> None:
    case = short.at_street(cast)
    client = sign_in("county")
    known = position(cast.county, case)
    happen(cast, case)()

    async def scene() -> None:
        behind, current = (
            Socket(client, f"case={case.pk}&since={known}"),
            Socket(client, f"case={case.pk}&since={known + 1}"),
        )
        for socket in (behind, current):
            assert await socket.open() == "websocket.accept"
            assert (await socket.hear())["type"] == "hello"
        assert (await behind.hear())["seq"] == known + 1
        assert await current.silent()
        assert await behind.silent()

    play(scene)


def test_strangers_and_nonsense_are_turned_away(cast: Cast, sign_in: Callable[[str], Client]) -> None:
    case = short.at_street(cast)
    short.recuse(cast, "county2", case)
    far, recused, own = sign_in("far_county"), sign_in("county2"), sign_in("county")

    async def scene() -> None:
        asked: list[tuple[Client | None, str, str | None, Any]] = [
            (None, "", None, live.STRANGER),
            (far, f"case={case.pk}", None, live.NOT_ALLOWED),
            (recused, f"case={case.pk}", None, live.NOT_ALLOWED),
            (own, "case=999999", None, live.NOT_ALLOWED),
            (own, "case=x", None, live.NONSENSE),
            (own, "since=-1", None, live.NONSENSE),
            (own, "notifications=1", None, live.NONSENSE),
            (own, "&".join(["case=1"] * 9), None, live.NONSENSE),
            (own, "", "https://elsewhere.invalid", live.NOT_ALLOWED),
            (own, "", "http://testserver", "websocket.accept"),
        ]
        for client, query, origin, answer in asked:
            assert await Socket(client, query, origin).open() == answer, (query, origin)

    play(scene)


@pytest.mark.parametrize("loss", ["revoked", "recused", "deactivated", "signed out"])
def test_a_right_that_was_lost_is_silence(cast: Cast, sign_in: Callable[[str], Client], loss: str) -> None:
    case = short.at_street(cast)
    client = sign_in("county")

    def lose() -> None:
        if loss == "revoked":
            Membership.objects.filter(user=cast.county).delete()
        elif loss == "recused":
            Recusal.objects.create(case=case, user=cast.county, reason="示例", at=cast.at)
        elif loss == "deactivated":
            cast.county.is_active = False
            cast.county.save()
        else:
            client.logout()

    async def scene() -> None:
        socket = Socket(client, f"case={case.pk}")
        assert await socket.open() == "websocket.accept"
        await socket.hear()
        await write(lose)
        await write(happen(cast, case))
        assert await socket.hear() == live.NOT_ALLOWED

    # the session's cookie is gone after a sign-out, the socket keeps the one it came with
    play(scene)


ENDS: dict[str, Callable[[Cast, Client], object]] = {
    "deactivated": lambda cast, client: accounts.set_active(
        cast.county, active=False, by=cast.sysadmin, at=cast.at
    ),
    "signed out": lambda cast, client: client.post(reverse("logout")),
    "ended elsewhere": lambda cast, client: sessions.end_all(
        cast.county, why=SignIn.Why.ELSEWHERE, at=cast.at
    ),
    "dismissed": lambda cast, client: accounts.dismiss(
        Membership.objects.get(user=cast.county), by=cast.sysadmin, at=cast.at
    ),
    "too old": lambda cast, client: sessions.end_stale(
        idle=timedelta(), absolute=timedelta(), at=clock.wall() + timedelta(days=1)
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_socket_is_closed_at_once_where_its_sign_in_or_account_ends(
    cast: Cast, sign_in: Callable[[str], Client], end: str
) -> None:
    """Nothing happens on the case: the end alone closes what listens to it, and nobody else's socket."""
    case = short.at_street(cast)
    client, other = sign_in("county"), sign_in("city")

    async def scene() -> None:
        mine, theirs = Socket(client, f"case={case.pk}"), Socket(other, f"case={case.pk}")
        for socket in (mine, theirs):
            assert await socket.open() == "websocket.accept"
            await socket.hear()
        await write(lambda: ENDS[end](cast, client))
        assert await mine.hear() == live.NOT_ALLOWED
        if end != "too old":
            assert await theirs.silent()
            await theirs.close()

    play(scene)


def test_an_end_that_is_taken_back_closes_nothing(cast: Cast, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("county")

    def fail() -> None:
        with suppress(RuntimeError), transaction.atomic():
            sessions.end_all(cast.county, why=SignIn.Why.ELSEWHERE, at=cast.at)
            raise RuntimeError

    async def scene() -> None:
        socket = Socket(client)
        assert await socket.open() == "websocket.accept"
        await socket.hear()
        await write(fail)
        assert await socket.silent()
        await socket.close()

    play(scene)


def test_a_socket_that_nobody_told_asks_by_itself(
    cast: Cast, sign_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("county")
    monkeypatch.setattr(live, "ASK_AGAIN", 0.1)
    monkeypatch.setattr("applications.actions.sessions.ask_again", lambda user: None)

    async def scene() -> None:
        socket = Socket(client)
        assert await socket.open() == "websocket.accept"
        await socket.hear()
        await write(lambda: sessions.end_all(cast.county, why=SignIn.Why.ELSEWHERE, at=cast.at))
        assert await socket.hear() == live.NOT_ALLOWED

    play(scene)


def test_a_judge_is_not_pinged_when_the_other_judge_hands_in(
    cast: Cast, sign_in: Callable[[str], Client]
) -> None:
    case = short.at_street(cast)
    short.with_judges(cast, case)
    judge, county = sign_in("reviewer"), sign_in("county")

    async def scene() -> None:
        blind, seeing = Socket(judge, f"case={case.pk}"), Socket(county, f"case={case.pk}")
        for socket in (blind, seeing):
            assert await socket.open() == "websocket.accept"
            await socket.hear()
        await write(happen(cast, case, "hand_in_judgement", "reviewer2"))
        assert (await seeing.hear())["type"] == "case"
        assert await blind.silent()

    play(scene)


def test_a_pump_that_dies_starts_again(
    cast: Cast, sign_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, looks = sign_in("clerk"), {"n": 0}
    whole, said = Feed.look, []
    # at the source: what else the process has done to the handlers of its logs is not this test's matter
    monkeypatch.setattr(hub.log, "error", lambda text, *args: said.append(text % args))

    def breaks_twice(feed: Feed) -> set[int]:
        looks["n"] += 1
        if looks["n"] in (1, 2):
            raise RuntimeError("the database went away")
        return whole(feed)

    monkeypatch.setattr(Feed, "look", breaks_twice)

    async def scene() -> None:
        socket = Socket(client)
        assert await socket.open() == "websocket.accept"
        await socket.hear()
        await write(say(cast, "clerk", "after"))
        assert (await socket.hear())["seq"] == 1
        await socket.close()

    play(scene)
    assert looks["n"] >= 3
    assert said == ["The hub's pump died of RuntimeError; it starts again."] * 2


def test_a_number_committed_late_is_found_and_told_once() -> None:
    """PostgreSQL hands out numbers at insertion: 7 may become visible after 8."""
    rows = {5: 1}
    source = Source(
        "x",
        lambda: max(rows),
        lambda low: [r for r in rows.items() if r[0] > low],
        lambda u, k: Standing(0, 0),
    )
    feed = Feed(source)

    rows[8] = 2
    assert feed.look() == {2}
    rows[7] = 3
    assert feed.look() == {3}
    assert feed.look() == set()


def test_one_person_cannot_open_sockets_without_end(
    cast: Cast, sign_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST", 1)
    client = sign_in("clerk")

    async def scene() -> None:
        first = Socket(client)
        assert await first.open() == "websocket.accept"
        assert await Socket(client).open() == live.TOO_MANY
        await first.close()
        again = Socket(client)
        assert await again.open() == "websocket.accept"
        await again.close()

    play(scene)
