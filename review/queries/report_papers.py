"""What the rating report prints: process record, conclusion, main problems, suggestions, every point (R3-095 to R3-098)."""

from typing import Any

from applications import clock
from applications.core.canonical import decimal_text
from applications.core.standard import Standard
from applications.models import Case
from applications.queries.notices import places, recipient
from applications.queries.standards import standard_of
from applications.words import official_grade
from review.models import Decision, Rating
from review.queries.reports import findings, issued_opinion

STAGES = {
    "application": "申报审核",
    "preparation": "评估准备",
    "collection": "数据采集",
    "review": "第三方评审",
}


def report_content(case: Case, rating: Rating, decision: Decision) -> dict[str, Any]:
    """Return everything the report prints, as it is true now. Names of files and of residents are not in it."""
    standard, batch, result = standard_of(rating.standard), case.batch, rating.result
    return {
        **places(case),
        "case": case.number,
        "recipient": recipient(case),
        "office": batch.organiser.name,
        "phone": batch.organiser.phone,
        "batch": batch.name,
        "year": batch.year,
        "standard": {"code": standard.code, "title": standard.title, "digest": standard.digest},
        "round": rating.round,
        "rating": {"number": rating.number, "on": _day(rating), "digest": rating.digest},
        "agency": case.agency.name if case.agency else "",
        "applied": official_grade(standard, case.applied_star),
        "star": official_grade(standard, rating.star),
        "total": str(result["total"]),
        "base": str(result["base_total"]),
        "bonus": str(result["bonus"]),
        "decision": {
            "number": decision.number,
            "on": clock.day_of(decision.at).isoformat(),
            "minutes": decision.minutes,
        },
        "demo": case.community.is_demo or batch.is_demo,
        "missed": [_named(standard, key) for key in result["missed_basic_items"]],
        "dimensions": _dimensions(rating, standard),
        **_opinion(case, rating, standard),
    }


def _opinion(case: Case, rating: Rating, standard: Standard) -> dict[str, Any]:
    """The team's opinion in its four parts; empty texts where a round was rated without one."""
    opinion = issued_opinion(case, rating.round)
    process = opinion.process if opinion else {"stages": [], "figures": {}}
    return {
        "process": [
            {**line, "stage": STAGES.get(line["stage"], line["stage"]), "people": "、".join(line["people"])}
            for line in process["stages"]
        ],
        "figures": process["figures"],
        "conclusion": opinion.conclusion if opinion else "",
        "problems": opinion.problems if opinion else "",
        "suggestions": opinion.suggestions if opinion else "",
        "leader": opinion.by.name if opinion else "",
        "findings": [
            {
                "indicator": row.indicator,
                "name": _named(standard, row.indicator)["name"],
                "text": row.text,
                "suggestion": row.suggestion,
                "major": row.severity == "major",
            }
            for row in findings(case, rating.round)
        ],
    }


def _dimensions(rating: Rating, standard: Standard) -> list[dict[str, Any]]:
    """The ledger of points by dimension, a line for each indicator."""
    lines = list(rating.lines.order_by("position"))
    return [
        {
            "id": dimension.id,
            "name": dimension.name,
            "points": str(rating.result["points_by_dimension"][dimension.id]),
            "maximum": decimal_text(dimension.points),
            "lines": [
                {
                    **_named(standard, row.indicator),
                    "points": row.points,
                    "maximum": row.maximum,
                    "level": row.level,
                    "reason": row.reason,
                }
                for row in lines
                if row.dimension == dimension.id
            ],
        }
        for dimension in standard.dimensions
    ]


def _named(standard: Standard, key: str) -> dict[str, str]:
    indicator = standard.indicators.get(key)
    return {"id": key, "name": indicator.short if indicator else ""}


def _day(rating: Rating) -> str:
    return clock.day_of(rating.at).isoformat()
