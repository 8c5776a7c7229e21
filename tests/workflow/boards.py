"""Decided cases for the dashboards: a rating, a ballot and a decision, without the stages before."""

from datetime import datetime
from typing import Any

from applications.models import Case
from review.models import Ballot, Decision, Rating
from tests.cast import Cast
from tests.kept import kept
from tests.review import publishing


def decide(case: Case, rating: Rating, at: datetime) -> Decision:
    """Append the committee's decision on a rating."""
    ballot = Ballot.objects.create(
        case=case, round=rating.round, rating=rating, state="carried", opened_at=at, closed_at=at
    )
    return Decision.objects.create(
        case=case,
        round=rating.round,
        number=f"{case.number}-{rating.round}",
        rating=rating,
        ballot=ballot,
        star=rating.star,
        minutes="",
        votes=[],
        standard_digest=rating.standard_digest,
        policy=rating.policy,
        inputs_digest=rating.inputs_digest,
        rating_digest=rating.digest,
        release=rating.release,
        seal="",
        at=at,
    )


@kept
def decided(cast: Cast, name: str = "翠湖社区", **changes: Any) -> Case:
    """Return a case in publication whose star the committee has decided on."""
    case = publishing.at_publication(cast, cast.at, cast.communities[name], **changes)
    decide(case, Rating.objects.get(case=case), cast.at)
    return case
