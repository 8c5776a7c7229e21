"""Reads of the satisfaction survey: the round, its figures, what a link is good for."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db.models import Count, Q, QuerySet

from applications.core.canonical import shown
from applications.core.elements import FactSpec
from applications.models import Case
from applications.queries.standards import standard_of
from review.core.questionnaire import LEVELS
from review.core.tally import Tally, margin_pct
from review.models import SurveyAnswer, SurveyLink, SurveyRound

VALID, VOID = SurveyAnswer.State.VALID, SurveyAnswer.State.VOID


def survey_fact(case: Case) -> FactSpec | None:
    """Return the fact of the standard that only a survey gives (R1-034), where it has one."""
    return standard_of(case.batch.standard).survey


def rounds_of(case: Case) -> list[SurveyRound]:
    """Return the surveys of the case's present round, newest first."""
    rows = SurveyRound.objects.filter(case=case, round=case.round)
    return list(rows.select_related("opened_by", "closed_by").order_by("-number"))


def open_survey_of(case: Case) -> SurveyRound | None:
    """Return the survey that is going on."""
    return SurveyRound.objects.filter(case=case, round=case.round, state=SurveyRound.State.OPEN).first()


def tally_of(survey: SurveyRound) -> Tally:
    """Return a survey's figures (2 queries)."""
    links = survey.links.aggregate(issued=Count("pk"), excluded=Count("pk", filter=Q(state="void")))
    counts = {level: Count("pk", filter=Q(state=VALID, resident=True, overall=level)) for level in LEVELS}
    face = Q(entered_by__isnull=False)
    found = survey.answers.aggregate(
        returned=Count("pk"),
        voided=Count("pk", filter=Q(state=VOID)),
        outsiders=Count("pk", filter=Q(state=VALID, resident=False)),
        face=Count("pk", filter=face),
        face_checked=Count("pk", filter=face & Q(quality__in=["passed", "failed"])),
        **counts,
    )
    return Tally(
        issued=links["issued"],
        excluded=links["excluded"],
        returned=found["returned"],
        voided=found["voided"],
        outsiders=found["outsiders"],
        levels={level: found[level] for level in LEVELS},
        face=found["face"],
        face_checked=found["face_checked"],
    )


def figures_of(tally: Tally, survey: SurveyRound) -> dict[str, Any]:
    """Return the figures as a closed round keeps them and pages show them; rates as decimal text."""
    margin = margin_pct(tally.valid, survey.frame_size)
    rates = {
        "return_pct": tally.return_pct,
        "valid_pct": tally.valid_pct,
        "satisfied_pct": tally.satisfied_pct,
        "checked_pct": tally.checked_pct,
    }
    return {
        **tally.fact(),
        "issued": tally.issued,
        "excluded": tally.excluded,
        "voided": tally.voided,
        "outsiders": tally.outsiders,
        "online": tally.online,
        "face": tally.face,
        "face_checked": tally.face_checked,
        "margin": f"{margin:.1f}" if margin is not None else "",
        **{key: shown(rate) if rate is not None else "" for key, rate in rates.items()},
    }


@dataclass(frozen=True)
class Door:
    """What a link opens: ``open``, ``used``, ``void`` or ``closed``; None of it says who has it."""

    state: str
    link: SurveyLink


def token_hash(token: str) -> str:
    """Return the digest under which a link is known."""
    return sha256(token.encode()).hexdigest()


def door_of(token: str) -> Door | None:
    """Return what a token is good for, None where there is no such link."""
    link = (
        SurveyLink.objects.filter(token_hash=token_hash(token))
        .select_related("survey__case__community__region", "survey__case__batch")
        .first()
    )
    if link is None:
        return None
    if link.state == SurveyLink.State.USED:
        return Door("used", link)
    if link.state == SurveyLink.State.VOID:
        return Door("void", link)
    return Door("open" if link.survey.state == SurveyRound.State.OPEN else "closed", link)


def answers_of(survey: SurveyRound, *, kind: str = "") -> QuerySet[SurveyAnswer]:
    """Return returned forms: all, those by interviewers (``face``), drawn for a check (``drawn``), or void ones."""
    rows = survey.answers.select_related("entered_by", "voided_by", "checked_by")
    filters = {
        "face": Q(entered_by__isnull=False),
        "online": Q(entered_by__isnull=True),
        "drawn": Q(quality="drawn", state=VALID),
        "void": Q(state=VOID),
    }
    return rows.filter(filters.get(kind, Q())).order_by("answered_on", "pk")


def voided_links(survey: SurveyRound) -> QuerySet[SurveyLink]:
    """Return the links that left the denominator, with reason and person."""
    return survey.links.filter(state=SurveyLink.State.VOID).select_related("voided_by").order_by("serial")


def free_serials(survey: SurveyRound) -> list[int]:
    """Return the numbers of the sheets nobody has used yet."""
    rows = survey.links.filter(state=SurveyLink.State.ISSUED)
    return list(rows.order_by("serial").values_list("serial", flat=True))
