"""Reads of items, orders and samples, named as questions."""

from datetime import date

from django.db.models import Case as Choose
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast

from applications.models import Case, Community, StageRun, Todo, User
from applications.permissions import scope as scope_of
from applications.permissions import visible_cases
from rectification.models import RectificationItem, SupervisionEntry, SupervisionOrder, YearlySample
from review.models import Publication


def who_worked_on(item: int) -> QuerySet[User]:
    """Return who planned an item or reported its progress."""
    planned = RectificationItem.objects.filter(pk=item).values("planned_by")
    reported = RectificationItem.objects.filter(pk=item).values("progress__by")
    return User.objects.filter(Q(pk__in=planned) | Q(pk__in=reported))


def ledger(user: User) -> QuerySet[RectificationItem]:
    """Return the items of the cases a person may see: what is open first, the soonest due before what has no term yet."""
    closed = When(state=RectificationItem.State.CLOSED, then=1)
    return (
        RectificationItem.objects.filter(case__in=visible_cases(user))
        .select_related("case__community__region__parent")
        .order_by(Choose(closed, default=0), F("due_on").asc(nulls_last=True), "pk")
    )


def counts(items: QuerySet[RectificationItem], today: date) -> dict[str, int]:
    """Return the ledger's figures over what the viewer may see: by state, overdue, all."""
    figures = items.order_by().aggregate(
        all=Count("pk"),
        planning=Count("pk", filter=Q(state__in=["planning", "checking"])),
        working=Count("pk", filter=Q(state="working")),
        verifying=Count("pk", filter=Q(state="verifying")),
        closed=Count("pk", filter=Q(state="closed")),
        recurred=Count("pk", filter=Q(recurrences__gt=0)),
        late=Count("pk", filter=Q(due_on__lt=today) & ~Q(state="closed")),
    )
    return dict(figures)


def items_of(case: Case) -> QuerySet[RectificationItem]:
    """Return a case's items, all rounds, in the order they were opened."""
    return RectificationItem.objects.filter(case=case).order_by("round", "pk")


RUNS = (
    "rectification",
    "look_back",
)  # the stages of an item's runs; their key is the item's number in the table


def open_step(item: RectificationItem) -> Todo | None:
    """Return the open to-do of an item, in its own run or in that of its look-back."""
    rows = Todo.objects.filter(
        case=item.case_id, run__stage__in=RUNS, run__key=str(item.pk), state=Todo.State.OPEN
    )
    return rows.select_related("assignee", "run", "case").first()


def overdue_step(item: RectificationItem, today: date) -> Todo | None:
    """Return the open to-do of an item whose due date has passed, or None."""
    todo = open_step(item)
    return todo if todo is not None and todo.due_on is not None and todo.due_on < today else None


def order_under_way(item: RectificationItem) -> SupervisionOrder | None:
    """Return the supervision order on an item that is not closed, or None."""
    closed = SupervisionEntry.objects.filter(order=OuterRef("pk"), verb=SupervisionEntry.Verb.CLOSE)
    return SupervisionOrder.objects.filter(~Exists(closed), item=item).first()


def order_step(order: SupervisionOrder) -> Todo | None:
    """Return the open to-do of a supervision order, or None where it is closed."""
    rows = Todo.objects.filter(
        case=order.item.case_id, run__stage="supervision", run__key=str(order.pk), state=Todo.State.OPEN
    )
    return rows.select_related("assignee", "run", "case").first()


def overdue_items(user: User, today: date) -> QuerySet[RectificationItem]:
    """Return the items that a person sees and that wait beyond their due date, the longest first."""
    todos = Todo.objects.filter(
        case=OuterRef("case"),
        run__stage__in=RUNS,
        run__key=Cast(OuterRef("pk"), CharField()),
        state=Todo.State.OPEN,
        due_on__lt=today,
    )
    return ledger(user).filter(Exists(todos))


def may_be_chased(user: User, today: date) -> QuerySet[RectificationItem]:
    """Return the overdue items that a person may remind of today: the county that follows them, or a supervisor."""
    rights = scope_of(user, "plan_rectification", "case__path") | scope_of(user, "supervise", "case__path")
    return overdue_items(user, today).filter(rights).exclude(chases__on=today)


def orders_without_run(case: Case) -> list[str]:
    """Return the keys of the orders that nobody has been asked to answer; the road asks."""
    begun = StageRun.objects.filter(
        case=OuterRef("item__case"), stage="supervision", key=Cast(OuterRef("pk"), CharField())
    )
    rows = SupervisionOrder.objects.filter(~Exists(begun), item__case=case).order_by("pk")
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


def items_without_run(case: Case) -> list[str]:
    """Return the keys of the items of a check or complaint on which nobody has been asked to work; the road asks."""
    begun = StageRun.objects.filter(
        case=OuterRef("case"), stage="rectification", key=Cast(OuterRef("pk"), CharField())
    )
    later = (RectificationItem.Source.CHECK, RectificationItem.Source.COMPLAINT)
    found = RectificationItem.objects.filter(~Exists(begun), case=case, source__in=later)
    return [str(pk) for pk in found.order_by("pk").values_list("pk", flat=True)]


def samples(user: User) -> QuerySet[YearlySample]:
    """Return the yearly samples of the regions a person supervises, newest first, with how many of each are checked."""
    rows = YearlySample.objects.filter(scope_of(user, "supervise", "scope__path")).select_related(
        "scope", "by"
    )
    return rows.annotate(drawn=Count("stars"), checked=Count("stars__check_made"))


def to_look_back_at(day: date) -> list[RectificationItem]:
    """Return the closed items whose day of looking back has come and that nobody was asked to look at yet."""
    begun = StageRun.objects.filter(
        case=OuterRef("case"), stage="look_back", key=Cast(OuterRef("pk"), CharField())
    )
    rows = RectificationItem.objects.filter(~Exists(begun), state="closed", look_back_on__lte=day)
    return list(rows.select_related("case").order_by("look_back_on", "pk"))


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
