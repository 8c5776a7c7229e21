"""Reads of the rectification app, named as questions."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from applications.models import Case, Community, User
from applications.permissions import visible_cases
from rectification.models import RectificationItem
from review.models import Publication


def who_worked_on(item: int) -> QuerySet[User]:
    """Return who planned an item or reported its progress."""
    planned = RectificationItem.objects.filter(pk=item).values("planned_by")
    reported = RectificationItem.objects.filter(pk=item).values("progress__by")
    return User.objects.filter(Q(pk__in=planned) | Q(pk__in=reported))


def ledger(user: User) -> QuerySet[RectificationItem]:
    """Return the items of the cases a person may see, soonest due first."""
    return (
        RectificationItem.objects.filter(case__in=visible_cases(user))
        .select_related("case__community__region__parent")
        .order_by("due_on", "pk")
    )


def counts(items: QuerySet[RectificationItem], today: date) -> dict[str, int]:
    """Return the ledger's figures over what the viewer may see: by state, overdue, all."""
    figures = items.order_by().aggregate(
        all=Count("pk"),
        planning=Count("pk", filter=Q(state__in=["planning", "checking"])),
        working=Count("pk", filter=Q(state="working")),
        verifying=Count("pk", filter=Q(state="verifying")),
        closed=Count("pk", filter=Q(state="closed")),
        late=Count("pk", filter=Q(due_on__lt=today) & ~Q(state="closed")),
    )
    return dict(figures)


def items_of(case: Case) -> QuerySet[RectificationItem]:
    """Return a case's items, all rounds, in the order they were opened."""
    return RectificationItem.objects.filter(case=case).order_by("round", "pk")


def public_progress(community: Community) -> dict[str, int]:
    """Return how many items of a community's announced rounds there are and how many are closed (R2-040).

    A round whose result was never announced stays unknown to the public, with its items.
    """
    announced = Publication.objects.filter(
        kind=Publication.Kind.ANNOUNCEMENT, case=OuterRef("case"), round=OuterRef("round")
    )
    items = RectificationItem.objects.filter(Exists(announced), case__community=community)
    figures = items.aggregate(all=Count("pk"), closed=Count("pk", filter=Q(state="closed")))
    return dict(figures)
