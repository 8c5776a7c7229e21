"""The standard as data: what is shipped, what is refused, and the digest that pins it (R1-016 to R1-035)."""

import json
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from applications.core import standard
from applications.core.faults import Faults
from applications.core.policies import POLICIES
from tests.core.samples import FOLDER, shipped, shipped_data, small


def test_the_shipped_standard_has_the_table_of_the_text() -> None:
    found = shipped()
    levels = Counter(level.class_name for item in found.indicators.values() for level in item.levels)
    methods = Counter(item.method for item in found.indicators.values())
    assert [dimension.points for dimension in found.dimensions] == [7, 11, 19, 33, 16, 14]
    assert (found.total_points, len(found.indicators), sum(len(d.groups) for d in found.dimensions)) == (
        100,
        79,
        32,
    )
    assert levels == {"基础项": 62, "加强项": 22, "优选项": 4}
    assert methods == {"site_inspection": 53, "document_review": 25, "questionnaire_survey": 1}
    assert [(star.stars, star.min_inclusive) for star in found.stars] == [(5, 92), (4, 86), (3, 80)]
    assert found.bonus is not None and found.bonus.cap == 5


def test_every_question_has_a_default_a_chinese_label_for_each_option_and_a_reason() -> None:
    found = shipped()
    assert {ambiguity.key for ambiguity in found.ambiguities} == set(POLICIES) == set(found.policy_defaults)
    for ambiguity in found.ambiguities:
        assert set(ambiguity.labels) == set(ambiguity.options) == set(POLICIES[ambiguity.key].options)
        assert ambiguity.default == POLICIES[ambiguity.key].default
        assert all(any(char >= "\u4e00" for char in ambiguity.label(option)) for option in ambiguity.options)
        assert ambiguity.rationale_zh


def test_qualitative_measured_and_basic_are_told_apart() -> None:
    found = shipped().indicators
    kinds = {
        key: (found[key].qualitative, found[key].measured, found[key].basic)
        for key in ("1.1.a", "2.1.a", "3.7.a")
    }
    assert kinds == {"1.1.a": (True, False, True), "2.1.a": (False, True, True), "3.7.a": (True, True, True)}
    assert found["1.3.a"].qualitative and not found["1.3.a"].basic
    assert found["2.3.a"].qualitative  # neither checks nor measures: a person judges


def test_weights_multiply_points_on_every_level_of_the_tree() -> None:
    found = small("weighted")
    assert found.total_points == Fraction("20.75")
    assert {key: item.max_points for key, item in found.indicators.items()} == {
        "books": 9,
        "open": 6,
        "loans": Fraction("3.75"),
        "quiet": 2,
    }
    assert [dimension.points for dimension in found.dimensions] == [15, Fraction("5.75")]


def test_the_digest_depends_on_content_and_on_nothing_else() -> None:
    text = (FOLDER / "limited.yaml").read_text(encoding="utf-8")
    found = small("limited")
    reordered = dict(reversed(list(found.data.items())))
    assert standard.load(text).digest == standard.load("# 注释\n" + text + "\n\n").digest == found.digest
    assert standard.parse(reordered).digest == found.digest
    assert standard.parse(json.loads(json.dumps(dict(found.data)))).digest == found.digest
    assert standard.load(text.replace("value: 65", "value: 66")).digest != found.digest
    assert standard.parse(json.loads(json.dumps(dict(shipped().data)))).digest == shipped().digest


def first(data: dict[str, Any]) -> dict[str, Any]:
    """The first indicator of the file."""
    found: dict[str, Any] = data["dimensions"][0]["groups"][0]["indicators"][0]
    return found


def tiered(data: dict[str, Any]) -> dict[str, Any]:
    """Indicator 3.2.a, which has three levels."""
    found: dict[str, Any] = data["dimensions"][2]["groups"][1]["indicators"][0]
    return found


def star(data: dict[str, Any], row: int) -> dict[str, Any]:
    """A row of the star table."""
    found: dict[str, Any] = data["stars"]["levels"][row]
    return found


Break = Callable[[dict[str, Any]], Any]
BROKEN: dict[str, tuple[Break, str, str]] = {
    "total": (lambda d: d.update(total_points="101"), "total_points", "标明101分"),
    "dimension": (lambda d: d["dimensions"][0].update(points="8"), "dimensions[1].points", "合计为7分"),
    "group": (
        lambda d: d["dimensions"][0]["groups"][0].update(points="3"),
        "groups[1.1].points",
        "合计为2分",
    ),
    "maximum": (lambda d: first(d).update(max_points="2"), "indicators[1.1.a].max_points", "最高一档只有1分"),
    "level over": (lambda d: first(d)["levels"][0].update(points="1.5"), "[1.1.a].levels", "超过该项满分1分"),
    "level zero": (lambda d: first(d)["levels"][0].update(points="0"), "levels[0].points", "应大于零"),
    "class": (lambda d: first(d)["levels"][0].update({"class": "超级项"}), "levels[0].class", "超级项"),
    "long class": (
        lambda d: first(d)["levels"][0].update({"class": "项" * 65}),
        "levels[0].class",
        "不超过64个字符",
    ),
    "method": (lambda d: first(d).update(method="打听"), "[1.1.a].method", "打听"),
    "tiers": (lambda d: tiered(d).update(tiered=False), "[3.2.a].tiered", "不分档却有3档"),
    "no levels": (lambda d: first(d).update(levels=[]), "[1.1.a].levels", "缺少levels"),
    "no id": (lambda d: first(d).pop("id"), "indicators[0].id", "缺少id"),
    "same id": (lambda d: first(d).update(id="1.1.b"), "[1.1.b].id", "编号1.1.b重复"),
    "same fact": (lambda d: d["facts"].append(d["facts"][0]), "facts[households].key", "households重复"),
    "op": (lambda d: tiered(d)["levels"][0]["measures"][0].update(op="≥"), "measures[0].op", "≥"),
    "value": (lambda d: tiered(d)["levels"][0]["measures"][0].update(value="十"), "measures[0].value", "十"),
    "no definition": (
        lambda d: d["measure_definitions"].pop("certified_social_worker_pct"),
        "3.2.a",
        "没有它的定义",
    ),
    "no fact": (lambda d: d["facts"].pop(0), "measure_definitions", "households"),
    "at_most": (lambda d: d["facts"][3].update(at_most="nobody"), "facts[certified_workers]", "nobody"),
    "sums_to": (lambda d: d["facts"][15].update(sums_to="survey"), "facts[grid_households]", "survey"),
    "kind": (lambda d: d["facts"][0].update(kind="number"), "facts[households].kind", "number"),
    "min of a number": (
        lambda d: d["measure_definitions"].update(service_brand_projects={"min": "households"}),
        "measure_definitions.service_brand_projects",
        "不是列表类事实",
    ),
    "value of a list": (
        lambda d: d["measure_definitions"].update(grid_households_min={"value": "grid_households"}),
        "measure_definitions.grid_households_min",
        "不是单个数",
    ),
    "two ways": (
        lambda d: d["measure_definitions"].update(service_brand_projects={"min": "a", "value": "b"}),
        "measure_definitions.service_brand_projects",
        "之一定义",
    ),
    "survey field": (lambda d: d["facts"][25].update(fields=["distributed"]), "facts[survey]", "valid"),
    "policy key": (
        lambda d: d["policy_defaults"].update(nonsense="x"),
        "policy_defaults.nonsense",
        "nonsense",
    ),
    "policy option": (
        lambda d: d["policy_defaults"].update(rounding="up"),
        "policy_defaults.rounding",
        "half_up_2",
    ),
    "policy refused": (
        lambda d: d["policy_defaults"].update(partial_credit="free"),
        "partial_credit",
        "不受支持",
    ),
    "ambiguity key": (lambda d: d["ambiguities"][0].update(key="x"), "ambiguities[A01].x", "没有“x”这一口径"),
    "ambiguity option": (
        lambda d: d["ambiguities"][0]["options"].update(x="y"),
        "satisfaction_band_gaps",
        "“x”",
    ),
    "effect option": (lambda d: d["ambiguities"][1]["effects"].update(x={}), "effects.x", "x"),
    "effect fact": (
        lambda d: d["ambiguities"][10]["effects"]["dazhuan_only"].update(use_facts={"college_workers": "x"}),
        "A11",
        "引用了事实x",
    ),
    "no effects": (
        lambda d: (
            d["ambiguities"][10].pop("effects"),
            d["policy_defaults"].update(zhongzhuan="dazhuan_only"),
        ),
        "policy.zhongzhuan",
        "没有给出它的计算方法",
    ),
    "star gap": (lambda d: star(d, 1).update(max_exclusive="91"), "levels[1].max_exclusive", "空档或重叠"),
    "star overlap": (
        lambda d: star(d, 1).update(max_exclusive="93"),
        "levels[1].max_exclusive",
        "空档或重叠",
    ),
    "star order": (lambda d: star(d, 1).update(min_inclusive="95"), "levels[1].min_inclusive", "应高于"),
    "star twice": (lambda d: star(d, 1).update(stars=5), "stars.levels", "重复"),
    "star top": (lambda d: star(d, 0).update(max_exclusive="100"), "levels[0].max_exclusive", "不应有上限"),
    "star unreachable": (
        lambda d: star(d, 0).update(min_inclusive="106"),
        "levels[0].min_inclusive",
        "最高分105",
    ),
    "no stars": (lambda d: d["stars"].update(levels=[]), "stars.levels", "缺少levels"),
    "limiter id": (
        lambda d: d.update(limiters=[{"when_missed": ["9.9.z"], "star_at_most": 3, "label": "x"}]),
        "limiters",
        "9.9.z",
    ),
    "limiter empty": (lambda d: d.update(limiters=[{"star_at_most": 3}]), "limiters", "没有列出指标"),
    "limiter cap": (
        lambda d: d.update(limiters=[{"when_missed": ["1.1.a"], "star_at_most": "many"}]),
        "star_at_most",
        "many",
    ),
    "weight zero": (lambda d: d["dimensions"][0].update(weight="0"), "dimensions[1].weight", "应大于零"),
    "weight text": (lambda d: first(d).update(weight="half"), "[1.1.a].weight", "half"),
    "weight unstated": (lambda d: first(d).update(weight="2"), "total_points", "合计为101分"),
    "bonus cap": (lambda d: d["bonus"].pop("cap"), "bonus.cap", "缺少cap"),
    "no code": (lambda d: d["standard"].pop("code"), "standard.code", "缺少code"),
    "long code": (lambda d: d["standard"].update(code="x" * 65), "standard.code", "不超过64个字符"),
    "code of two lines": (lambda d: d["standard"].update(code="a\nb"), "standard.code", "应为一行"),
    "long title": (lambda d: d["standard"].update(title="题" * 201), "standard.title", "不超过200个字符"),
    "long id": (lambda d: first(d).update(id="x" * 65), ".id", "不超过64个字符"),
    "slash in an id": (lambda d: first(d).update(id="1/a"), "[1/a].id", "不含“/”"),
    "only dots for an id": (lambda d: first(d).update(id=".."), "[..].id", "只有点号"),
    "slash in a fact": (lambda d: d["facts"][0].update(key="a/b"), "facts[a/b].key", "不含“/”"),
    "misspelt in a definition": (
        lambda d: d["measure_definitions"]["certified_social_worker_pct"].update(time=100),
        "measure_definitions.certified_social_worker_pct.time",
        "不认识“time”",
    ),
    "misspelt in a threshold": (
        lambda d: tiered(d)["levels"][0]["measures"][0].update(value_to="20"),
        "measures[0].value_to",
        "不认识“value_to”",
    ),
    "misspelt in a limiter": (
        lambda d: d.update(limiters=[{"when_missed": ["1.1.a"], "star_at_most": 3, "at_least": 2}]),
        "limiters[0].at_least",
        "不认识“at_least”",
    ),
    "misspelt in an effect": (
        lambda d: d["ambiguities"][10]["effects"]["dazhuan_only"].update(use_fact={}),
        "effects.dazhuan_only.use_fact",
        "不认识“use_fact”",
    ),
    "an effect that concerns no indicator": (
        lambda d: (
            d["ambiguities"][10].update(where=["9.9.z"]),
            d["policy_defaults"].update(zhongzhuan="dazhuan_only"),
        ),
        "policy.zhongzhuan",
        "没有列明它涉及的指标",
    ),
    "an effect that says nothing": (
        lambda d: (
            d["ambiguities"][10].update(effects={"dazhuan_only": {}}),
            d["policy_defaults"].update(zhongzhuan="dazhuan_only"),
        ),
        "policy.zhongzhuan",
        "没有给出它的计算方法",
    ),
    "two surveys": (
        lambda d: d["facts"].append({**d["facts"][25], "key": "second"}),
        "facts",
        "满意度调查只能有一项，现有survey、second",
    ),
    "measures misspelt": (
        lambda d: tiered(d)["levels"][0].update(mesures=tiered(d)["levels"][0].pop("measures")),
        "levels[0].mesures",
        "疑为measures的误写",
    ),
    "weight misspelt": (
        lambda d: d["dimensions"][0].update(wieght="2"),
        "dimensions[1].wieght",
        "疑为weight的误写",
    ),
    "limiters misspelt": (lambda d: d.update(limitters=[]), "limitters", "疑为limiters的误写"),
    "star bound misspelt": (
        lambda d: star(d, 0).update(min_inclusve="92"),
        "min_inclusve",
        "疑为min_inclusive的误写",
    ),
    "no dimensions": (lambda d: d.pop("dimensions"), "dimensions", "缺少dimensions"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_standard_is_refused_in_a_sentence_that_names_the_place(name: str) -> None:
    change, place, words = BROKEN[name]
    data = shipped_data()
    change(data)
    with pytest.raises(Faults) as caught:
        standard.parse(data)
    hits = [fault for fault in caught.value if place in fault.key and words in fault.sentence]
    assert hits, [fault.line() for fault in caught.value]


def test_all_faults_are_told_at_once() -> None:
    data = shipped_data()
    data["total_points"] = "99"
    first(data)["method"] = "打听"
    data["policy_defaults"]["rounding"] = "up"
    with pytest.raises(Faults) as caught:
        standard.parse(data)
    assert {fault.key for fault in caught.value} >= {
        "total_points",
        "policy_defaults.rounding",
        "dimensions[1].groups[1.1].indicators[1.1.a].method",
    }
