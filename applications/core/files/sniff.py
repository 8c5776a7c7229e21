"""Tells what a file is by its first bytes, has it read whole by the reader of its kind, refuses everything else."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from applications.core.faults import N_, Sentence
from applications.core.files import office, pdf, pictures, texts
from applications.core.files.kinds import ALLOWED, EMPTY, KINDS, SPELLINGS, BadFile, FileKind
from applications.core.files.names import extension_of

UNKNOWN = N_("这不是可以上传的文件类型。{allowed}")
WRONG_EXTENSION = N_("扩展名“.{extension}”不在允许之列。{allowed}")
OTHER_CONTENT = N_("文件内容与扩展名“.{extension}”不符，可能已损坏或改过扩展名，请检查原件后重新上传。")
OLD_OFFICE = N_("这是旧版 Office、WPS 格式或设有密码的文件，请取消密码，并另存为 docx、xlsx 或 pptx 后上传。")
HIDDEN = N_("文件末尾藏有压缩包，请打开原件另存一份后上传；其中的文件请解压后逐个上传。")
PICTURE = N_("不能上传 {name} 格式的图片，请转换为 JPEG 或 PNG 后上传。")
HEIC = N_("不能上传 HEIC 格式的照片，请在手机相机设置中把格式改为“兼容性最佳”，或转换为 JPEG 后上传。")
ARCHIVE = N_("不能上传压缩包，请解压后逐个上传其中的文件。")
PROGRAM = N_("不能上传程序文件。")
MEDIA = N_("不能上传音频和视频，请截取画面为照片，或写成文字材料后上传。")
MARKUP = N_("不能上传网页、矢量图和脚本，请打印为 PDF 后上传。")

_OPEN = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE, ""),
    (b"GIF8", PICTURE, "GIF"),
    (b"BM", PICTURE, "BMP"),
    (b"II*\x00", PICTURE, "TIFF"),
    (b"MM\x00*", PICTURE, "TIFF"),
    (b"8BPS", PICTURE, "PSD"),
    (b"Rar!", ARCHIVE, ""),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE, ""),
    (b"\x1f\x8b", ARCHIVE, ""),
    (b"BZh", ARCHIVE, ""),
    (b"\xfd7zXZ", ARCHIVE, ""),
    (b"PK\x05\x06", ARCHIVE, ""),
    (b"MZ", PROGRAM, ""),
    (b"\x7fELF", PROGRAM, ""),
    (b"\xca\xfe\xba\xbe", PROGRAM, ""),
    (b"\xcf\xfa\xed\xfe", PROGRAM, ""),
    (b"#!", PROGRAM, ""),
    (b"ID3", MEDIA, ""),
    (b"OggS", MEDIA, ""),
    (b"\x1aE\xdf\xa3", MEDIA, ""),
    (b"{\\rtf", OLD_OFFICE, ""),
)
_WPS = frozenset({"wps", "wpt", "et", "ett", "dps", "dpt"})
_HEIF = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
    | {b"mif1", b"msf1", b"miaf", b"avif", b"avis"}
)
_MARKUP = (b"<", b"%!ps", b"mime-version:", b"@echo", b"\xef\xbb\xbf<")


def inspect(stream: BinaryIO, name: str) -> FileKind:
    """The kind of a file, read to its end; raises ``BadFile`` with the reason and the remedy.

    The kind follows from the content; a foreign extension on an allowed content is refused as well, because whoever
    saves the file again would get it under a name that promises something else.
    """
    stream.seek(0)
    head = stream.read(64)
    if not head:
        raise BadFile(EMPTY)
    kind = _kind_of(stream, head)
    extension = extension_of(name)
    if kind is None:
        if extension != "txt":
            raise _foreign(extension)
        kind = KINDS["txt"]
        texts.check(stream)
    elif extension and extension not in SPELLINGS:
        raise _foreign(extension)
    stream.seek(0)
    return kind


def _foreign(extension: str) -> BadFile:
    allowed = Sentence(ALLOWED)
    if extension in _WPS:
        return BadFile(OLD_OFFICE)
    if extension in SPELLINGS:
        return BadFile(OTHER_CONTENT, extension=extension)
    if not extension:
        return BadFile(UNKNOWN, allowed=allowed)
    return BadFile(WRONG_EXTENSION, extension=extension, allowed=allowed)


def _kind_of(stream: BinaryIO, head: bytes) -> FileKind | None:
    """The kind by signature, already checked; None where it can only be text."""
    for signature, extension in _OPEN.items():
        if head.startswith(signature):
            kind = KINDS[extension]
            return _alone(stream, kind)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _alone(stream, KINDS["webp"])
    if head.startswith(b"PK\x03\x04"):
        return office.check(stream)
    _refuse_known(head)
    return None


def _alone(stream: BinaryIO, kind: FileKind) -> FileKind:
    """The kind of a checked file that is nothing else besides: an archive is read from its end, a picture from its head."""
    (pdf.check if kind.extension == "pdf" else pictures.check)(stream, kind)
    stream.seek(0)
    if zipfile.is_zipfile(stream):
        raise BadFile(HIDDEN)
    return kind


def _refuse_known(head: bytes) -> None:
    """Say of what people try to upload by mistake what it is and what to do."""
    for signature, template, name in _REFUSED:
        if head.startswith(signature):
            raise BadFile(template, name=name) if name else BadFile(template)
    if head[4:8] == b"ftyp":
        raise BadFile(HEIC if head[8:12] in _HEIF else MEDIA)
    if head[:4] == b"RIFF" or head[:2] in (b"\xff\xfb", b"\xff\xf3"):
        raise BadFile(MEDIA)
    if head.lstrip().lower().startswith(_MARKUP):
        raise BadFile(MARKUP)
