"""Reads of drafts and publications, named as questions."""

from datetime import date

from django.db.models import QuerySet

from applications.models import Case, Event, StageRun, User
from review.core.sealing import SHOWN, seal
from review.models import DraftEntry, NoticeDraft, Publication

PREFIX = {
    Publication.Kind.NOTICE: "幸评示",
    Publication.Kind.ANNOUNCEMENT: "幸评告",
    Publication.Kind.REVOCATION: "幸评撤",
    Publication.Kind.LOWERING: "幸评降",
}


def suggested_number(kind: str, year: int) -> str:
    """Return the next free index number of a kind in a year (R3-057)."""
    prefix = f"{PREFIX[Publication.Kind(kind)]}〔{year}〕"
    used = Publication.objects.filter(number__startswith=prefix).values_list("number", flat=True)
    taken = [int(digits) for number in used if (digits := number[len(prefix) : -1]).isdigit()]
    return f"{prefix}{max(taken, default=0) + 1}号"


def number_taken(number: str) -> bool:
    """Whether an index number stands on a publication already."""
    return Publication.objects.filter(number=number).exists()


def draft_in_work(case: Case) -> NoticeDraft | None:
    """Return the newest draft of a case."""
    return NoticeDraft.objects.filter(case=case).order_by("-pk").first()


def preparers(run: StageRun) -> list[User]:
    """Return who handed in the draft that a run's approval step is about: they may not approve it."""
    draft = draft_in_work(run.case)
    if draft is None:
        return []
    handed_in = DraftEntry.objects.filter(draft=draft, verb=DraftEntry.Verb.SUBMIT)
    return list(User.objects.filter(pk__in=handed_in.values("by")))


def current(case: Case, kind: str) -> Publication | None:
    """Return the publication of a kind that holds for the case: the newest, which nothing supersedes."""
    return (
        Publication.objects.filter(case=case, kind=kind, superseded_by__isnull=True)
        .select_related("author", "approver", "rating")
        .order_by("-pk")
        .first()
    )


def of_case(case: Case) -> QuerySet[Publication]:
    """Return everything published of a case, newest first."""
    return (
        Publication.objects.filter(case=case)
        .select_related("author", "approver", "superseded_by", "award")
        .prefetch_related("channels__proof", "channels__by")
        .order_by("-pk")
    )


def is_open_on(notice: Publication, day: date) -> bool:
    """Whether objections to a notice are taken on a day: its period runs and nothing supersedes it."""
    if notice.notice_from is None or notice.notice_until is None:
        return False
    superseded = Publication.objects.filter(supersedes=notice).exists()
    return not superseded and notice.notice_from <= day <= notice.notice_until


def broken_publication(event: Event) -> str | None:
    """Return why the publication that an event vouches for no longer matches it, or None."""
    row = Publication.objects.filter(case=event.case_id, number=event.data.get("number")).first()
    if row is None:
        return "所记的发布件已不存在"
    sealed = seal({name: getattr(row, name) for name in SHOWN})
    return None if sealed == row.digest == event.data.get("digest") else "发布件与其摘要不符"
