"""A map of tiles: one square for each division, in a grid made by hand that resembles the province.

``applications/data/jiangxi-tiles.csv`` gives column and row of the 11 cities and of the 100 counties, two grids. No
boundary is drawn from any map: the heavier lines between tiles of different cities are only where codes differ.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _

from workflow.charts.figures import Table

FILE = settings.BASE_DIR / "applications" / "data" / "jiangxi-tiles.csv"
WIDE, HIGH = 3.5, 3.0  # rem, a county's tile: room for three signs, and for a finger
CITY_WIDE, CITY_HIGH = 4.0, 3.5
CITY_DIGITS = 4
STEPS = ((20, "q1"), (40, "q2"), (60, "q3"), (80, "q4"), (100, "q5"))
DARK = ("q4", "q5")
TAILS = ("市", "县", "区")


@dataclass(frozen=True)
class Value:
    """What a tile shows: a division's code and name, its share in percent (None where there is none), a link."""

    code: str
    name: str
    share: int | None
    link: str = ""


@dataclass(frozen=True)
class Tile:
    """A tile in its place, all measures in rem."""

    value: Value
    x: float
    y: float
    wide: float
    high: float

    @property
    def look(self) -> str:
        """The class of its colour."""
        return look_of(self.value.share)

    @property
    def dark(self) -> bool:
        """Whether its words are white."""
        return self.look in DARK

    @property
    def number(self) -> str:
        """The number under the name."""
        return "–" if self.value.share is None else f"{self.value.share}%"

    @property
    def short(self) -> str:
        """The name without its last sign where two stay: 东湖区 -> 东湖."""
        name = self.value.name
        return name[:-1] if len(name) > 2 and name.endswith(TAILS) else name

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return self.x + self.wide / 2

    @property
    def upper(self) -> float:
        """The line of the name; the number stands below it."""
        return self.y + self.high / 2 - 0.15


@dataclass
class Grid:
    """Tiles with the lines between cities and the size of the whole, in rem."""

    tiles: list[Tile]
    borders: list[tuple[float, float, float, float]] = field(default_factory=list)
    empty: list[Tile] = field(
        default_factory=list
    )  # places of which nothing is known: the shape of the province

    @property
    def width(self) -> float:
        """From the left edge to the right one."""
        return max((tile.x + tile.wide for tile in (*self.tiles, *self.empty)), default=0) + 0.25

    @property
    def height(self) -> float:
        """From the upper edge to the lower one."""
        return max((tile.y + tile.high for tile in (*self.tiles, *self.empty)), default=0) + 0.25


@dataclass
class Map:
    """The province twice: its counties, and its cities for a narrow screen."""

    title: str
    sentence: str
    table: Table
    counties: Grid
    cities: Grid
    legend: list[tuple[str, str]]


def look_of(share: int | None) -> str:
    """Return the class of a share: five steps, and one for no data."""
    if share is None:
        return "q0"
    return next(look for most, look in STEPS if share <= most)


@lru_cache(maxsize=1)
def places() -> dict[str, tuple[int, int]]:
    """Return column and row of every division on its grid."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: (int(row["column"]), int(row["row"])) for row in csv.DictReader(lines)}


def drawn(title: str, sentence: str, table: Table, values: Iterable[Value]) -> Map:
    """Return the map of some divisions; those without a place on the grid stand in the table only.

    The places of divisions that are not among them are drawn blank, so that a few counties still lie in a province.
    """
    known = {value.code: value for value in values}
    grids: dict[bool, tuple[list[Tile], list[Tile]]] = {True: ([], []), False: ([], [])}
    for code, place in places().items():
        city = len(code) == CITY_DIGITS
        wide, high = (CITY_WIDE, CITY_HIGH) if city else (WIDE, HIGH)
        value = known.get(code, Value(code, "", None))
        tile = Tile(value, place[0] * wide + 0.125, place[1] * high + 0.125, wide, high)
        grids[city][code not in known].append(tile)
    counties, cities = grids[False], grids[True]
    drawn_counties = Grid(counties[0], _borders(counties[0]), counties[1])
    steps = [*legend(), ("blank", _("不在统计范围"))] if counties[1] else legend()
    return Map(title, sentence, table, drawn_counties, Grid(cities[0], empty=cities[1]), steps)


def legend() -> list[tuple[str, str]]:
    """Return the steps with their looks in words."""
    lowest, found = 0, []
    for most, look in STEPS:
        found.append((look, f"{lowest}–{most}%"))
        lowest = most + 1
    return [*found, ("q0", _("没有数据"))]


def _borders(tiles: list[Tile]) -> list[tuple[float, float, float, float]]:
    """Return the lines between neighbours of different cities, as x1, y1, x2, y2."""
    by_place = {places()[tile.value.code]: tile for tile in tiles}
    found = []
    for (column, row), tile in by_place.items():
        right, below = by_place.get((column + 1, row)), by_place.get((column, row + 1))
        if right and right.value.code[:CITY_DIGITS] != tile.value.code[:CITY_DIGITS]:
            found.append((right.x, tile.y, right.x, tile.y + tile.high))
        if below and below.value.code[:CITY_DIGITS] != tile.value.code[:CITY_DIGITS]:
            found.append((tile.x, below.y, tile.x + tile.wide, below.y))
    return found
