"""Every action of the road pressed by two processes at the same moment: one effect."""

from typing import Any

import pytest

from tests import cast as stage
from tests import road
from tests.races.running import Racer
from tests.worlds import World

pytestmark = pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")


def test_every_action_of_the_road_pressed_twice_at_once_has_one_effect(
    settings: Any, own_world: World
) -> None:
    settings.FAILPOINTS = True  # the end of an action is announced by its point after the commit
    cast = stage.find() or stage.build()
    racer = Racer(own_world, cast.at)

    def whole_road(_follower: Racer) -> None:
        case = road.open_case(cast)
        for through in (
            road.through_application,
            road.through_preparation,
            road.through_collection,
            road.through_review,
            road.through_scoring,
            road.through_publication,
        ):
            case = through(cast, case)

    racer.follow(whole_road)
    print(f"{len(racer.raced)} actions raced")
    assert not racer.faults, "\n".join(racer.faults)
