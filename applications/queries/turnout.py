"""How far the communities of one's region are with a batch: not begun, filling in, handed in (practice 4.2, persona 3)."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from applications.models import Batch, Case, Community, Membership, Recusal, Todo, User
from applications.permissions import below, paths
from applications.queries.intake import FILL

CHECKS = ("street_check", "county_check", "city_check", "province_check")
REMINDS = ("street_check", "county_check")  # who is near enough to chase
NONE, FILLING, HANDED = "none", "filling", "handed"
STATES = {NONE: _("未申报"), FILLING: _("填报中"), HANDED: _("已提交")}


def open_batches(today: date) -> QuerySet[Batch]:
    """Return the batches in which one may apply on a day, the newest first."""
    rows = Batch.objects.filter(state=Batch.State.OPEN, opens_on__lte=today, closes_on__gte=today)
    return rows.select_related("scope").defer("policy", "terms")


def communities_of(batch: Batch, user: User, rights: tuple[str, ...] = CHECKS) -> QuerySet[Community]:
    """Return the urban communities of a batch where the person holds one of the rights, each with how far it is.

    ``case_pk`` and ``case_state`` its newest case in the batch, ``staffed`` whether anybody there has an
    account. A community whose case the person is recused from is not among them.
    """
    reach = sorted({path for right in rights for path in paths(user, right)})
    cases = Case.objects.filter(community=OuterRef("pk"), batch=batch).order_by("-pk")
    recused = Recusal.objects.filter(
        case__community=OuterRef("pk"), case__batch=batch, user=user, lifted_at__isnull=True
    )
    filling = Todo.objects.filter(case=OuterRef("case_pk"), node=FILL, state=Todo.State.OPEN)
    staff = Membership.objects.filter(
        region=OuterRef("region"), role__in=("community_clerk", "community_head"), active=True
    )
    rows = Community.objects.filter(below(reach, "region__path"), urban=True)
    rows = rows.filter(region__path__startswith=batch.scope.path).exclude(Exists(recused))
    return rows.annotate(
        case_pk=Subquery(cases.values("pk")[:1]),
        case_state=Subquery(cases.values("state")[:1]),
        filling=Exists(filling),
        staffed=Exists(staff),
    ).select_related("region__parent__parent")


def in_state(rows: QuerySet[Community], state: str) -> QuerySet[Community]:
    """Return those that are so far."""
    return rows.filter(_WHERE[state])


_WHERE: Mapping[str, Q] = {
    NONE: Q(case_pk__isnull=True),
    FILLING: Q(case_pk__isnull=False, filling=True),
    HANDED: Q(case_pk__isnull=False, filling=False),
}


def counts(rows: QuerySet[Community]) -> dict[str, int]:
    """Return how many are how far (a query for each state)."""
    return {state: in_state(rows, state).order_by().count() for state in STATES}
