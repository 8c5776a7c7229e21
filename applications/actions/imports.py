"""Importing the register of communities from xlsx or csv: every row checked first, then all of them or none."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook
from simple_history.utils import bulk_create_with_history

from applications.acting import verb
from applications.actions.jobs import KINDS, Kind
from applications.core.files import BadFile, office
from applications.core.verdict import YES, Verdict, no
from applications.errors import Invalid, require
from applications.models import Community, Job, Organisation, Region, User
from applications.permissions import grants, holds
from applications.words import words

COLUMNS = {
    "code": ("code", "社区代码", "代码"),
    "name": ("name", "社区名称", "名称"),
    "street": ("street", "街道代码", "街道"),
    "households": ("households", "常住户数", "户数"),
    "population": ("population", "常住人口", "人口"),
}
REQUIRED = ("code", "name", "street")
MOST_ROWS = 20_000
MOST_BYTES = 8 * 1024 * 1024
AT_ONCE = 500  # rows for which nobody is made to wait
KIND = "import.communities"


@dataclass(frozen=True)
class Row:
    """One community of the file, with the number of its line."""

    line: int
    code: str
    name: str
    street: str
    households: int
    population: int


def read_table(name: str, content: bytes) -> list[list[Any]]:
    """Return the first sheet of an xlsx file or the lines of a csv file as rows of cells."""
    if len(content) > MOST_BYTES:
        raise Invalid(_("文件“%(name)s”超过 8 MB，请分批导入。") % {"name": name})
    if not content.strip():
        raise Invalid(_("文件“%(name)s”是空的，请选择含有社区名单的文件。") % {"name": name})
    if content[:2] == b"PK":
        _refuse_bomb(name, content)
        try:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
            return sheet.to_python()
        except (CalamineError, OSError, ValueError):
            raise Invalid(
                _("文件“%(name)s”不是可读的 xlsx 文件，请另存为 xlsx 或 csv 后重试。") % {"name": name}
            ) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return list(csv.reader(io.StringIO(text)))
    raise Invalid(_("文件“%(name)s”既不是 xlsx 也不是 csv，请另存为其中一种后重试。") % {"name": name})


def _refuse_bomb(name: str, content: bytes) -> None:
    """Refuse a workbook that would unpack beyond all reason, or that nobody can open; the reader has no bound itself.

    What is refused as evidence for the sake of those who open it does no harm here, where only values are read.
    """
    try:
        office.check(io.BytesIO(content))
    except BadFile as error:
        if error.sentence.template in {office.BOMB, office.LOCKED}:
            sentence = _("“%(name)s”：%(why)s") % {"name": name[:60], "why": words(error.sentence)}
            raise Invalid(sentence) from None


def read_columns(
    name: str, content: bytes, columns: Mapping[str, tuple[str, ...]], required: Sequence[str]
) -> list[tuple[int, dict[str, str]]]:
    """Return the lines of a file that say anything, each with its number and its cells by the key of their column.

    ``columns``: the names a head may have, by key; the second is the one that is shown. Raises ``Invalid``.
    """
    table = read_table(name, content)
    heads = [str(cell).strip() for cell in table[0]] if table else []
    place = {
        key: next((position for position, head in enumerate(heads) if head in names), None)
        for key, names in columns.items()
    }
    missing = [columns[key][1] for key in required if place[key] is None]
    if missing:
        raise Invalid(_("首行缺少列：%(columns)s。首行须为列名。") % {"columns": _("、").join(missing)})
    if len(table) - 1 > MOST_ROWS:
        raise Invalid(_("文件有%(rows)s行，超过20000行，请分批导入。") % {"rows": len(table) - 1})
    found = []
    for line, cells in enumerate(table[1:], start=2):
        values = {
            key: _text(cells[position]) if position is not None and position < len(cells) else ""
            for key, position in place.items()
        }
        if any(values.values()):
            found.append((line, values))
    return found


def read_rows(name: str, content: bytes) -> list[Row]:
    """Return the communities of a file; raises ``Invalid`` with a sentence for each line that is wrong."""
    rows, faults = [], []
    for line, values in read_columns(name, content, COLUMNS, REQUIRED):
        try:
            rows.append(_row(line, values))
        except ValueError as error:
            faults.append(_("第%(line)s行：%(why)s") % {"line": line, "why": error})
    refuse_rows(faults)
    return rows


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell is not None else ""


def _row(line: int, values: dict[str, str]) -> Row:
    if not re.fullmatch(r"[0-9]{12}", values["code"]):
        raise ValueError(_("社区代码“%(value)s”须为12位数字。") % {"value": values["code"][:20]})
    if not 1 <= len(values["name"]) <= 64:
        raise ValueError(_("社区名称“%(value)s”须为1至64字。") % {"value": values["name"][:20]})
    numbers = {}
    for key in ("households", "population"):
        raw = values[key].replace(",", "") or "0"
        if not re.fullmatch(r"[0-9]{1,7}", raw):
            raise ValueError(
                _("%(column)s“%(value)s”须为整数。") % {"column": COLUMNS[key][1], "value": values[key][:20]}
            )
        numbers[key] = int(raw)
    return Row(line, values["code"], values["name"], values["street"], **numbers)


def refuse_rows(faults: list[str]) -> None:
    """Raise ``Invalid`` with the sentences of the wrong lines, where there are any; very many are counted."""
    if faults:
        shown = faults[:50]
        if len(faults) > len(shown):
            shown.append(_("另有%(more)s处问题。") % {"more": len(faults) - len(shown)})
        raise Invalid("\n".join(shown))


def may_import(user: User) -> Verdict:
    """Whether a person may import communities at all."""
    return YES if grants(user).get("manage_communities") else no(_("您没有管理社区名录的权限。"))


@verb("import_communities")
def import_communities(name: str, content: bytes, *, by: User, at: datetime) -> int:
    """Import the communities of a file below streets of the person's region; return how many are new.

    A known code keeps its row and takes the file's name and figures. One wrong line and nothing is written.
    """
    require(may_import(by))
    rows = read_rows(name, content)
    streets = {region.code: region for region in Region.objects.filter(level="street")}
    known = {row.code: row for row in Community.objects.select_related("region")}
    faults, seen = [], set()
    for row in rows:
        street = streets.get(row.street)
        if street is None:
            faults.append(
                _("第%(line)s行：没有代码为“%(value)s”的街道。")
                % {"line": row.line, "value": row.street[:20]}
            )
        elif not holds(by, "manage_communities", street.path):
            faults.append(
                _("第%(line)s行：街道“%(street)s”不在您的管辖范围内。") % {"line": row.line, "street": street}
            )
        elif row.code in known and not known[row.code].region.path.startswith(street.path):
            faults.append(
                _("第%(line)s行：社区“%(code)s”已登记在另一街道。") % {"line": row.line, "code": row.code}
            )
        if row.code in seen:
            faults.append(
                _("第%(line)s行：社区代码“%(code)s”在文件中重复。") % {"line": row.line, "code": row.code}
            )
        seen.add(row.code)
    refuse_rows(faults)
    _update(rows, known)
    return _create([row for row in rows if row.code not in known], streets, by)


def told_of(count: int) -> str:
    """Return what is said of an import."""
    return _("导入完成，新增社区%(count)s个。") % {"count": count}


def work(job: Job, at: datetime, told: Callable[[int, int], None]) -> str:
    """Import a file that was left to the worker; all of it or nothing, so it may be begun again from the start."""
    with job.source.open("rb") as file:
        content = file.read()
    return told_of(import_communities(job.asked["name"], content, by=job.owner, at=at))


KINDS[KIND] = Kind(whole=work)


def _update(rows: list[Row], known: dict[str, Community]) -> None:
    for row in rows:
        community = known.get(row.code)
        if community is None:
            continue
        fresh = (row.name, row.households or community.households, row.population or community.population)
        if fresh != (community.name, community.households, community.population):
            community.name, community.households, community.population = fresh
            community.save()


def _create(rows: list[Row], streets: dict[str, Region], by: User) -> int:
    regions = Region.objects.bulk_create(
        [
            Region(
                code=row.code,
                level="community",
                name=row.name,
                parent=streets[row.street],
                path=f"{streets[row.street].path}{row.code}/",
            )
            for row in rows
        ]
    )
    paired = list(zip(rows, regions, strict=True))
    offices = [
        Organisation(name=f"{row.name}居民委员会", kind=Organisation.Kind.COMMUNITY, region=region)
        for row, region in paired
    ]
    bulk_create_with_history(
        offices, Organisation, default_user=by, default_change_reason="import_communities"
    )
    communities = [
        Community(
            region=region, code=row.code, name=row.name, households=row.households, population=row.population
        )
        for row, region in paired
    ]
    bulk_create_with_history(
        communities, Community, default_user=by, default_change_reason="import_communities"
    )
    return len(communities)
