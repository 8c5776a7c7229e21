"""Lists as spreadsheets. A cell that a person typed stays text, whatever it begins with."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | date | datetime | None
MOST_SIGNS = 32_767  # in one cell


Columns = Sequence[tuple[str, int]]
Rows = Iterable[Sequence[Cell]]


def workbook(title: str, columns: Columns, rows: Rows) -> bytes:
    """Return an xlsx file with one sheet: columns (heading, width) and rows; the heading stays in sight."""
    return workbook_of([(title, columns, rows)])


def workbook_of(sheets: Iterable[tuple[str, Columns, Rows]]) -> bytes:
    """Return an xlsx file with a sheet for each title, columns and rows."""
    stream = BytesIO()
    options = {
        "in_memory": True,
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        for title, columns, rows in sheets:
            _fill(book, title, columns, rows)
    return stream.getvalue()


def _fill(book: xlsxwriter.Workbook, title: str, columns: Columns, rows: Rows) -> None:
    sheet = book.add_worksheet("".join(sign for sign in title if sign not in "[]:*?/\\'")[:31])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    # the quote mark keeps Excel from reading the text as a formula when somebody edits the cell
    text = book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})
    for place, (heading, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, head)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(line, place, localtime(value).replace(tzinfo=None), moment)
            elif isinstance(value, date):
                sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), day)
            elif isinstance(value, (int, float)):
                sheet.write_number(line, place, value)
            elif value:
                sheet.write_string(line, place, str(value)[:MOST_SIGNS], text)


def download(name: str, content: bytes) -> HttpResponse:
    """Return a workbook as a file to save; the name may be Chinese."""
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
