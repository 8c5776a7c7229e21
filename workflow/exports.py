"""Lists as spreadsheets: a short one at once, a long one as a job whose bar shows how far it is."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from applications import clock
from applications.actions import imports as imports  # its kind of job is known to the worker
from applications.actions.jobs import KINDS, Kind, keep_file
from applications.models import Case, Job, Recusal, User
from applications.permissions import assigned_case, grants
from applications.queries.standards import standard_of
from applications.words import data_words, own_grade
from workflow.caselist import CaseList
from workflow.complaintlist import ComplaintList
from workflow.desk import Desk
from workflow.sheets import Cell, workbook

MOST_ROWS = 100_000  # of an export
AT_ONCE = 500  # rows for which nobody is made to wait
CHUNK = 500  # rows that are in memory at a time
Sheet = tuple[str, bytes]
Told = Callable[[int, int], None]
Row = TypeVar("Row")


def rights_of(user: User) -> str:
    """Return a digest of what decides what a person sees: a file made before a change is not given out after it."""
    recused = Recusal.objects.filter(user=user, lifted_at__isnull=True).order_by("pk")
    # by assignment or as manager of the engaged agency: what comes and goes with rounds, agencies and offices
    assigned = Case.objects.filter(assigned_case(user)).order_by("pk")
    told = [
        sorted((right, sorted(held)) for right, held in grants(user).items()),
        list(recused.values_list("pk", flat=True)),
        list(assigned.values_list("pk", flat=True)),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def in_chunks(
    keys: Sequence[int], read: Callable[[Sequence[int]], Iterable[Row]], told: Told | None
) -> Iterator[Row]:
    """Yield the rows of some keys, read a few at a time, and tell how far it is: the keys alone are all in memory."""
    for at in range(0, len(keys), CHUNK):
        yield from read(keys[at : at + CHUNK])
        if told:
            told(min(at + CHUNK, len(keys)), len(keys))


def _level(case: Case, star: int | None) -> Cell:
    """Return a level as a cell: the standard's own name of it, else the number of stars."""
    own = "" if star is None else own_grade(standard_of(case.batch.standard), star)
    return data_words(own) or star


def desk_sheet(found: Desk, told: Told | None = None) -> Sheet:
    """Return name and content of what a desk shows, all pages of it."""
    labels = {"mine": _("待我办理"), "office": _("本单位待办"), "done": _("我已办"), "watched": _("我关注的")}
    columns = [
        (_("社区"), 20),
        (_("区县街道"), 24),
        (_("案卷编号"), 30),
        (_("阶段"), 14),
        (_("待办事项"), 24),
        (_("整改项"), 30),
        (_("申报星级"), 10),
        (_("期限"), 12),
        (_("剩余工作日"), 12),
    ]
    rows = in_chunks(found.keys(MOST_ROWS), found.rows_of, told)
    cells: Iterable[Sequence[Cell]] = (
        (
            row.case.community.name,
            row.place,
            row.case.number,
            str(row.case.get_state_display()),
            str(row.label),
            row.about,
            _level(row.case, row.case.applied_star),
            row.due,
            row.left,
        )
        for row in rows
    )
    title = labels[found.tab]
    return f"{title} {found.horizon.today}", workbook(title, columns, cells)


def cases_sheet(found: CaseList, told: Told | None = None) -> Sheet:
    """Return name and content of the cases that the list shows, all pages of it."""
    columns = [
        (_("社区"), 20),
        (_("区县街道"), 24),
        (_("案卷编号"), 30),
        (_("批次"), 26),
        (_("阶段"), 14),
        (_("轮次"), 8),
        (_("申报星级"), 10),
        (_("评定星级"), 10),
        (_("最近期限"), 12),
    ]
    cells: Iterable[Sequence[Cell]] = (
        (
            line.case.community.name,
            line.place,
            line.case.number,
            line.case.batch.name,
            str(line.case.get_state_display()),
            line.case.round,
            _level(line.case, line.case.applied_star),
            _level(line.case, line.case.star),
            line.due,
        )
        for line in in_chunks(found.keys(MOST_ROWS), found.lines_of, told)
    )
    return f"{_('案卷')} {found.horizon.today}", workbook(_("案卷"), columns, cells)


def complaints_sheet(found: ComplaintList, told: Told | None = None) -> Sheet:
    """Return name and content of the complaints that the list shows; who complained and of what is not in it."""
    columns = [
        (_("投诉编号"), 26),
        (_("社区"), 20),
        (_("区县街道"), 24),
        (_("提交时间"), 18),
        (_("渠道"), 12),
        (_("办理层级"), 12),
        (_("首问责任人"), 12),
        (_("状态"), 14),
        (_("分类"), 16),
        (_("办理期限"), 12),
        (_("答复日期"), 12),
        (_("按时办结"), 10),
        (_("办理结论"), 16),
        (_("满意度"), 12),
    ]
    cells: Iterable[Sequence[Cell]] = (
        (
            row.number,
            row.community.name,
            f"{row.community.region.parent.parent}{row.community.region.parent}",  # type: ignore[union-attr]
            row.at,
            str(row.get_channel_display()),
            str(row.get_level_display()),
            row.owner.name if row.owner else "",
            str(row.get_state_display()),
            str(row.get_kind_display()),
            row.due_on,
            row.answered_on,
            "" if row.in_time is None else _("是") if row.in_time else _("否"),
            str(row.get_outcome_display()),
            str(row.get_satisfaction_display() or ""),
        )
        for row in in_chunks(found.keys(MOST_ROWS), found.rows_of, told)
    )
    return f"{_('投诉')} {found.today}", workbook(_("投诉"), columns, cells)


def export(sheet: Callable[..., Sheet], make: Callable[..., Any]) -> Callable[..., str]:
    """Return the work of an export: the list as its owner may see it now."""

    def work(job: Job, at: datetime, told: Told) -> str:
        rows = 0

        def noted(done: int, total: int) -> None:
            nonlocal rows
            rows = total
            told(done, total)

        name, content = sheet(make(job.owner, job.asked["query"], clock.day_of(at)), noted)
        keep_file(job, f"{name}.xlsx", content)
        if rows >= MOST_ROWS:
            return _("表格已生成，只列出前%(n)d行；请筛选后分批导出。") % {"n": MOST_ROWS}
        return _("表格已生成。")

    return work


KINDS["export.desk"] = Kind(whole=export(desk_sheet, Desk))
KINDS["export.cases"] = Kind(whole=export(cases_sheet, CaseList))
KINDS["export.complaints"] = Kind(whole=export(complaints_sheet, ComplaintList))
