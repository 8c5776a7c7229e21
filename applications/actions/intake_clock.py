"""The clock of the whole intake: 30 working days from submission to acceptance, stopped while with the applicant.

Source: service-centre procedures 2-1.5 (R4-031); the batch says whether the rest of it runs on or all of it anew.
"""

from datetime import datetime

from django.utils.translation import gettext_noop as N_

from applications.actions import deadlines
from applications.core import terms
from applications.models import Case, Deadline, User

TERM = "intake"


def begin(case: Case, *, at: datetime) -> None:
    """Start the clock with the first submission; a second one after a recall changes nothing."""
    if deadlines.standing(case, TERM) is None:
        deadlines.start(case=case, todo=None, term=terms.in_force(case.batch.terms, TERM), at=at)


def stop(case: Case, *, by: User, at: datetime) -> None:
    """Stop the clock while the papers are with the applicant."""
    running = deadlines.standing(case, TERM)
    if running is not None and running.state == Deadline.State.RUNNING:
        deadlines.pause(running, reason=N_("退回补正"), by=by, at=at)


def run_on(case: Case, *, by: User, at: datetime) -> None:
    """Let the clock run on when the correction has arrived, or begin anew where the batch says so."""
    paused = deadlines.standing(case, TERM)
    if paused is not None and paused.state == Deadline.State.PAUSED:
        policy = terms.in_force(case.batch.terms, TERM).on_return
        deadlines.resume(paused, reason=N_("补正材料已提交"), by=by, at=at, on_return=policy)


def end(case: Case, *, at: datetime) -> None:
    """End the clock: accepted or declined."""
    standing = deadlines.standing(case, TERM)
    if standing is not None:
        deadlines.end(standing, at=at)


def drop(case: Case, *, at: datetime) -> None:
    """Cancel the clock: the application was recalled or given up."""
    standing = deadlines.standing(case, TERM)
    if standing is not None:
        deadlines.cancel(standing, at=at)
