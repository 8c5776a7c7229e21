"""The eight kinds of file that may be evidence, and the exception that refuses anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from applications.core.faults import N_, Sentence


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: the extension it is kept under, its content type, its name and the icon that stands for it."""

    extension: str
    content_type: str
    name: str
    icon: str
    spellings: tuple[str, ...] = ()


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS: Mapping[str, FileKind] = MappingProxyType(
    {
        kind.extension: kind
        for kind in (
            FileKind("pdf", "application/pdf", "PDF", "pdf"),
            FileKind("jpg", "image/jpeg", "JPEG", "image", ("jpeg", "jpe", "jfif")),
            FileKind("png", "image/png", "PNG", "image"),
            FileKind("webp", "image/webp", "WebP", "image"),
            FileKind("docx", f"{_OFFICE}wordprocessingml.document", "Word", "file"),
            FileKind("xlsx", f"{_OFFICE}spreadsheetml.sheet", "Excel", "sheet"),
            FileKind("pptx", f"{_OFFICE}presentationml.presentation", "PowerPoint", "file"),
            FileKind("txt", "text/plain; charset=utf-8", "TXT", "file"),
        )
    }
)
SPELLINGS: Mapping[str, str] = MappingProxyType(
    {spelling: kind.extension for kind in KINDS.values() for spelling in (kind.extension, *kind.spellings)}
)
ALLOWED = N_("可上传 PDF、JPEG、PNG、WebP、Word（docx）、Excel（xlsx）、PowerPoint（pptx）和 TXT 文件。")

EMPTY = N_("文件是空的，请重新选择文件。")
DAMAGED = N_("文件已损坏或不完整，无法打开，请检查原件后重新上传。")


class BadFile(Exception):
    """A file that is refused; ``sentence`` says why and what to do instead."""

    def __init__(self, template: str, /, **params: object) -> None:
        self.sentence = Sentence(template, params)
        super().__init__(str(self.sentence))
