"""A result as JSON: the contract's form for people and programs, and the wordless content that is hashed."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any

from applications.core.canonical import decimal_text, exact

if TYPE_CHECKING:
    from applications.core.rating import Result


def as_json(result: Result) -> dict[str, Any]:
    """Points are decimal strings, a measure's value is exact and shown, sentences are Chinese."""
    upper = result.next_star
    return {
        "standard": result.standard.code,
        "standard_digest": result.standard.digest,
        "policy": dict(result.policy),
        "points_by_dimension": _points(result),
        "base_total": decimal_text(result.base_total),
        "bonus": decimal_text(result.bonus),
        "total": decimal_text(result.total),
        "star": result.star,
        "star_label": result.star_label,
        "held_by": [str(sentence) for sentence in result.held_by],
        "limiters": _limiters(result),
        "missed_basic_items": list(result.missed_basic_items),
        "to_rectify": list(result.to_rectify),
        "warnings": [str(sentence) for sentence in result.warnings],
        "next_star": upper
        and {
            "star": upper.star,
            "points_needed": decimal_text(upper.points_needed),
            "indicators": [{"id": key, "points": decimal_text(gain)} for key, gain in upper.indicators],
            "bonus_room": decimal_text(upper.bonus_room),
        },
        "awards": [
            {
                "id": line.award.id,
                "level": line.award.level,
                "date": line.award.date.isoformat(),
                "points": decimal_text(line.points),
                "counted": line.counted,
                "reason": str(line.reason),
            }
            for line in result.awards
        ],
        "indicators": {key: line.as_json() for key, line in result.indicators.items()},
        "inputs_digest": result.inputs_digest,
        "digest": result.digest,
    }


def hashed_content(result: Result) -> dict[str, Any]:
    """What the digest covers: standard, policy, inputs, and every number and decision, but no sentence and no label.

    Levels and points stand in the order of the standard's table, measures in the order in which it first names them.
    """
    plan, levels = result.plan, result.outcome.levels
    return {
        "standard": result.standard.digest,
        "policy": dict(result.policy),
        "inputs": result.inputs_digest,
        "points_by_dimension": _points(result),
        "base_total": exact(result.base_total),
        "bonus": exact(result.bonus),
        "total": exact(result.total),
        "star": result.star,
        "limiters": [line["when_missed"] for line in _limiters(result)],
        "missed_basic_items": list(result.missed_basic_items),
        "awards": {line.award.id: line.counted for line in result.awards},
        "levels": list(levels),
        "points": [row[level] if level >= 0 else 0 for row, level in zip(plan.points, levels, strict=True)],
        "points_scale": plan.scale,
        "unjudged": sorted(result.outcome.unjudged),
        "measures": [None if pair is None else _ratio(pair) for pair in result.outcome.pairs],
    }


def _ratio(pair: tuple[int, int]) -> str:
    """A pair in lowest terms, without the cost of a Fraction."""
    shared = gcd(*pair)
    return f"{pair[0] // shared}/{pair[1] // shared}"


def _points(result: Result) -> dict[str, str]:
    return {key: decimal_text(points) for key, points in result.points_by_dimension.items()}


def _limiters(result: Result) -> list[dict[str, Any]]:
    return [
        {
            "label": line.limiter.label,
            "star_at_most": line.limiter.star_at_most,
            "when_missed": list(line.limiter.when_missed),
            "missed": list(line.missed),
        }
        for line in result.limiters
    ]
