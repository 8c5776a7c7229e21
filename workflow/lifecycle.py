"""The road of a case on one page: which stage follows which, and ``advance``, which takes it there.

``advance`` is idempotent: it looks at what is true and does what is missing. It runs inside the transaction that
finished a step, and again from the clock's sweep, so that a case can never stand still between two stages.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from applications import clock
from applications.acting import verb
from applications.actions.cases import enter
from applications.actions.events import lock_case, record
from applications.actions.turns import begin
from applications.flows import ApplicationFlow
from applications.inturn import in_turn
from applications.models import Case, StageRun, User
from applications.signals import road
from notifications.failpoints import failpoint
from rectification.actions.opening import open_items
from rectification.flows import ClosingFlow, LookBackFlow, RectificationFlow, SupervisionFlow
from rectification.models import RectificationItem
from rectification.queries.items import items_without_run, orders_without_run, to_look_back_at
from review.flows import (
    CollectionFlow,
    ObjectionFlow,
    PreparationFlow,
    PublicationFlow,
    ReviewFlow,
    RevocationFlow,
    ScoringFlow,
)
from review.queries import objections, revocations

FLOWS: dict[str, Any] = {
    "application": ApplicationFlow,
    "preparation": PreparationFlow,
    "collection": CollectionFlow,
    "review": ReviewFlow,
    "scoring": ScoringFlow,
    "publication": PublicationFlow,
}

# stage -> outcome of its run -> what follows; "" stands for every other outcome
ROAD: dict[str, dict[str, str]] = {
    "application": {"decline": "declined", "abandon": "withdrawn", "": "preparation"},
    "preparation": {"": "collection"},
    "collection": {"": "review"},
    "review": {"": "scoring"},
    "scoring": {"no_star": "rectification", "": "publication"},
    "publication": {"": "rectification"},
}


def advance(case: Case, *, by: User | None, at: datetime) -> None:
    """Open what is due next for a case. Doing it twice changes nothing."""
    with transaction.atomic():
        case = lock_case(case)
        for key in revocations.without_run(case):  # a star can be revoked after its case has ended
            begin(RevocationFlow.start, case, stage="publication", by=by, at=at, key=key)
        for key in orders_without_run(case):  # so can an item that came back after it
            begin(SupervisionFlow.start, case, stage="supervision", by=by, at=at, key=key)
        for key in items_without_run(case):  # found by a spot check, maybe years later
            begin(RectificationFlow.start, case, stage="rectification", by=by, at=at, key=key)
        while case.is_open and _one_step(case, by=by, at=at):
            pass


@verb("open_look_back")
def _ask_to_look_back(item: RectificationItem, *, by: User | None, at: datetime) -> int:
    case = lock_case(item.case)
    if begin(LookBackFlow.start, case, stage="look_back", by=by, at=at, key=str(item.pk)) is None:
        return 0
    record(case, "open_look_back", by=by, at=at, data={"item": item.number})
    return 1


def look_back(at: datetime) -> int:
    """Ask the county to look back at every closed item whose day has come, each once; return how many (R4-132)."""
    due = to_look_back_at(clock.day_of(at))
    return in_turn(due, lambda item: _ask_to_look_back(item, by=None, at=at))


def _one_step(case: Case, *, by: User | None, at: datetime) -> bool:
    """Do one thing that is missing; return whether there may be another."""
    runs = list(StageRun.objects.filter(case=case, stage=case.state, round=case.round))
    if case.state == "rectification":
        return _rectify(case, runs, by=by, at=at)
    if not runs:
        begin(FLOWS[case.state].start, case, stage=case.state, by=by, at=at)
        failpoint("stage.begun")
        return False
    waiting = objections.without_run(case) if case.state == "publication" else []
    for key in waiting:
        begin(ObjectionFlow.start, case, stage="publication", by=by, at=at, key=key)
    if waiting or any(run.finished_at is None for run in runs):
        return False
    following = ROAD[case.state]
    outcome = next(run.outcome for run in runs if not run.key)
    failpoint("stage.ended")
    enter(case, following.get(outcome, following[""]), by=by, at=at)
    return True


def _rectify(case: Case, runs: list[StageRun], *, by: User | None, at: datetime) -> bool:
    """Open the items of a round once; close the case, or ask the county for the next round, when all are closed."""
    if not runs:
        keys = open_items(case, by=by, at=at)
        for key in keys:
            begin(RectificationFlow.start, case, stage="rectification", by=by, at=at, key=key)
        if keys:
            return False
    if any(run.finished_at is None for run in runs):
        return False
    closing = next((run for run in runs if run.key == "closing"), None)
    if case.star:
        enter(case, "closed", by=by, at=at)
    elif closing is None:
        begin(ClosingFlow.start, case, stage="rectification", by=by, at=at, key="closing")
        return False
    elif closing.outcome == "round":
        case.round += 1
        enter(case, "collection", by=by, at=at)
    else:
        enter(case, "closed", by=by, at=at)
    return True


@receiver(road, dispatch_uid="lifecycle")
def on_road(sender: type, case: Case, by: User | None, at: datetime, **kwargs: object) -> None:
    """Advance a case as soon as something of it has finished, in the same transaction."""
    advance(case, by=by, at=at)
