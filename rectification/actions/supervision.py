"""What is done about overdue items: reminding everybody at once, and a supervision order that has to be answered."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.actions.turns import take
from applications.core.verdict import YES, Verdict
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import Case, User
from applications.permissions import may_on_case
from applications.signals import road
from notifications.outbox import post
from rectification.models import Chase, RectificationItem, SupervisionEntry, SupervisionOrder
from rectification.queries.items import order_under_way, overdue_step

Verb = SupervisionEntry.Verb


def may_chase(by: User, case: Case) -> Verdict:
    """Whether this person may remind of overdue items of a case: the county that follows them, or a supervisor."""
    verdict = may_on_case(by, "plan_rectification", case)
    return YES if verdict.ok or may_on_case(by, "supervise", case).ok else verdict


def chase(items: Iterable[RectificationItem], *, by: User, at: datetime) -> int:
    """Remind of each of these items that is overdue and was not reminded of today; return how many.

    Each is a step of its own: one that somebody else just reminded of or closed is passed over.
    """
    return sum(chase_one(item, by=by, at=at) for item in items)


@verb("chase_item")
def chase_one(item: RectificationItem, *, by: User, at: datetime) -> int:
    """Remind those whose turn it is of an overdue item, once a day; return 1, or 0 where there is nothing to remind of."""
    case = lock_case(item.case)
    require(may_chase(by, case))
    today = clock.day_of(at)
    todo = overdue_step(item, today)
    if todo is None or Chase.objects.filter(item=item, on=today).exists():
        return 0
    Chase.objects.create(item=item, on=today, by=by, at=at)
    record(case, "chase_item", by=by, at=at, data={"item": item.number, "due": str(todo.due_on)})
    post("item.chased", f"item.chased:{item.pk}:{today}", at=at, payload={"todo": todo.pk, "day": str(today)})
    return 1


@verb("issue_order")
def issue(item: RectificationItem, *, demand: str, by: User, at: datetime) -> SupervisionOrder:
    """Issue a supervision order on an overdue item; the community has to answer it within its term (R3-110)."""
    case = lock_case(item.case)
    require(may_on_case(by, "supervise", case))
    if overdue_step(item, clock.day_of(at)) is None:
        raise Refused(_("该整改项没有超期，不能督办。"))
    if order_under_way(item):
        raise Refused(_("该整改项已有一份督办单正在办理。"))
    if not demand.strip():
        raise Invalid([FieldFault("demand", _("请写明督办要求。"))])
    number = f"DB-{item.number}-{item.orders.count() + 1}"
    row = SupervisionOrder.objects.create(item=item, number=number, demand=demand.strip(), by=by, at=at)
    record(
        case, "issue_order", by=by, at=at, data={"order": number, "item": item.number, "demand": row.demand}
    )
    road.send(sender=Case, case=case, by=by, at=at)
    return row


@verb("answer_order")
def answer(order: SupervisionOrder, *, text: str, by: User, at: datetime) -> SupervisionEntry:
    """Answer an order: what is being done, and by when."""
    turn = take(order.item.case, "supervision.reply", by=by, at=at, key=str(order.pk))
    row = SupervisionEntry.objects.create(order=order, verb=Verb.REPLY, text=text, by=by, at=at)
    record(turn.case, "answer_order", by=by, at=at, data={"order": order.number})
    turn.finish("replied")
    return row


@verb("examine_order")
def examine(order: SupervisionOrder, *, outcome: str, text: str, by: User, at: datetime) -> SupervisionEntry:
    """Close an order whose answer suffices, or send it back to be answered again (``outcome``: close, back)."""
    turn = take(order.item.case, "supervision.examine", by=by, at=at, key=str(order.pk))
    row = SupervisionEntry.objects.create(order=order, verb=outcome, text=text, by=by, at=at)
    record(turn.case, "examine_order", by=by, at=at, data={"order": order.number, "outcome": outcome})
    turn.finish(outcome)
    return row
