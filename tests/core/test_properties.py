"""What must hold for every sheet there can be, under the default policies."""

import random
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.core.rating import Result, Sheet, rate
from tests.core.samples import sample, shipped

JUDGED = sorted(key for key, item in shipped().indicators.items() if item.qualitative)
# Facts of which more is stricter, one at a time, with nothing else that must follow.
RISING = (
    "registered_volunteers",
    "office_service_area_m2",
    "elderly_service_area_m2",
    "worker_avg_pay_yuan",
    "county_leader_visits",
    "street_leader_visits",
    "cobuild_urgent_issues_solved",
    "smart_featured_services",
    "party_member_services_min",
    "service_brand_projects",
    "registered_community_social_orgs",
    "worker_consultation_items",
    "resident_consultation_items",
)
RISING_LISTS = (
    "cobuild_activities_by_quarter",
    "collective_activities_by_quarter",
    "consultations_by_quarter",
    "grid_fulltime_workers",
)


@st.composite
def sheets(draw: st.DrawFn) -> dict[str, Any]:
    """Sheets whose facts agree with each other, around every threshold of the standard."""
    small = st.integers(0, 3)
    grids = draw(st.lists(st.integers(250, 560), min_size=1, max_size=6))
    workers = draw(st.integers(1, 60))
    valid = draw(st.integers(1, 400))
    happy = draw(st.integers(0, valid))
    very = draw(st.integers(0, happy))
    quarters = st.lists(small, min_size=4, max_size=4)
    area = st.decimals(0, 900, places=2).map(str)
    facts: dict[str, Any] = {
        "households": sum(grids),
        "urban_residents": draw(st.integers(1, 20000)),
        "community_workers": workers,
        "certified_workers": draw(st.integers(0, workers)),
        "college_workers": draw(st.integers(0, workers)),
        "registered_volunteers": draw(st.integers(0, 3000)),
        "office_service_area_m2": draw(area),
        "elderly_service_area_m2": draw(area),
        "worker_avg_pay_yuan": draw(st.integers(40000, 80000)),
        "local_avg_wage_yuan": draw(st.integers(50000, 70000)),
        "survey": {
            "distributed": valid,
            "returned": valid,
            "valid": valid,
            "very_satisfied": very,
            "satisfied": happy - very,
            "neutral": valid - happy,
            "dissatisfied": 0,
            "very_dissatisfied": 0,
        },
        "grid_households": grids,
        "grid_fulltime_workers": draw(st.lists(small, min_size=len(grids), max_size=len(grids))),
        "elderly_visit_pct_by_month": draw(
            st.lists(st.sampled_from(["99.9", 100]), min_size=12, max_size=12)
        ),
        "registered_community_social_orgs": draw(st.integers(9, 15)),
    }
    for key in RISING_LISTS[:3]:
        facts[key] = draw(quarters)
    for key in set(RISING) - set(facts):
        facts[key] = draw(small)
    awards = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "matter": st.sampled_from("mno"),
                    "level": st.sampled_from(["provincial", "national"]),
                    "date": st.dates(date(2022, 6, 1), date(2027, 6, 1)).map(str),
                }
            ),
            max_size=5,
        )
    )
    return {
        "standard": shipped().code,
        "application_year": 2026,
        "facts": facts,
        "not_met": draw(st.lists(st.sampled_from(JUDGED), unique=True, max_size=12)),
        "grid_size_reason_accepted": draw(st.booleans()),
        "awards": [award | {"id": f"W{place}"} for place, award in enumerate(awards)],
        "policy": {},
    }


def rated(sheet: dict[str, Any]) -> Result:
    """The rating of a sheet under the default policies."""
    return rate(shipped(), Sheet.from_mapping(shipped(), sheet))


modest = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@modest
@given(sheets())
def test_no_maximum_is_exceeded_and_everything_adds_up(sheet: dict[str, Any]) -> None:
    found = rated(sheet)
    for line in found.indicators.values():
        assert 0 <= line.points <= line.max_points
        assert line.points == (0 if line.level is None else line.indicator.levels[line.level].points)
    for dimension in shipped().dimensions:
        points = sum((found.indicators[item.id].points for item in dimension.indicators), start=Fraction(0))
        assert found.points_by_dimension[dimension.id] == points <= dimension.points
    assert found.base_total == sum(found.points_by_dimension.values()) <= 100
    assert 0 <= found.bonus <= 5
    assert found.total == found.base_total + found.bonus
    assert found.star == (
        5 if found.total >= 92 else 4 if found.total >= 86 else 3 if found.total >= 80 else 0
    )
    assert found.missed_basic_items == tuple(
        line.id for line in found.indicators.values() if line.missed_basic
    )


@modest
@given(sheets(), st.data())
def test_meeting_a_stricter_measure_never_lowers_the_total(
    sheet: dict[str, Any], data: st.DataObject
) -> None:
    before = rated(sheet)
    facts = dict(sheet["facts"])
    kind = data.draw(st.sampled_from(["number", "list", "survey", "worker", "judgement"]))
    if kind == "number":
        key = data.draw(st.sampled_from(RISING))
        facts[key] = str(Fraction(facts[key]).__ceil__() + data.draw(st.integers(0, 400)))
    elif kind == "list":
        key = data.draw(st.sampled_from(RISING_LISTS))
        facts[key] = [entry + data.draw(st.integers(0, 2)) for entry in facts[key]]
    elif kind == "survey":
        counts = dict(facts["survey"])
        moved = data.draw(st.integers(0, counts["neutral"]))
        facts["survey"] = counts | {
            "neutral": counts["neutral"] - moved,
            "satisfied": counts["satisfied"] + moved,
        }
    elif kind == "worker":
        key = data.draw(st.sampled_from(["certified_workers", "college_workers"]))
        facts[key] = data.draw(st.integers(facts[key], facts["community_workers"]))
    not_met = sheet["not_met"][1:] if kind == "judgement" else sheet["not_met"]
    after = rated(sheet | {"facts": facts, "not_met": not_met})
    assert after.total >= before.total
    assert after.star >= before.star


@modest
@given(sheets(), st.integers(0, 10**6))
def test_order_makes_no_difference_and_the_same_sheet_gives_the_same_digest(
    sheet: dict[str, Any], seed: int
) -> None:
    shuffle = random.Random(seed).shuffle
    facts = list(sheet["facts"].items())
    awards, not_met, keys = list(sheet["awards"]), list(sheet["not_met"]), list(sheet)
    for part in (facts, awards, not_met, keys):
        shuffle(part)
    other = sheet | {"facts": dict(facts), "awards": awards, "not_met": not_met}
    first, second = rated(sheet), rated({key: other[key] for key in keys})
    assert first.digest == second.digest == rated(sheet).digest
    assert first.as_json() == second.as_json()


@modest
@given(sheets())
def test_the_way_to_the_next_star_is_true(sheet: dict[str, Any]) -> None:
    found = rated(sheet)
    upper = found.next_star
    if upper is None:
        assert found.star == 5
        return
    lines = found.indicators
    assert upper.star > found.star and upper.points_needed > 0
    assert found.total + upper.points_needed == {3: 80, 4: 86, 5: 92}[upper.star]
    assert dict(upper.indicators) == {
        key: line.max_points - line.points for key, line in lines.items() if line.points < line.max_points
    }
    assert upper.bonus_room == 5 - found.bonus


def test_the_generated_sheets_are_of_the_form_of_the_worked_example() -> None:
    required = {key for key, spec in shipped().facts.items() if spec.required}
    assert set(sample()["facts"]) == required
    assert set(RISING) | set(RISING_LISTS) <= required
