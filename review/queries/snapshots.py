"""The snapshot that goes into a publication: what is true of a case's result at this moment, as plain JSON.

Keys: ``community`` (code, name, households, is_demo), ``regions`` (province, city, county, street: code and name),
``batch`` (name, year, organiser, phone, basis), ``standard`` (code, title, digest), ``round``, ``star``,
``star_words`` (where the standard has a name of its own for the level),
``dimensions`` (id, name, points, maximum), ``missed_basic`` (how many), ``rating`` (digest); with the batch's consent
also ``total``, ``base``, ``bonus`` and ``indicators`` (id, content, points, maximum). Points are decimal strings.
"""

from typing import Any

from applications.core import standard as core
from applications.core.canonical import decimal_text
from applications.models import Case, Region
from applications.queries.standards import standard_of
from applications.words import own_grade

LEVELS = ("province", "city", "county", "street")


def snapshot(case: Case, rating: Any) -> dict[str, Any]:
    """Return what is published of a rating (practice 3.4: no indicators unless the batch says so)."""
    standard = standard_of(case.batch.standard)
    content = {
        "community": {
            "code": case.community.code,
            "name": case.community.name,
            "households": case.community.households,
            "is_demo": case.community.is_demo or case.batch.is_demo,
        },
        "regions": regions_of(case.path),
        "batch": {
            "name": case.batch.name,
            "year": case.batch.year,
            "organiser": case.batch.organiser.name,
            "phone": case.batch.organiser.phone,
            "basis": case.batch.basis,
        },
        "standard": {"code": standard.code, "title": standard.title, "digest": standard.digest},
        "round": case.round,
        "rating": {"digest": rating.digest},
        **result(standard, rating.result, indicators=case.batch.publish_indicators),
    }
    return content


def regions_of(path: str) -> dict[str, dict[str, str]]:
    """Return the names that the regions above a community have now, by level."""
    rows = Region.objects.filter(code__in=path.strip("/").split("/"), level__in=LEVELS)
    return {row.level: {"code": row.code, "name": row.name} for row in rows}


def level(standard: core.Standard, star: int) -> dict[str, Any]:
    """Return a level as a snapshot has it: ``star``, and ``star_words`` where the standard has a name of its own for it."""
    own = own_grade(standard, star)
    return {"star": star, **({"star_words": own} if own else {})}


def result(standard: core.Standard, rated: dict[str, Any], *, indicators: bool) -> dict[str, Any]:
    """Return the part of a rating's result that is published."""
    points = rated["points_by_dimension"]
    content: dict[str, Any] = {
        **level(standard, rated["star"]),
        "dimensions": [
            {
                "id": dimension.id,
                "name": dimension.name,
                "points": str(points[dimension.id]),
                "maximum": decimal_text(dimension.points),
            }
            for dimension in standard.dimensions
        ],
        "missed_basic": len(rated["missed_basic_items"]),
    }
    if indicators:
        content |= {"total": rated["total"], "base": rated["base_total"], "bonus": rated["bonus"]}
        content["indicators"] = [
            {
                "id": key,
                "content": row.content,
                "points": str(rated["indicators"][key]["points"]),
                "maximum": decimal_text(row.max_points),
            }
            for key, row in standard.indicators.items()
        ]
    return content
