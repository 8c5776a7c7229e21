"""Declaring facts: entered once for all indicators, never overwritten in silence (R2-024)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.bulk import create_all
from applications.actions.working import (
    Conflict,
    Saved,
    Work,
    changed_by_others,
    not_returned,
    value_at,
    work_on,
)
from applications.core.elements import FactSpec
from applications.core.facts import parse_fact, plain_value
from applications.core.faults import Faults
from applications.core.kinds import KINDS
from applications.core.papers import declared_specs
from applications.errors import FieldFault
from applications.models import Case, DeclaredFact, User
from applications.words import data_words, value_words, words

Typed = str | Sequence[str]
CLEARED = ""  # a cleared fact keeps its row, so that its revisions go on counting


@verb("save_facts")
def save_facts(
    case: Case,
    *,
    values: Mapping[str, Typed],
    revisions: Mapping[str, int],
    checked: bool = False,
    by: User,
    at: datetime,
) -> Saved:
    """Save what can be saved of the facts typed on a page, each against the revision it was read at.

    ``checked``: the person looked at the page and saved it, so that what was carried over stands as confirmed.

    A value that cannot be read and one that somebody else changed meanwhile are refused alone; the others are
    saved. Raises ``Refused`` where a fact was not returned for correction.
    """
    work = work_on(case, by=by, at=at)
    return write_facts(work, values, revisions, checked=checked)


def write_facts(
    work: Work, values: Mapping[str, Typed], revisions: Mapping[str, int], *, checked: bool = False
) -> Saved:
    """Write facts within a turn already taken."""
    specs = declared_specs(work.plan)
    rows = {
        row.key: row
        for row in DeclaredFact.objects.filter(case=work.case, key__in=list(values)).select_related(
            "updated_by"
        )
    }
    saved = Saved()
    fresh: list[DeclaredFact] = []
    for key, typed in values.items():
        spec = specs.get(key)
        if spec is None:
            saved.faults.append(
                FieldFault("", _("标准中没有名为“%(key)s”的数据项，请刷新页面。") % {"key": key[:40]})
            )
            continue
        try:
            value = read_typed(spec, typed)
        except Faults as error:
            saved.faults += [FieldFault(key, words(fault.text)) for fault in error]
            continue
        row = rows.get(key)
        new = _write_one(work, spec, row, value, revisions.get(key, 0), saved)
        fresh += [new] if new else []
        if checked and row is not None and row.carried and row.value == value:
            row.carried = False
            row.save(update_fields=["carried"])
    create_all(fresh)
    return saved


def read_typed(spec: FactSpec, typed: Typed) -> Any:
    """The typed text as a stored value; nothing typed is ``CLEARED``. Raises ``Faults`` naming the fact."""
    if isinstance(typed, str):
        return plain_value(parse_fact(spec, typed)) if typed.strip() else CLEARED
    entries = [entry.strip() for entry in typed]
    if (
        KINDS[spec.kind].fewest != KINDS[spec.kind].most
    ):  # as many as there are: empty rows at the end are no rows
        while entries and not entries[-1]:
            entries.pop()
    return plain_value(parse_fact(spec, entries)) if any(entries) else CLEARED


def _write_one(
    work: Work, spec: FactSpec, row: DeclaredFact | None, value: Any, revision: int, saved: Saved
) -> DeclaredFact | None:
    """Write one fact unless it stands there already or somebody else changed it since it was read.

    Returns the row to insert where there is none yet.
    """
    by, at = work.turn.by, work.turn.at
    if value == (row.value if row else CLEARED):
        return None
    if row is not None and revision != row.revision and changed_by_others(row, revision, by):
        base = value_at(row, revision, ("value",))
        if (base["value"] if base else CLEARED) == value:
            return None  # not changed on this page: what the other person wrote stays
        saved.conflicts.append(
            Conflict(
                field=spec.key,
                label=data_words(spec.label),
                theirs=value_words(spec, row.value),
                mine=value_words(spec, value),
                who=row.updated_by.name,
                when=row.updated_at,
            )
        )
        return None
    if not work.scope.fact(spec.key):
        raise not_returned(data_words(spec.label))
    saved.fields.append(spec.key)
    if row is None:
        return DeclaredFact(case=work.case, key=spec.key, value=value, updated_by=by, updated_at=at)
    row.value, row.revision, row.updated_by, row.updated_at = value, row.revision + 1, by, at
    row.carried = False
    row.save(update_fields=["value", "carried", "revision", "updated_by", "updated_at"])
    return None
