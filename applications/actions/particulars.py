"""The application form apart from the facts: contact, reason, and the star applied for (R4-022)."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.working import Conflict, Saved, Work, changed_by_others, not_returned, work_on
from applications.errors import FieldFault
from applications.models import Case, Particulars, User
from applications.queries.standards import standard_of

_PHONE = re.compile(r"[0-9+][0-9 \-转]{5,30}\Z")
TEXTS = ("contact", "phone", "reason")


@dataclass(frozen=True)
class FormEntry:
    """What was typed into the application form."""

    contact: str
    phone: str
    reason: str
    applied_star: int
    revision: int = 0


@verb("save_form")
def save_form(case: Case, *, entry: FormEntry, by: User, at: datetime) -> Saved:
    """Save the form against the revision it was read at."""
    work = work_on(case, by=by, at=at)
    saved = Saved(faults=_faults(work, entry))
    if saved.faults:
        return saved
    if entry.applied_star != work.case.applied_star:
        _check_scope(work)
        work.case.applied_star = entry.applied_star
        work.case.save(update_fields=["applied_star"])
        saved.fields.append("applied_star")
    row = Particulars.objects.filter(case=work.case).select_related("updated_by").first()
    if row is None or any(getattr(row, name) != getattr(entry, name) for name in TEXTS):
        _write(work, row, entry, saved)
    return saved


def _write(work: Work, row: Particulars | None, entry: FormEntry, saved: Saved) -> None:
    by, at = work.turn.by, work.turn.at
    _check_scope(work)
    texts = {name: getattr(entry, name) for name in TEXTS}
    if row is None:
        Particulars.objects.create(case=work.case, updated_by=by, updated_at=at, **texts)
    elif entry.revision != row.revision and changed_by_others(row, entry.revision, by):
        for name, mine in texts.items():
            theirs = getattr(row, name)
            if theirs != mine:
                label = str(Particulars._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
                clash = Conflict(name, label, theirs, mine, row.updated_by.name, row.updated_at)
                saved.conflicts.append(clash)
        return
    else:
        for name, text in texts.items():
            setattr(row, name, text)
        row.revision, row.updated_by, row.updated_at = row.revision + 1, by, at
        row.save(update_fields=[*TEXTS, "revision", "updated_by", "updated_at"])
    saved.fields += list(TEXTS)


def _check_scope(work: Work) -> None:
    if not (work.scope.everything or work.scope.form):
        raise not_returned(_("申报表"))


def _faults(work: Work, entry: FormEntry) -> list[FieldFault]:
    found = []
    stars = [star.stars for star in standard_of(work.case.batch.standard).stars]
    if entry.applied_star not in stars:
        found.append(FieldFault("applied_star", _("请从列出的星级中选择申报星级。")))
    if not entry.contact:
        found.append(FieldFault("contact", _("联系人未填写，请填写姓名。")))
    if not _PHONE.match(entry.phone):
        sentence = _("联系电话为“%(value)s”，应为区号加号码或手机号，例如 0791-86210000。")
        found.append(FieldFault("phone", sentence % {"value": entry.phone[:40]}))
    return found
