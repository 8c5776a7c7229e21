"""The verbs of reconsideration: decide, judge again by two others, conclude with a new rating (practice 4.3, 9)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import record
from applications.errors import FieldFault, Invalid, Refused
from applications.models import User
from review.actions.objections import rule, tell, turn_at
from review.actions.reappointment import SECOND, appoint, outcome, release
from review.actions.scoring import rescore
from review.models import Objection, ObjectionRuling, Rating, Rejudgement
from review.queries import objections as queries
from review.queries.disputes import Target, targets_of

Verb = ObjectionRuling.Verb


@verb("dismiss_objection")
def dismiss(objection: Objection, *, reason: str, heard: str, by: User, at: datetime) -> None:
    """Dismiss an objection with reasons; the objector reads them on the progress page."""
    turn = turn_at(objection, "decide", by=by, at=at)
    _heard(heard)
    rule(turn, objection, Verb.DISMISS, reason, heard=heard.strip())
    tell("objection.decided", objection, at)
    turn.finish("dismiss")


def _heard(heard: str) -> None:
    if not heard.strip():
        raise Invalid([FieldFault("heard", _("请记录异议人和评审组双方的陈述要点。"))])


@verb("uphold_objection")
def uphold(
    objection: Objection,
    *,
    reason: str,
    heard: str,
    indicators: Sequence[str],
    reviewers: Sequence[User],
    by: User,
    at: datetime,
) -> None:
    """Uphold an objection: two reviewers who had nothing to do with the case judge the indicators again."""
    turn = turn_at(objection, "decide", by=by, at=at)
    _heard(heard)
    if not targets_of(turn.case, indicators):
        sentence = _("请选择需要重新评审的指标；满意度等只来自调查的指标不能重新评审。")
        raise Invalid([FieldFault("indicators", sentence)])
    rule(turn, objection, Verb.UPHOLD, reason, heard=heard.strip(), indicators=list(indicators))
    appoint(turn, objection, reviewers)
    turn.finish("uphold")


@verb("hand_in_rejudgement")
def rejudge(
    objection: Objection, *, values: Mapping[str, Any], notes: Mapping[str, str], by: User, at: datetime
) -> None:
    """Hand in one's second judgement of every disputed matter; ``values`` by target, facts as the core stores them."""
    turn = turn_at(objection, "reassess", by=by, at=at)
    targets = targets_of(turn.case, disputed(objection))
    faults = [
        FieldFault(target.field, _("请对“%(label)s”作出评审。") % {"label": target.label})
        for target in targets
        if target.key not in values
    ]
    faults += [
        FieldFault(f"note_{target.field}", _("请写明对“%(label)s”的评审依据。") % {"label": target.label})
        for target in targets
        if not notes.get(target.key, "").strip()
    ]
    if faults:
        raise Invalid(faults)
    for target in targets:
        _note(objection, target, values[target.key], notes[target.key], by=by, at=at)
    data = {"objection": objection.number, "targets": [target.key for target in targets]}
    record(turn.case, "hand_in_rejudgement", by=by, at=at, data=data)
    if turn.close("handed_in"):
        turn.finish(outcome(objection))


def _note(
    objection: Objection,
    target: Target,
    value: Any,
    note: str,
    *,
    by: User,
    at: datetime,
    settled: bool = False,
) -> None:
    Rejudgement.objects.create(
        objection=objection, target=target.key, value=value, note=note.strip(), settled=settled, by=by, at=at
    )


def disputed(objection: Objection) -> list[str]:
    """Return the indicators that are judged again."""
    row = objection.rulings.filter(verb=Verb.UPHOLD).first()
    if row is None:
        raise Refused(_("该异议没有进入重新评审。"))
    return list(row.indicators)


@verb("conclude_objection")
def conclude(
    objection: Objection,
    *,
    reason: str,
    settlements: Mapping[str, Any],
    notes: Mapping[str, str],
    by: User,
    at: datetime,
) -> Rating:
    """Settle what the two judged differently, and rate anew: a new row, also where nothing changes.

    ``settlements`` holds the value that counts for each target on which the two differ. Whether a new notice is due
    follows from comparing results when the notice period is over.
    """
    turn = turn_at(objection, "conclude", by=by, at=at)
    targets = targets_of(turn.case, disputed(objection))
    agreed, open_targets = agreement(objection, targets)
    _settle(objection, open_targets, settlements, notes, by=by, at=at)
    changes = agreed | {target.key: settlements[target.key] for target in open_targets}
    rating = rescore(turn.case, changes=changes, reason=objection.number, by=by, at=at)
    rule(turn, objection, Verb.CONCLUDE, reason, rating=rating)
    if turn.case.star != rating.star:
        turn.case.star = rating.star
        turn.case.save(update_fields=["star"])
    release(objection)
    tell("objection.decided", objection, at)
    turn.finish("concluded")
    return rating


def agreement(objection: Objection, targets: Sequence[Target]) -> tuple[dict[str, Any], list[Target]]:
    """Return what both judged alike, by target, and the targets on which they differ."""
    rows = list(queries.handed_in(objection).values())
    agreed, differ = {}, []
    for target in targets:
        found = [row[target.key].value for row in rows if target.key in row]
        if len(found) == SECOND and found[0] == found[1]:
            agreed[target.key] = found[0]
        else:
            differ.append(target)
    return agreed, differ


def _settle(
    objection: Objection,
    targets: Sequence[Target],
    settlements: Mapping[str, Any],
    notes: Mapping[str, str],
    *,
    by: User,
    at: datetime,
) -> None:
    faults = []
    for target in targets:
        if target.key not in settlements or not notes.get(target.key, "").strip():
            sentence = _("两名评审员对“%(label)s”意见不一致，请认定并写明理由。") % {"label": target.label}
            faults.append(FieldFault(target.field, sentence))
    if faults:
        raise Invalid(faults)
    for target in targets:
        _note(objection, target, settlements[target.key], notes[target.key], by=by, at=at, settled=True)
