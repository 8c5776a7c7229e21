"""Importing the register of communities from xlsx or csv: every row checked first, then all of them or none."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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
MOST_CELLS = 2_000_000
LARGEST = 9_999_999  # households or residents of one community
HARMLESS = frozenset({office.MACRO, office.OUTSIDE, office.PROGRAM})
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


@dataclass(frozen=True)
class Imported:
    """What an import did: communities that are new, and known ones that took a name or a figure from the file."""

    new: int
    changed: int


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
            return _lines(name, text)
    raise Invalid(_("文件“%(name)s”既不是 xlsx 也不是 csv，请另存为其中一种后重试。") % {"name": name})


def _lines(name: str, text: str) -> list[list[str]]:
    """Return the cells of a csv text; any of the three ends of a line is one (old programs write a bare CR)."""
    try:
        return list(csv.reader(io.StringIO(text, newline=None)))
    except csv.Error:
        raise Invalid(
            _("文件“%(name)s”有一格长得不合常理，请检查引号是否成对，改正后重试。") % {"name": name[:60]}
        ) from None


def _refuse_bomb(name: str, content: bytes) -> None:
    """Refuse a workbook that would unpack beyond all reason, or that nobody can open; the reader has no bound itself.

    What is refused as evidence for the sake of those who open it does no harm here, where only values are read. The
    reader lays out every cell between the first and the last of a sheet: two cells far apart would end the process.
    """
    try:
        office.check(io.BytesIO(content))
    except BadFile as error:
        if error.sentence.template not in HARMLESS:
            raise _unusable(name, error) from None
    try:
        area = office.widest_area(io.BytesIO(content))
    except BadFile as error:
        raise _unusable(name, error) from None
    if area > MOST_CELLS:
        raise Invalid(
            _("文件“%(name)s”的内容散布在过多的行列，请删去名单以外的单元格后重试。") % {"name": name[:60]}
        )


def _unusable(name: str, error: BadFile) -> Invalid:
    return Invalid(_("“%(name)s”：%(why)s") % {"name": name[:60], "why": words(error.sentence)})


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
        raise Invalid(_("文件有 %(rows)s 行，超过 20000 行，请分批导入。") % {"rows": len(table) - 1})
    found = []
    for line, cells in enumerate(table[1:], start=2):
        values = {
            key: _text(cells[position]) if position is not None and position < len(cells) else ""
            for key, position in place.items()
        }
        if any(values.values()):
            found.append((line, values))
    if not found:
        raise Invalid(_("文件“%(name)s”只有列名，没有一行内容，请填写后重试。") % {"name": name[:60]})
    return found


def read_rows(name: str, content: bytes) -> list[Row]:
    """Return the communities of a file; raises ``Invalid`` with a sentence for each line that is wrong."""
    rows, faults = [], []
    for line, values in read_columns(name, content, COLUMNS, REQUIRED):
        try:
            rows.append(_row(line, values))
        except ValueError as error:
            faults.append(_("第 %(line)s 行：%(why)s") % {"line": line, "why": error})
    refuse_rows(faults)
    return rows


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell is not None else ""


def _row(line: int, values: dict[str, str]) -> Row:
    if not re.fullmatch(r"[0-9]{12}", values["code"]):
        raise ValueError(_("社区代码“%(value)s”须为 12 位数字。") % {"value": values["code"][:20]})
    if not 1 <= len(values["name"]) <= 64:
        raise ValueError(_("社区名称“%(value)s”须为 1 至 64 字。") % {"value": values["name"][:20]})
    if not values["name"].isprintable():
        raise ValueError(
            _("社区名称“%(value)s”含有看不见的控制字符，请重新输入。") % {"value": values["name"][:20]}
        )
    numbers = {}
    for key in ("households", "population"):
        raw = unicodedata.normalize("NFKC", values[key]).replace(",", "") or "0"
        if not re.fullmatch(r"[0-9]{1,7}", raw):
            params = {"column": COLUMNS[key][1], "value": values[key][:20], "most": LARGEST}
            raise ValueError(_("%(column)s“%(value)s”须为 0 至 %(most)s 的整数。") % params)
        numbers[key] = int(raw)
    return Row(line, values["code"], values["name"], values["street"], **numbers)


def refuse_rows(faults: list[str]) -> None:
    """Raise ``Invalid`` with the sentences of the wrong lines, where there are any; very many are counted."""
    if faults:
        shown = faults[:50]
        if len(faults) > len(shown):
            shown.append(_("另有 %(more)s 处问题。") % {"more": len(faults) - len(shown)})
        raise Invalid("\n".join(shown))


def may_import(user: User) -> Verdict:
    """Whether a person may import communities at all."""
    return YES if grants(user).get("manage_communities") else no(_("您没有管理社区名录的权限。"))


@verb("import_communities")
def import_communities(name: str, content: bytes, *, by: User, at: datetime) -> Imported:
    """Import the communities of a file below streets of the person's region; return how many are new and changed.

    A known code keeps its row and takes the file's name and figures. One wrong line and nothing is written.
    """
    require(may_import(by))
    rows = read_rows(name, content)
    streets = {region.code: region for region in Region.objects.filter(level="street")}
    known = {row.code: row for row in Community.objects.select_related("region")}
    faults, seen, twins = [], set(), _namesakes(rows, known.values())
    for row in rows:
        why = _street_fault(row, streets.get(row.street), known.get(row.code), by)
        if row.code in seen:
            why = why or _("社区代码“%(code)s”在文件中重复。") % {"code": row.code}
        if (row.street, row.name) in twins:
            why = why or _("同一街道已有名为“%(name)s”的社区，请核对名称和代码。") % {"name": row.name}
        if why:
            faults.append(_("第 %(line)s 行：%(why)s") % {"line": row.line, "why": why})
        seen.add(row.code)
    refuse_rows(faults)
    changed = _update(rows, known)
    return Imported(_create([row for row in rows if row.code not in known], streets, by), changed)


def _street_fault(row: Row, street: Region | None, known: Community | None, by: User) -> str:
    """Return what is wrong with the street of a row, nothing where it fits."""
    if street is None:
        return _("没有代码为“%(value)s”的街道。") % {"value": row.street[:20]}
    if not holds(by, "manage_communities", street.path):
        return _("街道“%(street)s”不在您的管辖范围内。") % {"street": street}
    if known and not known.region.path.startswith(street.path):
        return _("社区“%(code)s”已登记在另一街道。") % {"code": row.code}
    if not known and not row.code.startswith(street.code):
        return _("社区代码“%(code)s”的前 9 位应与街道代码“%(street)s”一致，请核对两项。") % {
            "code": row.code,
            "street": street.code,
        }
    return ""


def _namesakes(rows: list[Row], known: Iterable[Community]) -> set[tuple[str, str]]:
    """Return street and name of those that two communities would bear after the import."""
    bearing = {community.code: (community.path.split("/")[-3], community.name) for community in known}
    bearing |= {row.code: (row.street, row.name) for row in rows}
    return {pair for pair, count in Counter(bearing.values()).items() if count > 1}


def told_of(done: Imported) -> str:
    """Return what is said of an import."""
    return _("导入完成，新增社区 %(new)s 个，更新 %(changed)s 个。") % vars(done)


def work(job: Job, at: datetime, told: Callable[[int, int], None]) -> str:
    """Import a file that was left to the worker; all of it or nothing, so it may be begun again from the start."""
    with job.source.open("rb") as file:
        content = file.read()
    return told_of(import_communities(job.asked["name"], content, by=job.owner, at=at))


KINDS[KIND] = Kind(whole=work)


def _update(rows: list[Row], known: dict[str, Community]) -> int:
    """Take over what differs; a new name is the name of its place in the tree and of its committee, too."""
    changed = 0
    for row in rows:
        community = known.get(row.code)
        if community is None:
            continue
        before = community.name
        fresh = (row.name, row.households or community.households, row.population or community.population)
        if fresh == (before, community.households, community.population):
            continue
        community.name, community.households, community.population = fresh
        community.save()
        changed += 1
        if row.name != before:
            community.region.name = row.name
            community.region.save(update_fields=["name"])
            for office in Organisation.objects.filter(region=community.region, name=f"{before}居民委员会"):
                office.name = f"{row.name}居民委员会"
                office.save()
    return changed


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
