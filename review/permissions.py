"""Who may read what a team collects: the team itself and the office that runs the assessment."""

from django.contrib.auth.models import AnonymousUser

from applications.core.verdict import YES, Verdict
from applications.models import Assignment, Case, User
from applications.permissions import may_on_case, may_see


def of_the_team(user: User | AnonymousUser, case: Case) -> Verdict:
    """Whether the person belongs to the team of a case, or runs its assessment."""
    if isinstance(user, User) and Assignment.objects.filter(case=case, user=user, active=True).exists():
        return YES
    return may_on_case(user, "run_survey", case)


def may_keep(user: User | AnonymousUser, case: int) -> bool:
    """Whether a device may go on keeping the collection's pages of a case; no case is as good as a hidden one."""
    found = Case.objects.filter(pk=case).first()
    return found is not None and may_see(user, found) and of_the_team(user, found).ok
