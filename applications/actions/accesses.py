"""Writing down who opened what is not for everybody (R4-090: access is logged)."""

from datetime import datetime, timedelta

from applications.models import Access, Case, Evidence, User

ONE_LOOK = timedelta(minutes=10)  # within which pages and pictures of the same thing are one opening


def opened_file(row: Evidence, *, by: User, at: datetime) -> None:
    """Write down that somebody opened a file with personal data; any other file costs no statement."""
    if row.sensitive:
        _opened(row.case, Access.Kind.FILE, row.name, evidence=row, by=by, at=at)


def opened_objector(case: Case, number: str, *, by: User, at: datetime) -> None:
    """Write down that somebody was shown who stands behind an objection."""
    _opened(case, Access.Kind.OBJECTOR, number, evidence=None, by=by, at=at)


def _opened(
    case: Case, kind: Access.Kind, subject: str, *, evidence: Evidence | None, by: User, at: datetime
) -> None:
    before = Access.objects.filter(
        user=by, subject=subject, case=case, kind=kind, evidence=evidence, at__gt=at - ONE_LOOK, at__lte=at
    )
    if not before.exists():
        Access.objects.create(case=case, user=by, kind=kind, evidence=evidence, subject=subject, at=at)
