"""The verbs of the team's opinion: four parts, none of which may be missing (R3-095 to R3-098)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from applications.acting import verb
from applications.actions.events import record
from applications.actions.turns import Turn, take
from applications.core.canonical import digest
from applications.errors import FieldFault, Invalid, NotAllowed, Refused
from applications.models import Case, User
from review.actions.duties import declared
from review.actions.judging import personally
from review.models import Finding, Opinion
from review.queries.judgements import has_judged
from review.queries.reports import noted, opinion_of, process_figures, process_record

OPINION = "review.opinion"
LEAST, LONGEST = 10, 8000
PARTS = {"conclusion": _lazy("评价结论"), "problems": _lazy("主要存在问题"), "suggestions": _lazy("改进建议")}


@dataclass(frozen=True)
class Parts:
    """What the leader writes: conclusion, main problems, suggestions. The process record is generated."""

    conclusion: str = ""
    problems: str = ""
    suggestions: str = ""


@verb("save_opinion")
def save(case: Case, *, parts: Parts, by: User, at: datetime) -> Opinion:
    """Save the opinion as a draft, complete or not."""
    turn = _leading(case, by=by, at=at)
    _short_enough(parts)
    return _write(turn, parts)


@verb("issue_opinion")
def issue(case: Case, *, parts: Parts, adopted: Collection[int], by: User, at: datetime) -> Opinion:
    """Issue the team's opinion; ``adopted`` are the judgements whose findings become part of it and of rectification.

    Raises ``Invalid`` naming each part that is missing. Scoring follows in the same transaction.
    """
    turn = _leading(case, by=by, at=at)
    sentence = _("请填写%(label)s（至少%(least)s个字），缺少任何一部分都不能出具。")
    faults = [
        FieldFault(part, sentence % {"label": label, "least": LEAST})
        for part, label in PARTS.items()
        if len(getattr(parts, part).strip()) < LEAST
    ]
    if faults:
        raise Invalid(faults)
    _short_enough(parts)
    row = _write(turn, parts)
    row.process = {"stages": process_record(turn.case, at=at), "figures": process_figures(turn.case)}
    row.issued_at = at
    row.save(update_fields=["process", "issued_at"])
    adopted_rows = _adopt(turn, adopted)
    content = [row.process, row.conclusion, row.problems, row.suggestions]
    data = {"digest": digest(content), "findings": len(adopted_rows)}
    record(turn.case, "issue_opinion", by=by, at=at, data=data)
    turn.finish("issued")
    return row


def _leading(case: Case, *, by: User, at: datetime) -> Turn:
    turn = declared(personally(take(case, OPINION, by=by, at=at)))
    if by in has_judged(turn.run):
        raise NotAllowed(_("您是本案本轮的评审员，评审意见须由评审组长出具。"))
    return turn


def _short_enough(parts: Parts) -> None:
    faults = [
        FieldFault(part, _("共%(count)s个字，最多%(most)s个字，请精简。") % {"count": count, "most": LONGEST})
        for part in PARTS
        if (count := len(getattr(parts, part))) > LONGEST
    ]
    if faults:
        raise Invalid(faults)


def _write(turn: Turn, parts: Parts) -> Opinion:
    row = opinion_of(turn.case, turn.case.round)
    if row is None:
        row = Opinion(case=turn.case, round=turn.case.round)
    for part in PARTS:
        setattr(row, part, getattr(parts, part).strip())
    row.by, row.at = turn.by, turn.at
    row.save()
    return row


def _adopt(turn: Turn, adopted: Collection[int]) -> list[Finding]:
    """Make findings of the adopted notes, in the order of the table; what is not adopted stays with its judgement."""
    rows = noted(turn.case)
    unknown = set(adopted) - {row.pk for row in rows}
    if unknown:
        raise Refused(_("所选的问题不在本轮评审之中，请刷新页面后重新选择。"))
    return [
        Finding.objects.create(
            case=turn.case,
            round=turn.case.round,
            indicator=row.indicator,
            text=row.finding,
            suggestion=row.suggestion,
            severity=row.severity,
            judgement=row,
            by=row.by,
            at=turn.at,
        )
        for row in rows
        if row.pk in adopted
    ]
