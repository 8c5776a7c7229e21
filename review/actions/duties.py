"""What happens to the work of who leaves a team at work: a colleague of the same duty takes it, or it waits.

A judgement is never a colleague's: the two judge blind, so what a reviewer leaves waits for a newcomer.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from applications.actions import turns
from applications.actions.turns import Turn, close_todo, take
from applications.core.faults import N_
from applications.errors import NotAllowed
from applications.models import Assignment, Case, Event, Todo, TodoBar, User
from notifications.outbox import post
from review.core.team import DOCUMENTS, LEADER, REVIEWER, SITE, SURVEYOR
from review.models import TeamMember

AT_WORK = (Case.State.COLLECTION, Case.State.REVIEW, Case.State.SCORING)
STEPS = {
    DOCUMENTS: ("collection.documents",),
    SITE: ("collection.site",),
    SURVEYOR: ("collection.interviews",),
    REVIEWER: ("review.judge",),
    LEADER: ("review.settle", "review.opinion", "scoring.resettle"),
}


def take_duty(case: Case, node: str, *, by: User, at: datetime) -> Turn:
    """Take one's turn at a step of the collection; nobody works on a case before having declared (R3-087)."""
    return declared(take(case, node, by=by, at=at))


def declared(turn: Turn) -> Turn:
    """Return the turn if the person has declared, where they sit in the team."""
    if undeclared_member(turn.case, turn.by) is not None:
        raise NotAllowed(_("请先作出回避与保密声明，再开始工作。"))
    return turn


def undeclared_member(case: Case, user: User) -> TeamMember | None:
    """Return the person's membership in the present round if it still lacks the declaration."""
    return TeamMember.objects.filter(
        case=case, round=case.round, user=user, active=True, carried=False, declaration__isnull=True
    ).first()


def leave(member: TeamMember, *, event: Event, by: User, at: datetime) -> None:
    """End a membership with every duty that came with it, and hand over what lies open.

    ``event`` is the entry of the log that says why.
    """
    reason = str(event.data.get("reason", ""))
    member.active, member.left_at, member.left_reason = False, at, reason[:300]
    member.save(update_fields=["active", "left_at", "left_reason"])
    if member.user is None:
        return
    for row in _held(member.case).filter(round=member.round, user=member.user):
        row.active = False
        row.save(update_fields=["active"])
    for duty, nodes in STEPS.items():
        for todo in _open(member.case, nodes).filter(assignee=member.user):
            _hand_over(todo, duty, member.round, event, by=by, at=at)


def _hand_over(todo: Todo, duty: str, round_number: int, event: Event, *, by: User, at: datetime) -> None:
    """Close a to-do that a colleague has too; give it to one who does not; without a colleague it waits for one.

    A waiting to-do keeps its row and its deadline, but it is off the desk of who left.
    """
    held = _held(todo.case).filter(round=round_number, duty=duty)
    colleagues = [row.user for row in held] if duty != REVIEWER else []
    if _open(todo.case, [todo.node]).filter(task=todo.task_id, assignee__in=colleagues).exists():
        close_todo(todo, by=by, at=at, outcome="released")
    elif colleagues:
        _give(todo, colleagues[0], event, at)
    elif todo.assignee is not None:
        reason = N_("您已退出本案的评估小组。")
        TodoBar.objects.get_or_create(todo=todo, user=todo.assignee, defaults={"reason": reason})


def take_over(case: Case, user: User, duties: tuple[str, ...], *, event: Event, at: datetime) -> None:
    """Give the to-dos that nobody on duty has to the person who has just taken the duty."""
    for duty in duties:
        if duty in STEPS:
            on_duty = _held(case).filter(round=case.round, duty=duty).exclude(user=user).values("user")
            for todo in _open(case, STEPS[duty]).exclude(assignee__in=on_duty).exclude(assignee=user):
                _give(todo, user, event, at)


def _held(case: Case) -> QuerySet[Assignment]:
    return Assignment.objects.filter(case=case, active=True).select_related("user").order_by("pk")


def _open(case: Case, nodes: Sequence[str]) -> QuerySet[Todo]:
    rows = Todo.objects.filter(case=case, node__in=nodes, state=Todo.State.OPEN)
    return rows.select_related("case", "assignee").order_by("pk")


def _give(todo: Todo, user: User, event: Event, at: datetime) -> None:
    """Put a to-do on another desk and have it said there."""
    turns.reassign(todo, to=user)
    payload = {"todo": todo.pk, "event": event.seq}
    post("todo.reassigned", f"todo.reassigned:{todo.pk}:{event.seq}", at=at, payload=payload)
