"""Which batches a person may apply in for which of their communities."""

from dataclasses import dataclass
from datetime import date

from applications.models import Batch, Case, Community, User
from applications.permissions import scope
from applications.queries.standards import standard_of


@dataclass(frozen=True)
class Offer:
    """An open batch for a community: the stars one may apply for, and the case there is already."""

    batch: Batch
    community: Community
    stars: tuple[int, ...]
    case: Case | None


def offers_to(user: User, today: date) -> list[Offer]:
    """Return every open batch for every community the person applies for, the newest batch first (3 queries)."""
    own = Community.objects.filter(scope(user, "fill_application", "region__path"), urban=True)
    communities = list(own.select_related("region").order_by("code"))
    batches = Batch.objects.filter(state=Batch.State.OPEN, opens_on__lte=today, closes_on__gte=today)
    batches = batches.select_related("organiser", "standard", "scope").defer("standard__content")
    open_cases = Case.objects.filter(community__in=communities, closed_at__isnull=True)
    cases = {(case.batch_id, case.community_id): case for case in open_cases}
    return [
        Offer(
            batch,
            community,
            tuple(star.stars for star in standard_of(batch.standard).stars),
            cases.get((batch.pk, community.pk)),
        )
        for batch in batches
        for community in communities
        if community.region.path.startswith(batch.scope.path)
    ]
