"""The checks of the four levels: pass on, return with every defect at once, decline with reasons (R4-027 to R4-033)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions import intake_clock
from applications.actions.events import record
from applications.actions.papers import issue_notice
from applications.actions.turns import Turn, take
from applications.core.papers import AWARDS, FORM
from applications.core.plan import Plan
from applications.errors import FieldFault, Hidden, Invalid, NotAllowed, Refused
from applications.models import Case, CheckDraft, Defect, IntakeDecision, Submission, User
from applications.permissions import may_on_case
from applications.queries.intake import CHECKS, LEVELS, last_submission, open_step
from applications.queries.standards import plan_of
from notifications.outbox import post

# The three questions of the first check (R4-027); whoever passes an application on answers each with yes.
QUESTIONS = ("complete", "well_formed", "acceptable")
SHORTEST, LONGEST = 2, 2000


@dataclass(frozen=True)
class Check:
    """An officer's turn at a level's check, with the submission that is checked."""

    turn: Turn
    level: str
    submission: Submission


@verb("pass_application")
def pass_on(
    case: Case, *, opinion: str, answers: Sequence[str] = QUESTIONS, by: User, at: datetime
) -> IntakeDecision:
    """Pass the application on to the next level; the province accepts it, and preparation begins."""
    check = _take(case, by=by, at=at)
    missing = [question for question in QUESTIONS if question not in answers]
    if missing:
        raise Invalid(
            [FieldFault("answers", _("三项核对要点须全部符合才能通过；不符合的请退回补正或不予受理。"))]
        )
    decision = _decide(check, IntakeDecision.Verb.PASS, opinion, checks=list(QUESTIONS))
    if check.level == LEVELS[-1]:
        intake_clock.end(check.turn.case, at=at)
        issue_notice(check.turn.case, decision)
    check.turn.finish("pass")
    return decision


@verb("return_application")
def send_back(
    case: Case, *, opinion: str, defects: Mapping[str, str], by: User, at: datetime
) -> IntakeDecision:
    """Return the application with all defects at once, one for each indicator or fact (R4-033)."""
    check = _take(case, by=by, at=at)
    told = checked_remarks(plan_of(check.turn.case.batch), defects)
    if not told:
        raise Invalid([FieldFault("", _("退回补正须一次性告知全部问题，请至少在一项指标或数据处写明问题。"))])
    decision = _decide(check, IntakeDecision.Verb.RETURN, opinion, defects=told)
    for target, text in told.items():
        Defect.objects.create(decision=decision, target=target, text=text)
    intake_clock.stop(check.turn.case, by=by, at=at)
    check.turn.finish("return")
    issue_notice(check.turn.case, decision)  # after the step: the notice names the day by which to correct
    return decision


@verb("decline_application")
def decline(case: Case, *, opinion: str, by: User, at: datetime) -> IntakeDecision:
    """Decline the application with reasons: a regular end of the case."""
    check = _take(case, by=by, at=at)
    decision = _decide(check, IntakeDecision.Verb.DECLINE, opinion)
    intake_clock.end(check.turn.case, at=at)
    issue_notice(check.turn.case, decision)
    check.turn.finish("decline")
    return decision


@verb("draft_check")
def save_draft(case: Case, *, opinion: str, remarks: Mapping[str, str], by: User, at: datetime) -> CheckDraft:
    """Keep what was noted so far, so that nothing is lost before all of it is told at once."""
    check = _take(case, by=by, at=at)
    told = checked_remarks(plan_of(check.turn.case.batch), remarks)
    draft, _made = CheckDraft.objects.update_or_create(
        case=check.turn.case,
        level=check.level,
        defaults={"remarks": told, "opinion": opinion[:LONGEST], "updated_by": by, "updated_at": at},
    )
    return draft


def checked_remarks(plan: Plan, remarks: Mapping[str, str]) -> dict[str, str]:
    """The remarks that say something, each on a target that exists, in the order of the papers."""
    found, faults = {}, []
    targets = [FORM, *plan.standard.facts, *plan.standard.indicators, AWARDS]
    for target in remarks:
        if target not in targets:
            raise Hidden
    for target in targets:
        text = remarks.get(target, "").strip()
        if len(text) > LONGEST:
            sentence = _("问题说明有 %(count)s 个字，最多 %(most)s 个字，请精简。")
            faults.append(FieldFault(target, sentence % {"count": len(text), "most": LONGEST}))
        elif text:
            found[target] = text
    if faults:
        raise Invalid(faults)
    return found


def _take(case: Case, *, by: User, at: datetime) -> Check:
    """Take the turn at whichever level's check is open; where none is, say who was faster."""
    try:
        turn = take(case, CHECKS, by=by, at=at)
    except NotAllowed:
        if _holds_open(case, by) or not _held_before(case, by):
            raise  # with the reason why it is not for them
        # a page from before: the person's own level was faster than their click
        turn = take(case, [_last_check(case)], by=by, at=at)
    submission = last_submission(turn.case)
    if submission is None:
        raise Refused(_("没有找到本案的申报材料，请联系系统管理员。"))
    return Check(turn, CHECKS[turn.todo.node], submission)


def _last_check(case: Case) -> str:
    """The level that decided last: its to-do tells who did it and when."""
    last = IntakeDecision.objects.filter(case=case).order_by("pk").last()
    return f"application.{last.level if last else 'street'}_check"


def _holds_open(case: Case, by: User) -> bool:
    """Whether the level whose check is open is one at which this person checks: then they are kept from it."""
    todo = open_step(case)
    return todo is not None and todo.node in CHECKS and may_on_case(by, todo.permission, case).ok


def _held_before(case: Case, by: User) -> bool:
    """Whether the level that decided last is one at which this person checks."""
    right = _last_check(case).removeprefix("application.")
    decided = IntakeDecision.objects.filter(case=case).exists()
    return decided and may_on_case(by, right, case).ok


def _decide(
    check: Check,
    kind: IntakeDecision.Verb,
    opinion: str,
    *,
    checks: Sequence[str] = (),
    defects: Mapping[str, str] | None = None,
) -> IntakeDecision:
    """Write the decision, its entry in the log and its message; the level's draft has served."""
    turn, opinion = check.turn, opinion.strip()
    if not SHORTEST <= len(opinion) <= LONGEST:
        sentence = _("请填写审核意见（%(low)s 至 %(high)s 字），现为 %(count)s 字。")
        numbers = {"low": SHORTEST, "high": LONGEST, "count": len(opinion)}
        raise Invalid([FieldFault("opinion", sentence % numbers)])
    decision = IntakeDecision.objects.create(
        case=turn.case,
        submission=check.submission,
        level=check.level,
        verb=kind,
        opinion=opinion,
        checks=list(checks),
        by=turn.by,
        at=turn.at,
    )
    CheckDraft.objects.filter(case=turn.case, level=check.level).delete()
    data: dict[str, Any] = {
        "level": check.level,
        "opinion": opinion,
        "receipt": check.submission.receipt,
        "digest": check.submission.digest,
    }
    if defects:
        data["defects"] = dict(defects)
    record(turn.case, f"{kind.value}_application", by=turn.by, at=turn.at, data=data)
    payload = {"case": turn.case.pk, "decision": decision.pk, "level": check.level, "verb": kind.value}
    post("application.decided", f"application.decided:{decision.pk}", at=turn.at, payload=payload)
    return decision
