"""The papers as they were handed in, for those who check them and for those who only read."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django.forms import BaseForm

from applications.core.canonical import decimal_text
from applications.core.papers import AWARDS, FORM
from applications.core.rating import Result
from applications.permissions_evidence import works_on
from applications.queries.record import (
    Record,
    application_summary,
    fact_rows,
    indicator_rows,
    level_name,
    record_of,
)
from applications.views.base import CasePage
from applications.views.paper import line_view
from applications.words import words

NONE: Mapping[str, str] = MappingProxyType({})


def papers_context(page: CasePage, remarks: Mapping[str, str] = NONE) -> dict[str, Any]:
    """The submitted papers for a template: facts and indicators with changes, defects, files and what is remarked now."""
    record = record_of(page.case)
    if record is None:
        return {"record": None}
    result = record.result()
    indicators = indicator_rows(record, result)
    for block in indicators:
        for row in block["rows"]:
            row["line"] = line_view(row["line"])
            row["remark"] = remarks.get(row["line"]["id"], "")
    facts = fact_rows(record, result)
    for block in facts:
        block["name"] = words(block["name"])
        for row in block["facts"]:
            row["remark"] = remarks.get(row["spec"].key, "")
    return {
        "record": record,
        "submission": record.submission,
        "changes": record.changes,
        "facts": facts,
        "indicators": indicators,
        "awards": _award_rows(record, result),
        "form_remark": remarks.get(FORM, ""),
        "awards_remark": remarks.get(AWARDS, ""),
        "award_defects": record.defects.get(AWARDS, []),
        "form_defects": record.defects.get(FORM, []),
        "decisions": [(decision, level_name(decision.level)) for decision in record.decisions],
        "total": decimal_text(result.total),
        "star": result.star,
        "works": works_on(page.request.user, page.case),
    }


def _award_rows(record: Record, result: Result) -> list[dict[str, Any]]:
    """The commendations as handed in, each with the engine's word on it."""
    judged = {line.award.id: line for line in result.awards}
    return [
        {
            **row,
            "day": date.fromisoformat(row["date"]),
            "counted": line.counted,
            "points": decimal_text(line.points),
            "reason": words(line.reason),
        }
        for row in record.content["awards"]
        if (line := judged.get(row["id"]))
    ]


class ApplicationPage(CasePage):
    """The papers as they were handed in, what was decided, and how the application ended: for reading."""

    template_name = "applications/application.html"
    right = "view_case"

    def check_entry(self) -> None:
        """Whoever sees the case may read its application."""

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the papers and the summary."""
        from_summary = application_summary(self.case)
        return {
            **super().context(forms),
            **papers_context(self),
            "application": from_summary,
            "remarks": None,
        }
