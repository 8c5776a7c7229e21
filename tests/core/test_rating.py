"""The engine: the worked example, every tier edge, the ledger, the star table, and two other standards (R1-016 to R1-040)."""

from fractions import Fraction
from typing import Any

import pytest

from applications.core.canonical import decimal_text
from applications.core.faults import Faults
from applications.core.rating import Sheet, rate
from tests.core.samples import rated, refused, sample, shipped, small


def test_the_worked_example_gives_what_it_expects() -> None:
    found = rated().as_json()
    expected = sample()["expected"]
    assert {key: found[key] for key in expected} == expected
    assert found["indicators"]["3.2.a"]["measures"] == {
        "certified_social_worker_pct": {"exact": "200/11", "shown": "18.18"}
    }


def test_the_ledger_names_points_level_reason_measures_and_sources() -> None:
    found = rated().indicators
    area, judged, missed = found["2.1.a"], found["1.1.a"], found["4.4.a"]
    assert (area.points, area.level, area.level_name, area.judgement) == (1, 0, "基础项", None)
    assert [(m.name, m.value) for m in area.measures] == [
        ("office_service_area_m2", 520),
        ("office_service_area_m2_per_100_households", Fraction(2600, 93)),
    ]
    assert area.facts == ("office_service_area_m2", "households")
    assert area.reason == (
        "社区办公服务用房面积为520㎡，不低于300㎡；每百户社区办公服务用房面积为27.96㎡/百户，低于30㎡/百户；"
        "达到“基础项”，计1分。"
    )
    assert (judged.judgement, judged.reason) == ("reached", "评审结论为“达到”；达到“基础项”，计1分。")
    assert (missed.points, missed.level, missed.missed_basic) == (0, None, True)
    assert (
        missed.reason
        == "每季度居民集体文体活动次数为0次/季度，不满足“不低于1次/季度”；未达到任何一档，计0分。"
    )
    assert found["4.2.j"].judgement == "not_reached" and not found["4.2.j"].missed_basic


def test_a_reason_never_shows_a_missed_threshold_as_reached() -> None:
    line = rated(
        {"certified_workers": 9999, "community_workers": 100000, "college_workers": 100000}
    ).indicators["3.2.a"]
    assert line.points == 0
    assert "9999/1000%，不满足“不低于10%”" in line.reason


# fact changes at the edge, just below it, the indicator, points at and below
QUARTERS = [1, 1, 1, 1]
EDGES: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("1.3.a", {"county_leader_visits": 1}, {"county_leader_visits": 0}, "1.5", "0"),
    ("1.3.a", {"street_leader_visits": 2}, {"street_leader_visits": 1}, "1.5", "0"),
    (
        "1.4.a",
        {"cobuild_activities_by_quarter": QUARTERS},
        {"cobuild_activities_by_quarter": [9, 9, 0, 9]},
        "1",
        "0",
    ),
    ("1.4.b", {"cobuild_urgent_issues_solved": 1}, {"cobuild_urgent_issues_solved": 0}, "1.5", "0"),
    ("2.1.a", {"office_service_area_m2": "300"}, {"office_service_area_m2": "299.99"}, "1", "0"),
    ("2.1.a", {"office_service_area_m2": "558"}, {"office_service_area_m2": "557.99"}, "1.5", "1"),
    ("2.3.b", {"elderly_service_area_m2": 200}, {"elderly_service_area_m2": "199.999"}, "1", "0"),
    ("2.5.c", {"smart_featured_services": 1}, {"smart_featured_services": 0}, "1", "0"),
    ("3.1.a", {"urban_residents": 6111}, {"urban_residents": 6112}, "1.5", "0"),
    ("3.2.a", {"community_workers": 20}, {"community_workers": 21}, "1", "0"),
    ("3.2.a", {"community_workers": 10}, {"community_workers": 11}, "1.5", "1"),
    ("3.2.a", {"certified_workers": 3, "community_workers": 10}, {"certified_workers": 3}, "2", "1.5"),
    ("3.2.b", {"college_workers": 5, "community_workers": 10}, {"college_workers": 5}, "1", "0"),
    ("3.2.b", {"college_workers": 7, "community_workers": 10}, {"college_workers": 7}, "1.5", "1"),
    ("3.2.b", {"college_workers": 9, "community_workers": 10}, {"college_workers": 9}, "2", "1.5"),
    ("3.3.a", {"worker_avg_pay_yuan": 66800}, {"worker_avg_pay_yuan": "66799.99"}, "1.5", "0"),
    ("3.5.a", {"grid_fulltime_workers": QUARTERS}, {"grid_fulltime_workers": [1, 1, 1, 0]}, "1", "0"),
    ("3.6.a", {"party_member_services_min": 1}, {"party_member_services_min": 0}, "1.5", "0"),
    ("3.7.a", {"registered_volunteers": 260}, {"registered_volunteers": 259}, "1", "0"),
    ("3.7.a", {"registered_volunteers": 520}, {"registered_volunteers": 519}, "1.5", "1"),
    ("3.7.a", {"registered_volunteers": 780}, {"registered_volunteers": 779}, "2", "1.5"),
    ("4.2.i", {}, {"elderly_visit_pct_by_month": [100] * 11 + ["99.9"]}, "1", "0"),
    ("4.4.a", {"collective_activities_by_quarter": QUARTERS}, {}, "1", "0"),
    ("4.4.b", {"service_brand_projects": 1}, {"service_brand_projects": 0}, "1.5", "0"),
    ("5.1.b", {"registered_community_social_orgs": 12}, {"registered_community_social_orgs": 11}, "1", "0"),
    ("5.3.a", {"grid_households": [360, 500, 500, 500]}, {"grid_households": [359, 500, 500, 501]}, "1", "0"),
    (
        "5.3.a",
        {"grid_households": [300, 500, 500, 500], "households": 1800},
        {"grid_households": [299, 500, 500, 500], "households": 1799},
        "1",
        "0",
    ),
    ("6.1.a", {"worker_consultation_items": 2}, {"worker_consultation_items": 1}, "1", "0"),
    ("6.1.a", {"resident_consultation_items": 2}, {"resident_consultation_items": 1}, "1", "0"),
    ("6.3.a", {"consultations_by_quarter": QUARTERS}, {"consultations_by_quarter": [4, 4, 4, 0]}, "1", "0"),
]


@pytest.mark.parametrize(("indicator", "at", "below", "points_at", "points_below"), EDGES)
def test_each_tier_edge_from_both_sides(
    indicator: str, at: dict[str, Any], below: dict[str, Any], points_at: str, points_below: str
) -> None:
    assert decimal_text(rated(at).indicators[indicator].points) == points_at
    assert decimal_text(rated(below).indicators[indicator].points) == points_below


def survey(satisfied: int, valid: int, **changes: int) -> dict[str, Any]:
    """A survey round with so many satisfied of so many valid answers."""
    counts = {
        "distributed": valid,
        "returned": valid,
        "valid": valid,
        "very_satisfied": 0,
        "satisfied": satisfied,
    }
    rest = {"neutral": valid - satisfied, "dissatisfied": 0, "very_dissatisfied": 0}
    return {"survey": counts | rest | changes}


@pytest.mark.parametrize(
    ("satisfied", "points"),
    [(799, 0), (800, 6), (895, 6), (899, 6), (900, 8), (955, 8), (959, 8), (960, 10), (1000, 10)],
)
def test_satisfaction_is_reached_at_the_lower_bound_of_its_band(satisfied: int, points: int) -> None:
    assert rated(survey(satisfied, 1000)).indicators["4.5.a"].points == points


@pytest.mark.parametrize(("books", "points"), [(149, 0), (150, 3), (299, 3), (300, 9)])
def test_a_weighted_standard_goes_through_the_same_code(books: int, points: int) -> None:
    used = small("weighted")
    facts = {"books": books, "readers": 100, "loans": [101] * 12}
    awards = [{"id": "A", "matter": "m", "level": "city", "date": "2025-12-31"}]
    sheet = {
        "standard": "TEST/W 1",
        "facts": facts,
        "not_met": [],
        "awards": awards,
        "application_year": 2026,
    }
    found = rate(used, Sheet.from_mapping(used, sheet))
    assert found.indicators["books"].points == points
    assert found.points_by_dimension == {"R": points + 6, "S": Fraction("5.75")}
    assert found.total == points + 6 + Fraction("5.75") + Fraction("0.5")
    assert (found.star, found.star_label) == ((2, "甲级") if points == 9 else (1, "乙级"))


def test_the_bonus_of_another_standard_has_its_own_window() -> None:
    used = small("weighted")
    facts = {"books": 0, "readers": 1, "loans": [0] * 12}
    days = {"2023-12-31": 0, "2024-01-01": 1, "2025-12-31": 1, "2026-01-01": 0}
    for day, counted in days.items():
        awards = [{"id": "A", "matter": "m", "level": "city", "date": day}]
        sheet = {"standard": "TEST/W 1", "facts": facts, "awards": awards, "application_year": 2026}
        assert rate(used, Sheet.from_mapping(used, sheet)).bonus == Fraction(counted, 2)


@pytest.mark.parametrize(
    ("not_met", "star", "label", "limits"),
    [
        ([], 3, "三星", []),
        (["water"], 2, "二星", ["安全有缺项"]),
        (["fire"], 0, "不定星级", ["消防不合格", "安全有缺项"]),
        (["fire", "water"], 0, "不定星级", ["消防不合格", "安全有缺项"]),
    ],
)
def test_each_limiter_that_applies_caps_the_star_and_is_named(
    not_met: list[str], star: int, label: str, limits: list[str]
) -> None:
    used = small("limited")
    facts = {"green_area": 650, "area": 1000}
    found = rate(used, Sheet.from_mapping(used, {"standard": "TEST/L 1", "facts": facts, "not_met": not_met}))
    assert (found.star, found.star_label) == (star, label)
    assert [line["label"] for line in found.as_json()["limiters"]] == limits
    assert [str(sentence) for sentence in found.held_by][:1] == (
        [f"限制条件“{limits[0]}”成立，星级不高于{star}星。"] if limits else []
    )
    assert found.total == 10 - len(not_met)


def test_the_next_star_says_how_many_points_and_where_they_could_come_from() -> None:
    found = rated(awards=[], not_met=["4.2.j", "6.3.b", "5.2.a", "5.3.c"])
    upper = found.next_star
    assert (found.total, found.star) == (87, 4)
    assert upper is not None and (upper.star, upper.points_needed, upper.bonus_room) == (5, 5, 5)
    assert ("4.5.a", 2) in upper.indicators and ("5.2.a", Fraction(3, 2)) in upper.indicators
    assert sum(gain for _, gain in upper.indicators) == 100 - found.base_total
    assert rated().next_star is None


def test_points_are_not_what_lacks_where_something_else_holds_the_star_down() -> None:
    upper = rated(policy={"missed_basic_item": "no_star"}).next_star
    assert upper is not None and (upper.star, upper.points_needed) == (3, 0)
    assert [str(sentence) for sentence in upper.held_by] == ["有1个基础项未达到，按口径不定星级。"]


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"households": 0, "grid_households": [0]}, "households"),
        ({"urban_residents": 0}, "urban_residents"),
        ({"community_workers": 0, "certified_workers": 0, "college_workers": 0}, "community_workers"),
        ({"local_avg_wage_yuan": 0}, "local_avg_wage_yuan"),
        (survey(0, 0, distributed=1, returned=1), "survey.valid"),
        (survey(0, 0), "survey.distributed"),
    ],
)
def test_dividing_by_zero_is_a_sentence(facts: dict[str, Any], key: str) -> None:
    assert "为零，无法计算" in refused(sample(facts))[key]


def test_a_survey_without_valid_answers_is_told_by_the_count_that_is_zero() -> None:
    found = refused(sample(survey(0, 0, distributed=1, returned=1)))["survey.valid"]
    assert found == "满意度调查轮次的有效数为零，无法计算社区服务群众满意度，请核对。"


def test_forty_decimals_are_exact_and_zeros_at_the_end_are_none() -> None:
    almost = "199." + "9" * 40
    lines = rated({"elderly_service_area_m2": almost}).indicators["2.3.b"]
    assert (lines.points, lines.measures[0].value) == (0, Fraction(almost))
    assert rated({"elderly_service_area_m2": "200." + "0" * 150}).indicators["2.3.b"].points == 1
    assert (
        "小数位数过多（最多40位）"
        in refused(sample({"elderly_service_area_m2": almost + "9"}))["elderly_service_area_m2"]
    )
    assert "大得不合常理" in refused(sample({"households": "9" * 150}))["households"]


def test_a_sheet_read_for_one_standard_is_not_rated_by_another() -> None:
    with pytest.raises(Faults, match="TEST/L 1"):
        rate(small("limited"), Sheet.from_mapping(shipped(), sample()))


def test_the_same_sheet_gives_the_same_digest_in_any_order_and_spelling() -> None:
    sheet = sample()
    other = sample(awards=list(reversed(sheet["awards"])), not_met=list(reversed(sheet["not_met"])))
    other["facts"] = dict(reversed(list(other["facts"].items()))) | {
        "households": "1860",
        "office_service_area_m2": 520,
    }
    first, second = rated(), rate(shipped(), Sheet.from_mapping(shipped(), other))
    assert (first.digest, first.inputs_digest) == (second.digest, second.inputs_digest)
    assert rated({"households": 1861, "grid_households": [421, 480, 480, 480]}).digest != first.digest
    assert rated(policy={"rounding": "half_up_2"}).digest != first.digest
    assert rated(policy={"rounding": "half_up_2"}).inputs_digest == first.inputs_digest


def test_a_sheet_survives_its_own_exchange_form() -> None:
    sheet = Sheet.from_mapping(shipped(), sample({"office_service_area_m2": "520.25"}))
    again = Sheet.from_mapping(shipped(), sheet.as_json())
    assert (again.digest, again.as_json()) == (sheet.digest, sheet.as_json())
