"""The verbs of a reviewer: judge an indicator, hand everything in, take it back (practice 4.3 journey 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.bulk import create_all
from applications.actions.deadlines import derive
from applications.actions.events import lock_case, record
from applications.actions.turns import Turn, Under, finish_task, open_todo, take
from applications.core.canonical import digest
from applications.errors import FieldFault, Invalid, NotAllowed, Refused
from applications.models import Case, Claim, Deadline, DeadlineEntry, StageRun, Todo, User
from applications.steps import STEPS
from review.actions.duties import declared
from review.models import HandIn, Judgement
from review.queries.judgements import (
    JUDGE,
    Item,
    differences,
    handed_in_judgements,
    in_force,
    item_to_judge,
    items_to_judge,
    leader_acted,
    may_withdraw,
    own_judgements,
    settled,
)

LONGEST = 2000


@dataclass(frozen=True)
class Answer:
    """What a reviewer typed on an indicator's page; ``reached`` is None where nothing was chosen."""

    reached: bool | None = None
    note: str = ""
    finding: str = ""
    suggestion: str = ""
    severity: str = Judgement.Severity.MINOR


def personally(turn: Turn) -> Turn:
    """Return the turn if it is the person's own: a judgement and a named vote know no stand-in."""
    if turn.todo.assignee_id != turn.by.pk:
        raise NotAllowed(_("此事项须由%(name)s本人办理，不能代理。") % {"name": turn.todo.assignee})
    return turn


@verb("judge")
def judge(case: Case, *, indicator: str, answer: Answer, by: User, at: datetime) -> Judgement:
    """Save one's judgement of an indicator as a draft; nobody else sees it before both have handed in.

    Nothing goes into the event log here: a count of drafts would tell of progress.
    """
    turn = declared(personally(take(case, JUDGE, by=by, at=at)))
    item = item_to_judge(turn.case, indicator)
    if item is None:
        raise _not_judged(indicator)
    claim = Claim.objects.filter(case=turn.case, indicator=indicator).first()
    faults = _faults(item, answer, claim)
    if faults:
        raise Invalid(faults)
    row = Judgement.objects.filter(case=turn.case, round=turn.case.round, by=by, indicator=indicator).first()
    if row is None:
        row = Judgement(case=turn.case, round=turn.case.round, indicator=indicator, by=by)
    return _written(row, answer, at)


@verb("judge")
def judge_several(case: Case, *, answers: Mapping[str, Answer], by: User, at: datetime) -> int:
    """Save the drafts of several indicators (by id) at once, all or none; return how many, like ``judge`` for each.

    Raises ``Invalid`` with a fault for each field as ``id.field``.
    """
    turn = declared(personally(take(case, JUDGE, by=by, at=at)))
    items = {item.id: item for item in items_to_judge(turn.case)}
    unknown = next((key for key in answers if key not in items), None)
    if unknown is not None:
        raise _not_judged(unknown)
    claims = {row.indicator: row for row in Claim.objects.filter(case=turn.case, indicator__in=answers)}
    faults = [
        FieldFault(f"{key}.{fault.field}", f"{key}：{fault.sentence}")
        for key, answer in answers.items()
        for fault in _faults(items[key], answer, claims.get(key))
    ]
    if faults:
        raise Invalid(faults)
    own = own_judgements(by, turn.case)
    for key in answers.keys() & own.keys():
        _written(own[key], answers[key], at)
    create_all(
        [
            Judgement(
                case=turn.case, round=turn.case.round, indicator=key, by=by, at=at, **_values(answers[key])
            )
            for key in answers
            if key not in own
        ]
    )
    return len(answers)


def _not_judged(indicator: str) -> Refused:
    return Refused(_("指标“%(id)s”不需要评审员判断。") % {"id": indicator[:40]})


def _values(answer: Answer) -> dict[str, Any]:
    return {
        "reached": answer.reached,
        "note": answer.note.strip(),
        "finding": answer.finding.strip(),
        "suggestion": answer.suggestion.strip(),
        "severity": answer.severity,
    }


def _written(row: Judgement, answer: Answer, at: datetime) -> Judgement:
    for field, value in {**_values(answer), "at": at}.items():
        setattr(row, field, value)
    row.save()
    return row


def _faults(item: Item, answer: Answer, claim: Claim | None) -> list[FieldFault]:
    faults = []
    if answer.reached is None:
        faults.append(FieldFault("reached", _("请选择“达到”或“未达到”。")))
    if not answer.note.strip():
        if item.exception:
            faults.append(FieldFault("note", _("数据未满足该项条件，采纳或不采纳例外情形都须写明理由。")))
        elif claim is not None and answer.reached is not None and claim.reached != answer.reached:
            said = _("达到") if claim.reached else _("未达到")
            sentence = _("社区自评为“%(said)s”，您的结论与其不同，请写明理由。") % {"said": said}
            faults.append(FieldFault("note", sentence))
    if answer.suggestion.strip() and not answer.finding.strip():
        faults.append(FieldFault("finding", _("填写了改进建议，请同时写明发现的问题。")))
    if answer.severity not in Judgement.Severity.values:
        faults.append(FieldFault("severity", _("请选择“一般”或“较重”。")))
    for field in ("note", "finding", "suggestion"):
        count = len(getattr(answer, field).strip())
        if count > LONGEST:
            sentence = _("共%(count)s个字，最多%(most)s个字，请精简。") % {"count": count, "most": LONGEST}
            faults.append(FieldFault(field, sentence))
    return faults


@verb("hand_in_judgement")
def hand_in(case: Case, *, by: User, at: datetime) -> bool:
    """Hand one's judgements in; return whether they were the last ones. Before that the log names no content.

    When both are in, the log receives the digests of both (not before: few judgements could be guessed from a
    digest), and the differences go to the leader; where there are none that step is passed.
    """
    turn = declared(personally(take(case, JUDGE, by=by, at=at)))
    own = own_judgements(by, turn.case)
    items = items_to_judge(turn.case)
    missing = [item for item in items if item.id not in own or _unreasoned(item, own[item.id])]
    if missing:
        listed = _("、").join(item.id for item in missing[:12])
        rest = _("等") if len(missing) > 12 else ""
        raise Invalid(
            _("还有%(count)s项没有评完，不能提交：%(listed)s%(rest)s。")
            % {"count": len(missing), "listed": listed, "rest": rest}
        )
    HandIn.objects.create(
        case=turn.case,
        round=turn.case.round,
        by=by,
        at=at,
        digest=digest([_content(own[item.id]) for item in items]),
    )
    record(turn.case, "hand_in_judgement", by=by, at=at)
    last = turn.close("handed_in")
    if last:
        outcomes = settled(turn.case, handed_in_judgements(turn.case), items)
        apart = differences(outcomes)
        rows = in_force(turn.case).filter(round=turn.case.round).order_by("pk")
        data = {"digests": [row.digest for row in rows]}
        record(turn.case, "complete_judging", by=by, at=at, data=data)
        turn.finish("differ" if apart else "agreed")
    return last


def _unreasoned(item: Item, row: Judgement) -> bool:
    """Whether an indicator became an exception after it was judged, so that its reason is missing."""
    return item.exception and not row.note


def _content(row: Judgement) -> list[object]:
    return [row.indicator, row.reached, row.note, row.finding, row.suggestion, row.severity]


@verb("withdraw_judgement")
def withdraw(case: Case, *, by: User, at: datetime) -> None:
    """Take one's hand-in back within ten minutes, until the other has handed in or the leader has begun.

    The step is the reviewer's again, with the term it had.
    """
    case = lock_case(case)
    verdict = may_on_duty(by, case)
    if not verdict:
        raise NotAllowed(_("您不是本案本轮的评审员。"))
    answer = may_withdraw(by, case, at)
    if not answer.ok:
        raise Refused(answer.reason)
    row = in_force(case).get(round=case.round, by=by)
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    record(case, "withdraw_judgement", by=by, at=at)
    _give_back(case, by=by, at=at)


def void_hand_in(case: Case, user: User, *, by: User, at: datetime) -> None:
    """Take out of force what a reviewer who leaves the team has handed in: the step is open again for a newcomer.

    Once the leader has begun, what was handed in stands; the log says when its author left.
    """
    if case.state != Case.State.REVIEW or leader_acted(case, case.round):
        return
    row = in_force(case).filter(round=case.round, by=user).first()
    if row is None:
        return
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    record(case, "withdraw_judgement", by=by, at=at)
    _give_back(case, by=user, at=at)


def may_on_duty(by: User, case: Case) -> bool:
    """Whether the person is a reviewer of the present round and not recused."""
    assigned = case.assignments.filter(user=by, round=case.round, duty="reviewer", active=True).exists()
    recused = case.recusals.filter(user=by, lifted_at__isnull=True).exists()
    return assigned and not recused


def _give_back(case: Case, *, by: User, at: datetime) -> None:
    """Open the step for this person again: beside the other's, or by leading the flow back from the leader's desk."""
    earlier = Todo.objects.filter(case=case, node=JUDGE, assignee=by, run__round=case.round).latest("pk")
    run = StageRun.objects.get(pk=earlier.run_id)
    run.case = case
    other = Todo.objects.filter(run=run, node=JUDGE, state=Todo.State.OPEN).select_related("task").first()
    if other is not None:
        step = STEPS[JUDGE]
        under = Under(run, case, by, at)
        fresh = open_todo(other.task, under, node=JUDGE, assignee=by, term=step.term_in_force(under))
    else:
        following = Todo.objects.filter(run=run, state=Todo.State.OPEN).select_related("task").get()
        finish_task(following.task, run, by=by, at=at, outcome="recall")
        fresh = Todo.objects.get(run=run, node=JUDGE, assignee=by, state=Todo.State.OPEN)
    _run_on(fresh, earlier)


def _run_on(fresh: Todo, earlier: Todo) -> None:
    """Let the term run on from where it stood, extensions included: taking back gives no new term."""
    old, new = (Deadline.objects.filter(todo=todo).first() for todo in (earlier, fresh))
    if old is None or new is None:
        return
    new.started_on = old.started_on
    new.save(update_fields=["started_on"])
    for entry in old.entries.order_by("pk"):
        DeadlineEntry.objects.create(
            deadline=new,
            kind=entry.kind,
            on=entry.on,
            days=entry.days,
            reason=entry.reason,
            by=entry.by,
            at=entry.at,
        )
    new.todo = fresh
    derive(new)
