"""Processes that begin at the same moment, each with a connection of its own, and what becomes of each."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections

from applications.errors import Refused
from tests import invariants
from tests.following import ASKS_FOR_MORE, Follower, Moment, told, unlike
from tests.forks import Twin, forked, heard
from tests.worlds import World

DONE = "done"
REFUSAL = re.compile(r"[A-Z][A-Za-z]+: ")  # the kind of a refusal and its sentence
BY_THE_CLOCK = {"close_notice"}  # nobody waits for an answer
TOLD = "AlreadyDone: 该事项已由"


def race(scene: World, calls: Sequence[Callable[[], Any]]) -> list[str]:
    """Let every call begin at the same moment; return for each ``done``, or the refusal and its sentence."""
    ready_read, ready_write = os.pipe()
    go_read, go_write = os.pipe()
    runners = [Twin(lambda call=call: _run(scene, call, ready_write, go_read)) for call in calls]  # type: ignore[misc]
    heard(ready_read, len(runners), "everybody at the start of the race")
    os.write(go_write, b"!" * len(runners))
    outcomes = [runner.wait() for runner in runners]
    for descriptor in (ready_read, ready_write, go_read, go_write):
        os.close(descriptor)
    return [str(ended.said) for ended in outcomes]


def _run(scene: World, call: Callable[[], Any], ready: int, go: int) -> str:
    scene.enter()
    connections["default"].ensure_connection()
    os.write(ready, b"!")
    heard(go, 1, "the start of the race")
    try:
        said = call()
    except Refused as error:
        return f"{type(error).__name__}: {error.sentence}"
    return said if isinstance(said, str) else DONE


@dataclass
class Racer(Follower):
    """Every action of a story is pressed by several processes at once; the first of each name is tried."""

    runners: int = 2
    raced: set[str] = field(default_factory=set)

    def worth_watching(self, action: str, passing: list[str] | None) -> bool:
        """Whether an action of this name has not been raced yet."""
        return action not in self.raced

    def wanted(self, action: str, passed: list[str], committed: bool | None) -> list[tuple[str, bool]]:
        """Race the action once, noting whether it ends a step."""
        self.raced.add(action)
        return [(action, "task.finished" in passed)]

    def try_out(self, thing: tuple[str, bool], moment: Moment) -> list[str]:
        """Press at once; exactly one effect, and the loser is told who was faster, or has changed nothing."""
        action, ends_step = thing
        scene = moment.world.copy("scene")
        outcomes = race(scene, [moment.call] * self.runners)
        expected = None if action in ASKS_FOR_MORE else moment.after
        faults = told(forked(lambda: _look(scene, expected)))
        scene.drop()
        losers = [said for said in outcomes if said != DONE]
        if not all(REFUSAL.match(said) for said in losers) or len(losers) == len(outcomes):
            faults.append("somebody broke down, or nobody got through")
        if (
            ends_step
            and action not in BY_THE_CLOCK
            and [said[: len(TOLD)] for said in losers] != [TOLD] * (self.runners - 1)
        ):
            faults.append("the loser of a step does not read who was faster")
        return [f"{connection.vendor}: {fault}; {outcomes}" for fault in faults]


def _look(scene: World, expected: Any) -> list[str]:
    scene.enter()
    return [*invariants.unsound(), *(unlike("raced", invariants.effects(), expected) if expected else [])]
