"""Looking back at a closed item: it has held, or it has come back and is worked on again under its number (R4-132)."""

from datetime import datetime

from applications.acting import verb
from applications.actions.events import record
from applications.actions.move import move
from applications.actions.turns import take
from applications.models import User
from rectification.actions.items import carry_due, within_limits
from rectification.models import LookBack, RectificationItem


@verb("look_back")
def look_back(
    item: RectificationItem, *, outcome: str, method: str, opinion: str, days: int, by: User, at: datetime
) -> LookBack:
    """Note what a look-back found; an item that has come back is reopened with ``days`` calendar days."""
    turn = take(item.case, "look_back.look", by=by, at=at, key=str(item.pk))
    item = RectificationItem.objects.get(pk=item.pk)
    data = {"item": item.number, "outcome": outcome, "opinion": opinion}
    row = LookBack.objects.create(item=item, outcome=outcome, method=method, opinion=opinion, by=by, at=at)
    if outcome == LookBack.Outcome.RECURRED:
        within_limits(turn.case, "days", days)
        item.days, item.recurrences, item.closed_at = days, item.recurrences + 1, None
        move(item, "working", fields=("days", "recurrences", "closed_at"))
        data["days"] = str(days)
    record(turn.case, "look_back", by=by, at=at, data=data)
    turn.finish(outcome)
    if outcome == LookBack.Outcome.RECURRED:
        carry_due(item)
    return row
