"""Sheets that cannot be: every fault a sentence with its key, all at once, never a score and never a traceback."""

import copy
import math
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.core.faults import Faults
from applications.core.rating import Sheet, forecast, rate
from tests.core.samples import refused, sample, shipped, small
from tests.core.test_documents import places

IMPOSSIBLE: dict[str, tuple[dict[str, Any], str, str]] = {
    "more certified than workers": (
        {"certified_workers": 12},
        "certified_workers",
        "不能超过社区工作者人数(按3.3定义)（11）",
    ),
    "more educated than workers": ({"college_workers": 12}, "college_workers", "不能超过"),
    "grids do not add up": (
        {"grid_households": [420, 480, 480, 481]},
        "grid_households",
        "合计为1861，应等于常住户数（1860）",
    ),
    "grids differ": (
        {"grid_fulltime_workers": [1, 1, 1]},
        "grid_fulltime_workers",
        "有3个网格，而各网格户数有4个网格",
    ),
    "three quarters": (
        {"consultations_by_quarter": [1, 1, 1]},
        "consultations_by_quarter",
        "应有4个数，现有3个",
    ),
    "eleven months": ({"elderly_visit_pct_by_month": [100] * 11}, "elderly_visit_pct_by_month", "应有12个数"),
    "no grids": ({"grid_households": []}, "grid_households", "现有0个"),
    "over 100 %": (
        {"elderly_visit_pct_by_month": [100] * 11 + [101]},
        "elderly_visit_pct_by_month",
        "第12个为“101”，超过上限100",
    ),
    "negative": ({"households": -1}, "households", "不能小于零"),
    "negative entry": (
        {"consultations_by_quarter": [1, -1, 1, 1]},
        "consultations_by_quarter",
        "第2个为“-1”",
    ),
    "half a person": ({"community_workers": "11.5"}, "community_workers", "应为整数"),
    "list for a number": ({"households": [1860]}, "households", "一个列表（1项）不是数字"),
    "mapping for a number": ({"households": {"a": 1}}, "households", "一组键值"),
    "number for a list": ({"grid_households": 1860}, "grid_households", "应为列表"),
    "text for a list": ({"grid_households": "420,480"}, "grid_households", "应为列表"),
    "nested list": ({"grid_households": [[420], 480, 480, 480]}, "grid_households", "第1个"),
    "true": ({"households": True}, "households", "“是”不是数字"),
    "true in a list": ({"consultations_by_quarter": [True, 1, 1, 1]}, "consultations_by_quarter", "第1个"),
    "null": ({"households": None}, "households", "空值不是数字"),
    "words": ({"households": "很多"}, "households", "“很多”不是数字"),
    "separators": ({"households": "1,860"}, "households", "不是数字"),
    "empty": ({"households": ""}, "households", "不是数字"),
    "exponent": ({"households": "1e3"}, "households", "不是数字"),
    "1e400": ({"households": Decimal("1e400")}, "households", "大得不合常理"),
    "1e999999999": ({"households": Decimal("1e999999999")}, "households", "大得不合常理"),
    "1e-999999999": ({"households": Decimal("1e-999999999")}, "households", "小数位数过多"),
    "huge int": ({"households": 10**400}, "households", "超过30位"),
    "too many people": ({"households": 10**10}, "households", "超过上限"),
    "nan": ({"office_service_area_m2": math.nan}, "office_service_area_m2", "不是数字"),
    "infinity": ({"office_service_area_m2": math.inf}, "office_service_area_m2", "不是数字"),
    "decimal nan": ({"office_service_area_m2": Decimal("NaN")}, "office_service_area_m2", "不是数字"),
    "object": ({"households": object()}, "households", "不认识的值"),
    "survey is a list": ({"survey": [1, 2]}, "survey", "应为一组键值"),
    "survey is text": ({"survey": "good"}, "survey", "应为一组键值"),
    "star": ({"applied_star": 2}, "applied_star", "应为5、4、3之一"),
    "date": ({"application_date": "2026-02-30"}, "application_date", "“年-月-日”"),
    "not a date": ({"application_date": 5}, "application_date", "“年-月-日”"),
    "ids": ({"not_applicable_indicators": "6.4.a"}, "not_applicable_indicators", "列表"),
    "unknown": ({"cats": 3}, "cats", "标准中没有事实“cats”"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_fact_is_a_sentence_under_its_key(name: str) -> None:
    facts, key, words = IMPOSSIBLE[name]
    found = refused(sample(facts))
    assert words in found[key], found


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        ({"satisfied": 125}, "survey.valid", "各档答卷合计为346，应等于有效问卷数345"),
        ({"valid": 353}, "survey.valid", "有效数（353）多于回收数（352）"),
        ({"returned": 381}, "survey.returned", "回收数（381）多于发放数（380）"),
        ({"neutral": "x"}, "survey.neutral", "满意度调查轮次的一般：“x”不是数字"),
        ({"neutral": -1}, "survey.neutral", "不能小于零"),
        ({"delighted": 1}, "survey.delighted", "没有“delighted”这一项"),
    ],
)
def test_an_impossible_survey_is_a_sentence(change: dict[str, Any], key: str, words: str) -> None:
    survey = sample()["facts"]["survey"] | change
    assert words in refused(sample({"survey": survey}))[key]


def test_every_missing_fact_is_named_at_once() -> None:
    found = refused(sample(facts=None) | {"facts": {}})
    required = {key for key, spec in shipped().facts.items() if spec.required}
    assert set(found) == required and len(required) == 26
    survey = sample()["facts"]["survey"]
    del survey["valid"]
    assert refused(sample({"survey": survey})) == {"survey.valid": "满意度调查轮次缺少有效数，请补上。"}


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"standard": "GB 1"}, "standard", "“GB 1”"),
        ({"standard": None}, "standard", "空值"),
        ({"standard": ["DB36/T 1609-2022"]}, "standard", "列表"),
        ({"application_year": "soon"}, "application_year", "“soon”"),
        ({"application_year": 26}, "application_year", "1990到2200"),
        ({"application_year": True}, "application_year", "“是”"),
        ({"application_year": None}, "application_year", "空值"),
        ({"not_met": None}, "not_met", "应为列表"),
        ({"not_met": "4.2.j"}, "not_met", "应为列表"),
        ({"not_met": {"4.2.j": True}}, "not_met", "应为列表"),
        ({"not_met": [4]}, "not_met", "不是指标编号"),
        ({"not_met": [["4.2.j"]]}, "not_met", "不是指标编号"),
        ({"not_met": ["9.9.z"]}, "not_met.9.9.z", "标准中没有指标"),
        ({"not_met": ["2.1.a"]}, "not_met.2.1.a", "只按数据计算"),
        ({"not_met": ["4.2.j", "4.2.j"]}, "not_met.4.2.j", "重复"),
        ({"grid_size_reason_accepted": "yes"}, "grid_size_reason_accepted", "true或false"),
        ({"grid_size_reason_accepted": 1}, "grid_size_reason_accepted", "true或false"),
        ({"awards": None}, "awards", "应为列表"),
        ({"awards": {}}, "awards", "应为列表"),
        ({"awards": ["W1"]}, "awards[1]", "应为一组键值"),
        ({"awards": [{}]}, "awards[1].id", "缺少id"),
        ({"awards": [{"id": "A"}] * 1001}, "awards", "1001项"),
        ({"policy": None}, "policy", "应为一组键值"),
        ({"policy": []}, "policy", "应为一组键值"),
        ({"policy": {1: "none"}}, "policy", "应为一组键值"),
        ({"facts": None}, "facts", "应为一组键值"),
        ({"surprise": 1}, "surprise", "评分表没有“surprise”这一项"),
        ({1: 1}, "“1”", "评分表没有“1”这一项"),
        ({"applied_star": 9}, "applied_star", "5、4、3"),
    ],
)
def test_a_wrong_key_is_a_sentence(changes: dict[Any, Any], key: str, words: str) -> None:
    found = refused({**sample(), **changes})
    assert words in found[key], found


AWARD = {"id": "A", "matter": "m", "level": "national", "date": "2025-01-01"}


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        ({"level": "galactic"}, "awards[A].level", "应为provincial、national之一"),
        ({"level": ["national"]}, "awards[1].level", "应为文字"),
        ({"date": "yesterday"}, "awards[A].date", "“yesterday”"),
        ({"date": None}, "awards[A].date", "空值"),
        ({"date": 20250101}, "awards[A].date", "20250101"),
        ({"matter": ""}, "awards[1].matter", "缺少matter"),
        ({"matter": {}}, "awards[1].matter", "应为文字"),
        ({"title": "x" * 301}, "awards[1].title", "应为文字"),
        ({"title": "a\nb"}, "awards[1].title", "应为文字"),
        ({"confirmed": "yes"}, "awards[1].confirmed", "true或false"),
        ({"prize": "1"}, "awards[1].prize", "没有“prize”这一项"),
    ],
)
def test_a_wrong_award_is_a_sentence(change: dict[str, Any], key: str, words: str) -> None:
    found = refused(sample(awards=[AWARD | change]))
    assert words in found[key], found


def test_the_year_and_the_other_award_are_needed_too() -> None:
    sheet = sample(awards=[AWARD])
    del sheet["application_year"]
    assert list(refused(sheet)) == ["application_year"]
    assert "重复" in refused(sample(awards=[AWARD, AWARD]))["awards[A]"]
    no_bonus = {"standard": "TEST/L 1", "facts": {"green_area": 1, "area": 2}, "awards": [AWARD]}
    assert "没有加分项" in refused(no_bonus, small("limited"))["awards"]


@pytest.mark.parametrize("mapping", [None, [], "sheet", 5, b"x", object()])
def test_what_is_no_sheet_is_a_sentence(mapping: object) -> None:
    assert list(refused(mapping)) == ["document"]
    assert [fault.key for fault in forecast(shipped(), mapping).faults] == ["document"]


HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.integers(-(10**50), 10**50),
    st.floats(),
    st.decimals(),
    st.text(max_size=6),
    st.dates(),
    st.sampled_from(
        ["1e400", "９", "-0", "NaN", "\ud800", "{0}", [[]], {"a": {}}, (), b"", {1}, object(), ["4.2.j"] * 2]
    ),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(junk=HOSTILE, seed=st.integers(0, 10**6), key=st.one_of(st.none(), st.text(max_size=4), st.integers()))
def test_any_part_replaced_by_junk_gives_a_rating_or_sentences(junk: Any, seed: int, key: Any) -> None:
    sheet: Any = copy.deepcopy(sample())
    path = random.Random(seed).choice(places(sheet))
    node = sheet
    for step in path[:-1]:
        node = node[step]
    if key is not None and isinstance(node, dict):
        node[key] = junk
    else:
        node[path[-1]] = junk
    try:
        result = rate(shipped(), Sheet.from_mapping(shipped(), sheet))
        assert len(result.digest) == 64 and 0 <= result.total <= 105
    except Faults as faults:
        assert all(
            fault.key and fault.sentence.endswith("。") and "\n" not in fault.line() for fault in faults
        )
    assert 0 <= forecast(shipped(), sheet, {"1.1.a": junk}).total <= 105
