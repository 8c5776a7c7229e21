"""Writing down who opened what is not for everybody (R4-090, R4-123: access is logged)."""

from datetime import datetime, timedelta

from applications.models import Access, Case, Evidence, Matter, User

ONE_LOOK = timedelta(minutes=10)  # within which pages and pictures of the same thing are one opening


def opened_file(row: Evidence, *, by: User, at: datetime) -> None:
    """Write down that somebody opened a file with personal data; any other file costs no statement."""
    if row.sensitive:
        _opened(Access(case=row.case, kind=Access.Kind.FILE, subject=row.name, evidence=row, user=by, at=at))


def opened_objector(case: Case, number: str, *, by: User, at: datetime) -> None:
    """Write down that somebody was shown who stands behind an objection."""
    _opened(Access(case=case, kind=Access.Kind.OBJECTOR, subject=number, user=by, at=at))


def opened_complainant(matter: Matter, *, by: User, at: datetime) -> None:
    """Write down that somebody was shown who stands behind a complaint (R4-123)."""
    _opened(Access(matter=matter, kind=Access.Kind.COMPLAINANT, subject=matter.number, user=by, at=at))


def _opened(row: Access) -> None:
    """Keep an opening, unless it goes on with the last look of the same person at the same thing."""
    before = Access.objects.filter(
        user=row.user_id,
        subject=row.subject,
        case=row.case_id,
        matter=row.matter_id,
        kind=row.kind,
        evidence=row.evidence_id,
        at__gt=row.at - ONE_LOOK,
        at__lte=row.at,
    )
    if not before.exists():
        row.save()
