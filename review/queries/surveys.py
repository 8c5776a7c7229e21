"""Reads of the satisfaction survey: the round, its figures, what a link is good for."""

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.db.models import Count, Q, QuerySet

from applications.core.canonical import shown
from applications.core.elements import FactSpec
from applications.core.kinds import KINDS
from applications.models import Case, DeclaredFact
from applications.queries.standards import standard_of
from review.core import sampling
from review.core.questionnaire import LEVELS
from review.core.tally import Tally, margin_pct
from review.models import SurveyAnswer, SurveyLink, SurveyRound

HOUSEHOLDS = "户"  # the unit of what is counted in households in a standard
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


@dataclass(frozen=True)
class Part:
    """A stratum of a survey: its size and part of the sample, what was given out there and what came back."""

    name: str
    households: int
    sample: int
    distributed: int
    returned: int

    @property
    def return_pct(self) -> str:
        """The return rate in percent as decimal text, empty while nothing was given out."""
        return shown(Fraction(self.returned * 100, self.distributed)) if self.distributed else ""

    def short_of(self, needed: int | Fraction) -> bool:
        """Whether the return rate stays below ``needed`` percent."""
        return self.returned * 100 < self.distributed * needed


def parts_of(survey: SurveyRound) -> list[Part]:
    """Return the strata of a survey with their return (1 query; none without strata)."""
    if not survey.strata:
        return []
    counted = survey.links.exclude(state=SurveyLink.State.VOID).values("stratum")
    rows = {
        row["stratum"]: row
        for row in counted.annotate(n=Count("pk"), used=Count("pk", filter=Q(state=SurveyLink.State.USED)))
    }
    empty = {"n": 0, "used": 0}
    return [
        Part(
            stratum["name"],
            stratum["households"],
            stratum["sample"],
            rows.get(place, empty)["n"],
            rows.get(place, empty)["used"],
        )
        for place, stratum in enumerate(survey.strata)
    ]


@dataclass(frozen=True)
class Doors:
    """The households drawn in a stratum, in the order of the draw: the sample, and the reserve behind it."""

    name: str
    households: int
    sample: list[int]
    reserve: list[int]


def doors_of(survey: SurveyRound) -> list[Doors]:
    """Return the households drawn in each stratum; the same whenever it is asked (no query)."""
    found = []
    for place, row in enumerate(survey.strata):
        count = sampling.with_reserve(row["sample"], row["households"])
        numbers = sampling.drawn(survey.seed, place, row["households"], count)
        found.append(
            Doors(row["name"], row["households"], numbers[: row["sample"]], numbers[row["sample"] :])
        )
    return found


def grids_of(case: Case) -> list[int]:
    """Return the households of each grid as far as they are declared: what a survey is best stratified by (2 queries)."""
    specs = standard_of(case.batch.standard).facts
    keys = [key for key, spec in specs.items() if KINDS[spec.kind].per_grid and spec.unit == HOUSEHOLDS]
    row = DeclaredFact.objects.filter(case=case, key__in=keys).order_by("pk").first()
    return [int(value) for value in row.value] if row and isinstance(row.value, list) else []


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
