"""The ledger of terms: opening, pausing, extending, ending; the due date is always derived, never typed."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from applications import clock
from applications.actions.move import move
from applications.core import working_days
from applications.core.terms import Term
from applications.core.working_days import Calendar, Derived, Entry
from applications.errors import Refused
from applications.models import Case, Deadline, DeadlineEntry, Matter, Todo, User
from applications.signals import due_moved
from applications.workdays import calendar, due_date

OPEN = ("running", "paused")


def due(term: Term, at: datetime) -> tuple[date, bool]:
    """Return the due date of a term that starts with an event at a moment, and whether it is provisional."""
    return due_date(clock.day_of(at), term.budget, term.unit)


def start(
    *,
    case: Case | None = None,
    matter: Matter | None = None,
    todo: Todo | None = None,
    term: Term,
    at: datetime,
    on: date | None = None,
    due: tuple[date, bool] | None = None,
) -> Deadline:
    """Open a deadline of a case, or of a matter, that starts with an event on a day; its due date is derived.

    ``due``: what was derived already for this term and day, so that it is not asked twice.
    """
    started_on = on or clock.day_of(at)
    due_on, provisional = due or due_date(started_on, term.budget, term.unit)
    return Deadline.objects.create(
        case=case,
        matter=matter,
        todo=todo,
        term=term.key,
        source=term.source,
        budget=term.budget,
        unit=term.unit,
        started_on=started_on,
        due_on=due_on,
        provisional=provisional,
    )


def account(deadline: Deadline, days: Calendar | None = None) -> Derived:
    """Return what the ledger comes to, day by day: what counts, what does not and why.

    ``days``: the calendar, where it was read already.
    """
    entries = [
        Entry(entry.kind, entry.on, entry.days)
        for entry in deadline.entries.all()
        if entry.kind in {"pause", "resume", "extension"}
    ]
    on_return = "restart" if any(entry.kind == "restart" for entry in deadline.entries.all()) else "continue"
    return working_days.derive(
        deadline.budget,
        deadline.unit,
        deadline.started_on,
        entries,
        days or calendar(deadline.started_on, 2 + deadline.budget // 180),
        on_return=on_return,
        provisional=True,
    )


def derive(deadline: Deadline) -> bool:
    """Derive the due date anew and carry it to the to-do; return whether anything changed.

    A paused deadline keeps the date it had: it says when the term would have ended.
    """
    found = account(deadline)
    due_on = found.due or deadline.due_on
    if (due_on, found.provisional) == (deadline.due_on, deadline.provisional):
        return False
    deadline.due_on, deadline.provisional = due_on, found.provisional
    deadline.save(update_fields=["due_on", "provisional"])
    if deadline.matter_id is not None:
        due_moved.send(sender=Deadline, deadline=deadline)
    if deadline.todo is not None:
        deadline.todo.due_on, deadline.todo.due_provisional = deadline.due_on, deadline.provisional
        deadline.todo.save(update_fields=["due_on", "due_provisional"])
    return True


def _enter(deadline: Deadline, kind: str, *, days: int, reason: str, by: User | None, at: datetime) -> None:
    DeadlineEntry.objects.create(
        deadline=deadline, kind=kind, on=clock.day_of(at), days=days, reason=reason, by=by, at=at
    )


def pause(deadline: Deadline, *, reason: str, by: User | None, at: datetime) -> None:
    """Stop the clock, for instance while the papers are with the applicant."""
    _enter(deadline, "pause", days=0, reason=reason, by=by, at=at)
    move(deadline, "paused")


def resume(
    deadline: Deadline, *, reason: str, by: User | None, at: datetime, on_return: str = "continue"
) -> None:
    """Let the clock run on with what was left of the term, or with the whole of it (``restart``)."""
    _enter(deadline, "resume", days=0, reason=reason, by=by, at=at)
    if on_return == "restart":
        _enter(deadline, "restart", days=0, reason=reason, by=by, at=at)
    move(deadline, "running")
    derive(deadline)


@transaction.atomic
def extend(deadline: Deadline, *, days: int, reason: str, by: User, at: datetime) -> Deadline:
    """Extend a running deadline by whole days of its unit, only before it has expired, and derive it anew."""
    deadline = Deadline.objects.select_for_update(of=("self",)).select_related("todo").get(pk=deadline.pk)
    if clock.day_of(at) > deadline.due_on:
        raise Refused(
            _("期限已于%(due)s届满，不能再延期。延期须在届满前提出并批准。") % {"due": deadline.due_on}
        )
    _enter(deadline, "extension", days=days, reason=reason, by=by, at=at)
    derive(deadline)
    return deadline


def end(deadline: Deadline, *, at: datetime) -> None:
    """End a running deadline: met on its due day until 24:00, late after it."""
    deadline.ended_at = at
    late = clock.day_of(at) > deadline.due_on
    move(deadline, Deadline.State.LATE if late else Deadline.State.MET, fields=("ended_at",))


def end_of_todo(todo: Todo, *, at: datetime) -> None:
    """End the deadline of a to-do that was done."""
    for deadline in Deadline.objects.filter(todo=todo, state__in=OPEN):
        end(deadline, at=at)


def cancel_of_todo(todo: Todo, *, at: datetime) -> None:
    """Cancel the deadline of a to-do that nobody needs to do any more."""
    for deadline in Deadline.objects.filter(todo=todo, state__in=OPEN):
        cancel(deadline, at=at)


def cancel(deadline: Deadline, *, at: datetime) -> None:
    """Cancel a deadline that is no longer needed."""
    deadline.ended_at = at
    move(deadline, Deadline.State.CANCELLED, fields=("ended_at",))


def standing(case: Case, term: str) -> Deadline | None:
    """Return the open deadline of a case for a term that hangs on no to-do (the whole intake, a notice period)."""
    return Deadline.objects.filter(case=case, term=term, todo__isnull=True, state__in=OPEN).first()
