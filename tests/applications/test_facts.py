"""Declaring facts: entered once, never overwritten in silence."""

from datetime import timedelta
from typing import Any

import pytest

from applications.actions import facts, intake
from applications.actions.working import Saved
from applications.errors import AlreadyDone, NotAllowed, Refused
from applications.models import Case, DeclaredFact, User
from tests import papers, road
from tests.cast import Cast

MINUTE = timedelta(minutes=1)


@pytest.fixture
def case(cast: Cast) -> Case:
    """An application that is being filled in."""
    return road.open_case(cast)


def save(cast: Cast, case: Case, by: User, values: dict[str, Any], at: int = 0, **revisions: int) -> Saved:
    """Save facts some minutes after the beginning."""
    return facts.save_facts(case, values=values, revisions=revisions, by=by, at=cast.at + at * MINUTE)


def stored(case: Case) -> dict[str, Any]:
    """What stands there."""
    return dict(DeclaredFact.objects.filter(case=case).values_list("key", "value"))


def test_what_is_typed_in_a_human_way_is_stored_exactly(cast: Cast, case: Case) -> None:
    typed = {
        "households": "１，８６０ 户",
        "office_service_area_m2": "520.50㎡",
        "cobuild_activities_by_quarter": ["1", "1", "２", "1"],
        "grid_households": ["420", "480", "480", "480", "", ""],
    }
    assert save(cast, case, cast.clerk, typed).ok
    assert stored(case) == {
        "households": 1860,
        "office_service_area_m2": "520.5",
        "cobuild_activities_by_quarter": [1, 1, 2, 1],
        "grid_households": [420, 480, 480, 480],
    }


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("households", "约一千", "“约一千”"),
        ("households", "-5", "不能小于零"),
        ("households", "12.5", "整数"),
        ("households", "9" * 200, "常住户数"),
        ("office_service_area_m2", "1e999999999", "社区办公服务用房面积"),
        ("cobuild_activities_by_quarter", ["1", "", "2", "1"], "各季度联建共建活动次数"),
        ("cobuild_activities_by_quarter", ["1", "1"], "应有4个数"),
        ("elderly_visit_pct_by_month", ["101"] * 12, "100"),
        ("grid_households", ["420", "", "480"], "各网格户数"),
    ],
)
def test_what_cannot_be_read_is_told_with_field_value_and_remedy_and_the_rest_is_saved(
    cast: Cast, case: Case, key: str, typed: Any, said: str
) -> None:
    saved = save(cast, case, cast.clerk, {key: typed, "urban_residents": "5200"})
    assert [fault.field for fault in saved.faults] == [key] * len(saved.faults)
    assert said in saved.faults[0].sentence
    assert saved.fields == ["urban_residents"]
    assert stored(case) == {"urban_residents": 5200}


def test_a_fact_the_standard_does_not_know_and_the_survey_are_not_declared(cast: Cast, case: Case) -> None:
    saved = save(cast, case, cast.clerk, {"nonsense": "1", "survey": "1", "applied_star": "5"})
    assert len(saved.faults) == 3
    assert stored(case) == {}


def test_two_clerks_who_change_the_same_fact_do_not_overwrite_each_other(cast: Cast, case: Case) -> None:
    save(cast, case, cast.clerk, {"households": "1860", "urban_residents": "5200"})
    save(cast, case, cast.clerk2, {"households": "1900"}, at=12, households=1)
    saved = save(
        cast,
        case,
        cast.clerk,
        {"households": "1870", "urban_residents": "5300"},
        households=1,
        urban_residents=1,
    )
    (clash,) = saved.conflicts
    assert (clash.field, clash.theirs, clash.mine, clash.who) == (
        "households",
        "1900户",
        "1870户",
        "熊小燕",
    )
    assert "2026年3月2日 09:12" in clash.sentence
    assert "1900" in clash.sentence
    assert "1870" in clash.sentence
    assert saved.fields == ["urban_residents"]
    assert stored(case) == {"households": 1900, "urban_residents": 5300}


def test_saving_once_more_with_the_revision_that_was_shown_is_a_decision(cast: Cast, case: Case) -> None:
    save(cast, case, cast.clerk, {"households": "1860"})
    save(cast, case, cast.clerk2, {"households": "1900"}, households=1)
    assert save(cast, case, cast.clerk, {"households": "1870"}, households=2).ok
    assert stored(case)["households"] == 1870


def test_an_old_page_that_did_not_touch_a_fact_leaves_what_somebody_else_wrote(
    cast: Cast, case: Case
) -> None:
    save(cast, case, cast.clerk, {"households": "1860"})
    save(cast, case, cast.clerk2, {"households": "1900"}, households=1)
    saved = save(cast, case, cast.clerk, {"households": "1860", "urban_residents": "5200"}, households=1)
    assert saved.ok
    assert stored(case) == {"households": 1900, "urban_residents": 5200}


def test_ones_own_autosaves_never_conflict_with_the_page_they_come_from(cast: Cast, case: Case) -> None:
    for minute, typed in enumerate(("1", "18", "186", "1860")):
        assert save(cast, case, cast.clerk, {"households": typed}, at=minute, households=0).ok
    assert stored(case) == {"households": 1860}


def test_a_cleared_fact_is_not_declared_and_goes_on_counting_its_revisions(cast: Cast, case: Case) -> None:
    save(cast, case, cast.clerk, {"households": "1860"})
    save(cast, case, cast.clerk2, {"households": ""}, households=1)
    saved = save(cast, case, cast.clerk, {"households": "1870"}, households=1)
    assert saved.conflicts[0].theirs == ""
    assert "（空）" in saved.conflicts[0].sentence


def test_every_change_keeps_who_made_it(cast: Cast, case: Case) -> None:
    save(cast, case, cast.clerk, {"households": "1860"})
    save(cast, case, cast.clerk2, {"households": "1900"}, at=1, households=1)
    row = DeclaredFact.objects.get(case=case)
    kept = [(h.value, h.history_user, h.history_change_reason) for h in row.history.order_by("history_id")]
    assert kept == [(1860, cast.clerk, "save_facts"), (1900, cast.clerk2, "save_facts")]


@pytest.mark.parametrize("who", ["neighbour", "far_clerk", "street", "county", "auditor", "sysadmin"])
def test_nobody_else_declares_facts(cast: Cast, case: Case, who: str) -> None:
    with pytest.raises(NotAllowed):
        save(cast, case, cast[who], {"households": "1"})


def test_nothing_is_changed_after_handing_in(cast: Cast, case: Case) -> None:
    road.to_street(cast, case)
    with pytest.raises(AlreadyDone, match="万志强"):
        save(cast, case, cast.clerk, {"households": "1"})
    assert stored(case)["households"] == papers.sample()["facts"]["households"]


def test_only_returned_facts_and_those_behind_a_returned_indicator_can_be_corrected(
    cast: Cast, case: Case
) -> None:
    road.to_street(cast, case)
    defects = {"urban_residents": "与统计不符。", "2.1.a": "面积与房产证不符。"}
    intake.send_back(case, opinion="请补正。", defects=defects, by=cast.street, at=cast.at)
    assert save(cast, case, cast.clerk, {"urban_residents": "5100", "office_service_area_m2": "500"}).ok
    with pytest.raises(Refused, match="不在本次退回补正的范围内"):
        save(cast, case, cast.clerk, {"urban_residents": "5000", "registered_volunteers": "900"})
    after = stored(case)
    assert (after["urban_residents"], after["registered_volunteers"]) == (5100, 610)
