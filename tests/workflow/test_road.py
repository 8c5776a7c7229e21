"""The whole road, walked with the actions people use: straight to a star, and failed, put right and rated again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from applications import clock
from applications.actions.evidence import store
from applications.models import Case, Todo
from rectification.actions import items
from rectification.models import RectificationItem
from tests import papers, road
from tests.cast import Cast
from workflow import anchors
from workflow.clock import sweep_cases
from workflow.verification import broken_anchors, broken_chains

PLAN = items.Plan("分工不清", "专人负责", "翠湖社区居民委员会", "周桂兰", "三十日内达到标准")


def mend_all(cast: Cast, case: Case) -> None:
    for item in RectificationItem.objects.filter(case=case, round=case.round):
        items.plan(item, content=PLAN, by=cast.clerk, at=cast.at)
        items.confirm(item, days=30, by=cast.county, at=cast.at)
        file = papers.upload("整改.jpg", papers.picture())
        proof = store(case, file, indicators=[], stage="rectification", by=cast.clerk, at=cast.at)
        items.apply(item, text="已完成", evidence=[proof], by=cast.clerk, at=cast.at)
        items.verify(
            item, outcome="close", method="site", opinion="属实", days=15, by=cast.county2, at=cast.at
        )
    case.refresh_from_db()


def test_a_case_goes_straight_to_a_star_and_is_closed(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.ANCHOR_FILE = tmp_path / "heads.jsonl"  # other tests anchor cases that are gone by now
    case = road.to_rectification(cast, star=4)
    mend_all(cast, case)

    assert (case.state, case.star, case.round) == ("closed", 4, 1)
    assert not Todo.objects.filter(case=case, state="open").exists()
    anchors.anchor(cast.at)
    assert [*broken_chains(), *broken_anchors()] == []


def test_a_case_that_failed_is_put_right_and_rated_again_in_round_two(cast: Cast) -> None:
    case = road.to_publication(cast, star=0)
    assert (case.state, case.star) == ("rectification", 0)
    before = list(case.ratings.values_list("pk", "digest", "seal"))
    mend_all(cast, case)
    items.decide_round(case, again=True, reason="整改完成", by=cast.county, at=cast.at)
    case.refresh_from_db()
    assert (case.state, case.round) == ("collection", 2)

    later = cast.at + timedelta(days=1)
    road.through_collection(cast, case, at=later)
    road.through_review(cast, case, at=later, star=4)
    road.through_scoring(cast, case, at=later)
    road.through_publication(cast, case, at=later)
    mend_all(cast, case)

    assert (case.state, case.star, case.round) == ("closed", 4, 2)
    assert list(case.ratings.filter(round=1).values_list("pk", "digest", "seal")) == before
    assert [*broken_chains()] == []


def test_no_open_case_is_ever_without_a_to_do_or_a_running_clock(cast: Cast) -> None:
    case = road.to_publication(cast, star=5)

    assert Todo.objects.filter(case=case, state="open").exists()
    assert sweep_cases(clock.now()) == 0
