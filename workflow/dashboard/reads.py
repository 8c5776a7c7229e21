"""The reads of a dashboard: one statement for each figure, whatever the number of cases, offices or regions.

All of them start from ``Asked.cases``, so they count nothing that the viewer may not see: no neighbour's case, none
from which the viewer is recused. Points are read of decided rounds only, and of no case that the viewer judges.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as Choose
from django.db.models.functions import Cast, Coalesce, Concat, Left, TruncDate

from applications.core.roles import ROLES
from applications.models import Assignment, Case, Membership, Organisation, Region, StageRun, Todo, User
from review.models import AwardRevocation, Decision, Rating, RatingLine, StarAward
from workflow.audience import LEVELS
from workflow.blind import NODES, blind_cases
from workflow.dashboard.asked import LENGTHS
from workflow.dashboard.plan import TERMS

COMMITTEE = "committee"
AGENCY = "agency:"
VOTE = "scoring.vote"
OFFICERS = (
    "community_clerk",
    "street_officer",
    "county_officer",
    "city_officer",
    "province_officer",
)
ENDED_EARLY = ("withdrawn", "declined")
NO_STAR = 0


@dataclass
class Standing:
    """How the cases of a place stand: all, by stage, by star where decided."""

    by_state: Counter[str] = field(default_factory=Counter)
    by_star: Counter[int] = field(default_factory=Counter)

    @property
    def cases(self) -> int:
        """All cases."""
        return sum(self.by_state.values())

    @property
    def decided(self) -> int:
        """The cases that the committee has decided on."""
        return sum(self.by_star.values())

    @property
    def starred(self) -> int:
        """The decided cases that have a star."""
        return self.decided - self.by_star[NO_STAR]

    def add(self, other: "Standing") -> None:
        """Count another place in."""
        self.by_state.update(other.by_state)
        self.by_star.update(other.by_star)


def by_place(cases: QuerySet[Case], length: int) -> dict[str, Standing]:
    """Return the counts by the first ``length`` signs of the path; a revoked star is none any more, a lowered one lower."""
    revoked = AwardRevocation.objects.filter(award__case=OuterRef("pk"), proposal__star=NO_STAR)
    lowered = StarAward.objects.filter(case=OuterRef("pk")).order_by("-pk").values("star")[:1]
    star = Choose(
        When(Exists(revoked), then=Value(NO_STAR)),
        default=Coalesce(Subquery(lowered), F("star")),
        output_field=IntegerField(),
    )
    rows = cases.annotate(place=Left("path", length), held=star).order_by()
    found: dict[str, Standing] = {}
    for place, state, held, number in rows.values_list("place", "state", "held").annotate(n=Count("pk")):
        here = found.setdefault(place, Standing())
        here.by_state[state] += number
        if held is not None:
            here.by_star[held] += number
    return found


def places_below(region: Region, length: int) -> list[Region]:
    """Return the divisions below a region down to those with paths of this length, in order of their codes."""
    levels = [level for level, size in LENGTHS.items() if len(region.path) < size <= length]
    rows = Region.objects.filter(path__startswith=region.path, level__in=levels)
    return list(rows.order_by("code").only("code", "name", "path", "level"))


@dataclass
class Passed:
    """How many cases passed a stage, by the day."""

    stage: str
    by_day: Counter[date] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """On all days."""
        return sum(self.by_day.values())


def passed(cases: QuerySet[Case]) -> dict[str, Passed]:
    """Return the first-round stages that cases have passed, by the day; without a star nothing is left to publish."""
    runs = StageRun.objects.filter(
        case__in=cases.exclude(state__in=ENDED_EARLY),
        round=1,
        key="",
        stage__in=TERMS,
        finished_at__isnull=False,
    )
    none = Choose(
        When(outcome="no_star", then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    rows = runs.annotate(day=TruncDate("finished_at"), none=none).order_by()
    found = {stage: Passed(stage) for stage in TERMS}
    for stage, day, starless, number in rows.values_list("stage", "day", "none").annotate(n=Count("pk")):
        found[stage].by_day[day] += number
        if stage == "scoring" and starless:
            found["publication"].by_day[day] += number
    return found


def level_of_right(right: str) -> str:
    """Return the lowest level with a role that has a right."""
    return min((role.level for role in ROLES.values() if right in role.rights), key=LEVELS.index)


def office() -> Any:
    """Return the expression that says whose turn a to-do is: a region's path, an agency, or the committee."""
    rights: dict[str, list[str]] = {}
    for right in sorted({right for role in ROLES.values() for right in role.rights}):
        rights.setdefault(level_of_right(right), []).append(right)
    levels = [When(permission__in=held, then=Left("path", LENGTHS[level])) for level, held in rights.items()]
    named = When(permission="", then=Concat(Value(AGENCY), Cast("case__agency_id", CharField())))
    return Choose(
        When(node=VOTE, then=Value(COMMITTEE)),
        named,
        *levels,
        default=F("path"),
        output_field=CharField(),
    )


@dataclass(frozen=True)
class Overdue:
    """An office with its open to-dos and how many of them are overdue."""

    office: str
    late: int
    waiting: int
    oldest: date | None


def overdue(user: User, cases: QuerySet[Case], today: date) -> list[Overdue]:
    """Return the offices that are late, the latest first; a judge's eye sees no other judge's step (see ``blind``)."""
    judged = Assignment.objects.filter(case=OuterRef("case"), user=user, active=True)
    rows = Todo.objects.filter(case__in=cases, state=Todo.State.OPEN)
    rows = rows.exclude(Q(node__in=NODES) & Exists(judged) & ~Q(assignee=user))
    late = Q(due_on__lt=today)
    counted = (
        rows.annotate(office=office())
        .order_by()
        .values("office")
        .annotate(late=Count("pk", filter=late), waiting=Count("pk"), oldest=Min("due_on"))
        .filter(late__gt=0)
        .order_by("-late", "oldest", "office")
    )
    return [Overdue(row["office"], row["late"], row["waiting"], row["oldest"]) for row in counted]


def names_of(offices: Iterable[str]) -> dict[str, str]:
    """Return the names of offices by their keys: the organisation of a region's officers, an agency (one query)."""
    keys = list(offices)
    agencies = [key.removeprefix(AGENCY) for key in keys if key.removeprefix(AGENCY).isdecimal()]
    officers = Membership.objects.filter(active=True, role__in=OFFICERS, region__path__in=keys)
    rows = Organisation.objects.filter(Q(pk__in=agencies) | Q(memberships__in=officers)).order_by("pk")
    found: dict[str, str] = {}
    for pk, name, kind, path in rows.values_list(
        "pk", "name", "kind", "memberships__region__path"
    ).distinct():
        found.setdefault(f"{AGENCY}{pk}" if kind == Organisation.Kind.AGENCY else path, name)
    return found


@dataclass(frozen=True)
class Weak:
    """An indicator: in how many cases it was rated, in how many it lost points, what it got on average."""

    indicator: str
    cases: int
    lost: int
    mean: Fraction


def ratings(user: User, cases: QuerySet[Case]) -> QuerySet[Rating]:
    """Return the rating in force of each case's newest decided round; none of a case that the person judges just now."""
    decided = Decision.objects.filter(case=OuterRef("case")).order_by("-round").values("round")[:1]
    seen = cases.exclude(pk__in=blind_cases(user))
    return Rating.objects.filter(case__in=seen, superseded_by__isnull=True, round=Subquery(decided))


def weak(user: User, cases: QuerySet[Case]) -> list[Weak]:
    """Return the indicators that lost points somewhere, the most often lost first."""
    lines = RatingLine.objects.filter(rating__in=ratings(user, cases)).order_by()
    counted = lines.values_list("indicator", "points", "maximum").annotate(n=Count("pk"))
    numbers, lost, sums = Counter[str](), Counter[str](), defaultdict[str, Fraction](Fraction)
    for indicator, points, maximum, number in counted:
        numbers[indicator] += number
        lost[indicator] += number if points != maximum else 0
        sums[indicator] += (
            Fraction(points) * number
        )  # points are exact texts, a fraction where no decimal holds them
    found = [Weak(key, number, lost[key], sums[key] / number) for key, number in numbers.items() if lost[key]]
    return sorted(found, key=lambda row: (-row.lost / row.cases, row.indicator))
