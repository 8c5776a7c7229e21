"""Reads of the assessment team: who sits in it, who may, what is still missing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from applications.core.faults import Sentence
from applications.models import (
    Assignment,
    Case,
    Event,
    IntakeDecision,
    Membership,
    Organisation,
    Recusal,
    StageRun,
    User,
)
from review.core import conflicts
from review.core import team as rules
from review.core.conflicts import Place, Post
from review.core.team import Seat
from review.models import Declaration, TeamMember

ROSTER_ROLES = ("reviewer", "surveyor", "agency_manager")  # who works for a third-party agency
COMMUNITY_ROLES = ("community_clerk", "community_head")
MOST_FOUND = 20


@dataclass
class Candidate:
    """Somebody who could be a member: offices, and why not, where there is a reason."""

    user: User
    offices: list[str] = field(default_factory=list)
    reasons: list[Sentence] = field(default_factory=list)
    kind: str = rules.EXPERT
    roles: frozenset[str] = frozenset()
    at_work: int = 0  # open cases in which they have a duty
    last: datetime | None = None  # when they were given one last


@dataclass
class MemberRow:
    """A member with the duties they hold and what they declared."""

    member: TeamMember
    duties: list[str]
    declaration: Declaration | None

    @property
    def seat(self) -> Seat:
        """The member as the rules see them."""
        row = self.member
        return Seat(row.name, row.kind, frozenset(self.duties), row.user_id, row.elected)

    @property
    def declared(self) -> bool:
        """Whether the member may start work: declared, carried over from the round before, or only sitting in."""
        return self.member.user_id is None or self.member.carried or self.declaration is not None


def team_of(case: Case, round_number: int | None = None) -> list[MemberRow]:
    """Return the serving members of a round with duties and declarations (2 queries)."""
    number = round_number or case.round
    members = TeamMember.objects.filter(case=case, round=number, active=True)
    duties: dict[int, list[str]] = defaultdict(list)
    held = Assignment.objects.filter(case=case, round=number, active=True)
    for user, duty in (
        held.exclude(duty=Assignment.Duty.REASSESSOR).order_by("pk").values_list("user", "duty")
    ):
        duties[user].append(duty)
    rows = members.select_related("user", "declaration").order_by("pk")
    return [
        MemberRow(row, duties.get(row.user_id or 0, []), getattr(row, "declaration", None)) for row in rows
    ]


def former_members(case: Case, round_number: int | None = None) -> QuerySet[TeamMember]:
    """Return who left the team of a round, with the reason."""
    number = round_number or case.round
    return TeamMember.objects.filter(case=case, round=number, active=False).order_by("left_at", "pk")


def undeclared(run: StageRun) -> list[User]:
    """Return the members with an account who have not declared yet."""
    members = TeamMember.objects.filter(
        case=run.case_id, round=run.round, active=True, carried=False, user__isnull=False
    ).filter(declaration__isnull=True)
    return [row.user for row in members.select_related("user").order_by("pk") if row.user]


def open_duties(case: Case, round_number: int | None = None) -> list[str]:
    """Return the duties of a round that nobody holds: what keeps its work from being on somebody's desk."""
    held = Assignment.objects.filter(case=case, round=round_number or case.round, active=True)
    duties = [Seat("", "", frozenset({duty})) for duty in held.values_list("duty", flat=True)]
    return rules.vacancies(duties)


def agencies() -> QuerySet[Organisation]:
    """Return the third-party agencies in use."""
    return Organisation.objects.filter(kind=Organisation.Kind.AGENCY, active=True).order_by("name", "pk")


def candidates(
    case: Case, *, agency: int | None, q: str = "", also: Iterable[int] = (), today: date
) -> list[Candidate]:
    """Return who could be chosen: the agency's people, whom a search by name finds, and those named in ``also``.

    Each with every reason that bars them and how much they have to do (7 queries, however many there are).
    """
    people = User.objects.filter(is_active=True)
    current = Membership.objects.filter(user=OuterRef("pk"), active=True)
    wanted = Q(pk__in=list(also))
    if agency:
        wanted |= Q(Exists(current.filter(organisation=agency, role__in=ROSTER_ROLES)))
    found = list(people.filter(wanted).order_by("pk"))
    if q.strip():
        others = people.filter(Exists(current.filter(role__in=[*ROSTER_ROLES, *COMMUNITY_ROLES])))
        known = {person.pk for person in found}
        matches = others.filter(name__icontains=q.strip()[:64]).order_by("pk")[:MOST_FOUND]
        found += [person for person in matches if person.pk not in known]
    barred = bars(case, [person.pk for person in found], today=today)
    busy = _work_of([person.pk for person in found])
    return [_candidate(person, barred[person.pk], *busy.get(person.pk, (0, None))) for person in found]


def _work_of(people: list[int]) -> dict[int, tuple[int, datetime | None]]:
    """How many open cases these people work on, and when they were given a duty last."""
    open_now = Q(active=True, case__closed_at__isnull=True)
    rows = Assignment.objects.filter(user__in=people).values("user")
    counted = rows.annotate(n=Count("case", filter=open_now, distinct=True), last=Max("assigned_at"))
    return {row["user"]: (row["n"], row["last"]) for row in counted}


def draws_of(case: Case) -> list[Event]:
    """Return the draws of a case's round, the newest last (1 query)."""
    rows = Event.objects.filter(case=case, verb="draw_team").select_related("actor").order_by("seq")
    return [row for row in rows if row.data["round"] == case.round]


@dataclass
class _Ties:
    offices: list[str] = field(default_factory=list)
    reasons: list[Sentence] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)


def _candidate(person: User, ties: _Ties, at_work: int, last: datetime | None) -> Candidate:
    manager = bool(ties.roles & set(COMMUNITY_ROLES)) and not ties.roles & set(ROSTER_ROLES)
    kind = rules.MANAGER if manager else rules.EXPERT
    return Candidate(person, ties.offices, ties.reasons, kind, frozenset(ties.roles), at_work, last)


def place_of(case: Case) -> Place:
    """Return the regions of the case's community as paths."""
    parts = case.path.rstrip("/").split("/")
    paths = ["/".join(parts[: index + 1]) + "/" for index in range(len(parts))]
    return Place(community=paths[-1], street=paths[-2], county=paths[-3])


def bars(case: Case, people: list[int], *, today: date, intake: bool = True) -> dict[int, _Ties]:
    """Return for each person their offices and every reason that keeps them from this case (4 queries).

    ``intake``: whether having decided on the application counts: it bars from the team, not from deciding on recusals.
    """
    place = place_of(case)
    found: dict[int, _Ties] = defaultdict(_Ties)
    posts: dict[int, list[Post]] = defaultdict(list)
    memberships = Membership.objects.filter(user__in=people).select_related("organisation", "region")
    for row in memberships.order_by("pk"):
        current = row.active and (row.until is None or row.until >= today)
        posts[row.user_id].append(Post(row.organisation.name, row.region.path, current, row.until))
        if current:
            found[row.user_id].offices.append(row.organisation.name)
            found[row.user_id].roles.add(row.role)
    for person in people:
        found[person].reasons += conflicts.ties(posts[person], place, today)
    for person, reason in _case_bars(case, people):
        if intake or reason.template != conflicts.INTAKE:
            found[person].reasons.append(reason)
    return found


def tied(case: Case, people: Iterable[int], *, today: date) -> set[int]:
    """Return who of these people has a tie to the community of the case, or assessed it in the last batch (4 queries)."""
    found = bars(case, list(people), today=today, intake=False)
    return {person for person, ties in found.items() if ties.reasons}


def _case_bars(case: Case, people: list[int]) -> list[tuple[int, Sentence]]:
    """Reasons that lie in the case itself: recused, took part in its intake, assessed the community last time."""
    bars: list[tuple[int, Sentence]] = []
    recused = Recusal.objects.filter(case=case, user__in=people, lifted_at__isnull=True)
    bars += [(person, Sentence(conflicts.RECUSED)) for person in recused.values_list("user", flat=True)]
    acted = IntakeDecision.objects.filter(case=case, by__in=people).values_list("by", flat=True).distinct()
    bars += [(person, Sentence(conflicts.INTAKE)) for person in acted]
    last = Case.objects.filter(community=case.community_id, pk__lt=case.pk).exclude(batch=case.batch_id)
    worked = (
        Assignment.objects.filter(case__in=last.order_by("-pk").values("pk")[:1], user__in=people)
        .values_list("user", "case__batch__name")
        .distinct()
    )
    bars += [(person, Sentence(conflicts.LAST_BATCH, {"batch": batch})) for person, batch in worked]
    return bars
