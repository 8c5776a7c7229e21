"""Filling in ends with the batch: nobody is shown, or reminded of, a day on which the door is shut already."""

from dataclasses import replace
from datetime import date, datetime

from applications import clock
from applications.actions import deadlines
from applications.actions.turns import Under
from applications.core import terms
from applications.core.faults import N_
from applications.core.terms import Term
from applications.core.working_days import working_days_between
from applications.models import Batch, Deadline, User
from applications.workdays import calendar

FILL = "fill"
CLOSES = N_("批次申报截止日")
EXTENDED = N_("申报期延长：%s")


def until_closing(under: Under, term: Term) -> Term:
    """Return the term for filling in, shortened to the working days that the batch is still open (R4-031)."""
    left = _left(clock.day_of(under.at), under.case.batch, term.budget)
    return term if left >= term.budget else replace(term, budget=left, source=CLOSES)


def lengthen(batch: Batch, *, reason: str, by: User, at: datetime) -> None:
    """Give the cases that are being filled in what a later closing day leaves them, up to the batch's own term."""
    term = terms.in_force(batch.terms, FILL)
    running = Deadline.objects.filter(
        case__batch=batch,
        term=FILL,
        state=Deadline.State.RUNNING,
        source=CLOSES,
        due_on__gte=clock.day_of(at),
    ).prefetch_related("entries")
    for deadline in running:
        given = deadline.budget + sum(entry.days for entry in deadline.entries.all())
        more = min(_left(deadline.started_on, batch, term.budget), term.budget) - given
        if more > 0:
            deadlines.extend(deadline, days=more, reason=(EXTENDED % reason)[:300], by=by, at=at)


def _left(day: date, batch: Batch, budget: int) -> int:
    """Return the working days from a day to the batch's last; no calendar is asked where they are plainly enough."""
    days = (batch.closes_on - day).days
    if days > 3 * budget + 30:
        return budget
    return max(
        0, working_days_between(day, batch.closes_on, calendar(day, 1 + budget // 90), provisional=True)
    )
