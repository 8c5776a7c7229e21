"""The end of notice periods: reached by the clock, each notice exactly once."""

from datetime import datetime, time

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from applications import clock
from applications.acting import verb
from applications.actions import deadlines
from applications.actions.events import lock_case, record
from applications.actions.turns import finish_task
from applications.errors import Refused
from applications.inturn import in_turn
from applications.models import Case, Deadline, StageRun, Todo, User
from review.core.sealing import result_of
from review.models import Publication
from review.queries.objections import any_open
from review.queries.publications import current
from review.queries.ratings import rating_in_force
from review.queries.snapshots import snapshot

WAIT = "notice"  # the node of the flow on which a case waits


def close_notices(*, at: datetime) -> int:
    """Move on every notice whose last day has passed and whose objections are all decided; return how many.

    Doing it twice, or by two clocks at once, changes nothing: each case is locked and looked at again.
    """
    on_desk = Todo.objects.filter(run=OuterRef("pk"), state=Todo.State.OPEN)
    waiting = StageRun.objects.filter(stage="publication", key="", finished_at__isnull=True).filter(
        ~Exists(on_desk)
    )
    over = Publication.objects.filter(
        kind=Publication.Kind.NOTICE,
        case=OuterRef("pk"),
        superseded_by__isnull=True,
        notice_until__lt=clock.day_of(at),
    )
    cases = Case.objects.filter(Exists(over), pk__in=waiting.values("case"), state="publication")
    return in_turn(cases.order_by("pk"), lambda case: _close(case, by=None, at=at))


@verb("close_notice")
def _close(case: Case, *, by: User | None, at: datetime) -> int:
    case = lock_case(case)
    notice = current(case, Publication.Kind.NOTICE)
    task = _waiting_task(case)
    if notice is None or task is None or notice.notice_until is None:
        return 0
    if clock.day_of(at) <= notice.notice_until:
        return 0
    _end_period(case, notice)
    if any_open(case):
        return 0
    changed = has_changed(case, notice)
    data = {"number": notice.number, "changed": changed}
    record(case, "close_notice", by=by, at=at, data=data)
    run = task.process.stage_run
    run.case = case
    finish_task(task, run, by=by, at=at, outcome="changed" if changed else "over")
    return 1


def _waiting_task(case: Case) -> Task | None:
    tasks = Task.objects.filter(
        process__stage_run__case=case,
        process__stage_run__stage="publication",
        process__stage_run__round=case.round,
        process__stage_run__key="",
        status=STATUS.NEW,
    )
    return next((task for task in tasks if task.flow_task.name == WAIT), None)


def _end_period(case: Case, notice: Publication) -> None:
    """End the clock of the notice at 24:00 of its last day, whenever the clock gets to it."""
    assert notice.notice_until is not None
    end = datetime.combine(notice.notice_until, time.max, clock.LOCAL)
    for deadline in Deadline.objects.filter(case=case, todo=None, term="notice", state="running"):
        deadlines.end(deadline, at=end)


def has_changed(case: Case, notice: Publication) -> bool:
    """Whether the result in force differs from what the notice told the public, so that a new notice is due."""
    rating = rating_in_force(case, case.round)
    if rating is None:
        raise Refused(_("本轮还没有评定结果，不能公布。"))
    return result_of(snapshot(case, rating)) != result_of(notice.content)
