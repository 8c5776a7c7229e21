"""Recusal of officials: declared, ordered by a superior, overridden by one; the superior has no conflict of their own."""

from datetime import datetime

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.accounts import put_back
from applications.actions.events import lock_case, record
from applications.actions.turns import close_todo, finish_task
from applications.core.verdict import YES, Verdict, no
from applications.errors import FieldFault, Hidden, Invalid, Refused, require
from applications.models import Case, Event, Recusal, Todo, User
from applications.permissions import holds, may_on_case, visible_cases
from applications.permissions_evidence import works_on
from applications.words import words
from notifications.outbox import post
from review.actions import judging, reappointment
from review.actions.duties import leave
from review.actions.team import DECLARE_NODES, after_declarations
from review.models import TeamMember
from review.queries.recusals import ALSO, at_work
from review.queries.teams import bars

RIGHT = "override_recusal"
LEAST, MOST = 4, 300


def may_recuse(user: User, case: Case) -> Verdict:
    """Whether the person declares here that they keep away: an official who works on the case."""
    if not works_on(user, case) and not any(holds(user, right, case.path) for right in ALSO):
        return no(_("您不办理本案，无须申请回避。"))
    if TeamMember.objects.filter(case=case, round=case.round, user=user, active=True).exists():
        return no(_("评估小组成员请在“回避与保密声明”页面申请回避。"))
    return YES


@verb("recuse_self")
def recuse_self(case: Case, *, reason: str, by: User, at: datetime) -> Recusal:
    """Keep away from a case one would have to act on: out of sight at once, what was taken goes back to the office."""
    case = lock_case(case)
    if not visible_cases(by).filter(pk=case.pk).exists():
        raise Hidden
    require(may_recuse(by, case))
    reason = _reasoned(reason)
    row = Recusal.objects.create(case=case, user=by, reason=reason, declared=True, at=at)
    event = record(case, "recuse_self", by=by, at=at, data={"reason": reason})
    reappointment.step_aside(case, by, event=event, by=by, at=at)
    put_back(by, by=by, at=at)
    return row


def may_override(user: User, case: Case) -> Verdict:
    """Whether the person may decide on recusals of a case: the right there, neither recused nor tied to the community."""
    verdict = may_on_case(user, RIGHT, case)
    if not verdict.ok:
        return verdict
    ties = bars(case, [user.pk], today=clock.today(), intake=False)[user.pk].reasons
    if ties:
        return no(
            _("您自己与本案有利害关系（%(ties)s），不能裁定回避。") % {"ties": "；".join(map(words, ties))}
        )
    return YES


@verb("order_recusal")
def order(case: Case, *, person: User, reason: str, by: User, at: datetime) -> Recusal:
    """Order a person to keep away from a case, with the reason; it works at once as if they had declared it themselves.

    What they had taken goes back to the office; a member of the team leaves it, and a colleague or a newcomer goes on.
    """
    case = lock_case(case)
    require(may_override(by, case))
    if person.pk == by.pk:
        raise Refused(_("责令回避针对他人；您本人有利害关系的，请申请回避。"))
    found = at_work(case).filter(pk=person.pk).first()
    if found is None:
        raise Refused(_("%(name)s不办理本案或者已经回避，无须责令回避。") % {"name": person.name})
    reason = _reasoned(reason, "why")
    row = Recusal.objects.create(case=case, user=found, reason=reason, declared=False, at=at)
    event = record(case, "order_recusal", by=by, at=at, data={"name": found.name, "reason": reason})
    member = TeamMember.objects.filter(case=case, round=case.round, user=found, active=True).first()
    if member is not None:
        _out_of_team(case, member, event, by=by, at=at)
    reappointment.step_aside(case, found, event=event, by=by, at=at)
    put_back(found, by=by, at=at)
    post("recusal.ordered", f"recusal.ordered:{row.pk}", at=at, payload={"recusal": row.pk})
    return row


def _out_of_team(case: Case, member: TeamMember, event: Event, *, by: User, at: datetime) -> None:
    """Let a member go as after a declared conflict; whoever had still to declare is waited for no longer."""
    assert member.user is not None
    member.case = case
    judging.void_hand_in(case, member.user, by=by, at=at)
    leave(member, event=event, by=by, at=at)
    waiting = Todo.objects.filter(case=case, node__in=DECLARE_NODES, state=Todo.State.OPEN)
    todo = waiting.filter(assignee=member.user).select_related("run", "task").first()
    if todo is None:
        return
    todo.case = todo.run.case = case
    close_todo(todo, by=by, at=at, outcome="recused")
    if not waiting.filter(task=todo.task_id).exists():
        finish_task(todo.task, todo.run, by=by, at=at, outcome=after_declarations(todo.run))


@verb("lift_recusal")
def lift(recusal: Recusal, *, reason: str, by: User, at: datetime) -> None:
    """Override a recusal, with the reason; the person sees and may be assigned to the case again."""
    case = lock_case(recusal.case)
    require(may_override(by, case))
    row = Recusal.objects.select_related("user").filter(case=case, pk=recusal.pk).first()
    if row is None:
        raise Hidden
    if row.lifted_at is not None:
        raise Refused(_("%(name)s的回避已经撤销。") % {"name": row.user.name})
    row.lift_reason, row.lifted_by, row.lifted_at = _reasoned(reason), by, at
    row.save(update_fields=["lift_reason", "lifted_by", "lifted_at"])
    record(case, "lift_recusal", by=by, at=at, data={"name": row.user.name, "reason": row.lift_reason})


def _reasoned(reason: str, field: str = "reason") -> str:
    reason = reason.strip()
    if not LEAST <= len(reason) <= MOST:
        sentence = _("请用%(least)s至%(most)s个字写明理由。") % {"least": LEAST, "most": MOST}
        raise Invalid([FieldFault(field, sentence)])
    return reason
