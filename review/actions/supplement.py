"""What keeps a round from being scored is put right by the county, fact by fact, and scored again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import record
from applications.actions.evidence import store
from applications.actions.turns import Turn, take
from applications.core.facts import parse_fact, plain_value
from applications.core.faults import Faults, Sentence
from applications.core.kinds import SURVEY
from applications.errors import FieldFault, Invalid, Refused
from applications.models import Case, Evidence, User
from applications.queries.standards import plan_of
from applications.words import words
from review.actions.settling import outcomes_of
from review.models import FactCheck
from review.queries.facts import confirmed_facts
from review.queries.sheets import scoring_faults

SUPPLEMENT = "scoring.supplement"
LONGEST_REASON = 500


@verb("supplement_fact")
def supplement(
    case: Case, *, key: str, value: str, reason: str, proof: File[Any] | None, by: User, at: datetime
) -> FactCheck:
    """Put one fact right, with the reason and, where there is one, the proof; the earlier value stays in the history.

    The survey is nobody's to type (R1-034). Scoring goes on with ``resume``.
    """
    turn = take(case, SUPPLEMENT, by=by, at=at)
    spec = plan_of(turn.case.batch).standard.facts.get(key)
    if spec is None or spec.kind == SURVEY:
        raise Refused(_("此项不能直接填写；满意度数据只能来自有效的问卷调查。"))
    faults: list[FieldFault] = []
    found: Any = None
    try:
        found = plain_value(parse_fact(spec, value))
    except Faults as error:
        faults += [FieldFault("value", words(Sentence(row.template, row.params))) for row in error.faults]
    if not reason.strip():
        faults.append(FieldFault("reason", _("请写明补充或更正的理由。")))
    elif len(reason.strip()) > LONGEST_REASON:
        sentence = _("理由最多%(most)s个字，请精简。") % {"most": LONGEST_REASON}
        faults.append(FieldFault("reason", sentence))
    if faults:
        raise Invalid(faults)
    file = store(turn.case, proof, indicators=[], stage="scoring", by=by, at=at) if proof else None
    return _write(turn, key, found, reason.strip(), file)


def _write(turn: Turn, key: str, value: Any, reason: str, proof: Evidence | None) -> FactCheck:
    case = turn.case
    before = confirmed_facts(case, case.round).get(key)
    row = FactCheck.objects.filter(case=case, round=case.round, key=key).first()
    if row is None:
        row = FactCheck(
            case=case,
            round=case.round,
            key=key,
            stream=FactCheck.Stream.DOCUMENTS,
            declared=before,
            revision=0,
        )
    row.verdict, row.value, row.reason = FactCheck.Verdict.CORRECTED, value, reason
    row.proof = proof or row.proof
    row.revision += 1
    row.by, row.at = turn.by, turn.at
    row.save()
    data = {"key": key, "before": before, "value": value, "reason": reason}
    record(case, "supplement_fact", by=turn.by, at=turn.at, data=data)
    return row


@verb("resume_scoring")
def resume(case: Case, *, by: User, at: datetime) -> None:
    """Score again once nothing is missing or wrong any more; otherwise every fault is told at once."""
    turn = take(case, SUPPLEMENT, by=by, at=at)
    faults = scoring_faults(turn.case, outcomes_of(turn.case))
    if faults:
        listed = " ".join(line["text"] for line in faults)
        raise Invalid(_("还不能计分：%(faults)s") % {"faults": listed})
    record(turn.case, "resume_scoring", by=by, at=at)
    turn.finish("supplemented")
