"""How the lines of a rating and the seals of ratings and decisions are made; plain data in, plain data out."""

from collections.abc import Iterable, Mapping
from typing import Any

from applications.core.canonical import decimal_text, digest
from applications.core.elements import Indicator, Level
from applications.core.ledger import RELATIONS, IndicatorResult

RATING = (
    "case",
    "round",
    "number",
    "sheet",
    "result",
    "digest",
    "inputs_digest",
    "standard_digest",
    "policy",
    "release",
    "star",
    "reason",
    "note",
    "changes",
    "supersedes",
    "at",
)
LINE = (
    "position",
    "indicator",
    "dimension",
    "points",
    "maximum",
    "level",
    "rule",
    "reason",
    "measures",
    "facts",
    "judgements",
    "settlement",
    "evidence",
    "persons",
)
DECISION = (
    "case",
    "round",
    "number",
    "rating",
    "star",
    "minutes",
    "votes",
    "standard_digest",
    "policy",
    "inputs_digest",
    "rating_digest",
    "release",
    "at",
)


def seal(parts: Mapping[str, Any], names: Iterable[str], lines: Iterable[Mapping[str, Any]] = ()) -> str:
    """Return the SHA-256 over the named parts of a row and over its lines; a missing part is a mistake."""
    content = {name: parts[name] for name in names}
    return digest({**content, "lines": [{name: line[name] for name in LINE} for line in lines]})


def rule_of(indicator: Indicator) -> str:
    """Return an indicator's rule in words: every level with its points and thresholds (标准表A.1)."""
    return "；".join(_level_rule(level) for level in indicator.levels)


def _level_rule(level: Level) -> str:
    tests = "，".join(
        f"{measure.label}{RELATIONS[measure.op]}{decimal_text(measure.value)}{measure.unit}"
        for measure in level.measures
    )
    words = "，".join(part for part in (level.requirement, tests) if part)
    head = f"{level.class_name}{decimal_text(level.points)}分"
    return f"{head}：{words}" if words else head


def line_of(position: int, result: IndicatorResult) -> dict[str, Any]:
    """Return the part of a ledger line that the engine knows."""
    return {
        "position": position,
        "indicator": result.id,
        "dimension": result.indicator.dimension_id,
        "points": decimal_text(result.points),
        "maximum": decimal_text(result.max_points),
        "level": result.level_name or "",
        "rule": rule_of(result.indicator),
        "reason": result.reason,
        "measures": [
            {"name": value.name, "label": value.label, "unit": value.unit, **value.as_json()}
            for value in result.measures
        ],
    }
