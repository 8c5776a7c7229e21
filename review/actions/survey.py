"""The verbs of a survey round: open, close as valid, void; and the interviewers' own end (R2-023, R3-125, R4-065 ff.)."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import record
from applications.actions.move import move
from applications.actions.turns import Turn, finish_task, take
from applications.core.canonical import decimal_text, digest, shown
from applications.errors import FieldFault, Invalid, Refused
from applications.models import Case, Todo, User
from review.actions.duties import take_duty
from review.core import coding, questionnaire, sampling
from review.core.sampling import Stratum
from review.core.tally import Tally
from review.models import FactCheck, SurveyRound
from review.queries.surveys import figures_of, open_survey_of, parts_of, survey_fact, tally_of

SURVEY = "collection.survey"
INTERVIEWS = "collection.interviews"
BLOCK = "block"


@dataclass(frozen=True)
class Frame:
    """From whom, how many and how they are drawn (R3-125, R4-067)."""

    frame: str
    frame_size: int
    sample_size: int
    sampling: str
    strata: tuple[Stratum, ...] = ()


@verb("open_survey")
def open_survey(case: Case, *, frame: Frame, by: User, at: datetime) -> SurveyRound:
    """Open a survey with its frame and a copy of the questionnaire; one at a time, none after a valid one.

    With strata the sample is allotted to them by households, and the draw is fixed by a seed that goes into the log.
    """
    turn = take(case, SURVEY, by=by, at=at)
    _check_standard(turn.case)
    if open_survey_of(turn.case) is not None:
        raise Refused(_("已有一次调查正在进行，请先结束或作废后再启动。"))
    faults = _frame_faults(frame)
    if faults:
        raise Invalid(faults)
    number = SurveyRound.objects.filter(case=turn.case, round=turn.case.round).count() + 1
    questions = questionnaire.snapshot()
    seed = secrets.token_hex(8) if frame.strata else ""
    survey = SurveyRound.objects.create(
        case=turn.case,
        round=turn.case.round,
        number=number,
        frame=frame.frame.strip(),
        frame_size=frame.frame_size,
        sample_size=frame.sample_size,
        sampling=frame.sampling.strip(),
        strata=_allotted(frame),
        seed=seed,
        questions=questions,
        version=questionnaire.VERSION,
        opened_by=by,
        opened_at=at,
    )
    data = {
        "number": number,
        "frame_size": frame.frame_size,
        "sample_size": frame.sample_size,
        "questionnaire": digest(questions),
        **({"strata": survey.strata, "seed": seed} if seed else {}),
    }
    record(turn.case, "open_survey", by=by, at=at, data=data)
    return survey


def _allotted(frame: Frame) -> list[dict[str, Any]]:
    """Return the strata as the round keeps them, each with its part of the sample."""
    shares = sampling.allocate([row.households for row in frame.strata], frame.sample_size)
    return [
        {"name": row.name, "households": row.households, "sample": share}
        for row, share in zip(frame.strata, shares, strict=True)
    ]


def _check_standard(case: Case) -> None:
    """Refuse a standard whose survey has other answers than the questionnaire gives."""
    spec = survey_fact(case)
    wanted = {"distributed", "returned", "valid", *questionnaire.LEVELS}
    if spec is not None and set(spec.fields) != wanted:
        raise Refused(_("本标准的满意度档次与现有问卷不一致，请联系系统管理员。"))


def _frame_faults(frame: Frame) -> list[FieldFault]:
    faults = []
    if not frame.frame.strip():
        faults.append(FieldFault("frame", _("请写明抽样框，如全部常住户名册。")))
    if not frame.sampling.strip():
        faults.append(FieldFault("sampling", _("请写明抽样方法，如按网格分层、层内随机。")))
    if frame.frame_size < 1:
        faults.append(FieldFault("frame_size", _("抽样框户数须大于零。")))
    if not 1 <= frame.sample_size <= max(frame.frame_size, 1):
        sentence = _("样本量%(sample)d须在1至抽样框户数%(frame)d之间。")
        params = {"sample": frame.sample_size, "frame": frame.frame_size}
        faults.append(FieldFault("sample_size", sentence % params))
    return faults + _strata_faults(frame)


def _strata_faults(frame: Frame) -> list[FieldFault]:
    if not frame.strata:
        return []
    total = sum(row.households for row in frame.strata)
    names = [row.name for row in frame.strata]
    faults = []
    if len(names) > sampling.MOST_STRATA:
        sentence = _("最多分%(most)d层，您填写了%(count)d层。")
        params = {"most": sampling.MOST_STRATA, "count": len(names)}
        faults.append(FieldFault("strata", sentence % params))
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        sentence = _("分层名称“%(name)s”重复，请改用不同的名称。")
        faults.append(FieldFault("strata", sentence % {"name": double[0]}))
    if total != frame.frame_size:
        sentence = _("各层户数合计%(total)d户，与抽样框户数%(frame)d户不一致，请核对。")
        faults.append(FieldFault("strata", sentence % {"total": total, "frame": frame.frame_size}))
    return faults


def open_round(case: Case) -> SurveyRound:
    """Return the open survey under its row lock (the case is locked before it); refuse where there is none."""
    survey = (
        SurveyRound.objects.select_for_update()
        .filter(case=case, round=case.round, state=SurveyRound.State.OPEN)
        .first()
    )
    if survey is None:
        raise Refused(_("目前没有正在进行的满意度调查，请先启动调查。"))
    return survey


@verb("close_survey")
def close_survey(case: Case, *, by: User, at: datetime) -> SurveyRound:
    """Close the survey as valid and write the fact that the satisfaction indicator uses (R1-034, R4-068).

    Below the needed return rate the policy ``survey_validity=block`` refuses, with the figures and what to do.
    """
    turn = take(case, SURVEY, by=by, at=at)
    survey = open_round(turn.case)
    tally = tally_of(survey)
    _require_valid(turn.case, tally)
    figures = _final(tally, survey)
    _end(turn, survey, SurveyRound.State.CLOSED, figures)
    _write_fact(turn, tally)
    data = {"number": survey.number, "figures": figures, "digest": digest(figures)}
    record(turn.case, "close_survey", by=by, at=at, data=data)
    _end_interviews(turn)
    turn.finish("closed")
    return survey


def _require_valid(case: Case, tally: Tally) -> None:
    spec = survey_fact(case)
    needed = spec.min_return_pct if spec else 90
    if not tally.valid:
        raise Refused(_("还没有有效问卷，不能结束调查。请先发放并回收问卷。"))
    if case.batch.policy.get("survey_validity", BLOCK) != BLOCK or tally.enough(needed):
        return
    rate = tally.return_pct
    raise Refused(
        _(
            "发放%(distributed)d份，回收%(returned)d份，回收率%(rate)s%%，低于%(needed)s%%，本次调查不能作为有效调查结束。"
            "还需回收%(lacking)d份：请催收未交问卷、安排调查员入户，或补发问卷；无法补救的，作废本次后重新调查。"
        )
        % {
            "distributed": tally.distributed,
            "returned": tally.returned,
            "rate": shown(rate) if rate is not None else "0",
            "needed": decimal_text(needed),
            "lacking": tally.lacking(needed),
        }
    )


def _final(tally: Tally, survey: SurveyRound) -> dict[str, Any]:
    """Return the figures that stay with a survey, with the mean of each question and the return of each stratum."""
    parts = [
        {"name": part.name, "distributed": part.distributed, "returned": part.returned}
        for part in parts_of(survey)
    ]
    counted = survey.answers.filter(state="valid", resident=True).values_list("answers", flat=True)
    averages = {key: shown(mean) for key, mean in coding.means(survey.questions, counted).items()}
    return {**figures_of(tally, survey), "means": averages, **({"strata": parts} if parts else {})}


def _end(turn: Turn, survey: SurveyRound, state: SurveyRound.State, figures: dict[str, Any]) -> None:
    survey.closed_by, survey.closed_at, survey.figures = turn.by, turn.at, figures
    move(survey, state, fields=("closed_by", "closed_at", "close_reason", "figures"))


def _write_fact(turn: Turn, tally: Tally) -> None:
    spec = survey_fact(turn.case)
    if spec is None:
        return
    FactCheck.objects.create(
        case=turn.case,
        round=turn.case.round,
        key=spec.key,
        stream=FactCheck.Stream.SURVEY,
        verdict=FactCheck.Verdict.SURVEYED,
        value=tally.fact(),
        declared=None,
        by=turn.by,
        at=turn.at,
    )


def _end_interviews(turn: Turn) -> None:
    """End the interviewers' step with the survey: nothing can be entered any more."""
    rows = Todo.objects.filter(run=turn.run, node=INTERVIEWS, state=Todo.State.OPEN)
    todo = rows.select_related("task").order_by("pk").first()
    if todo is not None:
        finish_task(todo.task, turn.run, by=turn.by, at=turn.at, outcome="closed")


@verb("void_survey")
def void_survey(case: Case, *, reason: str, by: User, at: datetime) -> SurveyRound:
    """Void the survey that is going on; its links lead nowhere, its answers stay but count for nothing."""
    turn = take(case, SURVEY, by=by, at=at)
    survey = open_round(turn.case)
    if not reason.strip():
        raise Invalid([FieldFault("reason", _("请写明作废本次调查的理由。"))])
    survey.close_reason = reason.strip()[:300]
    figures = _final(tally_of(survey), survey)
    _end(turn, survey, SurveyRound.State.VOID, figures)
    data = {"number": survey.number, "reason": survey.close_reason, "figures": figures}
    record(turn.case, "void_survey", by=by, at=at, data=data)
    return survey


@verb("finish_interviews")
def finish_interviews(case: Case, *, by: User, at: datetime) -> None:
    """End one's own interviews; the survey goes on until the county closes it."""
    turn = take_duty(case, INTERVIEWS, by=by, at=at)
    survey = open_survey_of(turn.case)
    if survey is None:
        raise Refused(_("满意度调查尚未启动，请在调查启动、入户完成后再提交。"))
    entered = survey.answers.filter(entered_by=by).count()
    record(turn.case, "finish_interviews", by=by, at=at, data={"number": survey.number, "entered": entered})
    if turn.close("done"):
        turn.finish("done")
