"""Spreadsheets and plain text as pages of blocks."""

import datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from applications.rendering.sheets import Sheets

MOST_ROWS = 5000
MOST_COLUMNS = 40
MOST_SHEETS = 60
LONGEST_CELL = 500
MOST_TEXT = 2_000_000


def workbook(source: Path, folder: Path) -> list[dict[str, Any]]:
    """Return every sheet of a workbook from its first used row, each beginning a page with its name."""
    sheets = Sheets()
    book = CalamineWorkbook.from_path(str(source))
    for name in book.sheet_names[:MOST_SHEETS]:
        sheets.turn(name[:80])
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True, nrows=MOST_ROWS)
        sheets.table([[cell(value) for value in row[:MOST_COLUMNS]] for row in rows])
    return sheets.done()


def cell(value: Any) -> str:
    """Return a cell's value as people write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else f"{value:%Y-%m-%d %H:%M}"
    return str(value)[:LONGEST_CELL]


def text(source: Path, folder: Path) -> list[dict[str, Any]]:
    """Return a text file line by line, in UTF-8 or GB 18030."""
    raw = source.read_bytes()[:MOST_TEXT]
    try:
        words = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = raw.decode("gb18030", "replace")
    sheets = Sheets()
    for line in words.splitlines():
        sheets.text("p", line)
    return sheets.done()
