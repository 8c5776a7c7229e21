"""Service records: singly or from a file, every wrong row told at once, figures closed by the community (R2-024)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from applications import clock
from applications.acting import verb
from applications.actions.events import record
from applications.actions.imports import read_table
from applications.actions.turns import Turn, take
from applications.core.canonical import digest
from applications.errors import FieldFault, Hidden, Invalid, Refused
from applications.models import Case, User
from review.models import ServiceRecord, ServiceSummary
from review.queries.services import plain_figures, service_figures_of

NODE = "collection.services"
COLUMNS: dict[str, tuple[str, ...]] = {
    "category": ("服务类别", "类别", "category"),
    "title": ("服务内容", "内容", "title"),
    "requested": ("提出时间", "申请时间", "requested"),
    "responded": ("响应时间", "responded"),
    "resolved": ("解决时间", "办结时间", "resolved"),
}
REQUIRED = ("category", "title", "requested")
MOST_ROWS, MOST_TOLD, MOST_RECORDS = 5000, 50, 20_000
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\sT]+(\d{1,2})[::时](\d{1,2})(?:[::分](\d{1,2}))?分?\Z"
)


@dataclass(frozen=True)
class Entry:
    """A service as it was typed or read."""

    category: str
    title: str
    requested: datetime
    responded: datetime | None = None
    resolved: datetime | None = None

    @property
    def same(self) -> tuple[str, str, datetime]:
        """What makes two entries the same service."""
        return self.category, self.title, self.requested


def entry_faults(entry: Entry, at: datetime) -> list[FieldFault]:
    """Return what is wrong with the times and texts of an entry."""
    faults = []
    if entry.category not in ServiceRecord.Category.values:
        faults.append(FieldFault("category", _("请选择服务类别。")))
    if not 1 <= len(entry.title) <= 200:
        faults.append(FieldFault("title", _("服务内容须为1至200字。")))
    if entry.requested > at:
        faults.append(FieldFault("requested", _("提出时间晚于现在，请核对。")))
    if entry.responded is not None and entry.responded < entry.requested:
        faults.append(FieldFault("responded", _("响应时间早于提出时间，请核对。")))
    if entry.resolved is not None and entry.responded is None:
        faults.append(FieldFault("responded", _("已解决的服务须填写响应时间。")))
    elif entry.resolved is not None and entry.responded is not None and entry.resolved < entry.responded:
        faults.append(FieldFault("resolved", _("解决时间早于响应时间，请核对。")))
    for name, moment in (("responded", entry.responded), ("resolved", entry.resolved)):
        if moment is not None and moment > at:
            faults.append(FieldFault(name, _("填写的时间晚于现在，请核对。")))
    return faults


@verb("add_service")
def add_service(case: Case, *, entry: Entry, by: User, at: datetime) -> ServiceRecord:
    """Enter one service. Raises ``Invalid`` for wrong times and for one that stands there already."""
    turn = take(case, NODE, by=by, at=at)
    faults = entry_faults(entry, at)
    if faults:
        raise Invalid(faults)
    if entry.same in _known(turn.case):
        raise Invalid([FieldFault("title", _("同一类别、内容和提出时间的记录已经登记。"))])
    return ServiceRecord.objects.create(**_values(turn, entry))


@verb("remove_service")
def remove_service(case: Case, *, service: int, by: User, at: datetime) -> ServiceRecord:
    """Take a record out again; the row stays."""
    turn = take(case, NODE, by=by, at=at)
    row = ServiceRecord.objects.filter(
        case=turn.case, round=turn.case.round, pk=service, removed_at__isnull=True
    ).first()
    if row is None:
        raise Hidden
    row.removed_at, row.removed_by = at, by
    row.save(update_fields=["removed_at", "removed_by"])
    return row


def _known(case: Case) -> set[tuple[str, str, datetime]]:
    rows = ServiceRecord.objects.filter(case=case, round=case.round, removed_at__isnull=True)
    return set(rows.values_list("category", "title", "requested_at"))


def _values(turn: Turn, entry: Entry, imported: bool = False) -> dict[str, Any]:
    return {
        "case": turn.case,
        "round": turn.case.round,
        "category": entry.category,
        "title": entry.title,
        "requested_at": entry.requested,
        "responded_at": entry.responded,
        "resolved_at": entry.resolved,
        "imported": imported,
        "by": turn.by,
        "at": turn.at,
    }


@verb("import_services")
def import_services(case: Case, *, name: str, content: bytes, by: User, at: datetime) -> int:
    """Enter the services of an xlsx or csv file, all or, with a sentence for each wrong row, none; return how many."""
    turn = take(case, NODE, by=by, at=at)
    try:
        entries = read_entries(name, content, at)
    except Invalid as error:
        raise Invalid([FieldFault("file", fault.sentence) for fault in error.faults]) from None
    known = _known(turn.case)
    if len(known) + len(entries) > MOST_RECORDS:
        sentence = _("本轮服务记录将超过%(most)d条，请精简后再导入。") % {"most": MOST_RECORDS}
        raise Invalid([FieldFault("file", sentence)])
    faults = _repeats(entries, known)
    _tell(faults)
    rows = [ServiceRecord(**_values(turn, entry, True)) for _line, entry in entries]
    bulk_create_with_history(
        rows, ServiceRecord, default_user=by, default_change_reason="import_services", default_date=at
    )
    record(turn.case, "import_services", by=by, at=at, data={"file": name[:120], "rows": len(rows)})
    return len(rows)


def _repeats(entries: Iterable[tuple[int, Entry]], known: set[tuple[str, str, datetime]]) -> list[str]:
    faults, seen = [], dict.fromkeys(known, 0)
    for line, entry in entries:
        first = seen.get(entry.same)
        if first is None:
            seen[entry.same] = line
        elif first:
            faults.append(_("第%(line)d行：与第%(first)d行重复。") % {"line": line, "first": first})
        else:
            faults.append(_("第%(line)d行：该记录已经登记。") % {"line": line})
    return faults


def read_entries(name: str, content: bytes, at: datetime) -> list[tuple[int, Entry]]:
    """Return the services of a file with their line numbers; raises ``Invalid`` with every wrong row."""
    if not content.strip():
        raise Invalid(_("文件“%(name)s”是空的，请选择含有服务记录的文件。") % {"name": name})
    table = read_table(name, content)
    heads = [str(cell).strip() for cell in table[0]] if table else []
    place = {
        key: next((at_ for at_, head in enumerate(heads) if head in names), None)
        for key, names in COLUMNS.items()
    }
    missing = _("、").join(COLUMNS[key][0] for key in REQUIRED if place[key] is None)
    if missing:
        raise Invalid(_("首行缺少列：%(columns)s。首行须为列名。") % {"columns": missing})
    if len(table) - 1 > MOST_ROWS:
        raise Invalid(
            _("文件有%(rows)d行，超过%(most)d行，请分批导入。") % {"rows": len(table) - 1, "most": MOST_ROWS}
        )
    entries, faults = [], []
    for line, cells in enumerate(table[1:], start=2):
        values = {
            key: cells[at_] if at_ is not None and at_ < len(cells) else "" for key, at_ in place.items()
        }
        if not any(str(value).strip() for value in values.values()):
            continue
        try:
            entries.append((line, _entry(values, at)))
        except ValueError as error:
            faults.append(_("第%(line)d行：%(why)s") % {"line": line, "why": error})
    _tell(faults)
    if not entries:
        raise Invalid(_("文件“%(name)s”中没有服务记录。") % {"name": name})
    return entries


def _entry(values: dict[str, Any], at: datetime) -> Entry:
    names = {str(label): key for key, label in ServiceRecord.Category.choices}
    typed = str(values["category"]).strip()
    category = names.get(typed, typed)
    if category not in ServiceRecord.Category.values:
        raise ValueError(
            _("服务类别“%(value)s”不在可选范围内（%(known)s）。")
            % {"value": typed[:20], "known": _("、").join(names)}
        )
    entry = Entry(
        category,
        str(values["title"]).strip(),
        _moment(values["requested"], COLUMNS["requested"][0]),
        *(
            _moment(values[key], COLUMNS[key][0]) if str(values[key]).strip() else None
            for key in ("responded", "resolved")
        ),
    )
    faults = entry_faults(entry, at)
    if faults:
        raise ValueError("".join(fault.sentence for fault in faults))
    return entry


def _moment(cell: Any, column: str) -> datetime:
    """Return a cell as a local moment: a date cell of a sheet, or text such as 2026-03-02 09:10."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=clock.LOCAL)
    match = _MOMENT.match(str(cell).strip())
    try:
        if match is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=clock.LOCAL)
    except ValueError:
        raise ValueError(
            _("%(column)s“%(value)s”无法识别，请写成“2026-03-02 09:10”的样子。")
            % {"column": column, "value": str(cell)[:30]}
        ) from None


def _tell(faults: Sequence[str]) -> None:
    """Raise with the faults, the first fifty of them in words."""
    if not faults:
        return
    told = [*faults[:MOST_TOLD]]
    if len(faults) > len(told):
        told.append(_("另有%(more)d处问题。") % {"more": len(faults) - len(told)})
    raise Invalid([FieldFault("file", sentence) for sentence in told])


@verb("finish_services")
def finish_services(case: Case, *, by: User, at: datetime) -> ServiceSummary:
    """Close the round's service records with their figures."""
    turn = take(case, NODE, by=by, at=at)
    figures = service_figures_of(turn.case)
    if not figures.count:
        raise Refused(_("还没有服务记录，请逐条登记或批量导入后再提交。"))
    plain = plain_figures(figures)
    summary = ServiceSummary.objects.create(
        case=turn.case, round=turn.case.round, figures=plain, by=by, at=at
    )
    data = {"round": turn.case.round, "figures": plain, "digest": digest(plain)}
    record(turn.case, "finish_services", by=by, at=at, data=data)
    turn.finish("done")
    return summary
