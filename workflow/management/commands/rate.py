"""Recompute a star from a fact sheet, without a database: anybody can check what was announced."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from applications.core import documents, standard
from applications.core.canonical import decimal_text
from applications.core.faults import Faults
from applications.core.ledger import IndicatorResult
from applications.core.rating import Result, Sheet, rate


class Command(BaseCommand):
    """``manage.py rate SHEET|- [--json] [--standard FILE]``: points, reasons and star; status 2 where it is refused."""

    help = "按标准对一份评分表（YAML或JSON，“-”为标准输入）计分，不使用数据库。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The sheet, the form of the answer, and another standard."""
        parser.add_argument("sheet", metavar="SHEET", help="评分表文件，“-”为标准输入")
        parser.add_argument("--json", action="store_true", help="输出一个JSON对象")
        parser.add_argument("--standard", metavar="FILE", help="按另一标准文件计分")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, rate and print; a sheet with any fault gets no score."""
        try:
            source = options["standard"]
            used = standard.load(Path(source)) if source else standard.default()
            name = options["sheet"]
            raw = _standard_input() if name == "-" else standard.read_file(Path(name))
            result = rate(used, Sheet.from_mapping(used, documents.read_bytes(raw)))
        except Faults as error:
            refuse(self, error)
        printable()
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(_lines(result)))


def _standard_input() -> bytes:
    """What is piped in; nothing where standard input is closed."""
    return sys.stdin.buffer.read(documents.LONGEST_TEXT + 1) if sys.stdin else b""


def printable() -> None:
    """Chinese on a terminal that has none is escaped, which inside JSON means the same."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace")


def refuse(command: BaseCommand, faults: Faults) -> NoReturn:
    """One line per fault on standard error, then exit status 2."""
    for fault in faults:
        command.stderr.write(fault.line())
    raise SystemExit(2)


def _lines(result: Result) -> Iterator[str]:
    """The rating for reading: by dimension, every indicator with its reason, then what it comes to."""
    yield f"{result.standard.code} {result.standard.title}"
    for dimension in result.standard.dimensions:
        points = decimal_text(result.points_by_dimension[dimension.id])
        yield f"\n{dimension.id} {dimension.name}  {points}/{decimal_text(dimension.points)}"
        yield from (_indicator_line(result.indicators[item.id]) for item in dimension.indicators)
    if result.awards:
        yield f"\n加分  {decimal_text(result.bonus)}"
        yield from (f"  {line.award.id}  {line.reason}" for line in result.awards)
    yield ""
    yield f"基础得分 {decimal_text(result.base_total)}，加分 {decimal_text(result.bonus)}，总分 {decimal_text(result.total)}"
    yield f"星级 {result.star_label}"
    yield from (f"  {sentence}" for sentence in result.held_by)
    if result.missed_basic_items:
        yield "未达到的基础项 " + "、".join(result.missed_basic_items)
    yield from (f"提示 {sentence}" for sentence in result.warnings)
    upper = result.next_star
    if upper is not None:
        yield f"距{upper.label}还差 {decimal_text(upper.points_needed)} 分"
    yield f"标准 {result.standard.digest}"
    yield f"输入 {result.inputs_digest}"
    yield f"结果 {result.digest}"


def _indicator_line(line: IndicatorResult) -> str:
    points = f"{decimal_text(line.points)}/{decimal_text(line.max_points)}"
    return f"  {line.id} {line.indicator.short}  {points}  {line.reason}"
