"""Which batches a person may apply in for which of their communities."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from applications.eligibility import bars_of
from applications.models import Batch, Case, Community, User
from applications.permissions import scope
from applications.queries.standards import standard_of
from applications.words import grade_words


@dataclass(frozen=True)
class Offer:
    """An open batch for a community: the stars one may apply for, the case there is already, what bars a new one."""

    batch: Batch
    community: Community
    stars: Mapping[int, str]
    case: Case | None
    barred: str


def _stars_of(batch: Batch) -> dict[int, str]:
    standard = standard_of(batch.standard)
    return {star.stars: grade_words(standard, star.stars) for star in standard.stars}


def offers_to(user: User, today: date) -> list[Offer]:
    """Return every open batch for every community the person applies for, the newest batch first (4 queries)."""
    own = Community.objects.filter(scope(user, "fill_application", "region__path"), urban=True)
    communities = list(own.select_related("region").order_by("code"))
    batches = Batch.objects.filter(state=Batch.State.OPEN, opens_on__lte=today, closes_on__gte=today)
    batches = batches.select_related("organiser", "standard", "scope").defer("standard__content")
    open_cases = Case.objects.filter(community__in=communities, closed_at__isnull=True)
    cases = {(case.batch_id, case.community_id): case for case in open_cases}
    bars = bars_of(communities, today)
    return [
        Offer(
            batch,
            community,
            _stars_of(batch),
            cases.get((batch.pk, community.pk)),
            bars[community.code].sentence() if community.code in bars else "",
        )
        for batch in batches
        for community in communities
        if community.region.path.startswith(batch.scope.path)
    ]
