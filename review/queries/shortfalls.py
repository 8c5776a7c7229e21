"""What fell short in a round: the missed basic items of its rating and the findings of its review."""

from dataclasses import dataclass

from applications.actions import standards
from applications.models import Case
from applications.words import MISSED_BASIC
from review.models import Finding
from review.queries.ratings import rating_in_force


@dataclass(frozen=True)
class Shortfall:
    """One thing to be put right: ``source`` is ``basic`` or ``finding``."""

    source: str
    indicator: str
    problem: str
    suggestion: str = ""
    finding: int | None = None


def shortfalls(case: Case) -> list[Shortfall]:
    """Return the round's missed basic items (unless the policy lists none) and findings, in the standard's order."""
    rating = rating_in_force(case, case.round)
    if rating is None:
        return []
    indicators = standards.of(case.batch.standard).indicators
    found = [
        Shortfall("basic", key, MISSED_BASIC % {"content": indicators[key].content})
        for key in rating.result.get("missed_basic_items", [])
        if rating.policy.get("missed_basic_item") != "no_veto"
    ]
    found += [
        Shortfall("finding", row.indicator, row.text, row.suggestion, row.pk)
        for row in Finding.objects.filter(case=case, round=case.round).order_by("pk")
    ]
    order = {key: position for position, key in enumerate(indicators)}
    return sorted(found, key=lambda item: (order.get(item.indicator, len(order)), item.source))
