"""Gaps in a team at work: somebody steps down, somebody comes in, a new round takes the team over."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.errors import FieldFault, Invalid, NotAllowed, Refused, require
from applications.models import Assignment, Case, Recusal, StageRun, User
from applications.permissions import may_on_case
from review.actions.duties import AT_WORK, take_over
from review.actions.team import NewMember, check_team, recuse, seat_member, team_data
from review.models import TeamMember
from review.queries.teams import open_duties, team_of


@verb("fill_gap")
def fill_gap(case: Case, *, members: Sequence[NewMember], by: User, at: datetime) -> None:
    """Fill the duties that somebody left open while the team is at work; their to-dos go over at once.

    A newcomer works only after having declared.
    """
    case = lock_case(case)
    require(may_on_case(by, "form_team", case))
    if case.state not in AT_WORK or not open_duties(case):
        raise Refused(_("评估小组目前没有空缺的职责。"))
    serving = team_of(case)
    check_team(case, serving, members, at=at)
    given = [(new, seat_member(case, new, serving, by=by, at=at)) for new in members]
    event = record(case, "fill_gap", by=by, at=at, data=team_data(case))
    for new, duties in given:
        if new.user is not None:
            take_over(case, new.user, duties, event=event, at=at)


@verb("step_down")
def step_down(case: Case, *, reason: str, by: User, at: datetime) -> None:
    """Declare a conflict that has come up later: out of sight at once, the work goes to a colleague or waits."""
    case = lock_case(case)
    member = TeamMember.objects.filter(case=case, round=case.round, user=by, active=True).first()
    if member is None or case.state not in AT_WORK:
        raise NotAllowed(_("您目前不在本案的评估小组中，不能在此申请回避。"))
    if not reason.strip():
        raise Invalid([FieldFault("reason", _("请写明利害关系的具体情形。"))])
    event = record(case, "declare_conflict", by=by, at=at, data={"reason": reason.strip()[:300]})
    member.case = case
    recuse(member, event=event, by=by, at=at)


@verb("carry_team")
def carry_team(case: Case, *, run: StageRun, by: User | None, at: datetime) -> None:
    """Let the team of the round before go on in a new round; who left or was recused in between does not."""
    if run.round == 1 or TeamMember.objects.filter(case=case, round=run.round).exists():
        return
    before = run.round - 1
    recused = set(Recusal.objects.filter(case=case, lifted_at__isnull=True).values_list("user", flat=True))
    for row in TeamMember.objects.filter(case=case, round=before, active=True).select_related("user"):
        if row.user_id not in recused and (row.user is None or row.user.is_active):
            TeamMember.objects.create(
                case=case,
                round=run.round,
                user=row.user,
                name=row.name,
                unit=row.unit,
                kind=row.kind,
                elected=row.elected,
                carried=True,
                added_by=by,
                added_at=at,
            )
    duties = Assignment.objects.filter(case=case, round=before, active=True, user__is_active=True)
    carried = [
        held
        for held in duties.exclude(duty=Assignment.Duty.REASSESSOR).order_by("pk")
        if held.user_id not in recused
    ]
    for held in carried:
        Assignment.objects.create(
            case=case,
            user_id=held.user_id,
            duty=held.duty,
            round=run.round,
            assigned_by_id=held.assigned_by_id,
            assigned_at=at,
        )
    record(case, "carry_team", by=by, at=at, data={"round": run.round, "members": len(carried)})
