"""Opening the rectification items of a round."""

from datetime import datetime

from applications.actions.events import record
from applications.core import terms
from applications.models import Case, User
from rectification.models import RectificationItem
from review.queries.shortfalls import shortfalls


def open_items(case: Case, *, by: User | None, at: datetime) -> list[str]:
    """Open an item for every missed basic item and finding of the round; return the keys of their runs.

    The caller holds the case's lock. What is open already is not opened again (R2-012, policy ``missed_basic_item``).
    """
    opened = {
        (item.source, item.indicator, item.finding_id): item
        for item in RectificationItem.objects.filter(case=case, round=case.round)
    }
    days = terms.in_force(case.batch.terms, "rectification").budget
    keys = [str(item.pk) for item in opened.values()]
    for number, shortfall in enumerate(shortfalls(case), start=1):
        if (shortfall.source, shortfall.indicator, shortfall.finding) in opened:
            continue
        item = RectificationItem.objects.create(
            case=case,
            round=case.round,
            number=f"ZG-{case.number}-{case.round}-{number:02d}",
            source=shortfall.source,
            indicator=shortfall.indicator,
            finding_id=shortfall.finding,
            problem=shortfall.problem,
            suggestion=shortfall.suggestion,
            days=days,
            opened_at=at,
        )
        keys.append(str(item.pk))
        record(case, "open_item", by=by, at=at, data={"item": item.number, "indicator": item.indicator})
    return keys
