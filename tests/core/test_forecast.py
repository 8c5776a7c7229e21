"""The forecast of an unfinished application: what is missing counts as not reached, and nothing raises."""

from applications.core.rating import forecast
from tests.core.samples import rated, sample, shipped

JUDGED = [key for key, item in shipped().indicators.items() if item.qualitative]


def test_a_complete_sheet_with_every_claim_forecasts_what_the_rating_gives() -> None:
    claims = {key: key not in sample()["not_met"] for key in JUDGED}
    found = forecast(shipped(), sample(), claims)
    assert (found.total, found.star, found.complete) == (rated().total, 5, True)
    assert found.digest == rated().digest


def test_an_empty_form_has_everything_missing_and_no_points() -> None:
    found = forecast(shipped(), {}, {})
    assert (found.total, found.star, found.faults) == (0, 0, ())
    facts = [item.key for item in found.missing if item.kind == "fact"]
    assert facts == [key for key, spec in shipped().facts.items() if spec.required]
    assert [item.key for item in found.missing if item.kind == "judgement"] == JUDGED
    assert found.next_star is not None and found.next_star.points_needed == 80
    assert found.indicators["2.1.a"].measures[0].as_json() == {"exact": None, "shown": None}
    assert "社区办公服务用房面积尚缺数据" in found.indicators["2.1.a"].reason
    assert found.indicators["1.1.a"].reason == "尚未作出达到与否的判断。"


def test_a_missing_fact_says_which_indicators_wait_for_it() -> None:
    waiting = {item.key: item.indicators for item in forecast(shipped(), {}, {}).missing}
    assert waiting["households"] == ("2.1.a",)
    assert waiting["urban_residents"] == ("3.1.a", "3.7.a")


def test_a_claim_that_is_denied_is_not_missing() -> None:
    found = forecast(shipped(), {}, {"1.1.a": True, "1.1.b": False})
    assert found.total == 1
    assert found.indicators["1.1.b"].judgement == "not_reached"
    assert not {"1.1.a", "1.1.b"} & {item.key for item in found.missing}
    assert forecast(shipped(), {}, ["1.1.a", "1.1.b"]).total == 2


def test_what_is_wrong_counts_as_not_reached_and_is_named() -> None:
    found = forecast(shipped(), sample({"households": "many", "certified_workers": 99}), JUDGED)
    assert {fault.key for fault in found.faults} == {"households", "certified_workers"}
    assert found.indicators["2.1.a"].points == 0
    assert "households" not in {item.key for item in found.missing}


def test_a_zero_divisor_and_an_invalid_survey_do_not_stop_a_forecast() -> None:
    survey = sample()["facts"]["survey"] | {"distributed": 1000}
    found = forecast(shipped(), sample({"urban_residents": 0, "survey": survey}), JUDGED)
    assert {fault.key for fault in found.faults} == {"urban_residents", "survey"}
    assert [found.indicators[key].points for key in ("3.1.a", "3.7.a", "4.5.a")] == [0, 0, 0]


def test_a_forecast_under_a_policy_asks_for_the_facts_of_that_policy() -> None:
    found = forecast(shipped(), {"policy": {"zhongzhuan": "dazhuan_only"}}, {})
    assert "dazhuan_workers" in {item.key for item in found.missing}
    wrong = forecast(shipped(), {"policy": {"rounding": "up"}}, {"1.1.a": True})
    assert (wrong.total, [fault.key for fault in wrong.faults]) == (1, ["policy.rounding"])
