"""Entering the State Council's holiday notice of a year: one person enters, another approves (R4-035 to R4-038)."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions import deadlines
from applications.actions.events import lock_of, record
from applications.core.verdict import YES, Verdict, no
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import CalendarDay, CalendarYear, Deadline, User
from applications.permissions import grants
from notifications.outbox import post

LINE = re.compile(
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:\s*(?:至|~|—|-)\s*(\d{4})-(\d{1,2})-(\d{1,2}))?\s+(休|班)\s*(.*)"
)


@dataclass(frozen=True)
class Line:
    """A day of the notice: off (休) or working (班), with the holiday's name."""

    day: date
    kind: str
    label: str


def may_manage(user: User) -> Verdict:
    """Whether a person may enter or approve holiday notices."""
    return YES if grants(user).get("manage_calendar") else no(_("您没有管理工作日历的权限。"))


def read_lines(year: int, text: str) -> list[Line]:
    """Return the days of a notice typed a line each: ``2027-01-01 休 元旦`` or ``2027-02-05 至 2027-02-11 休 春节``.

    Raises ``Invalid`` with a sentence for each line that is wrong.
    """
    found: dict[date, Line] = {}
    faults = []
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        match = LINE.fullmatch(raw)
        try:
            if match is None:
                raise ValueError
            first = date(*(int(part) for part in match.group(1, 2, 3)))
            last = date(*(int(part) for part in match.group(4, 5, 6))) if match.group(4) else first
            if last < first or (last - first).days > 20 or first.year != year or last.year != year:
                raise ValueError
        except ValueError:
            faults.append(
                _("第%(line)s行“%(text)s”无法识别。请写成“2027-01-01 休 元旦”，日期须在%(year)s年内。")
                % {"line": number, "text": raw[:40], "year": year}
            )
            continue
        kind = "off" if match.group(7) == "休" else "work"
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            found[day] = Line(day, kind, match.group(8).strip()[:40])
    if faults:
        raise Invalid([FieldFault("text", fault) for fault in faults])
    different = [line for line in found.values() if (line.kind == "off") == (line.day.weekday() < 5)]
    if not different:
        raise Invalid([FieldFault("text", _("没有填写任何放假或调休的日子，请逐行填写。"))])
    return sorted(different, key=lambda line: line.day)


@verb("enter_notice")
def enter_notice(year: int, *, notice_no: str, text: str, by: User, at: datetime) -> CalendarYear:
    """Enter a year's notice for a second person's approval; nothing counts by it before that."""
    require(may_manage(by))
    lines = read_lines(year, text)
    row, _made = CalendarYear.objects.select_for_update().get_or_create(year=year, defaults={"source": ""})
    if row.official:
        raise Refused(_("%(year)s年的放假通知已经核准生效，不能改动。") % {"year": year})
    row.notice_no, row.source = notice_no, notice_no
    row.entered_by, row.entered_at = by, at
    row.save()
    row.days.all().delete()
    CalendarDay.objects.bulk_create(
        [CalendarDay(year=row, date=line.day, kind=line.kind, label=line.label) for line in lines]
    )
    return row


@verb("approve_notice")
def approve_notice(row: CalendarYear, *, by: User, at: datetime) -> int:
    """Put a year's notice into force and derive every open provisional deadline anew; return how many changed."""
    require(may_manage(by))
    row = CalendarYear.objects.select_for_update().get(pk=row.pk)
    if row.official:
        raise Refused(_("%(year)s年的放假通知已经核准生效。") % {"year": row.year})
    if row.entered_by_id == by.pk:
        raise Refused(_("通知由您录入，须由另一人核准。"))
    row.official, row.approved_by, row.approved_at = True, by, at
    row.save()
    return recompute(by=by, at=at)


def recompute(*, by: User | None, at: datetime) -> int:
    """Derive the open provisional deadlines anew; each change stands in its case's log and is told."""
    changed = 0
    rows = Deadline.objects.filter(provisional=True, state__in=deadlines.OPEN).order_by("case_id", "pk")
    for deadline in rows.select_related("todo", "case", "matter"):
        before = deadline.due_on
        of = lock_of(deadline)
        if not deadlines.derive(deadline):
            continue
        changed += 1
        data = {"term": deadline.term, "before": before.isoformat(), "due": deadline.due_on.isoformat()}
        record(of, "recompute_deadline", by=by, at=at, data=data)
        post(
            "deadline.recomputed",
            f"deadline.recomputed:{deadline.pk}:{deadline.due_on}",
            at=at,
            payload={"deadline": deadline.pk, **data},
        )
    return changed
