"""Due dates on the command line, with the account of every day."""

import json
import re
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from applications.actions import basics
from applications.core.faults import Faults
from applications.core.working_days import Calendar, Term, working_term
from applications.models import CalendarYear
from applications.workdays import calendar

WHOLE = re.compile(r"[+-]?\d{1,40}")  # int() would take 1_0, too
FAR = 9000  # years from here on end the calendar of the machine


def calendar_is_entered() -> bool:
    """Whether there is a database with a calendar in it."""
    try:
        return CalendarYear.objects.exists()
    except DatabaseError:
        return False


def _piped() -> list[str]:
    """The lines that are piped in, whatever bytes they are (Windows puts a mark before them); none where standard input is closed."""
    if sys.stdin is None:
        return []
    raw = getattr(sys.stdin, "buffer", None)
    return raw.read().decode("utf-8-sig", errors="replace").splitlines() if raw else list(sys.stdin)


class Command(BaseCommand):
    """``manage.py due START N [--json]``, or ``due - --json`` with ``START N`` a line on standard input.

    A term that needs a year whose notice is not entered is refused with exit status 2 (R4-035 to R4-038). Where there is
    no database yet, or no calendar in it, the one that an installation begins with is asked, and that is said.
    """

    help = "计算从 START 起第 N 个工作日，并逐日说明。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add start, length and the machine-readable form."""
        parser.add_argument(
            "start", help="起算日（事件当日，不计入），如 2026-09-28；或 - 从标准输入逐行读取。"
        )
        parser.add_argument("n", nargs="?", default="", help="工作日数。")
        parser.add_argument("--json", action="store_true", help="每行输出一个 JSON 对象。")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer one term, or one for every line."""
        self.shipped = None if calendar_is_entered() else basics.shipped_calendar()
        if self.shipped:
            self.stderr.write("尚未建立数据库或者尚未录入工作日历，按随附的节假日安排计算。")
        if options["start"] == "-":
            asked = [line.split() for line in _piped() if line.strip()]
        else:
            asked = [[options["start"], options["n"]]]
        refused = [pair for pair in asked if not self.answer(pair, as_json=options["json"])]
        if refused and not (options["start"] == "-" and options["json"]):
            sys.exit(2)

    def answer(self, pair: list[str], *, as_json: bool) -> bool:
        """Print one answer; return whether there is a due date."""
        start, n = (*pair, "", "")[:2]
        try:
            if len(pair) != 2 or not WHOLE.fullmatch(n):
                raise ValueError
            first, length = date.fromisoformat(start), int(n)
        except ValueError:
            return self.refuse(
                start, n, f"“{' '.join(pair)}”应为起算日和工作日数，如 2026-09-28 5。", as_json
            )
        try:
            term = working_term(first, length, self.shipped or self.days_from(first, length))
        except Faults as error:
            return self.refuse(start, n, error.faults[0].sentence, as_json)
        self.tell(first, length, term, as_json)
        return True

    def days_from(self, first: date, length: int) -> Calendar:
        """Return the calendar as entered, over all that the term can touch."""
        if first.year >= FAR:
            return calendar(date(2000, 1, 1))
        return calendar(first, 1 + max(0, length) // 180)

    def tell(self, start: date, n: int, term: Term, as_json: bool) -> None:
        """Print the due date and, day by day, why."""
        notes = [{"date": day.date.isoformat(), "counted": day.counted, "why": day.why} for day in term.days]
        if as_json:
            body = {"start": start.isoformat(), "working_days": n, "due": term.due.isoformat(), "days": notes}
            self.stdout.write(json.dumps(body, ensure_ascii=False))
            return
        self.stdout.write(f"{start} 起 {n} 个工作日，{term.due} 24 时届满：")
        for day in term.days:
            self.stdout.write(f"  {day.date}  {day.counted if day.counted is not None else '':>3}  {day.why}")

    def refuse(self, start: str, n: str, sentence: str, as_json: bool) -> bool:
        """Say why there is no due date."""
        if as_json:
            body = {
                "start": start,
                "working_days": int(n) if re.fullmatch(r"-?\d{1,9}", n, re.ASCII) else n,
                "due": None,
                "error": sentence,
            }
            self.stdout.write(json.dumps(body, ensure_ascii=False))
        else:
            self.stderr.write(sentence)
        return False
