"""Facts as people type them into a form, and as they contradict each other."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from applications.core.facts import cross_check, parse_fact, plain_value, read_fact
from applications.core.faults import Faults, Sentence, translate
from tests.core.samples import sample, shipped


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("households", "1860", 1860),
        ("households", " １８６０ ", 1860),
        ("households", "1,860", 1860),
        ("households", "1，860", 1860),
        ("households", "1860户", 1860),
        ("households", "1860 户", 1860),
        ("households", "1860.0", 1860),
        ("households", 1860, 1860),
        ("office_service_area_m2", "520.5㎡", Fraction(1041, 2)),
        ("office_service_area_m2", "520．5", Fraction(1041, 2)),
        ("office_service_area_m2", "5,20", None),
        ("worker_avg_pay_yuan", "51,200.50元", Fraction(102401, 2)),
        ("consultations_by_quarter", "1、1、2、1", (1, 1, 2, 1)),
        ("consultations_by_quarter", "1 1，2；1", (1, 1, 2, 1)),
        ("consultations_by_quarter", ["１", "1次", 2, "1"], (1, 1, 2, 1)),
        ("grid_households", "420,480\n480 480", (420, 480, 480, 480)),
        ("elderly_visit_pct_by_month", " ".join(["100%"] * 12), (100,) * 12),
        ("elderly_visit_pct_by_month", ["99.5%"] + ["100%"] * 11, (Fraction(199, 2), *[100] * 11)),
        ("applied_star", "五星级", 5),
        ("applied_star", "４星", 4),
        ("applied_star", "六星", None),
        ("application_date", "2026年6月8日", date(2026, 6, 8)),
        ("application_date", "２０２６/6/8", date(2026, 6, 8)),
        ("application_date", "2026-6-31", None),
        ("not_applicable_indicators", "6.4.a、6.4.b", ("6.4.a", "6.4.b")),
        ("households", "", None),
        ("households", "  ", None),
        ("households", None, None),
        ("households", [], None),
        ("households", "12万", None),
        ("households", "-3", None),
        ("households", "3.5", None),
        ("households", "1e400", None),
        ("households", "9" * 5000, None),
        ("survey", {}, None),
    ],
)
def test_a_typed_fact_is_read_kindly_or_refused_in_a_sentence(key: str, typed: Any, value: Any) -> None:
    spec = shipped().facts[key]
    if value is None:
        with pytest.raises(Faults) as caught:
            parse_fact(spec, typed)
        for fault in caught.value:
            assert (
                fault.key.startswith(key) and spec.label in fault.sentence and fault.sentence.endswith("。")
            )
    else:
        found = parse_fact(spec, typed)
        assert found == value
        assert read_fact(spec, plain_value(found)) == found  # what is stored is read back the same


def test_a_typed_survey_is_read_field_by_field() -> None:
    counts = {name: f" {count}份 " for name, count in sample()["facts"]["survey"].items()}
    spec = shipped().facts["survey"]
    typed = {name: text.replace("份", "") for name, text in counts.items()}
    assert parse_fact(spec, typed) == sample()["facts"]["survey"]


def test_the_sentence_names_field_value_and_remedy() -> None:
    with pytest.raises(Faults) as caught:
        parse_fact(shipped().facts["households"], "很多")
    assert [fault.sentence for fault in caught.value] == ["常住户数：“很多”不是数字，请改为数字。"]


def test_cross_check_speaks_of_what_is_there_and_not_of_what_is_missing() -> None:
    assert cross_check(shipped(), {}) == []
    assert cross_check(shipped(), sample()["facts"]) == []
    assert cross_check(shipped(), {"certified_workers": 5}) == []
    facts = {"certified_workers": 5, "community_workers": 4, "households": -1, "grid_households": ["x"]}
    assert {fault.key for fault in cross_check(shipped(), facts)} == {
        "certified_workers",
        "households",
        "grid_households",
    }


def test_a_sentence_is_translated_with_the_sentences_inside_it() -> None:
    inner = Sentence("{label}第{place}个", {"label": "户数", "place": 2})
    outer = Sentence("{label}：{why}", {"label": inner, "why": Sentence("空值")})
    english = {
        "{label}：{why}": "{label}: {why}",
        "{label}第{place}个": "{label} no. {place}",
        "空值": "nothing",
    }
    assert str(outer) == "户数第2个：空值"
    assert translate(outer, english.__getitem__) == "户数 no. 2: nothing"
