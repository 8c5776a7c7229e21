"""Follows a story of actions and lets other processes live through the very same moments on copies of the world.

Before an action begins, the world is copied and a twin of the process is born, which waits. When the action has run,
the follower says what is to be tried; the twin, which still holds the action with its arguments as they were, tries
each thing on a fresh copy and tells what was wrong.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from applications import acting
from notifications import outbox
from notifications.failpoints import points
from tests import invariants
from tests.forks import Ended, Twin, forked
from tests.worlds import World
from workflow import clock

LATER = timedelta(seconds=61)  # nothing may be stuck longer after a restart
# Pressing again asks for another one: the page shows what is there already, and nothing can tell a wish from a repeat.
ASKS_FOR_MORE = {"add_award", "issue_links"}
Call = Callable[[], Any]


@dataclass
class Moment:
    """What a twin knows: the world before the action, the action, what stood before it and after it."""

    world: World
    call: Call
    before: Any = None
    after: Any = None


@dataclass
class Follower:
    """Follows a story through one world; ``wanted`` and ``try_out`` say what becomes of each action."""

    world: World
    at: datetime
    faults: list[str] = field(default_factory=list)
    foreseen: list[list[str]] = field(default_factory=list)
    _waiting: Twin | None = None
    _begun: int = 0
    _stepping: bool = False
    _passed: list[str] = field(default_factory=list)
    _command: int = -1
    _action: str = ""

    def worth_watching(self, action: str, passing: list[str] | None) -> bool:
        """Whether anything is to be tried with an action of this name; ``passing``: the points, where foreseen."""
        return True

    def wanted(self, action: str, passed: list[str], committed: bool | None) -> list[Any]:
        """Return what is to be tried; ``committed`` is None where the action was a step of several commits."""
        raise NotImplementedError

    def try_out(self, thing: Any, moment: Moment) -> list[str]:
        """Try one thing in the twin; return what was wrong."""
        raise NotImplementedError

    def follow(self, story: Callable[[Any], Any]) -> None:
        """Run the story with every action of it watched."""
        real = acting.transaction
        acting.transaction = Watched(self)  # type: ignore[assignment]
        points.listener = self._note
        try:
            story(self)
        finally:
            acting.transaction = real
            points.listener = None
            self._dismiss()

    def foresee(self, story: Callable[[Any], Any]) -> None:
        """Let a twin live the story first: only the actions that pass something new are worth a copy of the world."""
        copy = self.world.copy("before")

        def dream() -> list[list[str]]:
            copy.enter()
            scout = Scout(copy, self.at)
            scout.follow(story)
            return scout.lived

        said = forked(dream).said
        copy.drop()
        assert isinstance(said, list), said
        self.foreseen = said

    def step(self, name: str, call: Call) -> None:
        """Run what is not one action but several: a tick of the clock, a worker's round."""
        watched = self.begins(name, call)
        self._stepping = True
        try:
            call()
        finally:
            self._stepping = False
        if watched:
            self._after(committed=None)

    @property
    def idle(self) -> bool:
        """Whether whatever begins now is an outermost action."""
        return self._waiting is None and not self._stepping

    def begins(self, action: str, call: Call) -> bool:
        """Note that an action begins; where it is worth it, copy the world and let a twin wait at this moment."""
        self._dismiss()
        passing = self.foreseen[self._begun] if self.foreseen else None
        self._begun += 1
        self._action, self._passed = action, []
        if not self.worth_watching(action, passing):
            return False
        before = self.world.copy("before")
        read, self._command = os.pipe()
        self._waiting = Twin(lambda: self._twin(read, Moment(before, call)))
        os.close(read)
        return True

    def _note(self, point: str) -> None:
        if self._waiting is None:
            return
        self._passed.append(point)
        if point == f"{self._action}.after_commit":
            self._after(committed=True)

    def _after(self, *, committed: bool | None) -> None:
        """The action is over: tell the twin what to try and take down what it found."""
        wanted = self.wanted(self._action, self._passed, committed)
        after = self._afterwards(committed) if wanted else {}
        with os.fdopen(self._command, "w") as pipe:
            pipe.write(f"{wanted!r}\n{after!r}")
        self._command = -1
        assert self._waiting is not None
        ended, self._waiting = self._waiting.wait(), None
        if ended.status:
            self.faults.append(f"{self._action}: {ended.said}")
        else:
            self.faults += [f"{self._action}: {fault}" for fault in ended.said]

    def _afterwards(self, committed: bool | None) -> Any:
        """Return what stands after the action; of several actions, once everything is put in order."""
        if committed is not None:
            return invariants.effects()
        undisturbed = self.world.copy("scene")

        def effects() -> Any:
            undisturbed.enter()
            put_in_order(self.at + LATER)
            return invariants.effects()

        said = forked(effects).said
        undisturbed.drop()
        return said

    def _dismiss(self) -> None:
        """Send a twin home whose action was refused."""
        if self._waiting is not None:
            os.close(self._command)
            self._waiting.wait()
            self._waiting = None

    def _twin(self, read: int, moment: Moment) -> list[str]:
        """Wait for what is wanted and try it."""
        os.close(self._command)
        points.listener = None
        acting.transaction = transaction  # type: ignore[attr-defined]
        with os.fdopen(read) as pipe:
            said = pipe.read()
        if not said:
            return []
        wanted, moment.after = (eval(line) for line in said.split("\n"))
        if not wanted:
            return []
        moment.world.enter()
        moment.before = invariants.effects()
        faults = [f"{thing}: {fault}" for thing in wanted for fault in self.try_out(thing, moment)]
        moment.world.drop()
        return faults


@dataclass
class Scout(Follower):
    """Only notes which points each action of a story passes."""

    lived: list[list[str]] = field(default_factory=list)

    def begins(self, action: str, call: Call) -> bool:
        """Open a page for the action."""
        self.lived.append([])
        return False

    def _note(self, point: str) -> None:
        self.lived[-1].append(point)


class Watched:
    """Stands where ``acting`` finds ``transaction``: the outermost action of a story is announced before it begins."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower

    def atomic(self) -> Any:
        """Announce an outermost action and open its transaction."""
        frame = sys._getframe(1).f_locals
        if not connection.in_atomic_block and self.follower.idle and "action" in frame:
            again = acting.verb(frame["name"])(frame["action"])
            args, kwargs = frame["args"], frame["kwargs"]
            self.follower.at = kwargs["at"]
            self.follower.begins(frame["name"], lambda: again(*args, **kwargs))
        return transaction.atomic()


def put_in_order(at: datetime) -> None:
    """Let the clock tick and a worker empty the outbox."""
    clock.tick(at)
    while outbox.drain(now=at):
        pass


def told(ended: Ended) -> list[str]:
    """Return the faults a process told of; its own death is one."""
    return ended.said if isinstance(ended.said, list) else [str(ended)]


def unlike(when: str, found: Any, expected: Any) -> list[str]:
    """Return in words where two states of a world differ."""
    differences = []
    for part, theirs in expected.items():
        mine = found[part]
        if mine == theirs:
            continue
        if isinstance(theirs, dict):
            keys = sorted(key for key in {*mine, *theirs} if mine.get(key) != theirs.get(key))
            detail = {key: (mine.get(key), theirs.get(key)) for key in keys}
        else:
            more, less = (
                [row for row in mine if row not in theirs],
                [row for row in theirs if row not in mine],
            )
            detail = {"more": more, "less": less}
        differences.append(f"{when}: {part} {detail}")
    return differences
