"""Taking over what the community handed in last time: only where nothing stands yet, and to be looked at (R4-009)."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions import rendering
from applications.actions.bulk import create_all
from applications.actions.events import record
from applications.actions.evidence import link_to
from applications.actions.facts import CLEARED
from applications.actions.working import Work, not_returned, work_on
from applications.core.facts import plain_value, read_fact
from applications.core.faults import Faults
from applications.core.papers import declared_specs
from applications.errors import FieldFault, Invalid, Refused
from applications.models import Award, Case, Claim, DeclaredFact, Evidence, User
from applications.queries.earlier import Earlier, earlier_of

FACTS, CLAIMS, AWARDS = "facts", "claims", "awards"
PARTS = (FACTS, CLAIMS, AWARDS)


@dataclass(frozen=True)
class Reused:
    """How much was taken over."""

    facts: int
    claims: int
    files: int
    awards: int


@verb("reuse_application")
def reuse(case: Case, *, parts: Collection[str], files: Collection[int], by: User, at: datetime) -> Reused:
    """Take over facts, claims and awards (``parts``) and files (by their key) of the community's last application.

    What is typed already stays. Facts and claims are marked as carried: the application cannot be handed in before
    somebody has looked at each and saved it. Files are shared, not copied; they go on proving the same indicators.
    """
    work = work_on(case, by=by, at=at)
    if not work.scope.everything:
        raise not_returned(_("上次申报的内容"))
    earlier = earlier_of(work.case, work.plan, by)
    if earlier is None:
        raise Refused(_("没有可以沿用的申报。"))
    if not files and not set(parts) & set(PARTS):
        raise Invalid([FieldFault("parts", _("请至少选择一类内容或一份材料。"))])
    rows = _files(work, earlier, files)
    done = Reused(
        facts=_facts(work, earlier) if FACTS in parts else 0,
        claims=_claims(work, earlier) if CLAIMS in parts else 0,
        files=len(rows),
        awards=_awards(work, earlier, rows) if AWARDS in parts else 0,
    )
    data = {"source": earlier.case.number, "batch": earlier.case.batch.name, **vars(done)}
    record(work.case, "reuse_application", by=by, at=at, data=data)
    return done


def _facts(work: Work, earlier: Earlier) -> int:
    """Write the facts that nothing stands for yet and that the standard still reads."""
    specs = declared_specs(work.plan)
    rows = {row.key: row for row in DeclaredFact.objects.filter(case=work.case)}
    fresh, written = [], 0
    for key, old in earlier.facts.items():
        row = rows.get(key)
        if key not in specs or (row is not None and row.value != CLEARED):
            continue
        try:
            value = plain_value(read_fact(specs[key], old.value))
        except Faults:  # the standard has become stricter: better asked again than carried wrong
            continue
        written += 1
        if row is None:
            row = DeclaredFact(case=work.case, key=key, revision=0)
            fresh.append(row)
        row.value, row.carried, row.revision = value, True, row.revision + 1
        row.updated_by, row.updated_at = work.turn.by, work.turn.at
        if row.pk:
            row.save()
    create_all(fresh)
    return written


def _claims(work: Work, earlier: Earlier) -> int:
    """Write the claims of indicators that nothing is said of yet."""
    there = set(Claim.objects.filter(case=work.case).values_list("indicator", flat=True))
    fresh = [
        Claim(
            case=work.case,
            indicator=key,
            reached=old.reached,
            note=old.note,
            carried=True,
            updated_by=work.turn.by,
            updated_at=work.turn.at,
        )
        for key, old in earlier.claims.items()
        if key not in there
    ]
    create_all(fresh)
    return len(fresh)


def _files(work: Work, earlier: Earlier, chosen: Collection[int]) -> dict[int, Evidence]:
    """Let files of the last case stand in this one, too; return the new rows by the key of the old."""
    there = {row.sha256: row for row in Evidence.objects.filter(case=work.case, removed_at__isnull=True)}
    known = work.plan.standard.indicators
    found = {}
    for old in earlier.evidence:
        if old.pk not in chosen:
            continue
        row = there.get(old.sha256) or _share(work, old)
        there[old.sha256] = found[old.pk] = row
        links = [link.indicator for link in old.live_links]  # type: ignore[attr-defined]
        link_to(row, [indicator for indicator in links if indicator in known], by=work.turn.by)
    return found


def _share(work: Work, old: Evidence) -> Evidence:
    row = Evidence(
        case=work.case,
        token=secrets.token_hex(16),
        name=old.name,
        content_type=old.content_type,
        size=old.size,
        sha256=old.sha256,
        stage="application",
        round=work.case.round,
        sensitive=old.sensitive,
        uploaded_by=work.turn.by,
        uploaded_at=work.turn.at,
    )
    row.file.name = old.file.name  # content is never overwritten or deleted while a row names it
    row.save()
    rendering.ask(row, at=work.turn.at)
    return row


def _awards(work: Work, earlier: Earlier, files: dict[int, Evidence]) -> int:
    """Enter the commendations again that are not entered yet; the province confirms their level anew."""
    if work.plan.standard.bonus is None:
        return 0
    rows = Award.objects.filter(case=work.case, removed_at__isnull=True)
    there = set(rows.values_list("title", "date"))
    fresh = [
        Award(
            case=work.case,
            title=old.title,
            matter=old.matter,
            level=old.level,
            seal_level=old.seal_level,
            date=old.date,
            issuer=old.issuer,
            recipient=old.recipient,
            evidence=files.get(old.evidence_id or 0),
            added_by=work.turn.by,
            added_at=work.turn.at,
        )
        for old in earlier.awards
        if (old.title, old.date) not in there
    ]
    create_all(fresh)
    return len(fresh)
