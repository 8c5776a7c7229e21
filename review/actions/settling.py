"""The verbs of the leader: settle what the reviewers judged differently, each with a reason (policy A23)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import record
from applications.actions.turns import Turn, take
from applications.errors import FieldFault, Invalid, NotAllowed, Refused
from applications.models import Case, User
from review.actions.duties import declared
from review.actions.judging import LONGEST, personally
from review.models import Settlement
from review.queries.judgements import (
    Settled,
    differences,
    handed_in_judgements,
    has_judged,
    items_to_judge,
    settled,
)

SETTLE = "review.settle"


@dataclass(frozen=True)
class Ruling:
    """What the leader decided on an indicator; ``reached`` is None where nothing was chosen."""

    reached: bool | None
    reason: str


def field(name: str, indicator: str) -> str:
    """The form field of an indicator: ids have dots, field names have none."""
    return f"{name}_{indicator.replace('.', '_')}"


def outcomes_of(case: Case) -> dict[str, Settled]:
    """Return what holds for every judged indicator of the present round."""
    return settled(case, handed_in_judgements(case), items_to_judge(case))


@verb("save_settlement")
def save(case: Case, *, rulings: Mapping[str, Ruling], by: User, at: datetime) -> int:
    """Settle those differences that were decided so far; return how many rows were appended."""
    turn = _leading(case, by=by, at=at)
    apart = {row.item.id: row for row in differences(outcomes_of(turn.case))}
    given = {
        key: ruling for key, ruling in rulings.items() if ruling.reached is not None or ruling.reason.strip()
    }
    return _append(turn, apart, given)


@verb("settle")
def finish(case: Case, *, rulings: Mapping[str, Ruling], by: User, at: datetime) -> None:
    """Settle the rest of the differences and pass on to the team's opinion."""
    turn = _leading(case, by=by, at=at)
    apart = {row.item.id: row for row in differences(outcomes_of(turn.case))}
    asked = {
        key: rulings.get(key, Ruling(None, ""))
        for key, row in apart.items()
        if row.settlement is None or key in rulings
    }
    _append(turn, apart, asked)
    record(turn.case, "settle", by=by, at=at, data={"indicators": list(apart)})
    turn.finish("settled")


def _leading(case: Case, *, by: User, at: datetime) -> Turn:
    turn = declared(personally(take(case, SETTLE, by=by, at=at)))
    if by in has_judged(turn.run):
        raise NotAllowed(_("您是本案本轮的评审员，不能合议自己的评审差异。"))
    return turn


def _append(turn: Turn, apart: Mapping[str, Settled], rulings: Mapping[str, Ruling]) -> int:
    faults: list[FieldFault] = []
    for key, ruling in rulings.items():
        if key not in apart:
            raise Refused(_("指标“%(id)s”两名评审员结论一致，无需合议。") % {"id": key[:40]})
        faults += faults_of(key, ruling)
    if faults:
        raise Invalid(faults)
    return append(turn, rulings, apart, Settlement.Occasion.DIFFERENCE)


def faults_of(key: str, ruling: Ruling) -> list[FieldFault]:
    """Return what is missing of a ruling: both the conclusion and its reason are needed."""
    found = []
    if ruling.reached is None:
        found.append(FieldFault(field("reached", key), _("请认定指标%(id)s“达到”或“未达到”。") % {"id": key}))
    if not ruling.reason.strip():
        found.append(FieldFault(field("reason", key), _("请写明对指标%(id)s的合议理由。") % {"id": key}))
    elif len(ruling.reason.strip()) > LONGEST:
        sentence = _("合议理由共%(count)s个字，最多%(most)s个字，请精简。")
        params = {"count": len(ruling.reason.strip()), "most": LONGEST}
        found.append(FieldFault(field("reason", key), sentence % params))
    return found


def append(turn: Turn, rulings: Mapping[str, Ruling], outcomes: Mapping[str, Settled], occasion: str) -> int:
    """Append the rulings that say something new, and write each into the log of the case."""
    count = 0
    for key, ruling in rulings.items():
        last = outcomes[key].settlement
        reason = ruling.reason.strip()
        if last is not None and (last.reached, last.reason) == (ruling.reached, reason):
            continue
        row = Settlement.objects.create(
            case=turn.case,
            round=turn.case.round,
            indicator=key,
            reached=bool(ruling.reached),
            reason=reason,
            occasion=occasion,
            by=turn.by,
            at=turn.at,
        )
        data = {"indicator": key, "reached": row.reached, "reason": reason}
        record(turn.case, "settle_indicator", by=turn.by, at=turn.at, data=data)
        count += 1
    return count
