"""Handing in: a snapshot of the papers with its digest and a receipt, signed by the head (R3-005)."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions import intake_clock
from applications.actions.events import record
from applications.actions.move import move
from applications.actions.turns import Turn, take
from applications.core.canonical import decimal_text, digest, plain
from applications.errors import FieldFault, Hidden, Invalid, Refused, require
from applications.models import Batch, Case, DeclaredFact, Defect, Submission, User
from applications.permissions import may_on_case
from applications.queries.dossier import Dossier, award_rows, dossier_of
from applications.queries.gaps import gaps_within
from applications.queries.intake import CORRECT, FILL, Scope, defects_of, last_return, scope_of_defects
from applications.queries.standards import plan_of
from applications.words import grade_words
from notifications.outbox import post

SCHEMA = 1


def undertaking_of(case: Case) -> str:
    """The text that the head signs; it is kept with the submission as it was shown."""
    return _(
        "本社区自愿申报“%(batch)s”（%(star)s），并承诺：一、所填数据、自评和提交的材料真实、完整，与实际情况一致，不编造、不重复制作台账；"
        "二、遵守批次通知和%(standard)s的要求，按时补正，配合资料查阅、实地考察和满意度调查，不干预评审和居民答卷；"
        "三、知悉评定不收取任何费用；如有弄虚作假，愿承担终止评定、撤销星级等后果。"
    ) % {
        "batch": case.batch.name,
        "star": grade_words(plan_of(case.batch).standard, case.applied_star),
        "standard": case.batch.standard.code,
    }


@verb("submit")
def submit(case: Case, *, by: User, at: datetime) -> Submission:
    """Sign the undertaking and hand the application in; it goes to the street.

    Raises ``NotAllowed`` where the person may not sign, ``Invalid`` naming every gap, ``Refused`` after the batch's
    closing day.
    """
    turn = take(case, FILL, by=by, at=at)
    require(may_on_case(by, "sign_application", turn.case))
    batch = turn.case.batch
    if batch.state != Batch.State.OPEN or clock.day_of(at) > batch.closes_on:
        raise Refused(
            _("批次“%(batch)s”的申报已于%(day)s截止，不能再提交。")
            % {"batch": batch, "day": date_format(batch.closes_on, "DATE_FORMAT")}
        )
    dossier = dossier_of(turn.case, on=clock.day_of(at))
    _refuse_gaps(dossier, Scope(everything=True))
    submission = _hand_in(turn, dossier, "submit")
    intake_clock.begin(turn.case, at=at)
    turn.finish("submit")
    return submission


@verb("resubmit")
def resubmit(case: Case, *, by: User, at: datetime) -> Submission:
    """Hand the corrected application in again, once every defect is answered; it goes to the level that returned it."""
    turn = take(case, CORRECT, by=by, at=at)
    require(may_on_case(by, "sign_application", turn.case))
    decision = last_return(turn.case)
    if decision is None:
        raise Refused(_("没有找到本案的退回记录，请联系系统管理员。"))
    defects = defects_of(decision)
    unanswered = [defect for defect in defects if defect.state == Defect.State.OPEN]
    if unanswered:
        raise Invalid(_("还有%(count)s项问题未作补正说明，请逐项说明后再提交。") % {"count": len(unanswered)})
    dossier = dossier_of(turn.case, on=clock.day_of(at))
    _refuse_gaps(dossier, scope_of_defects(dossier.plan, [defect.target for defect in defects]))
    submission = _hand_in(turn, dossier, "resubmit")
    intake_clock.run_on(turn.case, by=by, at=at)
    turn.finish(decision.level)
    return submission


@verb("answer_defect")
def answer_defect(case: Case, *, defect: int, answer: str, by: User, at: datetime) -> Defect:
    """Say what was done about a defect; an answer may be changed until the application is handed in again."""
    turn = take(case, CORRECT, by=by, at=at)
    decision = last_return(turn.case)
    row = Defect.objects.filter(decision=decision, pk=defect).first() if decision else None
    if row is None:
        raise Hidden
    answer = answer.strip()
    if not answer:
        raise Invalid([FieldFault("answer", _("补正说明未填写，请说明改了什么、补了什么，或为何不需修改。"))])
    row.answer, row.answered_by, row.answered_at = answer, by, at
    fields = ("answer", "answered_by", "answered_at")
    if row.state == Defect.State.OPEN:
        move(row, Defect.State.ANSWERED, fields=fields)
    else:
        row.save(update_fields=fields)
    return row


def _refuse_gaps(dossier: Dossier, scope: Scope) -> None:
    gaps = [gap for gap in gaps_within(dossier, scope) if gap.must]
    if gaps:
        raise Invalid([FieldFault("", gap.sentence) for gap in gaps])


def _hand_in(turn: Turn, dossier: Dossier, event: str) -> Submission:
    """Write the snapshot and its entry in the log; cleared facts, which nobody needs any more, go."""
    case, by, at = turn.case, turn.by, turn.at
    for row in DeclaredFact.objects.filter(case=case, value=""):
        row.delete()
    count = Submission.objects.filter(case=case).count() + 1
    content = snapshot(dossier)
    submission = Submission.objects.create(
        case=case,
        receipt=f"SQ{case.number.removeprefix('XP')}-{count:02d}",
        applied_star=case.applied_star,
        undertaking=undertaking_of(case),
        content=content,
        digest=digest(content),
        signed_by=by,
        submitted_at=at,
    )
    data = {
        "receipt": submission.receipt,
        "digest": submission.digest,
        "applied_star": case.applied_star,
        "forecast": content["forecast"]["total"],
    }
    record(case, event, by=by, at=at, data=data)
    payload = {"case": case.pk, "submission": submission.pk}
    post("application.submitted", f"application.submitted:{submission.pk}", at=at, payload=payload)
    return submission


def snapshot(dossier: Dossier) -> dict[str, Any]:
    """The papers as plain data: what is digested, compared with the next submission, and shown to those who check."""
    case, result = dossier.case, dossier.result
    content = {
        "schema": SCHEMA,
        "case": case.number,
        "standard": {"code": result.standard.code, "digest": result.standard.digest},
        "policy": dict(case.batch.policy),
        "reference_date": case.batch.reference_date.isoformat(),
        "applied_star": case.applied_star,
        "form": _form(dossier),
        "facts": {key: dossier.values[key] for key in dossier.specs if key in dossier.values},
        "claims": {
            indicator.id: {"reached": claim.reached, "note": claim.note}
            for indicator in dossier.plan.indicators
            if (claim := dossier.claims.get(indicator.id))
        },
        "evidence": _files(dossier),
        "awards": [
            {**row, "evidence": award.evidence_id}
            for row, award in zip(award_rows(dossier.awards), dossier.awards, strict=True)
        ],
        "forecast": {
            "total": decimal_text(result.total),
            "star": result.star,
            "dimensions": {key: decimal_text(points) for key, points in result.points_by_dimension.items()},
            "points": {key: decimal_text(line.points) for key, line in result.indicators.items()},
        },
    }
    ready: dict[str, Any] = plain(content)  # type: ignore[assignment]
    return ready


def _files(dossier: Dossier) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "name": row.name,
            "type": row.content_type,
            "size": row.size,
            "sha256": row.sha256,
            "sensitive": row.sensitive,
            "indicators": [link.indicator for link in row.live_links],  # type: ignore[attr-defined]
        }
        for row in dossier.evidence
    ]


def _form(dossier: Dossier) -> dict[str, str]:
    form = dossier.form
    return {"contact": form.contact, "phone": form.phone, "reason": form.reason} if form else {}
