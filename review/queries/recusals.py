"""Who may be kept away from a case by order: everybody who works on it or could have to."""

from django.db.models import OuterRef, Q, QuerySet, Subquery

from applications.models import Assignment, Case, Membership, Recusal, Todo, User
from applications.permissions import holders_of_any
from applications.permissions_evidence import WORKING_RIGHTS
from review.models import TeamMember

ALSO = (
    "prepare_publication",
    "approve_publication",
    "supervise",
)  # who acts on a case besides those who work on it
APPLICANTS = (
    "fill_application",
    "sign_application",
    "rectify",
)  # the community itself is not impartial to its case


def at_work(case: Case) -> QuerySet[User]:
    """Return who works on a case or may have to, by right, duty or seat in the team, each with their office as ``office``.

    Neither those recused already nor the community's own people; of those whose account is closed only who still holds
    a to-do by name (3 queries at most, however many there are).
    """
    rights = [right for right in (*WORKING_RIGHTS, *ALSO) if right not in APPLICANTS]
    serving = TeamMember.objects.filter(case=case, round=case.round, active=True, user__isnull=False)
    assigned = Assignment.objects.filter(case=case, active=True)
    first = Membership.objects.filter(user=OuterRef("pk"), active=True).order_by("pk")
    people = Q(pk__in=holders_of_any(rights, case.path).values("pk"))
    people |= Q(pk__in=serving.values("user")) | Q(pk__in=assigned.values("user"))
    held = Todo.objects.filter(case=case, state=Todo.State.OPEN, permission="", assignee__isnull=False)
    recused = Recusal.objects.filter(case=case, lifted_at__isnull=True)
    return (
        User.objects.filter(Q(people, is_active=True) | Q(pk__in=held.values("assignee"), is_active=False))
        .exclude(pk__in=recused.values("user"))
        .annotate(office=Subquery(first.values("organisation__name")[:1]))
        .order_by("name", "pk")
    )
