"""Reading everything beside the table: facts, measure definitions, ambiguities, bonus, stars and limiters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from applications.core.canonical import decimal_text
from applications.core.elements import (
    Ambiguity,
    Bonus,
    BonusLevel,
    Definition,
    Effect,
    FactSpec,
    Limiter,
    Star,
)
from applications.core.faults import N_
from applications.core.kinds import KINDS, SURVEY
from applications.core.policies import POLICIES, choice_faults
from applications.core.quantity import Number
from applications.core.reading import Node
from applications.core.table import DUPLICATE, read_measure

UNKNOWN_KIND = N_("不认识事实类型{kind}，可选：{kinds}。")
ONE_HOW = N_("度量{name}须用value、sum、weighted、min、max、mean之一定义，请改正。")
EMPTY = N_("度量{name}的{how}没有引用任何事实，请补上。")
UNKNOWN_EFFECT = N_("选项{option}不在口径{key}的选项之中，请改正。")
GAP = N_("{upper}从{low}分起，而{lower}到{high}分为止，两者之间有空档或重叠，请改正。")
OPEN_TOP = N_("最高星级{label}不应有上限，请将max_exclusive留空。")
STAR_ORDER = N_("{upper}的分数线应高于{lower}，请改正。")
NO_STARS = N_("星级表为空，请列出各星级的分数线。")
TOO_HIGH = N_("{label}的分数线{low}高于可得的最高分{most}，请改正。")
MOST_STARS = 10
HOWS = ("value", "sum", "weighted", "min", "max", "mean")


def read_facts(root: Node) -> Mapping[str, FactSpec]:
    """The facts in the order of the file."""
    found: dict[str, FactSpec] = {}
    for node in root.nodes("facts"):
        key = node.name("key")
        if key in found:
            node.fault("key", DUPLICATE, id=key)
        kind = node.text("kind", None)
        if kind and kind not in KINDS:
            node.fault("kind", UNKNOWN_KIND, kind=kind, kinds="、".join(KINDS))
        unit = node.text("unit")
        largest = node.number("largest") if node.has("largest") else None
        found[key] = FactSpec(
            key=key,
            label=node.text("label", key),
            unit=unit,
            kind=kind,
            at_most=node.text("at_most"),
            sums_to=node.text("sums_to"),
            fields=node.texts("fields"),
            required=not node.flag("optional", False),
            largest=100 if largest is None and unit == "%" else largest,
            min_return_pct=node.number("min_return_pct", 90) if kind == SURVEY else 0,
            note=node.text("note"),
        )
    return found


def read_definitions(node: Node) -> dict[str, Definition]:
    """How each measure is computed."""
    return {name: _definition(node.child(name), name) for name in node.data}


def _definition(node: Node, name: str) -> Definition:
    node.only(*HOWS, "per", "times", "label", "unit")
    hows = [how for how in HOWS if node.has(how)]
    per = node.text("per")
    times = node.number("times", 1, positive=True)
    if len(hows) != 1:
        node.fault("", ONE_HOW, name=name)
        return Definition("value", (), per, times)
    how = hows[0]
    terms: list[tuple[str, Number]]
    if how == "weighted":
        weights = node.child(how)
        terms = [(ref, weights.number(ref)) for ref in weights.data]
    elif how == "sum" and isinstance(node.data[how], list):
        terms = [(ref, 1) for ref in node.texts(how)]
    else:
        terms = [(node.text(how), 1)]
    if not all(ref for ref, _ in terms) or not terms:
        node.fault(how, EMPTY, name=name, how=how)
    return Definition("sum" if how == "weighted" else how, tuple(terms), per, times)


def read_ambiguities(root: Node) -> tuple[Ambiguity, ...]:
    """The open questions; every key and option must be one that this engine knows (A01-A25)."""
    found: list[Ambiguity] = []
    for node in root.nodes("ambiguities"):
        key = node.text("key", None)
        if key in {other.key for other in found}:
            node.fault("key", DUPLICATE, id=key)
        options = node.child("options")
        default = node.text("default", POLICIES[key].default if key in POLICIES else "")
        for option in [*options.data, default]:
            node.faults += choice_faults(key, option, node.place + ".", chosen=option == default)
        labels = node.child("labels")
        found.append(
            Ambiguity(
                id=node.text("id", key),
                key=key,
                question=node.text("question"),
                where=node.texts("where"),
                options=MappingProxyType({option: options.text(option) for option in options.data}),
                default=default,
                rationale=node.text("rationale"),
                rationale_zh=node.text("rationale_zh"),
                labels=MappingProxyType({option: labels.text(option) for option in labels.data}),
                effects=MappingProxyType(_effects(node, key)),
            )
        )
    return tuple(found)


def _effects(node: Node, key: str) -> dict[str, Effect]:
    effects = node.child("effects")
    found = {}
    for option in effects.data:
        if key in POLICIES and option not in POLICIES[key].options:
            effects.fault(option, UNKNOWN_EFFECT, option=option, key=key)
        effect = effects.child(option)
        effect.only("use_facts", "define", "restate", "add_measures", "exempt_by", "label")
        swaps = effect.child("use_facts")
        restated = effect.child("restate")
        found[option] = Effect(
            use_facts=MappingProxyType({old: swaps.text(old) for old in swaps.data}),
            define=MappingProxyType(read_definitions(effect.child("define"))),
            restate=MappingProxyType(
                {name: read_measure(_named(restated.child(name), name)) for name in restated.data}
            ),
            add_measures=tuple(read_measure(child) for child in effect.nodes("add_measures")),
            exempt_by=effect.text("exempt_by"),
        )
    return found


def _named(node: Node, name: str) -> Node:
    return Node({"op": ">=", **node.data, "name": name}, node.place, node.faults)


def read_policy_defaults(root: Node, ambiguities: Iterable[Ambiguity]) -> dict[str, str]:
    """An option for each of the 25 questions: the file's, else the ambiguity's default, else the engine's."""
    chosen = {key: spec.default for key, spec in POLICIES.items()}
    chosen |= {ambiguity.key: ambiguity.default for ambiguity in ambiguities if ambiguity.key in POLICIES}
    node = root.child("policy_defaults")
    for key, option in node.data.items():
        faults = choice_faults(key, option, node.place + ".")
        node.faults += faults
        if not faults:
            chosen[key] = str(option)
    return chosen


def read_bonus(root: Node) -> Bonus | None:
    """The bonus, or None where the standard has none."""
    if not root.has("bonus"):
        return None
    node = root.child("bonus")
    levels: dict[str, BonusLevel] = {}
    for child in node.nodes("levels", required=True):
        level = child.text("level", None)
        if level in levels:
            child.fault("level", DUPLICATE, id=level)
        points = child.number("points", positive=True)
        levels[level] = BonusLevel(level, child.text("label", level), points)
    return Bonus(
        id=node.text("id", "B"),
        content=node.text("content"),
        levels=MappingProxyType(levels),
        cap=node.number("cap", positive=True),
        lookback_years=node.whole("lookback_years", 1, 100, 3),
        includes_application_year=node.flag("includes_application_year", True),
    )


def read_stars(root: Node, most: Number) -> tuple[tuple[Star, ...], Star]:
    """The star table from the highest down, and what stands below it; gaps and overlaps are refused (R1-029)."""
    table = root.child("stars", required=True)
    table.spelt("levels", "below")
    rows = [(node, _star(node)) for node in table.nodes("levels", required=True)]
    rows.sort(key=lambda row: -row[1].stars)
    for index, (node, star) in enumerate(rows):
        if star.min_inclusive > most:
            node.fault("min_inclusive", TOO_HIGH, label=star.label, low=_t(star.min_inclusive), most=_t(most))
        top = node.number("max_exclusive") if node.has("max_exclusive") else None
        if index == 0:
            if top is not None:
                node.fault("max_exclusive", OPEN_TOP, label=star.label)
            continue
        upper = rows[index - 1][1]
        if upper.stars == star.stars:
            node.fault("stars", DUPLICATE, id=star.stars)
        elif upper.min_inclusive <= star.min_inclusive:
            node.fault("min_inclusive", STAR_ORDER, upper=upper.label, lower=star.label)
        elif top is not None and top != upper.min_inclusive:
            low = _t(upper.min_inclusive)
            node.fault("max_exclusive", GAP, upper=upper.label, low=low, lower=star.label, high=_t(top))
    below = table.child("below")
    stars = below.whole("stars", 0, MOST_STARS, 0)
    lowest = rows[-1][1].stars if rows else MOST_STARS
    if stars >= lowest:
        below.fault("stars", DUPLICATE, id=stars)
    return tuple(star for _, star in rows), Star(stars, below.text("label", "不定星级"), 0)


def _t(value: Number) -> str:
    return decimal_text(value)


def _star(node: Node) -> Star:
    node.spelt("stars", "label", "min_inclusive", "max_exclusive")
    stars = node.whole("stars", 1, MOST_STARS)
    return Star(stars, node.text("label", str(stars)), node.number("min_inclusive"))


def read_limiters(root: Node, indicator_ids: Iterable[str]) -> tuple[Limiter, ...]:
    """Caps on the star; each names indicators that exist."""
    known = set(indicator_ids)
    found = []
    for node in root.nodes("limiters"):
        node.only("id", "when_missed", "star_at_most", "label")
        missed = node.texts("when_missed")
        if not missed:
            node.fault("when_missed", N_("限制条件没有列出指标，请补上。"))
        for indicator_id in missed:
            if indicator_id not in known:
                node.fault("when_missed", N_("标准中没有指标{id}，请改正。"), id=indicator_id)
        cap = node.whole("star_at_most", 0, MOST_STARS)
        found.append(Limiter(missed, cap, node.text("label", "、".join(missed))))
    return tuple(found)
