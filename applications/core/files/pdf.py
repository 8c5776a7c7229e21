"""PDF: header and trailer, no script, no program, nothing embedded, no password, at least one page.

Names may be written with escapes (``/Java#53cript``) and may hide in compressed object streams; both are looked through.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from applications.core.faults import N_
from applications.core.files.kinds import DAMAGED, BadFile, FileKind

MOST_UNPACKED = 64 * 1024 * 1024
MOST_STREAMS = 50_000
SCRIPTED = N_("PDF 中含有脚本或会启动程序的动作，请用“打印为 PDF”另存一份后上传。")
EMBEDDED = N_("PDF 中嵌有其他文件，请把其中的文件取出单独上传，或用“打印为 PDF”另存一份后上传。")
LOCKED = N_("PDF 设有密码或使用限制，请取消后重新上传。")
NO_PAGE = N_("PDF 中没有页面，请检查原件后重新上传。")
UNREADABLE = N_("PDF 的压缩方式无法检查，请用“打印为 PDF”另存一份后上传。")
BOMB = N_("PDF 解压后大得不合常理，请用“打印为 PDF”另存一份后上传。")


def _name(word: str) -> bytes:
    """The pattern of a PDF name, each letter plain or escaped."""
    letters = "".join(f"(?:{re.escape(letter)}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in word)
    return f"/{letters}(?![A-Za-z0-9_#])".encode()


def _names(*words: str) -> re.Pattern[bytes]:
    return re.compile(b"|".join(_name(word) for word in words))


# Only names long enough never to occur by chance in compressed data are looked for in the raw bytes.
_SCRIPT = _names("JavaScript", "Launch", "Rendition", "SubmitForm", "ImportData", "RichMedia", "GoToR")
_EMBED = _names("EmbeddedFile", "EmbeddedFiles", "GoToE")
_SHORT = _names("JS", "XFA")
_LOCK = _names("Encrypt")
_PAGE = _names("Page")
_PACKED = _names("ObjStm")
_FLATE = _names("FlateDecode", "Fl")
_FILTER = _names("Filter")
_STREAM = re.compile(rb"stream\r?\n")
_LOOKS_PACKED = re.compile(rb"\s*(?:%[^\r\n]*[\r\n]\s*)*[0-9]+\s+[0-9]+\s")


def check(stream: BinaryIO, kind: FileKind) -> None:
    """Refuse what is not a plain readable document."""
    stream.seek(0)
    raw = stream.read()
    if not re.match(rb"%PDF-[12]\.[0-9]", raw):
        raise BadFile(DAMAGED)
    tail = raw[-2048:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise BadFile(DAMAGED)
    pages = bool(_PAGE.search(raw))
    _refuse(raw)
    if _LOCK.search(raw):
        raise BadFile(LOCKED)
    for unpacked in _packed_objects(raw):
        _refuse(unpacked)
        if _SHORT.search(unpacked):
            raise BadFile(SCRIPTED)
        pages = pages or bool(_PAGE.search(unpacked))
    if not pages:
        raise BadFile(NO_PAGE)


def _refuse(content: bytes) -> None:
    if _SCRIPT.search(content):
        raise BadFile(SCRIPTED)
    if _EMBED.search(content):
        raise BadFile(EMBEDDED)


def _packed_objects(raw: bytes) -> Iterator[bytes]:
    """The content of every stream that holds objects, by its own word or by what it looks like."""
    room = MOST_UNPACKED
    before = 0
    for count, match in enumerate(_STREAM.finditer(raw)):
        if count > MOST_STREAMS:
            raise BadFile(BOMB)
        head = raw[max(before, match.start() - 4096) : match.start()]
        head = head[head.rfind(b"obj") + 3 :]
        before = match.end()
        declared = bool(_PACKED.search(head))
        try:
            start = zlib.decompressobj().decompress(raw[match.end() : match.end() + 4096], 512)
        except zlib.error:
            if declared and _FILTER.search(head):
                raise BadFile(UNREADABLE) from None
            continue
        if declared and len(_FLATE.findall(head)) != 1:
            raise BadFile(UNREADABLE)
        if declared or _LOOKS_PACKED.match(start):
            unpacked = _inflate(raw, match.end(), room)
            room -= len(unpacked)
            yield unpacked


def _inflate(raw: bytes, start: int, room: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        unpacked = machine.decompress(memoryview(raw)[start:], room + 1)
    except zlib.error:
        raise BadFile(DAMAGED) from None
    if len(unpacked) > room:
        raise BadFile(BOMB)
    return unpacked
