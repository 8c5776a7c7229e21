"""Reads of the documents and site streams: the pages, how far they are, what was seen."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from applications.core.elements import FactSpec
from applications.core.plan import Plan
from applications.models import Case, Claim, Evidence, EvidenceLink, User
from applications.permissions import scope
from applications.permissions_evidence import hide_evidence, shown_to
from applications.queries.standards import plan_of
from review.core.streams import Sight, sights
from review.models import FactCheck, Observation
from review.queries.facts import checks_of, declared_values, shown_value

BEFORE_RESULT = ("preparation", "collection", "review", "scoring")


@hide_evidence
def not_for_the_community_yet(user: User) -> Q:
    """What the team collected is its own until there is a result: the community sees its own files only."""
    mine = Q(uploaded_by=user)
    return (
        Q(stage="collection", case__state__in=BEFORE_RESULT)
        & scope(user, "fill_application", "case__path")
        & ~mine
    )


@dataclass
class FactRow:
    """A fact on a page: what was declared, and what became of it."""

    spec: FactSpec
    declared: Any
    check: FactCheck | None

    @property
    def declared_text(self) -> str:
        """The declared value as people read it."""
        return shown_value(self.spec, self.declared)

    @property
    def value_text(self) -> str:
        """The value found, as people read it."""
        return shown_value(self.spec, self.check.value) if self.check else ""

    @property
    def typed(self) -> str:
        """The value found, as one types it, the same in every language: without unit and thousands."""
        value = self.check.value if self.check else ""
        return "、".join(map(str, value)) if isinstance(value, list) else str(value)


@dataclass
class Page:
    """One page of a stream: an indicator (or the remaining facts) with its facts and what was seen."""

    sight: Sight
    facts: list[FactRow]
    observations: list[Observation] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The indicator's id, or the name of the page of remaining facts."""
        return self.sight.key

    @property
    def missing(self) -> list[FactRow]:
        """The facts nobody has confirmed or corrected."""
        return [row for row in self.facts if row.check is None]

    @property
    def state(self) -> str:
        """``need`` while a fact is missing, ``done`` with facts or an observation, else ``todo``."""
        if self.missing:
            return "need"
        return "done" if self.facts or self.observations else "todo"


@dataclass
class Work:
    """A stream of a case as it stands."""

    case: Case
    plan: Plan
    stream: str
    pages: list[Page]

    @property
    def missing(self) -> list[FactRow]:
        """The facts that keep the stream from ending."""
        return [row for page in self.pages for row in page.missing]

    @property
    def done(self) -> int:
        """How many pages are done."""
        return sum(page.state == "done" for page in self.pages)

    def page(self, key: str) -> Page | None:
        """Return a page by its key."""
        return next((page for page in self.pages if page.key == key), None)

    def beside(self, key: str) -> tuple[Page | None, Page | None, int]:
        """Return the pages before and after, and the number of this one (from 1)."""
        keys = [page.key for page in self.pages]
        place = keys.index(key)
        before = self.pages[place - 1] if place else None
        after = self.pages[place + 1] if place + 1 < len(keys) else None
        return before, after, place + 1


def work_of(case: Case, stream: str) -> Work:
    """Return a stream with its pages, facts and observations (4 queries)."""
    plan = plan_of(case.batch)
    declared, checks = declared_values(case), checks_of(case)
    seen: dict[str, list[Observation]] = defaultdict(list)
    rows = Observation.objects.filter(case=case, round=case.round, stream=stream)
    for row in rows.select_related("by").prefetch_related("photos").order_by("pk"):
        seen[row.indicator].append(row)
    pages = [
        Page(
            sight,
            [FactRow(spec, declared.get(spec.key), checks.get(spec.key)) for spec in sight.facts],
            seen[sight.key],
        )
        for sight in sights(plan, stream)
    ]
    return Work(case, plan, stream, pages)


def observations_of(case: Case, round_number: int | None = None) -> dict[str, list[Observation]]:
    """Return what was seen of each indicator in a round, with photos (2 queries)."""
    found: dict[str, list[Observation]] = defaultdict(list)
    rows = Observation.objects.filter(case=case, round=round_number or case.round)
    for row in rows.select_related("by").prefetch_related("photos").order_by("pk"):
        found[row.indicator].append(row)
    return dict(found)


def files_for(case: Case, indicator: str, user: User) -> list[Evidence]:
    """Return the files that serve an indicator and that the person may know of, oldest first."""
    links = EvidenceLink.objects.filter(indicator=indicator, removed_at__isnull=True).values("evidence")
    rows = Evidence.objects.filter(case=case, pk__in=links, removed_at__isnull=True).filter(shown_to(user))
    return list(rows.order_by("pk"))


def claim_of(case: Case, indicator: str) -> Claim | None:
    """Return what the community says of an indicator."""
    return Claim.objects.filter(case=case, indicator=indicator).first()
