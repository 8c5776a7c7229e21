"""Live pings over ``/ws``: that something has changed, never what.

``/ws`` is the signed-in person's notifications, ``/ws?case=7`` a case. ``since=`` is the last ``seq`` the client knows;
what it missed is told at once. A message is ``{"type", "id", "seq"}``. Who the person is and whether they may know is
asked at the start and again before every ping: a right that was revoked or a recusal is silence. Where a session ends or
an account is deactivated, the sockets are closed at once, in every process.
"""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.db.models import Max

from notifications.hub import SOURCES, Listener, Source, Stream, hub, in_thread, register
from notifications.models import Notification
from notifications.queries import Standing, standing

NONSENSE, STRANGER, NOT_ALLOWED, TOO_MANY = 4400, 4401, 4403, 4429
MOST = 40  # sockets of one person in one process
ASK_AGAIN = 60.0  # seconds after which a socket that heard nothing asks whether it may still be open
OWN = "notifications"

_open: Counter[int] = Counter()


@dataclass
class Guest:
    """Who listens to what: the session they came with, the stream, and the last ``seq`` they know."""

    session: str
    user: int
    stream: Stream
    since: int | None


def _above(number: int) -> list[tuple[int, int]]:
    return list(Notification.objects.filter(pk__gt=number).values_list("pk", "user_id"))


def _newest() -> int:
    return Notification.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _own(user: Any, key: int) -> Standing | None:
    return standing(user) if user.pk == key else None


register(Source(OWN, _newest, _above, _own))


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve one socket (ASGI)."""
    await receive()
    guest = await in_thread(admit, scope)
    if isinstance(guest, Guest) and _open[guest.user] >= MOST:
        guest = TOO_MANY
    if not isinstance(guest, Guest):
        await send({"type": "websocket.close", "code": guest})
        return
    _open[guest.user] += 1
    try:
        await send({"type": "websocket.accept"})
        await _serve(guest, receive, send)
    finally:
        _open[guest.user] -= 1


async def _serve(guest: Guest, receive: Any, send: Any) -> None:
    listener = await hub().join(guest.stream, guest.user)
    talk = asyncio.ensure_future(_talk(guest, listener, send))
    gone = asyncio.ensure_future(_gone(receive))
    try:
        done, _rest = await asyncio.wait({talk, gone}, return_when=asyncio.FIRST_COMPLETED)
        if talk in done and talk.exception() is not None:
            await send({"type": "websocket.close", "code": 1011})
    finally:
        hub().leave(listener)
        talk.cancel()
        gone.cancel()


async def _gone(receive: Any) -> None:
    """Wait until the client leaves; what it says is of no interest."""
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def _talk(guest: Guest, listener: Listener, send: Any) -> None:
    """Greet, then tell of every step the stream makes for this person, until they may know no more."""
    known = guest.since
    greeted = False
    while True:
        listener.dirty.clear()
        now = await in_thread(standing_of, guest)
        if now is None:
            await send({"type": "websocket.close", "code": NOT_ALLOWED})
            return
        if not greeted:
            await _say(send, "hello", now)
        if known is not None and now.seq > known:
            await _say(send, guest.stream[0], now)
        known, greeted = now.seq, True
        with suppress(TimeoutError):
            await asyncio.wait_for(listener.dirty.wait(), ASK_AGAIN)


async def _say(send: Any, kind: str, now: Standing) -> None:
    await send({"type": "websocket.send", "text": json.dumps({"type": kind, "id": now.id, "seq": now.seq})})


def admit(scope: Any) -> Guest | int:
    """Return who comes and what they want to hear, or the code with which they are turned away."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if not _same_site(headers):
        return NOT_ALLOWED
    session = _session_key(headers.get("cookie", ""))
    user = user_of(session)
    if user is None:
        return STRANGER
    wanted = _wanted(scope["query_string"].decode("latin-1"), user.pk)
    if wanted is None:
        return NONSENSE
    stream, since = wanted
    guest = Guest(session, user.pk, stream, since)
    return guest if standing_of(guest) is not None else NOT_ALLOWED


def standing_of(guest: Guest) -> Standing | None:
    """Return how far the stream has come for whoever the session stands for now."""
    user = user_of(guest.session)
    if user is None or user.pk != guest.user:
        return None
    name, key = guest.stream
    return SOURCES[name].standing(user, key)


def user_of(session: str) -> Any | None:
    """Return the person of a session that is still good (signed in, active, password not changed since)."""
    if not session:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(session)
    user = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]
    return user if user.is_authenticated else None


def _session_key(cookies: str) -> str:
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _same_site(headers: dict[str, str]) -> bool:
    """Whether the page that opens the socket is ours; a foreign page would bring the reader's cookie along."""
    origin = headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == headers.get("host") or origin in settings.CSRF_TRUSTED_ORIGINS


def _wanted(query: str, user: int) -> tuple[Stream, int | None] | None:
    """Return the stream and the last known ``seq`` of a query string, None for nonsense."""
    try:
        asked = {name: values[-1] for name, values in parse_qs(query, max_num_fields=8).items()}
    except ValueError:  # more fields than anybody has a use for
        return None
    since = asked.pop("since", "")
    if not (since == "" or (since.isdecimal() and len(since) < 16)):
        return None
    stream: Stream = (OWN, user)
    for name, value in asked.items():
        if name not in SOURCES or name == OWN or not value.isdecimal() or len(value) > 15:
            return None
        stream = (name, int(value))
    return stream, int(since) if since else None
