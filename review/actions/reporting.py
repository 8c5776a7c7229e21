"""Issuing the rating report: with the decision, and anew where reconsideration changed the rating before it was announced."""

from datetime import datetime

from applications.actions.papers import issue
from applications.models import Case, OfficialPaper, User
from review.models import Decision, Rating
from review.queries.report_papers import report_content


def issue_report(
    case: Case, rating: Rating, decision: Decision, *, by: User | None, at: datetime
) -> OfficialPaper:
    """Issue the report of a rating; the caller holds the case's lock."""
    content = report_content(case, rating, decision)
    return issue(case, OfficialPaper.Kind.REPORT, about=f"rating:{rating.pk}", content=content, by=by, at=at)


def report_if_new(case: Case, rating: Rating, *, by: User | None, at: datetime) -> OfficialPaper | None:
    """Issue the report of a rating that has none yet: the one that an upheld objection put in the decided one's place."""
    about = f"rating:{rating.pk}"
    if OfficialPaper.objects.filter(kind=OfficialPaper.Kind.REPORT, about=about).exists():
        return None
    decision = Decision.objects.filter(case=case, round=rating.round).first()
    return issue_report(case, rating, decision, by=by, at=at) if decision else None
