"""The table of every option of the 25 open questions: a sheet, and what must come out under the option."""

from fractions import Fraction
from typing import Any

from tests.core.test_rating import survey

Row = tuple[str, str, dict[str, Any], dict[str, Any]]


def satisfied(tenths: int) -> dict[str, Any]:
    """A survey with ``tenths`` tenths of a percent satisfied."""
    return {"facts": survey(tenths, 1000)}


def low_return(**policy: str) -> dict[str, Any]:
    """A survey of which 89.9 % came back, all satisfied."""
    return {"facts": survey(899, 899, distributed=1000), "policy": policy}


ANSWERS = {
    "very_satisfied": 500,
    "satisfied": 300,
    "neutral": 150,
    "dissatisfied": 30,
    "very_dissatisfied": 20,
}
MIXED = {"survey": {"distributed": 1000, "returned": 1000, "valid": 1000, **ANSWERS}}
AWARDS = [
    {"id": "A", "matter": "m", "title": "先进社区", "level": "provincial", "date": "2024-01-01"},
    {"id": "B", "matter": "m", "title": "先进 社区", "level": "national", "date": "2026-12-31"},
    {"id": "C", "matter": "n", "title": "先进社区", "level": "provincial", "date": "2025-05-05"},
    {"id": "D", "matter": "o", "title": "志愿服务", "level": "provincial", "date": "2023-07-01"},
]
SMALL_FLAT = {
    "office_service_area_m2": 290,
    "households": 900,
    "grid_households": [300, 300, 300],
    "grid_fulltime_workers": [1, 1, 1],
}
GRIDS = {"households": 1860, "grid_households": [200, 560, 500, 600]}
WIDE = {"households": 2400, "grid_households": [600, 600, 600, 600]}
NO_GRID = {"workers_without_grid": 8, "certified_workers_without_grid": 2, "college_workers_without_grid": 5}
SINCE = {
    "cobuild_activities_since_last_rating": [1, 1, 1, 1, 1, 0],
    "collective_activities_since_last_rating": [1] * 9,
    "consultations_since_last_rating": [2, 2],
}
EXEMPT = {"not_applicable_indicators": ["6.4.a", "6.4.b"]}

# question, option, the sheet, what must come out: points by indicator id, or an attribute of the result
EFFECTS: list[Row] = [
    ("satisfaction_band_gaps", "lower_bound", satisfied(895), {"4.5.a": 6}),
    ("satisfaction_band_gaps", "lower_bound", satisfied(955), {"4.5.a": 8}),
    ("satisfaction_band_gaps", "round_half_up", satisfied(895), {"4.5.a": 8}),
    ("satisfaction_band_gaps", "round_half_up", satisfied(894), {"4.5.a": 6}),
    ("satisfaction_band_gaps", "round_half_up", satisfied(955), {"4.5.a": 10}),
    ("satisfaction_band_gaps", "round_half_up", satisfied(795), {"4.5.a": 6}),
    ("satisfaction_band_gaps", "truncate", satisfied(899), {"4.5.a": 6}),
    ("satisfaction_band_gaps", "truncate", satisfied(900), {"4.5.a": 8}),
    ("satisfaction_band_gaps", "truncate", satisfied(799), {"4.5.a": 0}),
    ("satisfaction_band_gaps", "gap_zero", satisfied(890), {"4.5.a": 6}),
    ("satisfaction_band_gaps", "gap_zero", satisfied(891), {"4.5.a": 0}),
    ("satisfaction_band_gaps", "gap_zero", satisfied(899), {"4.5.a": 0}),
    ("satisfaction_band_gaps", "gap_zero", satisfied(900), {"4.5.a": 8}),
    ("satisfaction_band_gaps", "gap_zero", satisfied(950), {"4.5.a": 8}),
    ("satisfaction_band_gaps", "gap_zero", satisfied(955), {"4.5.a": 0}),
    ("satisfaction_band_gaps", "gap_zero", satisfied(960), {"4.5.a": 10}),
    ("satisfaction_statistic", "top2_rate", {"facts": MIXED}, {"4.5.a": 6, "satisfaction": 80}),
    ("satisfaction_statistic", "top3_rate", {"facts": MIXED}, {"4.5.a": 8, "satisfaction": 95}),
    (
        "satisfaction_statistic",
        "mean_index_5pt",
        {"facts": MIXED},
        {"4.5.a": 6, "satisfaction": Fraction("84.6")},
    ),
    (
        "satisfaction_statistic",
        "mean_index_100_80_60_30_0",
        {"facts": MIXED},
        {"4.5.a": 6, "satisfaction": Fraction("83.9")},
    ),
    (
        "satisfaction_statistic",
        "mean_index_100_75_50_25_0",
        {"facts": MIXED},
        {"4.5.a": 6, "satisfaction": Fraction("80.75")},
    ),
    ("survey_validity", "block", {"facts": survey(900, 900, distributed=1000)}, {"4.5.a": 10}),
    ("survey_validity", "warn", low_return(), {"4.5.a": 10, "warned": True}),
    ("survey_validity", "zero", low_return(), {"4.5.a": 0, "warned": False}),
    ("survey_validity", "zero", {"facts": survey(900, 900, distributed=1000)}, {"4.5.a": 10}),
    ("bonus_lifts_star", "include", {}, {"base_total": 90, "bonus": 5, "total": 95, "star": 5}),
    ("bonus_lifts_star", "exclude", {}, {"base_total": 90, "bonus": 5, "total": 90, "star": 4}),
    ("bonus_lifts_star", "include_cap_100", {}, {"base_total": 90, "bonus": 5, "total": 95, "star": 5}),
    ("missed_basic_item", "no_veto", {}, {"star": 5, "missed_basic_items": ("4.4.a",), "to_rectify": ()}),
    ("missed_basic_item", "warn_and_rectify", {}, {"star": 5, "to_rectify": ("4.4.a",)}),
    ("missed_basic_item", "no_star", {}, {"star": 0, "total": 95, "missed_basic_items": ("4.4.a",)}),
    ("missed_basic_item", "no_star", {"facts": {"collective_activities_by_quarter": [1] * 4}}, {"star": 5}),
    ("partial_credit", "all_or_nothing", {}, {"4.2.j": 0}),
    ("area_floor", "literal", {"facts": SMALL_FLAT}, {"2.1.a": Fraction(3, 2)}),
    ("area_floor", "both", {"facts": SMALL_FLAT}, {"2.1.a": 0}),
    (
        "area_floor",
        "both",
        {"facts": SMALL_FLAT | {"office_service_area_m2": 300}},
        {"2.1.a": Fraction(3, 2)},
    ),
    ("area_floor", "both", {}, {"2.1.a": 1}),
    ("quarter_rule", "each_of_last_4_full_quarters", {}, {"4.4.a": 0, "1.4.a": 1}),
    ("quarter_rule", "yearly_total_4", {}, {"4.4.a": 1, "1.4.a": 1, "6.3.a": 1}),
    ("quarter_rule", "yearly_total_4", {"facts": {"consultations_by_quarter": [3, 0, 0, 0]}}, {"6.3.a": 0}),
    ("quarter_rule", "since_last_rating", {"facts": SINCE}, {"1.4.a": 0, "4.4.a": 1, "6.3.a": 1}),
    ("grid_size", "strict_each", {"facts": GRIDS, "grid_size_reason_accepted": True}, {"5.3.a": 0}),
    ("grid_size", "strict_each", {}, {"5.3.a": 1}),
    ("grid_size", "reviewer_with_reason", {"facts": GRIDS}, {"5.3.a": 0}),
    ("grid_size", "reviewer_with_reason", {"facts": GRIDS, "grid_size_reason_accepted": True}, {"5.3.a": 1}),
    ("grid_size", "average", {"facts": GRIDS}, {"5.3.a": 1}),
    ("grid_size", "average", {"facts": WIDE, "grid_size_reason_accepted": True}, {"5.3.a": 0}),
    ("zhongzhuan", "include_zhongzhuan", {}, {"3.2.b": Fraction(3, 2)}),
    ("zhongzhuan", "dazhuan_only", {"facts": {"dazhuan_workers": 6}}, {"3.2.b": 1, "3.2.a": 1}),
    ("worker_denominator", "definition_3_3", {}, {"3.2.a": 1, "3.1.a": Fraction(3, 2)}),
    (
        "worker_denominator",
        "exclude_grid",
        {"facts": NO_GRID},
        {"3.2.a": Fraction(3, 2), "3.2.b": 1, "3.1.a": 0},
    ),
    ("population_date", "batch_reference_date", {}, {"3.7.a": Fraction(3, 2), "3.1.a": Fraction(3, 2)}),
    ("population_date", "last_census", {"facts": {"urban_residents_census": 4000}}, {"3.7.a": 2}),
    (
        "population_date",
        "application_date",
        {"facts": {"urban_residents_at_application": 9000}},
        {"3.7.a": 1, "3.1.a": 0},
    ),
    ("party_member_rule", "per_member", {"facts": {"party_member_services_min": 0}}, {"3.6.a": 0}),
    (
        "party_member_rule",
        "per_community",
        {"facts": {"party_member_services_min": 0, "party_member_services_total": 7}},
        {"3.6.a": Fraction(3, 2)},
    ),
    ("volunteer_count", "registered", {}, {"3.7.a": Fraction(3, 2)}),
    ("volunteer_count", "self_reported", {"facts": {"roster_volunteers": 260}}, {"3.7.a": 1}),
    ("tiers_alternative", "alternative", {}, {"4.5.a": 8}),
    ("bonus_lookback", "calendar_years", {"awards": AWARDS}, {"counted": ("B", "C")}),
    (
        "bonus_lookback",
        "rolling_36_months",
        {"awards": AWARDS, "facts": {"application_date": "2026-06-30"}},
        {"counted": ("A", "C", "D")},
    ),
    (
        "bonus_lookback",
        "rolling_36_months",
        {"awards": AWARDS, "facts": {"application_date": "2026-07-02"}},
        {"counted": ("A", "C")},
    ),
    (
        "bonus_award_level",
        "whitelist_then_confirm",
        {"awards": [AWARDS[1] | {"confirmed": False}, AWARDS[2]]},
        {"counted": ("C",)},
    ),
    ("bonus_award_level", "by_seal", {"awards": [AWARDS[1] | {"seal_level": "provincial"}]}, {"bonus": 2}),
    ("bonus_same_matter", "matter_key", {"awards": AWARDS[:3]}, {"counted": ("B", "C"), "bonus": 5}),
    ("bonus_same_matter", "title_equal", {"awards": AWARDS[:3]}, {"counted": ("B",), "bonus": 3}),
    ("not_applicable", "no_na", {"not_met": ["6.4.a", "6.4.b"]}, {"6.4.a": 0, "6.4.b": 0}),
    (
        "not_applicable",
        "full",
        {"not_met": ["6.4.a", "6.4.b"], "facts": EXEMPT},
        {"6.4.a": 1, "6.4.b": Fraction(3, 2)},
    ),
    ("function_areas", "by_need", {}, {"2.3.a": 1}),
    ("function_areas", "all_eleven", {"facts": {"function_areas_present": 10}}, {"2.3.a": 0}),
    ("function_areas", "all_eleven", {"facts": {"function_areas_present": 11}}, {"2.3.a": 1}),
    (
        "function_areas",
        "all_eleven",
        {"facts": {"function_areas_present": 11}, "not_met": ["2.3.a"]},
        {"2.3.a": 0},
    ),
    ("negative_events", "assessment_period_and_official_finding", {}, {"6.5.b": 1}),
    ("negative_events", "three_years", {"facts": {"negative_findings_three_years": 1}}, {"6.5.b": 0}),
    ("negative_events", "three_years", {"facts": {"negative_findings_three_years": 0}}, {"6.5.b": 1}),
    ("reviewer_disagreement", "consensus_then_leader", {}, {"star": 5}),
    ("applied_star_cap", "as_scored", {"facts": {"applied_star": 3}}, {"star": 5}),
    ("applied_star_cap", "not_above_applied", {"facts": {"applied_star": 4}}, {"star": 4, "total": 95}),
    ("applied_star_cap", "not_above_applied", {"facts": {"applied_star": 5}}, {"star": 5}),
    ("applied_star_cap", "not_above_applied", {"applied_star": 3}, {"star": 3}),
    ("inclusive_above", "inclusive", {"facts": {"elderly_service_area_m2": 200}}, {"2.3.b": 1}),
    ("inclusive_above", "exclusive", {"facts": {"elderly_service_area_m2": 200}}, {"2.3.b": 0}),
    ("inclusive_above", "exclusive", {"facts": {"elderly_service_area_m2": "200.01"}}, {"2.3.b": 1}),
    ("inclusive_above", "exclusive", satisfied(900), {"4.5.a": 6}),
    ("inclusive_above", "exclusive", {"facts": {"grid_households": [300, 500, 500, 560]}}, {"5.3.a": 0}),
]
