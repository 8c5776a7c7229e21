"""Word, Excel and PowerPoint files: a zip read whole, no macro, no program, nothing fetched from elsewhere."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from typing import IO, BinaryIO
from xml.parsers import expat

from applications.core.faults import N_
from applications.core.files.kinds import DAMAGED, KINDS, BadFile, FileKind

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of any workbook
MOST_ENTRIES = 5000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_XML = 100 * 1024 * 1024
MOST_RATIO = 400
SMALL = 1024 * 1024  # a short entry of blanks may well shrink a thousand times

ARCHIVE = N_("不能上传压缩包，请解压后逐个上传其中的文件。")
MACRO = N_("文件中含有宏或控件，请另存为不含宏的 docx、xlsx 或 pptx 后上传。")
OUTSIDE = N_("文件引用了外部内容（{target}），请断开链接、把内容直接放进文件后上传。")
PROGRAM = N_("文件中嵌有其他程序或对象（{name}），请删除后上传。")
BOMB = N_("文件解压后大得不合常理，请检查原件后重新上传。")
ODF = N_("不能上传 OpenDocument 文件，请另存为 docx、xlsx 或 pptx 后上传。")
OFD = N_("不能上传 OFD 文件，请导出或打印为 PDF 后上传。")
XLSB = N_("不能上传二进制工作簿（xlsb），请另存为 xlsx 后上传。")
LOCKED = N_("文件设有密码，请取消后重新上传。")

_MAIN = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_CONTENT_TYPES = "[Content_Types].xml"
_MACRO = re.compile(r"vbaproject|vbadata|macrosheet|activex|macroenabled", re.IGNORECASE)
_PROGRAM = re.compile(
    r"(?:\.(?:exe|dll|scr|com|bat|cmd|jse?|vb[es]|ws[fh]|ps1|hta|jar|lnk|msi|swf|x?html?|mht(?:ml)?|svgz"
    r"|do[ct]m|xl(?:sm|tm|am|sb)|pp(?:tm|am|sm)|potm)|oleobject[^/]*\.bin)\Z",
    re.I,
)
_INSIDE = re.compile(r"\.(?:docx|xlsx|pptx)\Z", re.I)
MOST_INSIDE = 64 * 1024 * 1024
DEEPEST = 2  # an office file inside an office file; nobody needs a third
_OTHERS = {"OFD.xml": OFD, "xl/workbook.bin": XLSB}
# a field that asks another program or another place for its content
_FIELD = re.compile(
    r"""^[\s"]*(?:DDE(?:AUTO)?\b|(?:INCLUDE(?:PICTURE|TEXT)?|IMPORT)\b.*(?:://|\\\\\\\\|\\\\))""", re.I | re.M
)
MOST_FIELDS = 1024 * 1024  # signs of all the fields of a part
_LINKS = frozenset({"ddeLink", "oleLink", "dbPr", "webPr", "DataMashup"})
_HARMLESS_OUTSIDE = ("/hyperlink",)


def check(stream: BinaryIO) -> FileKind:
    """The kind of an office file; every entry is unpacked once, every XML part parsed without entities."""
    return _unpacked(stream, MOST_UNPACKED, 1)[0]


def _unpacked(stream: BinaryIO, room: int, depth: int) -> tuple[FileKind, int]:
    """The kind and how much room is left: an office file inside another (``depth`` 2) shares it."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            kind = _kind_of(entries)
            _look_at_entries(entries)
            for entry in entries:
                room -= _read(archive, entry, room)
                if _INSIDE.search(entry.filename):
                    room = _look_inside(archive, entry, room, depth)
    except BadFile:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise BadFile(DAMAGED) from None
    return kind, room


def widest_area(stream: BinaryIO) -> int:
    """The cells that the widest sheet of a workbook spans from its first to its last; raises ``BadFile``.

    Whoever lays a sheet out as rows of cells (as ``python_calamine`` does) needs room for all of them.
    """
    stream.seek(0)
    widest = 0
    try:
        with zipfile.ZipFile(stream) as archive:
            for entry in archive.infolist():
                if entry.file_size > MOST_XML:
                    raise BadFile(BOMB)
                with archive.open(entry) as content:
                    if _is_xml(entry.filename):
                        widest = max(widest, _Extent().read(content))
                    elif b"sheetData" in content.read():  # a sheet that hides behind another ending
                        raise BadFile(DAMAGED)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise BadFile(DAMAGED) from None
    return widest


_REFERENCE = re.compile(r"([A-Z]{1,7})([0-9]{1,15})\Z")


class _Extent:
    """How far the cells of a sheet lie apart; a row or cell without a reference follows the one before it."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.rows = self.columns = (0, 0)  # the least and the greatest seen

    def read(self, content: IO[bytes]) -> int:
        """The cells between the first and the last one of an XML part."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._element
        try:
            parser.ParseFile(content)
        except expat.ExpatError:
            raise BadFile(DAMAGED) from None
        return (self.rows[1] - self.rows[0] + 1) * (self.columns[1] - self.columns[0] + 1)

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "row":
            number = attributes.get("r", "")
            self.row = int(number) if re.fullmatch("[0-9]{1,15}", number) else self.row + 1
            self.column = 0
        elif local == "c":
            found = _REFERENCE.match(attributes.get("r", "").upper())
            self.column = _column(found[1]) if found else self.column + 1
            self.row = int(found[2]) if found else self.row
            if self.row > LAST_ROW or self.column > LAST_COLUMN:
                raise BadFile(DAMAGED)
            self.rows = _with(self.rows, self.row)
            self.columns = _with(self.columns, self.column)


def _with(span: tuple[int, int], place: int) -> tuple[int, int]:
    return (min(span[0] or place, place), max(span[1], place))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _look_inside(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, depth: int) -> int:
    """Check an office file that lies in another, its true size measured before; returns how much room is left."""
    if depth >= DEEPEST:
        raise BadFile(PROGRAM, name=posixpath.basename(entry.filename)[:40])
    if entry.file_size > MOST_INSIDE:
        raise BadFile(BOMB)
    return _unpacked(io.BytesIO(archive.read(entry)), room, depth + 1)[1]


def _kind_of(entries: list[zipfile.ZipInfo]) -> FileKind:
    names = {entry.filename for entry in entries}
    found = [extension for main, extension in _MAIN.items() if main in names]
    for name, sentence in _OTHERS.items():
        if name in names:
            raise BadFile(sentence)
    if entries and entries[0].filename == "mimetype":
        raise BadFile(ODF)
    if len(found) != 1 or _CONTENT_TYPES not in names:
        raise BadFile(ARCHIVE)
    return KINDS[found[0]]


def _look_at_entries(entries: list[zipfile.ZipInfo]) -> None:
    """What the directory alone tells: too much, twice the same, passwords, paths that climb, macros and programs."""
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise BadFile(BOMB)
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise BadFile(DAMAGED)
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & 1:
            raise BadFile(LOCKED)
        if name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name or "\x00" in name:
            raise BadFile(DAMAGED)
        if entry.file_size > MOST_XML and _is_xml(name):  # before anything of it is read
            raise BadFile(BOMB)
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise BadFile(BOMB)
        if _MACRO.search(name):
            raise BadFile(MACRO)
        if _PROGRAM.search(name):
            raise BadFile(PROGRAM, name=posixpath.basename(name)[:40])


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> int:
    """Unpack an entry in pieces, its checksum included; returns its true size."""
    name = entry.filename.lower()  # office programs do not tell capitals apart
    is_xml = _is_xml(name)
    reader = _Reader(name) if is_xml else None
    size = 0
    with archive.open(entry) as content:
        while piece := content.read(65536):
            size += len(piece)
            if size > room or (is_xml and size > MOST_XML):
                raise BadFile(BOMB)
            if reader:
                reader.feed(piece)
    if reader:
        reader.close()
    return size


class _Reader:
    """Parses an XML part: no document type (so no entities), no macro content type, no content from elsewhere."""

    def __init__(self, name: str) -> None:
        self.relations = name.endswith(".rels")
        self.types = name == _CONTENT_TYPES.lower()
        self.fields: list[str] | None = [] if name.startswith("word/") else None
        self.signs = 0
        self.in_field = False
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._element
        if self.fields is not None:
            self.parser.EndElementHandler = self._end
            self.parser.CharacterDataHandler = self._text
        self.parser.buffer_text = False

    def feed(self, piece: bytes) -> None:
        try:
            self.parser.Parse(piece, False)
        except expat.ExpatError:
            raise BadFile(DAMAGED) from None

    def close(self) -> None:
        try:
            self.parser.Parse(b"", True)
        except expat.ExpatError:
            raise BadFile(DAMAGED) from None
        if self.fields and (found := _FIELD.search("".join(self.fields))):
            raise BadFile(OUTSIDE, target=found[0].strip()[:60])

    def _doctype(self, *args: object) -> None:
        raise BadFile(DAMAGED)

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        if self.types and _MACRO.search(attributes.get("ContentType", "")):
            raise BadFile(MACRO)
        local = tag.rpartition(":")[2]
        if local in _LINKS:
            raise BadFile(OUTSIDE, target=_service(attributes) or local)
        if self.fields is not None:
            self._field(local, attributes)
        if not self.relations:
            return
        if attributes.get("TargetMode", "").lower() == "external":
            if not attributes.get("Type", "").lower().endswith(_HARMLESS_OUTSIDE):
                raise BadFile(OUTSIDE, target=attributes.get("Target", "")[:60])
        elif _MACRO.search(attributes.get("Type", "")):
            raise BadFile(MACRO)

    def _field(self, local: str, attributes: dict[str, str]) -> None:
        """Note where a field of a text begins and ends, and what a simple one says: its words may be cut into runs."""
        assert self.fields is not None
        self.in_field = local == "instrText"
        if local == "fldChar":
            self.fields.append("\n")
        elif local == "fldSimple":
            simple = [value for name, value in attributes.items() if name.rpartition(":")[2] == "instr"]
            self._say("\n" + "".join(simple) + "\n")

    def _end(self, tag: str) -> None:
        self.in_field = False

    def _text(self, words: str) -> None:
        if self.in_field:
            self._say(words)

    def _say(self, words: str) -> None:
        assert self.fields is not None
        self.signs += len(words)
        if self.signs > MOST_FIELDS:
            raise BadFile(BOMB)
        self.fields.append(words)


def _service(attributes: dict[str, str]) -> str:
    """What a link of a workbook asks: the program and what it is told."""
    return " ".join(attributes.get(name, "") for name in ("ddeService", "ddeTopic")).strip()[:60]
