"""A process killed at every named point of the road: nothing lost, nothing doubled, nothing stuck."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from notifications import outbox
from tests import cast as stage
from tests import road
from tests.cast import Cast
from tests.faults.killing import Killer
from tests.following import Follower
from tests.house.source import APPS, python_files
from tests.worlds import World
from workflow import clock

NAMED = re.compile(r'failpoint\("([a-z_.]+)"\)')


def code() -> str:
    """Return the product's code as one text."""
    return "".join(path.read_text(encoding="utf-8") for path in python_files(*APPS))


def named_points() -> set[str]:
    """Return the points named in the code, and a point for every step of the clock."""
    return set(NAMED.findall(code())) | {f"tick.{name}" for name in clock.STEPS}


def whole_road(follower: Follower, cast: Cast) -> None:
    """From the application to the rectification, the clock and a worker at work between the stages."""
    case = road.open_case(cast)
    at = cast.at

    def pause() -> None:
        follower.at = at
        follower.step("tick", lambda: clock.tick(at))
        for _round in range(2):  # first what is told, then the messages that leave the house
            follower.step("drain", lambda: outbox.drain(now=at))
        while outbox.drain(now=at):
            pass

    pause()
    for through in (
        road.through_application,
        road.through_preparation,
        road.through_collection,
        road.through_review,
        road.through_scoring,
        road.through_publication,
    ):
        case = through(cast, case)
        at = max(at, follower.at) + timedelta(minutes=1)
        pause()


@pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_a_process_may_be_killed_anywhere_on_the_road(settings: Any, own_world: World, every: bool) -> None:
    settings.FAILPOINTS = True
    cast = stage.find() or stage.build()
    named = frozenset(NAMED.findall(code()))
    killer = Killer(
        own_world, cast.at, named=named, every=every, commits=every or connection.vendor == "sqlite"
    )
    if not killer.commits:
        killer.foresee(lambda follower: whole_road(follower, cast))
    killer.follow(lambda follower: whole_road(follower, cast))
    print(f"{len(killer.killed)} kills at {len(killer.points)} points")
    assert not killer.faults, "\n".join(killer.faults)
    assert named_points() - killer.points == set()
