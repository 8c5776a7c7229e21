"""Following a case."""

from datetime import datetime

from applications.errors import Hidden
from applications.models import Case, User, Watch
from applications.permissions import visible_cases


def watch(case: Case, *, by: User, at: datetime) -> None:
    """Follow a case that one may see; following it twice changes nothing."""
    if not visible_cases(by).filter(pk=case.pk).exists():
        raise Hidden
    Watch.objects.get_or_create(user=by, case=case, defaults={"at": at})


def unwatch(case: Case, *, by: User, at: datetime) -> None:
    """Follow a case no more."""
    Watch.objects.filter(user=by, case=case).delete()
