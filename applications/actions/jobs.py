"""Long work: begun by a request, carried on by the worker, resumed where it was after a crash.

A kind with lines does one row after the other, each in a transaction of its own together with its result, so that
nothing is done twice. Any other kind does its work as a whole and may be begun again from the start.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from applications import clock
from applications.errors import AlreadyDone, Refused
from applications.models import Job, JobLine, User
from notifications.outbox import post, register

AT_ONCE = 10  # rows that are done while the person waits
BATCH = 25  # rows of one step of the worker: far below a lease
KEPT = timedelta(days=7)
TOPIC = "job.step"


@dataclass(frozen=True)
class Kind:
    """What a kind of job does: ``line`` for each row, or ``whole``, which tells how far it is."""

    line: Callable[[Job, JobLine, datetime], str] | None = None
    whole: Callable[[Job, datetime, Callable[[int, int], None]], str] | None = None


KINDS: dict[str, Kind] = {}


@dataclass(frozen=True)
class Wanted:
    """What a person asks for: kind, title, particulars, the rows (target and case) or a file to work on."""

    kind: str
    title: str
    asked: dict[str, Any]
    rows: Sequence[tuple[int, int | None]] = ()
    source: Any = None


def start(wanted: Wanted, *, by: User, at: datetime) -> Job:
    """Write a job; a short one is done at once, a long one by the worker."""
    asked = {**wanted.asked, "language": translation.get_language()}
    with transaction.atomic():
        job = Job.objects.create(
            owner=by,
            kind=wanted.kind,
            title=wanted.title[:120],
            asked=asked,
            total=len(wanted.rows),
            made_at=at,
        )
        JobLine.objects.bulk_create(
            JobLine(job=job, place=place, target=target, case_id=case)
            for place, (target, case) in enumerate(wanted.rows, start=1)
        )
        if wanted.source is not None:
            job.source.save(f"{job.pk}", File(wanted.source))
        short = KINDS[wanted.kind].line is not None and len(wanted.rows) <= AT_ONCE
        if not short:
            post(TOPIC, f"{TOPIC}:{job.pk}:0", at=at, payload={"job": job.pk})
    if short:
        step({"job": job.pk}, at)
        job.refresh_from_db()
    return job


def step(payload: dict[str, Any], at: datetime) -> None:
    """Do the next rows of a job, or its whole; where rows are left, ask for another step."""
    job = Job.objects.select_related("owner").filter(pk=payload["job"], finished_at__isnull=True).first()
    if job is None:
        return
    kind = KINDS[job.kind]
    with translation.override(job.asked.get("language")):
        if kind.whole is not None:
            _whole(job, kind.whole, at)
            return
        for line in JobLine.objects.filter(job=job, ok__isnull=True).order_by("place")[:BATCH]:
            _line(job, line.pk, at)
    with transaction.atomic():
        job.done = JobLine.objects.filter(job=job, ok__isnull=False).count()
        if job.done == job.total:
            job.finished_at = at
        else:
            post(TOPIC, f"{TOPIC}:{job.pk}:{job.done}", at=at, payload={"job": job.pk})
        job.save(update_fields=["done", "finished_at"])


def _line(job: Job, pk: int, at: datetime) -> None:
    act = KINDS[job.kind].line
    assert act is not None
    with transaction.atomic():
        line = JobLine.objects.select_for_update().filter(pk=pk, ok__isnull=True).first()
        if line is None:
            return  # another worker was faster
        try:
            with transaction.atomic():
                line.sentence, line.ok = act(job, line, at), True
        except Refused as error:
            line.sentence, line.ok = error.sentence, False
        line.save(update_fields=["ok", "sentence"])


def _whole(job: Job, work: Callable[..., str], at: datetime) -> None:
    def told(done: int, total: int) -> None:
        Job.objects.filter(pk=job.pk).update(done=done, total=total)

    try:
        result, fault = work(job, at, told), ""
    except AlreadyDone:
        raise
    except Refused as error:
        result, fault = "", error.sentence
    job.refresh_from_db(fields=["done", "total"])
    job.result, job.fault, job.finished_at = result[:200], fault, at
    job.done = job.total if not fault else job.done
    job.save(update_fields=["result", "fault", "finished_at", "done", "file"])


def died(payload: dict[str, Any], at: datetime, reason: str) -> None:
    """Tell the owner that the worker gave up; what was done stays done."""
    for job in Job.objects.filter(pk=payload["job"], finished_at__isnull=True):
        job.fault = _("系统多次尝试后仍未完成，请重新提交；已办结的不受影响。")
        job.finished_at = at
        job.save(update_fields=["fault", "finished_at"])


def keep_file(job: Job, name: str, content: bytes) -> None:
    """Keep what a job made."""
    job.asked = {**job.asked, "name": name}
    job.save(update_fields=["asked"])
    job.file.save(f"{job.pk}", ContentFile(content), save=False)


def forget(*, now: datetime) -> int:
    """Delete jobs that ended long ago, with their files."""
    old = list(Job.objects.filter(finished_at__lt=now - KEPT))
    for job in old:
        for file in (job.source, job.file):
            if file:
                file.delete(save=False)
        job.delete()
    return len(old)


def owned(pk: int, user: User) -> Job | None:
    """Return a person's own job; anybody else's is nobody's."""
    return Job.objects.filter(pk=pk, owner=user).first()


def seconds_waiting(job: Job) -> int:
    """Return how long an unfinished job has been there."""
    return int((clock.now() - job.made_at).total_seconds())


register(TOPIC, step, inside=False, on_death=died)
