"""Every option of the 25 open questions has its effect or is refused in a sentence (``policies.md``)."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from applications.core import standard
from applications.core.faults import Faults
from applications.core.policies import POLICIES, Support
from applications.core.rating import Sheet, rate
from applications.core.standard import Standard
from tests.core.policy_table import EFFECTS, GRIDS
from tests.core.samples import rated, refused, sample, shipped, shipped_data, small
from tests.core.test_rating import survey

ROUNDED = ("none", "half_up_2", "gbt8170_1")
REFUSED = {
    ("partial_credit", "stepped_half"),
    ("partial_credit", "free"),
    ("tiers_alternative", "cumulative"),
    ("not_applicable", "rescale"),
    ("reviewer_disagreement", "mean"),
    ("reviewer_disagreement", "majority"),
}


def looked_at(result: Any, name: str) -> Any:
    """What a row of the table looks at."""
    if name in result.indicators:
        return result.indicators[name].points
    if name == "satisfaction":
        return result.indicators["4.5.a"].measures[0].value
    if name == "counted":
        return tuple(line.award.id for line in result.awards if line.counted)
    if name == "warned":
        return any("回收率" in str(sentence) for sentence in result.warnings)
    return getattr(result, name)


@pytest.mark.parametrize(("key", "option", "changes", "expected"), EFFECTS, ids=lambda value: str(value)[:40])
def test_an_option_has_its_effect(
    key: str, option: str, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    result = rated(
        changes.get("facts"), **{k: v for k, v in changes.items() if k != "facts"} | {"policy": {key: option}}
    )
    assert {name: looked_at(result, name) for name in expected} == expected
    assert result.policy[key] == option


def two_parts(points: str) -> Standard:
    """A standard of 100 points, of which a sheet that misses ``rest`` gets exactly ``points``."""
    parts = {"part": points, "rest": str(100 - Decimal(points))}
    indicators = [
        {"id": key, "max_points": value, "levels": [{"class": "加强项", "points": value}]}
        for key, value in parts.items()
    ]
    return standard.parse(
        {
            "standard": {"code": "TEST/R"},
            "total_points": 100,
            "dimensions": [{"id": "D", "points": 100, "groups": [{"id": "G", "indicators": indicators}]}],
            "stars": {"levels": [{"stars": 5, "min_inclusive": 92}, {"stars": 4, "min_inclusive": 86}]},
        }
    )


@pytest.mark.parametrize(
    ("option", "points", "total", "star"),
    [
        ("none", "91.99", "91.99", 4),
        ("none", "91.999999", "91.999999", 4),
        ("half_up_2", "91.99", "91.99", 4),
        ("half_up_2", "91.994999", "91.99", 4),
        ("half_up_2", "91.995", "92", 5),
        ("half_up_2", "91.985", "91.99", 4),
        ("gbt8170_1", "91.94999", "91.9", 4),
        ("gbt8170_1", "91.95", "92", 5),
        ("gbt8170_1", "91.85", "91.8", 4),
        ("gbt8170_1", "91.850001", "91.9", 4),
    ],
)
def test_rounding_comes_before_the_comparison_or_not_at_all(
    option: str, points: str, total: str, star: int
) -> None:
    used = two_parts(points)
    sheet = {"standard": "TEST/R", "facts": {}, "not_met": ["rest"], "policy": {"rounding": option}}
    result = rate(used, Sheet.from_mapping(used, sheet))
    assert (result.total, result.star, result.base_total) == (Fraction(total), star, Fraction(points))


PERFECT = {
    "office_service_area_m2": 1000,
    "certified_workers": 11,
    "college_workers": 11,
    "registered_volunteers": 800,
    "worker_avg_pay_yuan": 66800,
    "collective_activities_by_quarter": [1, 1, 1, 1],
    **survey(345, 345),
}


@pytest.mark.parametrize(("option", "total"), [("include", 105), ("exclude", 100), ("include_cap_100", 100)])
def test_the_bonus_counts_beyond_the_full_points_only_where_the_policy_lets_it(
    option: str, total: int
) -> None:
    result = rated(PERFECT, not_met=[], policy={"bonus_lifts_star": option})
    assert (result.base_total, result.bonus, result.total, result.star) == (100, 5, total, 5)


def test_an_invalid_survey_blocks_the_score() -> None:
    found = refused(sample(survey(899, 899, distributed=1000)))
    assert found == {
        "survey": "满意度调查轮次回收率为89.9%，低于90%，本轮无效，请补充调查或重新调查后再计分。"
    }


@pytest.mark.parametrize(("key", "option"), sorted(REFUSED))
def test_what_is_not_supported_is_refused_in_a_sentence(key: str, option: str) -> None:
    found = refused(sample(policy={key: option}))
    assert list(found) == [f"policy.{key}"]
    assert "不受支持" in found[f"policy.{key}"] and option in found[f"policy.{key}"]


def test_no_option_is_without_a_test() -> None:
    tried = (
        {(key, option) for key, option, _, _ in EFFECTS}
        | {("rounding", option) for option in ROUNDED}
        | REFUSED
    )
    assert tried == {(key, option) for key, spec in POLICIES.items() for option in spec.options}
    assert {
        (key, option)
        for key, spec in POLICIES.items()
        for option, support in spec.options.items()
        if support is Support.REFUSED
    } == REFUSED


@pytest.mark.parametrize(
    ("policy", "fact"),
    [
        ({"zhongzhuan": "dazhuan_only"}, "dazhuan_workers"),
        ({"worker_denominator": "exclude_grid"}, "workers_without_grid"),
        ({"population_date": "last_census"}, "urban_residents_census"),
        ({"party_member_rule": "per_community"}, "party_member_services_total"),
        ({"volunteer_count": "self_reported"}, "roster_volunteers"),
        ({"quarter_rule": "since_last_rating"}, "consultations_since_last_rating"),
        ({"function_areas": "all_eleven"}, "function_areas_present"),
        ({"negative_events": "three_years"}, "negative_findings_three_years"),
        ({"not_applicable": "full"}, "not_applicable_indicators"),
        ({"applied_star_cap": "not_above_applied"}, "applied_star"),
        ({"bonus_lookback": "rolling_36_months"}, "application_date"),
        (
            {"zhongzhuan": "dazhuan_only", "worker_denominator": "exclude_grid"},
            "dazhuan_workers_without_grid",
        ),
    ],
)
def test_a_fact_that_only_an_option_needs_is_asked_for_under_it(policy: dict[str, str], fact: str) -> None:
    assert not shipped().facts[fact].required
    assert refused(sample()) == {}
    assert refused(sample(policy=policy))[fact] == f"缺少{shipped().facts[fact].label}，请填写。"


@pytest.mark.parametrize(
    ("policy", "award", "field"),
    [
        ({"bonus_same_matter": "title_equal"}, {"matter": "m"}, "title"),
        ({}, {"title": "t"}, "matter"),
        ({"bonus_award_level": "by_seal"}, {"matter": "m"}, "seal_level"),
    ],
)
def test_what_an_option_needs_of_an_award_is_compulsory(
    policy: dict[str, str], award: dict[str, str], field: str
) -> None:
    awards = [{"id": "A", "level": "national", "date": "2025-01-01", **award}]
    assert refused(sample(awards=awards, policy=policy)) == {
        f"awards[1].{field}": f"第1项荣誉缺少{field}，请补上。"
    }


def test_only_the_indicators_the_standard_names_may_be_exempt() -> None:
    facts = {"not_applicable_indicators": ["1.1.a"]}
    found = refused(sample(facts, policy={"not_applicable": "full"}))
    assert "指标“1.1.a”不在可按“不适用”处理的指标之列" in found["not_applicable_indicators"]


@pytest.mark.parametrize(
    "policy",
    [
        {"area_floor": "both"},
        {"grid_size": "average"},
        {"satisfaction_band_gaps": "truncate"},
        {"zhongzhuan": "dazhuan_only"},
    ],
)
def test_an_option_that_finds_nothing_to_work_on_is_refused(policy: dict[str, str]) -> None:
    sheet = {"standard": "TEST/L 1", "facts": {"green_area": 1, "area": 2}, "policy": policy}
    found = refused(sheet, small("limited"))
    assert all("不受支持" in sentence for sentence in found.values()) and found


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"nonsense": "x"}, "没有“nonsense”这一口径"),
        ({"rounding": "up"}, "可选：none"),
        ({"rounding": None}, "空值"),
        ({"rounding": ["none"]}, "列表"),
        ({"rounding": {}}, "键值"),
    ],
)
def test_an_unknown_question_or_option_is_a_sentence(policy: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in refused(sample(policy=policy)).values())


def test_the_data_of_an_option_is_read_from_the_standard_and_not_from_the_code() -> None:
    data = shipped_data()
    data["ambiguities"][9]["where"] = ["3.5.a"]  # the reason now stands in for the grid workers instead
    used = standard.parse(data)
    facts = {"grid_fulltime_workers": [1, 1, 1, 0]} | GRIDS
    result = rate(used, Sheet.from_mapping(used, sample(facts, grid_size_reason_accepted=True)))
    assert (result.indicators["3.5.a"].points, result.indicators["5.3.a"].points) == (1, 0)


def test_an_accepted_reason_is_written_into_the_ledger_or_warned_about() -> None:
    used = rated(GRIDS, grid_size_reason_accepted=True)
    assert used.indicators["5.3.a"].reason.endswith("评审员已说明理由并被采纳；达到“基础项”，计1分。")
    ignored = rated(GRIDS, grid_size_reason_accepted=True, policy={"grid_size": "strict_each"})
    assert any("采纳理由" in str(sentence) for sentence in ignored.warnings)


def test_a_standard_whose_default_cannot_be_carried_out_is_refused() -> None:
    data = shipped_data()
    data["policy_defaults"]["tiers_alternative"] = "cumulative"
    with pytest.raises(Faults, match="累加会超过"):
        standard.parse(data)
