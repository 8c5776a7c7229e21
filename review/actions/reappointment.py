"""Who judges an upheld objection again: appointed in twos, let go where recused, replaced by somebody untouched."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import record
from applications.actions.turns import Turn, close_todo, finish_task
from applications.errors import FieldFault, Invalid
from applications.models import Assignment, Case, Event, Todo, User
from review.actions.objections import turn_at
from review.models import Objection, ObjectionRuling, Reassessor, ReassessorExit
from review.queries import objections as queries

STEP = "publication.reassess"
SECOND = 2  # how many judge again


def appoint(turn: Turn, objection: Objection, reviewers: Sequence[User]) -> None:
    """Appoint who judges again, so that there are two of them; nobody who had to do with the case or is recused."""
    wanted = SECOND - len(queries.reassessors(objection))
    chosen = {reviewer.pk for reviewer in reviewers}
    if len(chosen) != wanted:
        text = _("请选择%(wanted)s名评审员，您选择了%(count)s名。")
        raise Invalid([FieldFault("reviewers", text % {"wanted": wanted, "count": len(chosen)})])
    if queries.eligible_reassessors(turn.case, turn.at, objection).filter(pk__in=chosen).count() != wanted:
        sentence = _("所选评审员中有人参与过本案、已回避或已不在任，请重新选择。")
        raise Invalid([FieldFault("reviewers", sentence)])
    for reviewer in reviewers:
        Reassessor.objects.create(objection=objection, user=reviewer, assigned_by=turn.by, at=turn.at)
        Assignment.objects.get_or_create(
            case=turn.case,
            user=reviewer,
            duty=Assignment.Duty.REASSESSOR,
            round=turn.case.round,
            active=True,
            defaults={"assigned_by": turn.by, "assigned_at": turn.at},
        )
    data = {"objection": objection.number, "reviewers": [reviewer.name for reviewer in reviewers]}
    record(turn.case, "assign_reassessors", by=turn.by, at=turn.at, data=data)


@verb("replace_reassessors")
def replace(objection: Objection, *, reviewers: Sequence[User], by: User, at: datetime) -> None:
    """Appoint somebody in the place of who left; who has handed in already does not judge once more."""
    turn = turn_at(objection, "reappoint", by=by, at=at)
    appoint(turn, objection, reviewers)
    turn.finish("appointed")


def outcome(objection: Objection) -> str:
    """Return where the second judgement leads when nobody owes one any more: on, or back for somebody in a gap."""
    return "handed_in" if len(queries.reassessors(objection)) == SECOND else "replace"


def step_aside(case: Case, user: User, *, event: Event, by: User, at: datetime) -> None:
    """Let somebody go who judges objections of the case again and must keep away from it.

    As long as the other has not handed in, what the person has handed in counts no longer; after that it stands and
    the log says when its author left. ``event`` is the entry that says why.
    """
    for row in _serving(case).filter(user=user).select_related("objection"):
        waiting = Todo.objects.filter(
            case=case, node=STEP, run__key=row.objection.key, state=Todo.State.OPEN
        ).select_related("run", "task")
        own, step = waiting.filter(assignee=user).first(), waiting.first()
        if step is None:
            continue
        reason = str(event.data.get("reason", ""))[:300]
        ReassessorExit.objects.create(reassessor=row, reason=reason, by=by, at=at)
        if own is not None:
            own.case = own.run.case = case
            close_todo(own, by=by, at=at, outcome="recused")
            if not waiting.exists():
                finish_task(own.task, own.run, by=by, at=at, outcome=outcome(row.objection))
    _end_assignments(case, [user])


def release(objection: Objection) -> None:
    """End the sight of the case of those whose second judgement is concluded, unless another objection needs them."""
    _end_assignments(objection.case, queries.reassessors(objection))


def _serving(case: Case) -> QuerySet[Reassessor]:
    """Return who judges an objection of the case again that is not concluded."""
    concluded = ObjectionRuling.objects.filter(objection__case=case, verb=ObjectionRuling.Verb.CONCLUDE)
    rows = Reassessor.objects.filter(objection__case=case, exit__isnull=True)
    return rows.exclude(objection__in=concluded.values("objection"))


def _end_assignments(case: Case, people: Sequence[Any]) -> None:
    """End the assignments of those who judge nothing of the case again any more."""
    rows = Assignment.objects.filter(
        case=case, user__in=people, duty=Assignment.Duty.REASSESSOR, active=True
    ).exclude(user__in=_serving(case).values("user"))
    for row in rows:
        row.active = False
        row.save(update_fields=["active"])
