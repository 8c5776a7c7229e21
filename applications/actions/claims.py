"""Self-assessment: what the community says of an indicator, together with the facts typed beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.bulk import create_all
from applications.actions.facts import Typed, write_facts
from applications.actions.working import (
    Conflict,
    Saved,
    Work,
    changed_by_others,
    not_returned,
    value_at,
    work_on,
)
from applications.core.elements import Indicator
from applications.core.papers import claimable
from applications.errors import FieldFault, Refused
from applications.models import Case, Claim, User
from applications.words import data_words

LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Entry:
    """What was typed of an indicator; ``reached`` is None where nothing was chosen yet, a ``note`` of None stays as it is."""

    reached: bool | None = None
    note: str | None = ""
    revision: int = 0
    facts: Mapping[str, Typed] = field(default_factory=dict)
    revisions: Mapping[str, int] = field(default_factory=dict)


@verb("save_indicator")
def save_indicator(
    case: Case, *, indicator: str, entry: Entry, checked: bool = False, by: User, at: datetime
) -> Saved:
    """Save an indicator's claim and the facts on its page; a measured-only indicator is computed, never claimed.

    ``checked`` as with facts: saved by the person who looked at it, not by itself.
    """
    work = work_on(case, by=by, at=at)
    known = work.plan.standard.indicators.get(indicator)
    if known is None:
        raise Refused(_("标准中没有编号为“%(id)s”的指标。") % {"id": indicator[:40]})
    saved = write_facts(work, entry.facts, entry.revisions, checked=checked)
    if claimable(known):
        claims = _Claims(work, saved, [indicator], checked)
        claims.write(known, entry, "reached")
        claims.flush()
    return saved


@verb("save_claims")
def save_claims(
    case: Case, *, entries: Mapping[str, Entry], checked: bool = False, by: User, at: datetime
) -> Saved:
    """Save the claims of several indicators at once; faults and conflicts stand at ``claim-<id>``."""
    work = work_on(case, by=by, at=at)
    saved = Saved()
    claims = _Claims(work, saved, list(entries), checked)
    for indicator, entry in entries.items():
        known = work.plan.standard.indicators.get(indicator)
        if known is None or not claimable(known):
            raise Refused(_("“%(id)s”不是需要自评的指标。") % {"id": indicator[:40]})
        claims.write(known, entry, f"claim-{indicator}")
    claims.flush()
    return saved


class _Claims:
    """Writes claims within a turn; new ones are gathered and inserted together."""

    def __init__(self, work: Work, saved: Saved, indicators: Sequence[str], checked: bool) -> None:
        self.work, self.saved, self.checked = work, saved, checked
        rows = Claim.objects.filter(case=work.case, indicator__in=indicators).select_related("updated_by")
        self.rows = {row.indicator: row for row in rows}
        self.fresh: list[Claim] = []

    def write(self, indicator: Indicator, entry: Entry, field: str) -> None:
        """Write one claim unless it stands there already, or somebody else changed it since it was read."""
        work, row = self.work, self.rows.get(indicator.id)
        note = (row.note if row else "") if entry.note is None else entry.note.strip()
        if entry.reached is None:
            if row is not None or entry.note:
                self._fault(field, _("请选择“达到”或“未达到”，说明随之保存。"))
            return
        if len(note) > LONGEST_NOTE:
            sentence = _("自评说明有%(count)s个字，最多%(most)s个字，请精简，详细内容可作为材料上传。")
            self._fault("note", sentence % {"count": len(note), "most": LONGEST_NOTE})
            return
        if row is not None and (row.reached, row.note) == (entry.reached, note):
            if self.checked and row.carried:
                row.carried = False
                row.save(update_fields=["carried"])
            return
        if row is not None and self._clash(row, indicator, entry, note, field):
            return
        if not work.scope.indicator(indicator.id):
            raise not_returned(f"{indicator.id} {data_words(indicator.short)}")
        self._put(row, indicator, entry.reached, note)
        self.saved.fields.append(field)

    def _put(self, row: Claim | None, indicator: Indicator, reached: bool, note: str) -> None:
        work, by, at = self.work, self.work.turn.by, self.work.turn.at
        if row is None:
            self.fresh.append(
                Claim(
                    case=work.case,
                    indicator=indicator.id,
                    reached=reached,
                    note=note,
                    updated_by=by,
                    updated_at=at,
                )
            )
            return
        row.reached, row.note, row.revision, row.updated_by, row.updated_at = (
            reached,
            note,
            row.revision + 1,
            by,
            at,
        )
        row.carried = False
        row.save(update_fields=["reached", "note", "carried", "revision", "updated_by", "updated_at"])

    def flush(self) -> None:
        """Insert what is new."""
        create_all(self.fresh)
        self.fresh = []

    def _fault(self, field: str, sentence: str) -> None:
        self.saved.faults.append(FieldFault(field, sentence))

    def _clash(self, row: Claim, indicator: Indicator, entry: Entry, note: str, field: str) -> bool:
        """Whether somebody else changed the claim since it was read; if so nothing is written."""
        if entry.revision == row.revision or not changed_by_others(row, entry.revision, self.work.turn.by):
            return False
        base = value_at(row, entry.revision, ("reached", "note"))
        same_note = entry.note is None or (base is not None and base["note"] == note)
        if base is None or base["reached"] != entry.reached or not same_note:
            self.saved.conflicts.append(
                Conflict(
                    field=field,
                    label=f"{indicator.id} {data_words(indicator.short)}",
                    theirs=claim_text(row.reached, row.note),
                    mine=claim_text(bool(entry.reached), note),
                    who=row.updated_by.name,
                    when=row.updated_at,
                )
            )
        return True


def claim_text(reached: bool, note: str) -> str:
    """A claim in words."""
    verdict = _("达到") if reached else _("未达到")
    return _("%(verdict)s；%(note)s") % {"verdict": verdict, "note": note} if note else verdict
