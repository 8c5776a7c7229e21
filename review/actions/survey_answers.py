"""Answers: one for each link, without identity; checked by sample; voided with a reason (R4-066, R4-069, R4-072)."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import record
from applications.actions.move import move
from applications.actions.turns import take
from applications.errors import FieldFault, Hidden, Invalid, NotAllowed, Refused
from applications.models import Case, User
from applications.words import words
from review.actions.duties import take_duty
from review.actions.survey import INTERVIEWS, SURVEY, open_round
from review.core.questionnaire import OVERALL, RESIDENT, answer_faults
from review.core.tally import CHECK_PCT, draw
from review.models import SurveyAnswer, SurveyLink, SurveyRound
from review.queries.surveys import token_hash

MOST_VOIDED = 500


class LinkSpent(Refused):
    """The link has been used: somebody, perhaps the same person on a second click, was faster."""

    code = "link_spent"


@verb("answer_survey")
def answer(token: str, *, answers: Mapping[str, str], consent: bool, by: None, at: datetime) -> None:
    """Take a resident's answer through a link, exactly once.

    Nothing of the person is kept and nothing leads from the link to the answer; the event log gets no entry, which
    would carry the moment. Raises ``Hidden`` for an unknown link, ``LinkSpent`` for a used one.
    """
    found = SurveyLink.objects.filter(token_hash=token_hash(token)).values_list("survey", flat=True).first()
    if found is None:
        raise Hidden
    survey = SurveyRound.objects.select_for_update().get(pk=found)
    link = SurveyLink.objects.select_for_update().get(token_hash=token_hash(token))
    if link.state == SurveyLink.State.USED:
        raise LinkSpent(_("这份问卷已经提交过，每个链接只能填写一次。感谢您的参与。"))
    if link.state == SurveyLink.State.VOID:
        raise Refused(_("这个链接已作废，不能填写。"))
    if survey.state != SurveyRound.State.OPEN:
        raise Refused(_("本次调查已经结束，感谢您的关注。"))
    faults = _answer_faults(survey, answers)
    if not consent:
        faults.append(FieldFault("consent", _("请勾选“我自愿参加，知道回答不记名、只用于统计。”后再提交。")))
    if faults:
        raise Invalid(faults)
    _keep(survey, link, answers, None, at)


@verb("enter_answer")
def enter_answer(case: Case, *, serial: int, answers: Mapping[str, str], by: User, at: datetime) -> None:
    """Enter a form filled in face to face under the number of its sheet; only the interviewer, for the open survey."""
    turn = take_duty(case, INTERVIEWS, by=by, at=at)
    survey = open_round(turn.case)
    link = survey.links.select_for_update().filter(serial=serial).first()
    faults = _answer_faults(survey, answers)
    if link is None:
        sentence = _("本次调查没有编号%(serial)d的问卷，请核对纸质问卷上的编号。") % {"serial": serial}
        faults.insert(0, FieldFault("serial", sentence))
    elif link.state != SurveyLink.State.ISSUED:
        params = {"serial": serial, "state": link.get_state_display()}
        sentence = _("编号%(serial)d的问卷%(state)s，不能再录入。") % params
        faults.insert(0, FieldFault("serial", sentence))
    if faults or link is None:
        raise Invalid(faults)
    _keep(survey, link, answers, by, at)


def _answer_faults(survey: SurveyRound, answers: Mapping[str, str]) -> list[FieldFault]:
    return [FieldFault(key, words(fault)) for key, fault in answer_faults(survey.questions, dict(answers))]


def _keep(
    survey: SurveyRound, link: SurveyLink, answers: Mapping[str, str], by: User | None, at: datetime
) -> None:
    """Use up the link and keep the answer, which do not know of each other."""
    link.used_on = clock.day_of(at)
    move(link, SurveyLink.State.USED, fields=("used_on",))
    asked = [question["key"] for question in survey.questions]
    SurveyAnswer.objects.create(
        survey=survey,
        overall=answers[OVERALL],
        resident=answers[RESIDENT] == "yes",
        answers={key: answers[key] for key in asked if answers.get(key)},
        answered_on=clock.day_of(at),
        entered_by=by,
    )


@verb("draw_checks")
def draw_checks(case: Case, *, by: User, at: datetime) -> int:
    """Draw the interviewers' forms that are to be checked by telephone or visit; return how many are newly drawn."""
    turn = take(case, SURVEY, by=by, at=at)
    survey = open_round(turn.case)
    seed = secrets.token_hex(8)
    fresh = 0
    interviewers = survey.answers.exclude(entered_by=None).values_list("entered_by", flat=True).distinct()
    for interviewer in interviewers.order_by("entered_by"):
        rows = list(survey.answers.filter(entered_by=interviewer, state=SurveyAnswer.State.VALID))
        pool = {str(row.pk): row for row in rows if not row.quality}
        lacking = -(-len(rows) * CHECK_PCT // 100) - (len(rows) - len(pool))
        for key in draw(pool, 100, seed)[: max(0, lacking)]:
            pool[key].quality = SurveyAnswer.Quality.DRAWN
            pool[key].save(update_fields=["quality"])
            fresh += 1
    if not fresh:
        raise Refused(_("没有可抽取的入户问卷，或已按%(share)d%%抽足。") % {"share": CHECK_PCT})
    data = {"number": survey.number, "seed": seed, "share": CHECK_PCT, "drawn": fresh}
    record(turn.case, "draw_checks", by=by, at=at, data=data)
    return fresh


@verb("check_answer")
def check_answer(
    case: Case, *, answer: SurveyAnswer, passed: bool, reason: str = "", by: User, at: datetime
) -> None:
    """Enter what the check of a drawn form showed; one that fails is void, with the reason."""
    turn = take(case, SURVEY, by=by, at=at)
    survey = open_round(turn.case)
    row = survey.answers.select_for_update().filter(pk=answer.pk).first()
    if row is None:
        raise Hidden
    if row.quality != SurveyAnswer.Quality.DRAWN or row.state != SurveyAnswer.State.VALID:
        raise Refused(_("这份问卷没有待登记的核查。"))
    if row.entered_by_id == by.pk:
        raise NotAllowed(_("这份问卷由您录入，须由他人核查。"))
    if not passed and not reason.strip():
        raise Invalid([FieldFault("reason", _("核查不通过须写明理由。"))])
    row.quality = SurveyAnswer.Quality.PASSED if passed else SurveyAnswer.Quality.FAILED
    row.checked_by = by
    row.save(update_fields=["quality", "checked_by"])
    if not passed:
        _void(row, reason, by, at)
    data = {"number": survey.number, "answer": str(row.pk), "passed": passed, "reason": reason.strip()}
    record(turn.case, "check_answer", by=by, at=at, data=data)


@verb("void_answers")
def void_answers(
    case: Case,
    *,
    answers: Sequence[str] = (),
    interviewer: int | None = None,
    reason: str,
    by: User,
    at: datetime,
) -> int:
    """Void forms, named one by one or all of an interviewer; they stay, count as returned, not as valid (R3-131)."""
    turn = take(case, SURVEY, by=by, at=at)
    survey = open_round(turn.case)
    if not reason.strip():
        raise Invalid([FieldFault("reason", _("请写明作废问卷的理由。"))])
    wanted = Q(pk__in=list(answers)[:MOST_VOIDED])
    if interviewer is not None:
        wanted |= Q(entered_by=interviewer)
    rows = list(survey.answers.select_for_update().filter(wanted, state=SurveyAnswer.State.VALID))
    if not rows:
        raise Invalid([FieldFault("", _("请先选择要作废的问卷。"))])
    for row in rows:
        _void(row, reason, by, at)
    data = {"number": survey.number, "count": len(rows), "reason": reason.strip()}
    record(turn.case, "void_answers", by=by, at=at, data=data)
    return len(rows)


def _void(row: SurveyAnswer, reason: str, by: User, at: datetime) -> None:
    row.void_reason, row.voided_by, row.voided_at = reason.strip()[:300], by, at
    move(row, SurveyAnswer.State.VOID, fields=("void_reason", "voided_by", "voided_at"))
