"""The hub: one look into the database a second per process finds out which streams have moved, whoever moved them.

A stream is a source and a key (``case`` 7, ``notifications`` of person 3). While somebody listens, the hub asks each
source for the rows above a low-water mark that trails the present, so that a row committed later than its number
suggests is found, too; the numbers already seen are kept beside it. Redis, where there is one, only wakes the hub
earlier: without it a ping is at most a second late.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import close_old_connections

from notifications.queries import Standing

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between two looks while somebody listens
REST = 0.05  # a wake-up is followed by at least this pause
OVERLAP = 90.0  # seconds for which a smaller number may still be committed; no statement runs longer than 60
BACK = 500  # how far below the newest number the first look begins
GROUP = "live"
R = TypeVar("R")
Stream = tuple[str, int]

_threads = ThreadPoolExecutor(4, "live")


@dataclass(frozen=True)
class Source:
    """Where pings come from.

    ``newest``: the highest number there is. ``above``: number and key of every row with a higher number.
    ``standing``: how far a stream has come for a person, None where they may not know of it.
    """

    name: str
    newest: Callable[[], int]
    above: Callable[[int], Iterable[tuple[int, int]]]
    standing: Callable[[Any, int], Standing | None]


SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    """Let a source be listened to."""
    SOURCES[source.name] = source


async def in_thread(call: Callable[..., R], *args: object) -> R:
    """Run a call that reads the database beside the event loop."""

    def run() -> R:
        close_old_connections()
        try:
            return call(*args)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, run)


class Feed:
    """What is new in one source since the last look."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.low = max(source.newest() - BACK, 0)
        self.seen = {number: time.monotonic() for number, _key in source.above(self.low)}

    def look(self) -> set[int]:
        """Return the keys of rows that were not there at the last look."""
        now, keys = time.monotonic(), set()
        for number, key in self.source.above(self.low):
            if number not in self.seen:
                self.seen[number] = now
                keys.add(key)
        settled = [number for number, since in self.seen.items() if since < now - OVERLAP]
        if settled:
            self.low = max(settled)
            self.seen = {number: since for number, since in self.seen.items() if number > self.low}
        return keys


@dataclass(eq=False)
class Listener:
    """One socket's ear: ``dirty`` is set when its stream has moved or its person has to be asked for again."""

    stream: Stream
    user: int = 0
    dirty: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """The listeners of one event loop and the pump that tells them; a pump that died is started again."""

    def __init__(self) -> None:
        self.rooms: dict[Stream, set[Listener]] = {}
        self.feeds: dict[str, Feed] = {}
        self.woken = asyncio.Event()
        self.looking = asyncio.Lock()
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def join(self, stream: Stream, user: int = 0) -> Listener:
        """Listen to a stream for a person. When this returns, no later change is missed."""
        listener = Listener(stream, user)
        self.rooms.setdefault(stream, set()).add(listener)
        async with self.looking:
            if stream[0] not in self.feeds:
                self.feeds[stream[0]] = await in_thread(Feed, SOURCES[stream[0]])
        self._keep("pump", self._pump)
        if settings.REDIS_URL:
            self._keep("ear", self._hear)
        return listener

    def leave(self, listener: Listener) -> None:
        """Stop listening; a source that nobody listens to is no longer looked at."""
        room = self.rooms.get(listener.stream, set())
        room.discard(listener)
        if not room:
            self.rooms.pop(listener.stream, None)
        if listener.stream[0] not in {name for name, _key in self.rooms}:
            self.feeds.pop(listener.stream[0], None)
        if not self.rooms:
            for task in self.tasks.values():
                task.cancel()

    def ask_again(self, user: int) -> None:
        """Let every socket of a person find out whether it may still be open."""
        for room in self.rooms.values():
            for listener in room:
                if listener.user == user:
                    listener.dirty.set()

    async def close(self) -> None:
        """Stop listening for good and let go of Redis, within seconds whatever happens.

        The library's receiver can swallow a cancellation that meets an arriving message; a loop that cancels each of
        its tasks once and waits for them would then never end, so it is told again until it goes.
        """
        self.rooms.clear()
        for task in self.tasks.values():
            task.cancel()
        await asyncio.wait({*self.tasks.values(), asyncio.ensure_future(asyncio.sleep(0))}, timeout=3)
        for _attempt in range(3 if settings.REDIS_URL else 0):
            with suppress(Exception):
                async with asyncio.timeout(2):
                    await get_channel_layer().flush()  # type: ignore[union-attr]
                return

    def _keep(self, name: str, work: Callable[[], Any]) -> None:
        """Run a task as long as somebody listens, and again where it dies of anything."""
        task = self.tasks.get(name)
        if task is not None and not task.done():
            return
        self.tasks[name] = task = asyncio.get_running_loop().create_task(work())

        def over(done: asyncio.Task[None]) -> None:
            if not done.cancelled() and done.exception() is not None:
                log.error("The hub's %s died of %s; it starts again.", name, type(done.exception()).__name__)
            if self.rooms and not done.get_loop().is_closed():
                done.get_loop().call_later(EVERY, self._again, name, work)

        task.add_done_callback(over)

    def _again(self, name: str, work: Callable[[], Any]) -> None:
        if self.rooms:
            self._keep(name, work)

    async def _pump(self) -> None:
        while self.rooms:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.woken.wait(), EVERY)
            self.woken.clear()
            await self.look()
            await asyncio.sleep(REST)

    async def look(self) -> None:
        """Ask every source that has listeners, and tell those whose stream has moved."""
        async with self.looking:
            for name, feed in list(self.feeds.items()):
                for key in await in_thread(feed.look):
                    for listener in self.rooms.get((name, key), ()):
                        listener.dirty.set()

    async def _hear(self) -> None:
        """Be woken by other processes through Redis."""
        layer: Any = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
        try:
            while True:
                message = await layer.receive(channel)
                self.woken.set()
                for user in message.get("users", ()):
                    self.ask_again(user)
        finally:
            with suppress(Exception):
                await layer.group_discard(GROUP, channel)


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def hub() -> Hub:
    """Return the hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


def wake() -> None:
    """Say, after a commit, that something moved: hubs look at once instead of within a second."""
    for loop, each in list(_hubs.items()):
        with suppress(RuntimeError):  # a loop that was closed meanwhile
            loop.call_soon_threadsafe(each.woken.set)
    if settings.REDIS_URL:
        _courier.carry()


def ask_again(user: int) -> None:
    """Say, after a commit, that a person may have lost what they listened by: a session, an account, an office.

    Their sockets in every process ask at once and close where nothing is left; one that is not reached (Redis away, or
    processes without it) asks by itself within a minute.
    """
    for loop, each in list(_hubs.items()):
        with suppress(RuntimeError):  # a loop that was closed meanwhile
            loop.call_soon_threadsafe(each.ask_again, user)
    if settings.REDIS_URL:
        _courier.carry(user)


class Courier:
    """Carries wake-ups to Redis in a thread of its own, so that no request waits for Redis or fails with it."""

    def __init__(self) -> None:
        self.users: set[int] = set()
        self.something = threading.Event()
        self.thread: threading.Thread | None = None
        self.starting = threading.Lock()

    def carry(self, user: int | None = None) -> None:
        """Have the other processes woken soon; many calls at once become one message."""
        with self.starting:
            if user is not None:
                self.users.add(user)
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._run, name="live-courier", daemon=True)
                self.thread.start()
        self.something.set()

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        while True:
            self.something.wait()
            self.something.clear()
            try:
                loop.run_until_complete(asyncio.wait_for(self._send(), 3))
            except Exception as error:
                log.warning(
                    "Redis could not be told (%s); the hubs find out by themselves.", type(error).__name__
                )
            time.sleep(REST)

    async def _send(self) -> None:
        layer: Any = get_channel_layer()
        with self.starting:
            users, self.users = self.users, set()
        try:
            await layer.group_send(GROUP, {"type": "wake", "users": sorted(users)})
        except BaseException:
            with self.starting:
                self.users |= users  # told with the next message
            raise


_courier = Courier()
