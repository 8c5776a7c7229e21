"""Reads of official papers, named as questions."""

from django.db.models import Q, QuerySet

from applications.core.canonical import digest
from applications.models import Case, Event, OfficialPaper, User
from applications.permissions import holds

# the applicant and the offices that check; the audit reads everything
INTAKE_READERS = (
    "fill_application",
    "sign_application",
    "street_check",
    "county_check",
    "city_check",
    "province_check",
    "audit",
)
OF_INTAKE = (OfficialPaper.Kind.ACCEPTANCE, OfficialPaper.Kind.RETURN, OfficialPaper.Kind.DECLINE)


def intake_papers(user: User, case: Case) -> Q:
    """Return the filter of the intake's papers that a person, who sees the case, may open."""
    if any(holds(user, right, case.path) for right in INTAKE_READERS):
        return Q(kind__in=OF_INTAKE)
    return Q(pk__in=[])


def papers_of(case: Case) -> QuerySet[OfficialPaper]:
    """Return the papers issued in a case, newest first."""
    return OfficialPaper.objects.filter(case=case).order_by("-pk")


def broken_paper(event: Event) -> str | None:
    """Return why the paper that an event vouches for no longer matches it, or None."""
    row = OfficialPaper.objects.filter(case=event.case_id, number=event.data.get("paper")).first()
    if row is None:
        return "所记的文书已不存在"
    return None if digest(row.content) == row.digest == event.data.get("digest") else "文书与其摘要不符"
