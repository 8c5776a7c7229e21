"""The verbs of the team: form it, declare, let a member go (R2-033, R2-051 to R2-054)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.actions.turns import close_todo, finish_task, take
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import Assignment, Case, Event, Organisation, Recusal, StageRun, Todo, User
from applications.permissions import may_on_case
from applications.words import words
from review.actions import judging
from review.actions.duties import AT_WORK, leave, undeclared_member
from review.core import team as rules
from review.core.team import Seat
from review.models import Declaration, TeamMember
from review.queries.teams import MemberRow, bars, draws_of, team_of

FORM_NODES = ("preparation.form_team", "collection.complete_team", "collection.mend_team")
DECLARE_NODES = ("preparation.declare", "collection.declare", "collection.declare_again")


@dataclass(frozen=True)
class NewMember:
    """A person to be taken into the team, or a serving one given further duties; by name only without ``user``."""

    kind: str
    duties: tuple[str, ...] = ()
    user: User | None = None
    name: str = ""
    unit: str = ""
    elected: str = ""

    @property
    def seat(self) -> Seat:
        """The member as the rules see them."""
        name = self.user.name if self.user else self.name
        return Seat(
            name, self.kind, frozenset(self.duties), self.user.pk if self.user else None, self.elected
        )


def open_node(case: Case, nodes: Sequence[str]) -> str:
    """Return which of several steps is open (the same page serves two stages); the first where none is."""
    open_ones = Todo.objects.filter(case=case, node__in=nodes, state=Todo.State.OPEN)
    return open_ones.values_list("node", flat=True).first() or nodes[0]


@verb("form_team")
def form_team(
    case: Case, *, agency: Organisation | None, members: Sequence[NewMember], by: User, at: datetime
) -> None:
    """Put the team together, or fill what a member who left has left open; those who declared stay as they are.

    Raises ``Invalid`` with every fault at once: too few, a kind or a duty missing, somebody with a conflict.
    """
    turn = take(case, FORM_NODES, by=by, at=at)
    serving = team_of(turn.case)
    chosen = turn.case.agency if serving and turn.case.agency else agency
    if chosen is None or chosen.kind != Organisation.Kind.AGENCY or not chosen.active:
        raise Invalid([FieldFault("agency", _("请选择一家在用的第三方机构。"))])
    check_team(turn.case, serving, members, at=at)
    turn.case.agency = chosen
    turn.case.save(update_fields=["agency"])
    for new in members:
        seat_member(turn.case, new, serving, by=by, at=at)
    data = team_data(turn.case)
    drawn = draws_of(turn.case)
    if drawn and not serving:
        data["as_drawn"] = _as_drawn(drawn[-1], members)
    record(turn.case, "form_team", by=by, at=at, data=data)
    turn.finish("formed")


def _as_drawn(event: Event, members: Sequence[NewMember]) -> bool:
    """Whether those with duties are the ones that were drawn, each with the same duties."""
    formed = {new.user.pk: set(new.duties) - {rules.OBSERVER} for new in members if new.user}
    drawn = {row["person"]: set(row["duties"]) for row in event.data["drawn"]}
    return {person: duties for person, duties in formed.items() if duties} == drawn


def team_data(case: Case) -> dict[str, Any]:
    """Return the team as the log notes it."""
    return {
        "agency": case.agency.name if case.agency else "",
        "round": case.round,
        "members": [
            {"name": row.member.name, "kind": row.member.kind, "duties": row.duties} for row in team_of(case)
        ],
    }


def check_team(case: Case, serving: list[MemberRow], members: Sequence[NewMember], *, at: datetime) -> None:
    """Raise unless serving and new members together make a team and nobody of them has a conflict."""
    known = {row.member.user_id: row for row in serving if row.member.user_id}
    more = {new.user.pk: new for new in members if new.user and new.user.pk in known}
    seats = []
    for row in serving:
        extra = more.get(row.member.user_id or 0)
        duties = frozenset(row.duties) | frozenset(extra.duties if extra else ())
        seats.append(Seat(row.member.name, row.member.kind, duties, row.member.user_id, row.member.elected))
    fresh = [new for new in members if not (new.user and new.user.pk in known)]
    seats += [new.seat for new in fresh]
    faults = [words(fault) for fault in rules.faults(seats)]
    faults += _misfits(fresh)
    accounts = [new.user for new in fresh if new.user]
    barred = bars(case, [person.pk for person in accounts], today=clock.day_of(at))
    for person in accounts:
        reasons = _("；").join(words(reason) for reason in barred[person.pk].reasons)
        if reasons:
            faults.append(_("%(name)s不能参加：%(reasons)s。") % {"name": person.name, "reasons": reasons})
    if faults:
        raise Invalid([FieldFault("", sentence) for sentence in faults])


def _misfits(members: Iterable[NewMember]) -> list[str]:
    found = []
    for new in members:
        if new.kind not in rules.KINDS:
            found.append(_("成员类别“%(kind)s”不在可选范围内，请重新选择。") % {"kind": new.kind[:24]})
        if new.user is None and not new.name.strip():
            found.append(_("有一名成员没有填写姓名，请填写或删去。"))
        if new.user is not None and not new.user.is_active:
            found.append(_("%(name)s的账号已停用，请另选一人。") % {"name": new.user.name})
        found += [
            _("职责“%(duty)s”不在可选范围内，请重新选择。") % {"duty": duty[:24]}
            for duty in new.duties
            if duty not in rules.DUTIES and duty != rules.OBSERVER
        ]
    return found


def seat_member(
    case: Case, new: NewMember, serving: list[MemberRow], *, by: User, at: datetime
) -> tuple[str, ...]:
    """Write a member and what they do; a serving one only gets the further duties. Return the duties newly given."""
    row = next((row for row in serving if new.user and row.member.user_id == new.user.pk), None)
    if row is None:
        TeamMember.objects.create(
            case=case,
            round=case.round,
            user=new.user,
            name=(new.user.name if new.user else new.name).strip(),
            unit=new.unit.strip(),
            kind=new.kind,
            elected=new.elected.strip(),
            added_by=by,
            added_at=at,
        )
    if new.user is None:
        return ()
    held = set(row.duties) if row else set()
    wanted = [duty for duty in rules.DUTIES if duty in new.duties and duty not in held]
    if not wanted and not held:
        wanted = [rules.OBSERVER]  # sits in with sight of the case
    for duty in wanted:
        Assignment.objects.create(
            case=case, user=new.user, duty=duty, round=case.round, assigned_by=by, assigned_at=at
        )
    return tuple(wanted)


@verb("declare")
def declare(
    case: Case,
    *,
    conflict: bool,
    reason: str = "",
    confidentiality: bool = False,
    integrity: bool = False,
    by: User,
    at: datetime,
) -> Declaration:
    """Declare a conflict, or none together with both undertakings (R3-087, practice 3.3).

    A conflict ends the membership at once: recused, no longer assigned, out of sight. When everybody has declared, the
    flow goes on; where somebody left, back to the team, of which only the gap is filled.
    """
    node = open_node(case, DECLARE_NODES)
    turn = None
    if Todo.objects.filter(case=case, node=node, state=Todo.State.OPEN).exists() or not _late(case, by):
        turn = take(case, node, by=by, at=at)
    case = turn.case if turn else lock_case(case)
    member = undeclared_member(case, by)
    if member is None:
        raise Refused(_("您不是本案评估小组的成员，无须声明。"))
    _check_declaration(conflict, reason, confidentiality, integrity)
    why = reason.strip() if conflict else ""
    promised = {"confidentiality": confidentiality, "integrity": integrity}
    row = Declaration.objects.create(
        member=member, conflict=conflict, reason=why, text=rules.UNDERTAKING, at=at, **promised
    )
    said = "declare_conflict" if conflict else "declare"
    event = record(case, said, by=by, at=at, data={"reason": row.reason})
    if conflict:
        member.case = case
        recuse(member, event=event, by=by, at=at)
    if turn and turn.close("conflict" if conflict else "declared"):
        turn.finish(after_declarations(turn.run))
    return row


def _late(case: Case, user: User) -> bool:
    """Whether somebody who came in while the team is at work still has to declare."""
    return case.state in AT_WORK and undeclared_member(case, user) is not None


def recuse(member: TeamMember, *, event: Event, by: User, at: datetime) -> None:
    """Keep a member away from the case from now on; their work goes to a colleague or waits for one."""
    assert member.user is not None, "only who has an account declares"
    Recusal.objects.create(
        case=member.case, user=member.user, reason=str(event.data["reason"])[:300], declared=True, at=at
    )
    judging.void_hand_in(member.case, member.user, by=by, at=at)
    leave(member, event=event, by=by, at=at)


def _check_declaration(conflict: bool, reason: str, confidentiality: bool, integrity: bool) -> None:
    faults = []
    if conflict and not reason.strip():
        faults.append(FieldFault("reason", _("请写明利害关系的具体情形。")))
    if not conflict and not confidentiality:
        faults.append(FieldFault("confidentiality", _("须作出保密承诺才能参加评估。")))
    if not conflict and not integrity:
        faults.append(FieldFault("integrity", _("须作出廉洁承诺才能参加评估。")))
    if faults:
        raise Invalid(faults)


def after_declarations(run: StageRun) -> str:
    """Return where the flow goes when nobody is left to declare: on, or back to a team with a gap."""
    seats = [row.seat for row in team_of(run.case, run.round)]
    return "replace" if rules.faults(seats) else "declared"


@verb("release_member")
def release_member(case: Case, *, member: TeamMember, reason: str, by: User, at: datetime) -> None:
    """Let a member go: one who has not declared, or, while the team is at work, any (ill, out of reach).

    It is the county's way out of a standstill; what the member had on the desk goes to a colleague of the same duty.
    """
    case = lock_case(case)
    require(may_on_case(by, "form_team", case))
    todo = (
        Todo.objects.filter(case=case, node__in=DECLARE_NODES, assignee=member.user_id, state=Todo.State.OPEN)
        .select_related("run", "task")
        .first()
    )
    serving = member.active and member.user_id is not None and member.round == case.round
    if not serving or (todo is None and case.state not in AT_WORK):
        raise Refused(_("%(name)s目前没有待作的声明，不能在此更换。") % {"name": member.name})
    if not reason.strip():
        raise Invalid([FieldFault("reason", _("请写明更换成员的理由。"))])
    data = {"name": member.name, "reason": reason.strip()}
    event = record(case, "release_member", by=by, at=at, data=data)
    member.case = case
    if member.user is not None:
        judging.void_hand_in(case, member.user, by=by, at=at)
    leave(member, event=event, by=by, at=at)
    if todo is None:
        return
    todo.case = todo.run.case = case
    close_todo(todo, by=by, at=at, outcome="released")
    if not Todo.objects.filter(task=todo.task_id, state=Todo.State.OPEN).exists():
        finish_task(todo.task, todo.run, by=by, at=at, outcome=after_declarations(todo.run))
