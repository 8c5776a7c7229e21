"""A second, naive reading of Table A.1 written out by hand, against the engine, under random policies.

It shares nothing with the engine but the wording of the standard, and knows only what the text says.
"""

from fractions import Fraction as F
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from applications.core.rating import Sheet, rate
from tests.core.samples import shipped
from tests.core.test_properties import modest, sheets

POLICIES = {
    "satisfaction_band_gaps": ["lower_bound", "round_half_up", "truncate", "gap_zero"],
    "bonus_lifts_star": ["include", "exclude", "include_cap_100"],
    "missed_basic_item": ["no_veto", "warn_and_rectify", "no_star"],
    "area_floor": ["literal", "both"],
    "quarter_rule": ["each_of_last_4_full_quarters", "yearly_total_4"],
    "grid_size": ["strict_each", "reviewer_with_reason", "average"],
    "inclusive_above": ["inclusive", "exclusive"],
}
BASIC_MEASURED = {"1.4.a", "2.1.a", "2.3.b", "2.5.c", "3.2.a", "3.2.b", "3.5.a", "3.7.a", "4.2.i", "4.4.a", "4.5.a", "5.1.b", "5.3.a", "6.1.a", "6.3.a"}  # fmt: skip


def tiers(value: F, edges: list[tuple[int, F]], over: bool) -> F:
    """The points of the highest edge reached."""
    return max((points for edge, points in edges if (value > edge if over else value >= edge)), default=F(0))


def satisfaction(facts: dict[str, Any], policy: dict[str, str], over: bool) -> F:
    """4.5.a by A01."""
    survey = facts["survey"]
    value = F(100 * (survey["very_satisfied"] + survey["satisfied"]), survey["valid"])
    gaps = policy["satisfaction_band_gaps"]
    if gaps == "gap_zero" and (89 < value < 90 or 95 < value < 96):
        return F(0)
    if gaps == "gap_zero" and over and value in (90, 96):
        return F(0)
    if gaps == "round_half_up":
        value = F((value + F(1, 2)).__floor__())
    elif gaps == "truncate":
        value = F(value.__floor__())
    return tiers(value, [(80, F(6)), (90, F(8)), (96, F(10))], over)


def area(facts: dict[str, Any], policy: dict[str, str], over: bool) -> F:
    """2.1.a by A08."""
    total = F(facts["office_service_area_m2"])
    each = total * 100 / facts["households"]
    enough = total > 300 if over else total >= 300
    if each > 30 if over else each >= 30:
        return F(3, 2) if enough or policy["area_floor"] == "literal" else F(0)
    return F(1) if enough and each < 30 else F(0)


def grids(sheet: dict[str, Any], policy: dict[str, str], over: bool) -> F:
    """5.3.a by A10."""
    sizes = [F(size) for size in sheet["facts"]["grid_households"]]
    if policy["grid_size"] == "average":
        sizes = [sum(sizes, F(0)) / len(sizes)]
    within = all((size > 300 if over else size >= 300) and size <= 500 for size in sizes)
    excused = policy["grid_size"] == "reviewer_with_reason" and sheet["grid_size_reason_accepted"]
    return F(1) if within or excused else F(0)


def measured(sheet: dict[str, Any], policy: dict[str, str]) -> dict[str, F]:
    """The points of every measured indicator, before judgements."""
    f, over = sheet["facts"], policy["inclusive_above"] == "exclusive"

    def at_least(key: str, edge: int, points: F = F(1)) -> F:
        return tiers(F(f[key]), [(edge, points)], over)

    def quarters(key: str) -> F:
        yearly = policy["quarter_rule"] == "yearly_total_4"
        return tiers(F(sum(f[key]) if yearly else min(f[key])), [(4 if yearly else 1, F(1))], over)

    steps = [F(1), F(3, 2), F(2)]

    def share(part: str, whole: str, edges: tuple[int, int, int]) -> F:
        return tiers(F(100 * f[part], f[whole]), list(zip(edges, steps, strict=True)), over)

    return {
        "1.3.a": min(
            at_least("county_leader_visits", 1, F(3, 2)), at_least("street_leader_visits", 2, F(3, 2))
        ),
        "1.4.a": quarters("cobuild_activities_by_quarter"),
        "1.4.b": at_least("cobuild_urgent_issues_solved", 1, F(3, 2)),
        "2.1.a": area(f, policy, over),
        "2.3.b": at_least("elderly_service_area_m2", 200),
        "2.5.c": at_least("smart_featured_services", 1),
        "3.1.a": tiers(F(10000 * f["community_workers"], f["urban_residents"]), [(18, F(3, 2))], over),
        "3.2.a": share("certified_workers", "community_workers", (10, 20, 30)),
        "3.2.b": share("college_workers", "community_workers", (50, 70, 90)),
        "3.3.a": tiers(F(f["worker_avg_pay_yuan"], f["local_avg_wage_yuan"]), [(1, F(3, 2))], over),
        "3.5.a": tiers(F(min(f["grid_fulltime_workers"])), [(1, F(1))], over),
        "3.6.a": at_least("party_member_services_min", 1, F(3, 2)),
        "3.7.a": share("registered_volunteers", "urban_residents", (5, 10, 15)),
        "4.2.i": tiers(min(F(pct) for pct in f["elderly_visit_pct_by_month"]), [(100, F(1))], over),
        "4.4.a": quarters("collective_activities_by_quarter"),
        "4.4.b": at_least("service_brand_projects", 1, F(3, 2)),
        "4.5.a": satisfaction(f, policy, over),
        "5.1.b": at_least("registered_community_social_orgs", 12),
        "5.3.a": grids(sheet, policy, over),
        "6.1.a": min(at_least("worker_consultation_items", 2), at_least("resident_consultation_items", 2)),
        "6.3.a": quarters("consultations_by_quarter"),
    }


def bonus(sheet: dict[str, Any]) -> int:
    """The highest award of each matter from 1 January 2024 to 31 December 2026, at most 5."""
    best: dict[str, int] = {}
    for award in sheet["awards"]:
        if "2024-01-01" <= award["date"] <= "2026-12-31":
            points = 3 if award["level"] == "national" else 2
            best[award["matter"]] = max(points, best.get(award["matter"], 0))
    return min(5, sum(best.values()))


@modest
@given(sheets(), st.fixed_dictionaries({key: st.sampled_from(options) for key, options in POLICIES.items()}))
def test_a_second_reading_of_the_standard_gives_the_same(
    sheet: dict[str, Any], policy: dict[str, str]
) -> None:
    found = rate(shipped(), Sheet.from_mapping(shipped(), sheet | {"policy": policy}))
    points = {key: item.max_points for key, item in shipped().indicators.items()} | measured(sheet, policy)
    points |= dict.fromkeys(sheet["not_met"], F(0))
    assert {key: line.points for key, line in found.indicators.items()} == points
    base, extra = sum(points.values()), bonus(sheet)
    total = {"include": base + extra, "exclude": base, "include_cap_100": min(100, base + extra)}
    assert (found.base_total, found.bonus, found.total) == (base, extra, total[policy["bonus_lifts_star"]])
    missed = {key for key, item in shipped().indicators.items() if not points[key] and item.basic}
    assert {key for key in missed if key in measured(sheet, policy)} <= BASIC_MEASURED
    assert set(found.missed_basic_items) == missed
    star = 5 if found.total >= 92 else 4 if found.total >= 86 else 3 if found.total >= 80 else 0
    assert found.star == (0 if missed and policy["missed_basic_item"] == "no_star" else star)
