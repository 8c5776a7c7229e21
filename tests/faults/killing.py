"""At every named point of a story a process is killed; survivors look at what is left and go on."""

from dataclasses import dataclass, field
from typing import Any

from applications.errors import Refused
from notifications.failpoints import KILLED, points
from tests import invariants
from tests.following import ASKS_FOR_MORE, LATER, Call, Follower, Moment, put_in_order, told, unlike
from tests.forks import forked
from tests.worlds import World

# The point, the how-manieth passing of it, and whether the action had committed by then (None: several commits).
Kill = tuple[str, int, bool | None]


@dataclass
class Killer(Follower):
    """``named``: the points in the code; ``every``: kill at each passing of a point, not only at its first.

    ``commits``: also before and after the commit of every action (off where copies of a world are dear).
    """

    named: frozenset[str] = frozenset()
    every: bool = False
    commits: bool = True
    killed: list[Kill] = field(default_factory=list)

    @property
    def points(self) -> set[str]:
        """The points at which a process was killed."""
        return {point for point, _number, _committed in self.killed}

    def worth_watching(self, action: str, passing: list[str] | None) -> bool:
        """Whether the action passes a point at which nobody was killed yet, or may pass one."""
        if passing is not None:
            return bool(self._fresh(passing))
        fresh = self.commits and f"{action}.after_commit" not in self.points
        return self.every or fresh or not self.named <= self.points

    def wanted(self, action: str, passed: list[str], committed: bool | None) -> list[Kill]:
        """Kill at the first passing of every point that is new."""
        found = []
        for point, number in self._fresh(passed):
            late = None if committed is None else point == f"{action}.after_commit"
            found.append((point, number, late))
        self.killed += found
        return found

    def _fresh(self, passed: list[str]) -> list[tuple[str, int]]:
        """Return the passings at which a process is to be killed."""
        known, found = self.points, []
        for place, point in enumerate(passed):
            number = passed[: place + 1].count(point)
            if not self.commits and point not in self.named and not point.startswith("tick."):
                continue
            if self.every or (point not in known and number == 1):
                found.append((point, number))
        return found

    def try_out(self, thing: Kill, moment: Moment) -> list[str]:
        """Kill, then press again and, elsewhere, let time repair."""
        point, number, committed = thing
        scene = moment.world.copy("scene")
        ended = forked(lambda: _die(scene, point, number, moment.call))
        if ended.status != KILLED:
            return [f"was not killed: {ended}"]
        found = []
        if self.every or committed is not False or point in self.named:
            # what was rolled back at the end of an action stands exactly where time has repaired it before
            repaired = scene.copy("repaired") if committed is not None else scene
            expected = moment.after if committed is None else None
            found += told(forked(lambda: self._repair(repaired, expected)))
            repaired.drop()
        if committed is not None:
            found += told(forked(lambda: _press_again(scene, thing, moment)))
        scene.drop()
        return found

    def _repair(self, scene: World, expected: Any) -> list[str]:
        """A minute later the clock and a worker have put everything in order, as if nobody had been killed."""
        scene.enter()
        put_in_order(self.at + LATER)
        faults = [*invariants.unsound(), *invariants.stuck_work(self.at + LATER)]
        return faults + (unlike("put in order", invariants.effects(), expected) if expected else [])


def _die(scene: World, point: str, number: int, call: Call) -> None:
    scene.enter()
    points.arm(f"{point}:{number}")
    call()


def _press_again(scene: World, kill: Kill, moment: Moment) -> list[str]:
    """Nothing acknowledged is lost, and the same button pressed again doubles nothing."""
    scene.enter()
    point, _number, committed = kill
    faults = unlike("after the kill", invariants.effects(), moment.after if committed else moment.before)
    refused = ""
    try:
        moment.call()
    except Refused as error:
        refused = type(error).__name__
    if not committed and refused:
        faults.append(f"pressed again, it was refused: {refused}")
    if committed and point.split(".")[0] in ASKS_FOR_MORE:
        return faults
    return faults + unlike(f"pressed again ({refused or 'done'})", invariants.effects(), moment.after)
