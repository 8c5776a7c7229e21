"""Reading Table A.1 from a standard file: dimensions, groups, indicators, levels, measures, and whether they add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from applications.core.canonical import decimal_text
from applications.core.elements import Dimension, Group, Indicator, Level, Measure
from applications.core.faults import N_, Sentence
from applications.core.quantity import Number
from applications.core.quantity import tidy_number as _tidy
from applications.core.reading import Node

_ZERO = Fraction(0)
LONGEST_CLASS = 64
OPS = ("<", "<=", "==", ">", ">=")
METHODS = {"实地考察": "site_inspection", "查阅资料": "document_review", "问卷调查": "questionnaire_survey"}
CLASSES = {"基础项": "basic", "加强项": "enhanced", "优选项": "preferred"}

SUM_WRONG = N_("{name}标明{stated}分，其下各项合计为{summed}分，请改正其中之一。")
LEVEL_OVER = N_("{name}有一档为{points}分，超过该项满分{maximum}分，请改正其中之一。")
MAX_UNREACHED = N_("{name}满分为{maximum}分，而最高一档只有{points}分，请改正其中之一。")
NOT_TIERED = N_("{name}标明不分档却有{count}档，请改正tiered或levels。")
UNKNOWN_OP = N_("不认识比较符{op}，只能用{ops}。")
UNKNOWN_CLASS = N_("不认识指标分类{name}，请在indicator_classes中列出。")
UNKNOWN_METHOD = N_("不认识评定方式{name}，请用实地考察、查阅资料或问卷调查。")
DUPLICATE = N_("编号{id}重复，请使每个编号只出现一次。")
TWICE = N_("同一档中度量{name}以同一比较符出现两次，请只保留一次。")
BAND = N_("区间上限{up_to}低于下限{value}，请改正。")


@dataclass
class Names:
    """The vocabularies of the file and the ids met so far."""

    classes: Mapping[str, str]
    methods: Mapping[str, str]
    seen: set[str] = field(default_factory=set)

    def fresh(self, node: Node) -> str:
        """The id of a node, which must not have been met before."""
        found = node.name("id")
        if found and found in self.seen:
            node.fault("id", DUPLICATE, id=found)
        self.seen.add(found)
        return found


def vocabulary(root: Node) -> Names:
    """The class and method names the file declares, over the usual ones."""
    classes = dict(CLASSES) | {key: key for key in CLASSES.values()}
    declared = root.child("indicator_classes")
    for name in declared.data:
        classes[name] = declared.child(name).text("key", name)
    methods = dict(METHODS) | {key: key for key in METHODS.values()}
    names = root.child("evaluation_methods")
    for name in names.data:
        key = names.text(name)
        if key not in METHODS.values():
            names.fault(name, UNKNOWN_METHOD, name=key)
        methods[name] = key
    return Names(classes, methods)


@dataclass(frozen=True)
class Sum:
    """The three readings of “its points” that a stated total may follow: plain, own children weighted, all weighted."""

    plain: Number
    inner: Number
    full: Number

    def check(self, node: Node, key: str, name: str, stated: Number) -> None:
        """A stated value must agree with one of them."""
        if node.has(key) and stated not in (self.plain, self.inner, self.full):
            node.fault(
                key, SUM_WRONG, name=name, stated=decimal_text(stated), summed=decimal_text(self.inner)
            )


def read_dimensions(root: Node, names: Names) -> tuple[Dimension, ...]:
    """All dimensions; the weighted total must be the ``total_points`` the file states (R1-016)."""
    found = []
    for node in root.nodes("dimensions", required=True):
        node.spelt("weight", "points", "groups", "id", "name")
        weight = node.number("weight", 1, positive=True)
        dimension_id = names.fresh(node)
        read = [_group(child, names, dimension_id, weight) for child in node.nodes("groups", required=True)]
        groups = tuple(group for group, _ in read)
        name = node.text("name", dimension_id)
        total = sum((group.points for group in groups), start=_ZERO)
        inner = Sum(sum((s.plain for _, s in read), start=_ZERO), Fraction(total, weight), total)
        inner.check(node, "points", name, node.number("points", 0))
        found.append(
            Dimension(
                id=dimension_id,
                key=node.text("key", dimension_id),
                name=name,
                name_en=node.text("name_en"),
                clause=node.text("clause"),
                principle=node.text("principle"),
                content_requirements=node.texts("content_requirements"),
                points=_tidy(total),
                groups=groups,
            )
        )
    stated = root.number("total_points")
    summed = sum((dimension.points for dimension in found), start=_ZERO)
    if root.has("total_points") and stated != summed:
        root.fault(
            "total_points",
            SUM_WRONG,
            name=Sentence(N_("标准")),
            stated=decimal_text(stated),
            summed=decimal_text(summed),
        )
    return tuple(found)


def _group(node: Node, names: Names, dimension_id: str, outer: Number) -> tuple[Group, Sum]:
    node.spelt("weight", "points", "indicators", "id", "name")
    weight = node.number("weight", 1, positive=True)
    group_id = names.fresh(node)
    read = [
        _indicator(child, names, (dimension_id, group_id), outer * weight)
        for child in node.nodes("indicators", required=True)
    ]
    indicators = tuple(indicator for indicator, _ in read)
    name = node.text("name", group_id)
    full = sum((indicator.max_points for indicator in indicators), start=_ZERO)
    sums = Sum(sum((plain for _, plain in read), start=_ZERO), Fraction(full, outer * weight), full)
    stated = node.number("points", 0)
    sums.check(node, "points", name, stated)
    return Group(group_id, name, _tidy(full), indicators), sums


def _indicator(node: Node, names: Names, home: tuple[str, str], outer: Number) -> tuple[Indicator, Number]:
    """The indicator with effective points, and its plain maximum."""
    node.spelt("weight", "max_points", "levels", "method", "checks", "tiered", "id")
    indicator_id = names.fresh(node)
    weight = outer * node.number("weight", 1, positive=True)
    short = node.text("short", indicator_id)
    levels = tuple(_level(child, names, weight) for child in node.nodes("levels", required=True))
    top = Fraction(max((level.points for level in levels), default=_ZERO), weight)
    maximum = node.number("max_points", top)
    _check_levels(node, short, levels, weight, maximum)
    method_name = node.text("method", "查阅资料")
    if method_name not in names.methods:
        node.fault("method", UNKNOWN_METHOD, name=method_name)
    distinct = {measure.name: measure for level in levels for measure in level.measures}
    indicator = Indicator(
        id=indicator_id,
        dimension_id=home[0],
        group_id=home[1],
        short=short,
        content=node.text("content", short),
        subgroup=node.text("subgroup"),
        note=node.text("note"),
        method=names.methods.get(method_name, "document_review"),
        method_name=method_name,
        max_points=_tidy(maximum * weight),
        levels=levels,
        checks=node.texts("checks"),
        measures=tuple(distinct.values()),
        evidence_examples=node.texts("evidence_examples"),
        weight=_tidy(weight),
    )
    return indicator, maximum


def _check_levels(node: Node, short: str, levels: tuple[Level, ...], weight: Number, maximum: Number) -> None:
    """No level above the maximum, one that gives it, and no second level where the file says there are no tiers."""
    shown_maximum = decimal_text(maximum)
    plain_points = [Fraction(level.points, weight) for level in levels]
    for points in plain_points:
        if points > maximum:
            node.fault("levels", LEVEL_OVER, name=short, points=decimal_text(points), maximum=shown_maximum)
    top = max(plain_points, default=_ZERO)
    if top < maximum:
        node.fault("max_points", MAX_UNREACHED, name=short, maximum=shown_maximum, points=decimal_text(top))
    if not node.flag("tiered", True) and len(levels) > 1:
        node.fault("tiered", NOT_TIERED, name=short, count=len(levels))


def _level(node: Node, names: Names, weight: Number) -> Level:
    node.spelt("class", "points", "measures", "up_to", "requirement")
    class_name = node.line("class", LONGEST_CLASS)
    if class_name and class_name not in names.classes:
        node.fault("class", UNKNOWN_CLASS, name=class_name)
    measures = tuple(read_measure(child) for child in node.nodes("measures"))
    pairs = [(measure.name, measure.op) for measure in measures]
    for index, pair in enumerate(pairs):
        if pair in pairs[:index]:
            node.fault("measures", TWICE, name=pair[0])
    up_to = node.number("up_to") if node.has("up_to") else None
    if up_to is not None and any(m.op == ">=" and m.value > up_to for m in measures):
        node.fault("up_to", BAND, up_to=decimal_text(up_to), value=decimal_text(measures[0].value))
    return Level(
        class_name=class_name,
        class_key=names.classes.get(class_name, class_name),
        points=_tidy(node.number("points", positive=True) * weight),
        requirement=node.text("requirement"),
        measures=measures,
        up_to=up_to,
    )


def read_measure(node: Node) -> Measure:
    """A threshold: name, op and value are compulsory."""
    node.only("name", "label", "unit", "op", "value", "scope", "value_in_seed")
    name = node.text("name", None)
    op = node.text("op", None)
    if op and op not in OPS:
        node.fault("op", UNKNOWN_OP, op=op, ops=" ".join(OPS))
    return Measure(
        name=name,
        label=node.text("label", name),
        unit=node.text("unit"),
        op=op,
        value=node.number("value"),
        scope=node.text("scope"),
    )
