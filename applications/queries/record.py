"""An application as it was handed in: side by side with what was handed in before, and with what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from applications import clock
from applications.core.canonical import decimal_text
from applications.core.elements import FactSpec
from applications.core.papers import Changes, Topic, changes, claimable, topics
from applications.core.plan import Plan
from applications.core.rating import Result, forecast
from applications.models import Case, Defect, Event, IntakeDecision, Submission
from applications.queries.gaps import SURVEY
from applications.queries.intake import decisions_of, submissions_of
from applications.queries.standards import plan_of
from applications.words import printed, value_words

NO_CHANGES = changes({}, {})


def level_name(level: str) -> str:
    """The name of a level's check."""
    return {
        "street": _("街道初审"),
        "county": _("县级审核"),
        "city": _("市级复审"),
        "province": _("省级受理"),
    }.get(level, level)


@dataclass
class Record:
    """A submission read through the standard, with the changes since the one before and the defects told so far."""

    case: Case
    plan: Plan
    submission: Submission
    before: Submission | None
    decisions: list[IntakeDecision]
    defects: dict[str, list[Defect]] = field(default_factory=dict)

    @property
    def content(self) -> Mapping[str, Any]:
        """The snapshot."""
        found: Mapping[str, Any] = self.submission.content
        return found

    @property
    def changes(self) -> Changes:
        """What is different from the submission before."""
        return changes(self.before.content, self.content) if self.before else NO_CHANGES

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The pages of facts."""
        return topics(self.plan)

    def result(self) -> Result:
        """The points of what was handed in, computed again from the snapshot."""
        content = self.content
        awards = [{key: row[key] for key in row if key != "evidence"} for row in content["awards"]]
        sheet = {
            "standard": self.plan.standard.code,
            "application_year": self.case.batch.year,
            "application_date": clock.day_of(self.submission.submitted_at).isoformat(),
            "applied_star": self.submission.applied_star,
            "facts": dict(content["facts"]),
            "awards": awards,
            "policy": dict(self.case.batch.policy),
        }
        claims = {key: claim["reached"] for key, claim in content["claims"].items()}
        return forecast(self.plan.standard, sheet, claims)


def record_of(case: Case) -> Record | None:
    """The last submission of a case with everything beside it (2 queries, 3 after a decision), None where nothing was handed in."""
    submissions = submissions_of(case)
    if not submissions:
        return None
    decisions = decisions_of(case)
    found = Record(
        case=case,
        plan=plan_of(case.batch),
        submission=submissions[-1],
        before=submissions[-2] if len(submissions) > 1 else None,
        decisions=decisions,
    )
    returned = [decision for decision in decisions if decision.verb == IntakeDecision.Verb.RETURN]
    if returned:
        for defect in returned[-1].defects.all():
            found.defects.setdefault(defect.target, []).append(defect)
    return found


def fact_rows(record: Record, result: Result) -> list[dict[str, Any]]:
    """The facts by topic: value, what it was before, and the measures computed."""
    specs = record.plan.standard.facts
    rows = []
    for topic in record.topics:
        facts = [_fact_row(record, specs[spec.key]) for spec in topic.facts]
        rows.append({"name": topic.name, "id": topic.id, "facts": facts})
    return rows


def _fact_row(record: Record, spec: FactSpec) -> dict[str, Any]:
    before = record.changes.facts.get(spec.key)
    return {
        "spec": spec,
        "label": printed(spec.label),
        "value": value_words(spec, record.content["facts"].get(spec.key)),
        "changed": before is not None,
        "before": value_words(spec, before[0]) if before else "",
        "defects": record.defects.get(spec.key, []),
    }


def indicator_rows(record: Record, result: Result) -> list[dict[str, Any]]:
    """The indicators by dimension: claim, points, measures, files, changes and defects."""
    files: dict[str, list[Mapping[str, Any]]] = {}
    for item in record.content["evidence"]:
        for indicator in item["indicators"]:
            files.setdefault(indicator, []).append(item)
    altered = record.changes
    found = []
    for dimension in record.plan.standard.dimensions:
        rows = []
        for indicator in dimension.indicators:
            claim = record.content["claims"].get(indicator.id)
            old = altered.claims.get(indicator.id)
            rows.append(
                {
                    "line": result.indicators[indicator.id],
                    "claim": claim,
                    "claimable": claimable(indicator),
                    "survey": indicator.method == SURVEY,
                    "files": files.get(indicator.id, []),
                    "changed": indicator.id in altered.indicators,
                    "claim_before": old[0] if old else None,
                    "files_changed": altered.evidence.get(indicator.id),
                    "defects": record.defects.get(indicator.id, []),
                }
            )
        points = decimal_text(result.points_by_dimension[dimension.id])
        found.append(
            {"dimension": dimension, "points": points, "most": decimal_text(dimension.points), "rows": rows}
        )
    return found


def application_summary(case: Case) -> dict[str, Any]:
    """What the case page tells of the application (3 queries, 4 after a decision): submissions, decisions, how it ended.

    For ``{% include "applications/_summary.html" with application=... %}``.
    """
    submissions = list(
        Submission.objects.filter(case=case).select_related("signed_by", "recall").order_by("pk")
    )
    decisions = decisions_of(case)
    given_up = Event.objects.filter(case=case, verb="abandon").select_related("actor").order_by("seq").last()
    last = decisions[-1] if decisions else None
    standing = [row for row in submissions if not hasattr(row, "recall")]
    return {
        "case": case,
        "submissions": submissions,
        "submission": standing[-1] if standing else None,
        "decisions": [{"decision": decision, "level": level_name(decision.level)} for decision in decisions],
        "declined": last if last is not None and last.verb == IntakeDecision.Verb.DECLINE else None,
        "returned": last if last is not None and last.verb == IntakeDecision.Verb.RETURN else None,
        "given_up": given_up,
        "forecast": standing[-1].content["forecast"] if standing else None,
    }
