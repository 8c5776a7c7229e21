"""Word and PowerPoint files: headings, paragraphs, lists, tables and pictures in their order.

What makes the layout (columns, frames, fonts, headers, comments) is not drawn; the viewer says so and offers the original.
The file was looked through when it was uploaded: no document type, no macro, nothing fetched from elsewhere.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from PIL import Image

from applications.rendering.pages import FORMATS, flat, save
from applications.rendering.sheets import Sheets

Element = ElementTree.Element
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
MOST_XML = 32 * 1024 * 1024
MOST_PICTURE = 32 * 1024 * 1024
MOST_PICTURES = 120
MOST_SLIDES = 300
DEEPEST = 60
_HEADING = re.compile(r"(?:heading|标题)\s*([1-6])|(title|标题)\Z", re.IGNORECASE)


class Parts:
    """The zip of an office file: its XML parts, what they relate to, and pictures written once each."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.archive = zipfile.ZipFile(source)
        self.folder = folder
        self.pictures: dict[str, int | None] = {}

    def xml(self, name: str) -> Element | None:
        """Return a part parsed, None where there is none."""
        try:
            if self.archive.getinfo(name).file_size > MOST_XML:
                raise ValueError("too large")
        except KeyError:
            return None
        return ElementTree.fromstring(self.archive.read(name))  # noqa: S314  (no document type: refused at upload)

    def relations(self, name: str) -> dict[str, str]:
        """Return what a part relates to inside the file: id -> name of the part."""
        folder, base = posixpath.split(name)
        root = self.xml(f"{folder}/_rels/{base}.rels")
        found = {}
        for row in root if root is not None else ():
            if row.get("TargetMode") != "External":
                target = row.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                found[row.get("Id", "")] = posixpath.normpath(path)
        return found

    def picture(self, name: str) -> int | None:
        """Write an embedded picture and return its number, None where it cannot be shown."""
        if name not in self.pictures:
            number = len(self.pictures) + 1
            self.pictures[name] = number if number <= MOST_PICTURES and self._save(name, number) else None
        return self.pictures[name]

    def _save(self, name: str, number: int) -> bool:
        try:
            if self.archive.getinfo(name).file_size > MOST_PICTURE:
                return False
            with Image.open(io.BytesIO(self.archive.read(name)), formats=FORMATS) as image:
                save(flat(image), self.folder / f"m{number}.webp")
        except Exception:  # a drawing format, or damaged: the words around it are worth showing
            return False
        return True


def word(source: Path, folder: Path) -> list[dict[str, Any]]:
    """Return a Word file as pages."""
    parts, sheets = Parts(source, folder), Sheets()
    root = parts.xml("word/document.xml")
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise ValueError("no body")
    reader = _Word(parts, sheets)
    reader.read(body, 0)
    return sheets.done()


class _Word:
    """Walks the body of a Word file."""

    def __init__(self, parts: Parts, sheets: Sheets) -> None:
        self.parts, self.sheets = parts, sheets
        self.related = parts.relations("word/document.xml")
        styles = parts.xml("word/styles.xml")
        self.styles = {
            style.get(f"{W}styleId", ""): name.get(f"{W}val", "")
            for style in (styles if styles is not None else ())
            if (name := style.find(f"{W}name")) is not None
        }

    def read(self, parent: Element, depth: int) -> None:
        """Take what stands in the body one after the other."""
        for part in parent:
            if part.tag == f"{W}p":
                self.paragraph(part)
            elif part.tag == f"{W}tbl":
                self.table(part)
            elif depth < DEEPEST and part.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
                self.read(part, depth + 1)

    def paragraph(self, part: Element) -> None:
        """Add the words of a paragraph, then its pictures."""
        style = part.find(f"{W}pPr/{W}pStyle")
        name = self.styles.get(style.get(f"{W}val", ""), "") if style is not None else ""
        words = "".join(_words(part, W)).strip("\n")
        heading = _HEADING.match(name)
        if heading:
            self.sheets.text("h", words, int(heading.group(1) or 1))
        else:
            self.sheets.text("li" if part.find(f"{W}pPr/{W}numPr") is not None else "p", words)
        self.pictures(part)

    def pictures(self, part: Element) -> None:
        """Add the pictures inside an element."""
        for blip in part.iter(f"{A}blip"):
            self.sheets.picture(self.parts.picture(self.related.get(blip.get(f"{R}embed", ""), "")))

    def table(self, part: Element) -> None:
        """Add a table; the pictures in its cells follow it."""
        rows = [
            ["".join(_words(cell, W)).strip() for cell in row.iter(f"{W}tc")]
            for row in part.findall(f"{W}tr")
        ]
        self.sheets.table(rows)
        self.pictures(part)


def _words(part: Element, space: str, depth: int = 0) -> Iterator[str]:
    """Yield the text of an element: tabs as a blank, breaks and paragraphs as line ends, fallbacks left out."""
    for inner in part:
        if inner.tag == f"{space}t":
            yield inner.text or ""
        elif inner.tag == f"{space}tab":
            yield " "
        elif inner.tag in (f"{space}br", f"{space}cr"):
            yield "\n"
        elif inner.tag != FALLBACK and depth < DEEPEST:
            yield from _words(inner, space, depth + 1)
            if inner.tag == f"{space}p":
                yield "\n"


def slides(source: Path, folder: Path) -> list[dict[str, Any]]:
    """Return a presentation, a page or more for each slide."""
    parts, sheets = Parts(source, folder), Sheets()
    main = "ppt/presentation.xml"
    root, related = parts.xml(main), parts.relations(main)
    if root is None:
        raise ValueError("no presentation")
    names = [related.get(row.get(f"{R}id", ""), "") for row in root.iter(f"{P}sldId")]
    for place, name in enumerate(names[:MOST_SLIDES], 1):
        slide = parts.xml(name)
        if slide is not None:
            sheets.turn(str(place))
            _slide(parts, sheets, slide, parts.relations(name))
    return sheets.done()


def _slide(parts: Parts, sheets: Sheets, slide: Element, related: dict[str, str]) -> None:
    for part in slide.iter():
        if part.tag == f"{P}sp":
            mark = part.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
            title = mark is not None and mark.get("type") in ("title", "ctrTitle")
            for line in part.iter(f"{A}p"):
                sheets.text("h" if title else "p", "".join(_words(line, A)), 1)
        elif part.tag == f"{A}tbl":
            rows = part.findall(f"{A}tr")
            sheets.table(
                [["".join(_words(cell, A)).strip() for cell in row.findall(f"{A}tc")] for row in rows]
            )
        elif part.tag == f"{P}pic":
            for blip in part.iter(f"{A}blip"):
                sheets.picture(parts.picture(related.get(blip.get(f"{R}embed", ""), "")))
