"""Word, Excel and PowerPoint files: a zip read whole, no macro, no program, nothing fetched from elsewhere."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from typing import BinaryIO
from xml.parsers import expat

from applications.core.faults import N_
from applications.core.files.kinds import DAMAGED, KINDS, BadFile, FileKind

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
LOCKED = N_("文件设有密码，请取消后重新上传。")

_MAIN = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_CONTENT_TYPES = "[Content_Types].xml"
_MACRO = re.compile(r"vbaproject|vbadata|macrosheet|activex|macroenabled", re.IGNORECASE)
_PROGRAM = re.compile(
    r"(?:\.(?:exe|dll|scr|com|bat|cmd|js|vbs|ps1|hta|jar|lnk|msi|swf|html?|svgz)|oleobject[^/]*\.bin)\Z", re.I
)
_HARMLESS_OUTSIDE = ("/hyperlink",)


def check(stream: BinaryIO) -> FileKind:
    """The kind of an office file; every entry is unpacked once, every XML part parsed without entities."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            kind = _kind_of(entries)
            _look_at_entries(entries)
            room = MOST_UNPACKED
            for entry in entries:
                room -= _read(archive, entry, room)
    except BadFile:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise BadFile(DAMAGED) from None
    return kind


def _kind_of(entries: list[zipfile.ZipInfo]) -> FileKind:
    names = {entry.filename for entry in entries}
    found = [extension for main, extension in _MAIN.items() if main in names]
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
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise BadFile(BOMB)
        if _MACRO.search(name):
            raise BadFile(MACRO)
        if _PROGRAM.search(name):
            raise BadFile(PROGRAM, name=posixpath.basename(name)[:40])


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> int:
    """Unpack an entry in pieces, its checksum included; returns its true size."""
    is_xml = entry.filename.endswith((".xml", ".rels", ".vml"))
    reader = _Reader(entry.filename) if is_xml else None
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
        self.types = name == _CONTENT_TYPES
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._element
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

    def _doctype(self, *args: object) -> None:
        raise BadFile(DAMAGED)

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        if self.types and _MACRO.search(attributes.get("ContentType", "")):
            raise BadFile(MACRO)
        if not self.relations:
            return
        if attributes.get("TargetMode") == "External":
            if not attributes.get("Type", "").lower().endswith(_HARMLESS_OUTSIDE):
                raise BadFile(OUTSIDE, target=attributes.get("Target", "")[:60])
        elif _MACRO.search(attributes.get("Type", "")):
            raise BadFile(MACRO)
