"""Blocks of text, tables and pictures, dealt out to pages of about a screen and a half."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Block = dict[str, Any]
FULL = 60  # lines of a page
MOST_PAGES = 300
LONGEST = 4000  # characters of a paragraph or cell
LINE = 44  # characters of a line
PICTURE_LINES = 14


def cut(text: str, most: int = LONGEST) -> str:
    """Return a text of bounded length."""
    return text if len(text) <= most else f"{text[:most]}…"


@dataclass
class Sheets:
    """Pages that fill up; ``full`` is true when no more are taken."""

    title: str = ""
    pages: list[dict[str, Any]] = field(default_factory=list)
    lines: int = 0

    @property
    def full(self) -> bool:
        """Whether there is no room for more."""
        return len(self.pages) >= MOST_PAGES and self.lines >= FULL

    def turn(self, title: str = "") -> None:
        """Begin a new page."""
        self.title = title or self.title
        self.pages.append({"title": self.title, "blocks": []})
        self.lines = 0

    def add(self, block: Block, lines: int) -> None:
        """Put a block on the page, or on the next where this one is full."""
        if self.full:
            return
        if not self.pages or (self.lines and self.lines + lines > FULL):
            self.turn()
        self.pages[-1]["blocks"].append(block)
        self.lines += lines

    def text(self, kind: str, words: str, level: int = 0) -> None:
        """Add a paragraph (``p``), an item of a list (``li``) or a heading (``h``)."""
        if words.strip():
            shown = cut(words)
            self.add({"t": kind, "s": shown, "l": level}, 1 + len(shown) // LINE + shown.count("\n"))

    def table(self, rows: list[list[str]]) -> None:
        """Add a table, continued on the next pages."""
        wide = max((len(row) for row in rows), default=0)
        if not wide:
            return
        part: list[list[str]] = []
        lines = 0
        for row in rows:
            need = 1 + max((len(cell) * wide // LINE for cell in row), default=0)
            if part and lines + need > FULL:
                self.add({"t": "table", "rows": part}, lines)
                part, lines = [], 0
            part.append([cut(cell) for cell in row] + [""] * (wide - len(row)))
            lines += need
        self.add({"t": "table", "rows": part}, lines)

    def picture(self, number: int | None) -> None:
        """Add a picture by its number, None where it cannot be shown."""
        self.add({"t": "img", "n": number}, PICTURE_LINES)

    def done(self) -> list[dict[str, Any]]:
        """Return the pages, one at least."""
        if not self.pages:
            self.turn()
        return self.pages
