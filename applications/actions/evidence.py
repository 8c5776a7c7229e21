"""Evidence: storing files, linking one file to several indicators, taking files back (R4-023, R4-024)."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions import rendering
from applications.actions.bulk import create_all
from applications.actions.files import examine, keep, refuse
from applications.actions.working import Work, not_returned, work_on
from applications.core.files import FileKind, clean_name
from applications.errors import FieldFault, Hidden, Invalid, Refused
from applications.models import Case, Evidence, EvidenceLink, User
from applications.models.material import evidence_path
from applications.permissions_evidence import shown_to

MOST_FILES = 1500


@dataclass
class Uploaded:
    """What became of several files: the rows of those kept, and a fault for each that was refused."""

    rows: list[Evidence] = field(default_factory=list)
    faults: list[FieldFault] = field(default_factory=list)


def store(
    case: Case,
    file: "File[Any]",
    *,
    indicators: Iterable[str],
    stage: str,
    by: User | None,
    at: datetime,
    sensitive: bool = False,
) -> Evidence:
    """Keep a checked file as evidence of a locked case and link it to indicators; the caller has taken its turn.

    The same content is kept once: a file that is there already (and that the person may know of) only gets the links.
    Raises ``Invalid`` naming the file where it is refused; nothing is written then.
    """
    kind, digest = examine(file)
    known = Evidence.objects.filter(case=case, sha256=digest, removed_at__isnull=True)
    row = known.filter(shown_to(by)).order_by("pk").first() if by else known.order_by("pk").first()
    if row is None:
        if Evidence.objects.filter(case=case, removed_at__isnull=True).count() >= MOST_FILES:
            raise refuse(file, _("本案材料已达%(most)s份上限，请删除不需要的材料。") % {"most": MOST_FILES})
        row = _keep_new(case, file, kind, digest, stage=stage, by=by, at=at, sensitive=sensitive)
    elif sensitive and not row.sensitive:
        row.sensitive = True
        row.save(update_fields=["sensitive"])
    link_to(row, indicators, by=by)
    return row


def _keep_new(
    case: Case,
    file: "File[Any]",
    kind: FileKind,
    digest: str,
    *,
    stage: str,
    by: User | None,
    at: datetime,
    sensitive: bool,
) -> Evidence:
    """Write the bytes, then the row: a row never stands without its file."""
    row = Evidence(
        case=case,
        token=secrets.token_hex(16),
        name=clean_name(str(file.name or ""), kind),
        content_type=kind.content_type,
        size=file.size,
        sha256=digest,
        stage=stage,
        round=case.round,
        sensitive=sensitive,
        uploaded_by=by,
        uploaded_at=at,
    )
    row.file.name = evidence_path(row, "")
    keep(file, row.file.name)
    row.save()
    rendering.ask(row, at=at)
    return row


def link_to(row: Evidence, indicators: Iterable[str], *, by: User | None) -> None:
    """Link a file to indicators that it does not serve yet."""
    wanted = list(dict.fromkeys(indicators))
    if not wanted:
        return
    known = EvidenceLink.objects.filter(evidence=row, removed_at__isnull=True)
    there = set(known.values_list("indicator", flat=True))
    create_all(
        [
            EvidenceLink(evidence=row, indicator=indicator, linked_by=by)
            for indicator in wanted
            if indicator not in there
        ]
    )


@verb("upload_evidence")
def upload(
    case: Case,
    *,
    files: Sequence["File[Any]"],
    indicators: Sequence[str],
    sensitive: bool = False,
    by: User,
    at: datetime,
) -> Uploaded:
    """Keep several files for an application; one that is refused does not keep the others from being kept."""
    work = work_on(case, by=by, at=at)
    _check_targets(work, indicators)
    done = Uploaded()
    for file in files:
        try:
            done.rows.append(
                store(
                    work.case,
                    file,
                    indicators=indicators,
                    stage="application",
                    by=by,
                    at=at,
                    sensitive=sensitive,
                )
            )
        except Invalid as error:
            done.faults += error.faults
    return done


@verb("link_evidence")
def link(case: Case, *, evidence: Iterable[int], indicator: str, by: User, at: datetime) -> int:
    """Let files that are there already serve another indicator; returns how many were named."""
    work = work_on(case, by=by, at=at)
    _check_targets(work, [indicator])
    rows = [_row(work, pk) for pk in evidence]
    for row in rows:
        link_to(row, [indicator], by=by)
    return len(rows)


@verb("unlink_evidence")
def unlink(case: Case, *, evidence: int, indicator: str, by: User, at: datetime) -> Evidence:
    """Take a file from an indicator; the file stays in the case."""
    work = work_on(case, by=by, at=at)
    _check_targets(work, [indicator])
    row = _row(work, evidence)
    for live in EvidenceLink.objects.filter(evidence=row, indicator=indicator, removed_at__isnull=True):
        live.removed_at = at
        live.save(update_fields=["removed_at"])
    return row


@verb("remove_evidence")
def remove(case: Case, *, evidence: int, by: User, at: datetime) -> Evidence:
    """Take a file out of the case; its row stays, and what was submitted with it keeps it."""
    work = work_on(case, by=by, at=at)
    row = _row(work, evidence)
    links = list(EvidenceLink.objects.filter(evidence=row, removed_at__isnull=True))
    _check_targets(work, [live.indicator for live in links])
    if not work.scope.everything and not links:
        raise not_returned(row.name)
    for live in links:
        live.removed_at = at
        live.save(update_fields=["removed_at"])
    row.removed_at, row.removed_by = at, by
    row.save(update_fields=["removed_at", "removed_by"])
    return row


@verb("mark_evidence")
def mark_sensitive(case: Case, *, evidence: int, sensitive: bool, by: User, at: datetime) -> Evidence:
    """Say of a file whether it holds personal data; then only those working on the case may open it."""
    work = work_on(case, by=by, at=at)
    row = _row(work, evidence)
    row.sensitive = sensitive
    row.save(update_fields=["sensitive"])
    return row


def _row(work: Work, pk: int) -> Evidence:
    """The file of this case's application that is still there."""
    rows = Evidence.objects.filter(case=work.case, stage="application", removed_at__isnull=True, pk=pk)
    row = rows.first()
    if row is None:
        raise Hidden
    return row


def _check_targets(work: Work, indicators: Iterable[str]) -> None:
    """Refuse indicators that the standard does not have or that were not returned."""
    for indicator in indicators:
        known = work.plan.standard.indicators.get(indicator)
        if known is None:
            raise Refused(_("标准中没有编号为“%(id)s”的指标。") % {"id": indicator[:40]})
        if not work.scope.evidence(indicator):
            raise not_returned(f"{indicator} {known.short}")
