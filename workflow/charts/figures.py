"""Bars, stacked bars and progress against a plan, as geometry for ``c-chart``; percent across and rem down.

Text keeps its size on every screen because no drawing with words has a ``viewBox``: only the lines of a progress
figure are stretched. Each figure carries its ``Table``; pages and spreadsheets show the table's very cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

Cell = str | int | float | date | None

ROW, THICK_ROW = 2.5, 3.0  # rem, a bar with the line of words above it
PLOT = 11.0  # rem, the height of a progress figure's plot
TOP = 1.5  # rem above the plot, for the words on the plan's end


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its width in a spreadsheet, whether it holds numbers."""

    label: str
    width: int = 12
    number: bool = True


@dataclass
class Table:
    """What a figure shows, in rows of plain cells; ``links`` gives the address of a row's first cell."""

    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    links: list[str] = field(default_factory=list)
    foot: list[Cell] | None = None

    @property
    def shown(self) -> list[dict[str, object]]:
        """The rows as a template walks them: the first cell with its address, the others with their columns."""
        links = self.links or [""] * len(self.rows)
        return [
            {"head": row[0], "link": link, "cells": list(zip(self.columns[1:], row[1:], strict=True))}
            for row, link in zip(self.rows, links, strict=True)
        ]

    @property
    def foot_cells(self) -> list[tuple[Column, Cell]]:
        """The cells of the last line but its first."""
        return list(zip(self.columns[1:], (self.foot or [])[1:], strict=bool(self.foot)))

    @property
    def sheet(self) -> list[list[Cell]]:
        """All rows of the spreadsheet."""
        return [*self.rows, self.foot] if self.foot else self.rows


def share(part: float, whole: float) -> int:
    """Return a share in whole percent; only all is 100 and only nothing is 0."""
    if not whole:
        return 0
    exact = part * 100 / whole
    if 0 < exact < 1:
        return 1
    if 99 < exact < 100:
        return 99
    return round(exact)


@dataclass(frozen=True)
class Part:
    """A piece of a bar: where it begins and how wide it is in percent, its look, its number, whether that fits."""

    left: float
    width: float
    look: str
    value: int
    label: str
    most_words = 9.0  # percent of the width that a number needs

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return self.left + self.width / 2

    @property
    def tells(self) -> bool:
        """Whether its number has room inside."""
        return self.width >= self.most_words


@dataclass(frozen=True)
class Bar:
    """A bar with the words above it: label on the left, value on the right, pieces below."""

    top: float
    label: str
    value: str
    parts: list[Part]

    @property
    def base(self) -> float:
        """Where the line of words stands."""
        return self.top + 1.0

    @property
    def bar(self) -> float:
        """Where the bar begins."""
        return self.top + 1.3

    @property
    def inside(self) -> float:
        """Where a number inside the bar stands."""
        return self.top + 2.05


@dataclass
class Bars:
    """A figure of bars; ``legend`` explains the looks of pieces where a bar has several."""

    title: str
    sentence: str
    table: Table
    bars: list[Bar]
    legend: list[tuple[str, str]] = field(default_factory=list)
    thick: bool = False
    kind = "bars"

    @property
    def height(self) -> float:
        """In rem."""
        return len(self.bars) * (THICK_ROW if self.thick else ROW) + 0.25


def bars(
    title: str, sentence: str, table: Table, rows: Sequence[tuple[str, str, float]], *, look: str = "c1"
) -> Bars:
    """Return plain bars from (label, value in words, size); the longest is the whole width."""
    largest = max((size for _label, _value, size in rows), default=0) or 1
    made = [
        Bar(place * ROW, label, value, [Part(0, size * 100 / largest, look, 0, label)])
        for place, (label, value, size) in enumerate(rows)
    ]
    return Bars(title, sentence, table, made)


def stacked(
    title: str,
    sentence: str,
    table: Table,
    rows: Sequence[tuple[str, str, Sequence[int]]],
    legend: Sequence[tuple[str, str]],
) -> Bars:
    """Return bars in pieces from (label, value in words, numbers); each bar with anything in it is the whole width.

    ``legend`` names look and words of each piece in order.
    """
    made = []
    for place, (label, value, numbers) in enumerate(rows):
        total, left, parts = sum(numbers), 0.0, []
        for (look, words), number in zip(legend, numbers, strict=True):
            width = number * 100 / total if total else 0.0
            if number:
                parts.append(Part(left, width, look, number, words))
            left += width
        made.append(Bar(place * THICK_ROW, label, value, parts))
    return Bars(title, sentence, table, made, list(legend), thick=True)


@dataclass(frozen=True)
class Point:
    """A point of a line: percent across, rem down."""

    x: float
    y: float


@dataclass
class Progress:
    """Done against planned over time, both in percent of the whole."""

    title: str
    sentence: str
    table: Table
    plan: str
    done: str
    area: str
    last: Point | None
    label: str
    anchor: str
    ticks: list[tuple[float, str, str]]
    lines: list[tuple[float, str]]
    kind = "progress"
    height = TOP + PLOT + 1.75
    plot = PLOT
    top = TOP

    @property
    def base(self) -> float:
        """Where the words under the plot stand."""
        return TOP + PLOT + 1.35

    @property
    def foot(self) -> float:
        """The plot's lower edge."""
        return TOP + PLOT


@dataclass(frozen=True)
class Axis:
    """The days from the first to the last of some points, across the width."""

    first: date
    days: int

    @classmethod
    def of(cls, points: Sequence[tuple[date, float]]) -> "Axis":
        """Return the axis that holds all of these points."""
        days = [day for day, _value in points]
        return cls(min(days), max((max(days) - min(days)).days, 1))

    def across(self, day: date) -> float:
        """Return the place of a day in percent."""
        return max(min((day - self.first).days * 100 / self.days, 100), 0)

    def path(self, points: Sequence[tuple[date, float]]) -> str:
        """Return the line through points as SVG draws it in a square of a hundred."""
        steps = " L".join(f"{self.across(day):.2f} {100 - value:.2f}" for day, value in points)
        return f"M{steps}" if steps else ""


def progress(
    title: str,
    sentence: str,
    table: Table,
    *,
    plan: Sequence[tuple[date, float]],
    done: Sequence[tuple[date, float]],
    words: str,
    ticks: Sequence[tuple[date, str]],
) -> Progress:
    """Return the figure of (day, percent) points; ``words`` stands at the end of what was done."""
    axis = Axis.of([*plan, *done])
    line, area, end = axis.path(done), "", None
    if done:
        end = Point(axis.across(done[-1][0]), TOP + PLOT * (1 - done[-1][1] / 100))
        area = f"{line} L{end.x:.2f} 100 L{axis.across(done[0][0]):.2f} 100 Z"
    return Progress(
        title=title,
        sentence=sentence,
        table=table,
        plan=axis.path(plan),
        done=line,
        area=area,
        last=end,
        label=words,
        anchor=_anchor(end.x if end else 0),
        ticks=[(axis.across(day), label, _anchor(axis.across(day))) for day, label in ticks],
        lines=[(TOP + PLOT * (1 - value / 100), f"{value}%") for value in (0, 50, 100)],
    )


def _anchor(x: float) -> str:
    """Return the side on which words at this place have room."""
    return "start" if x < 15 else "end" if x > 70 else "middle"
