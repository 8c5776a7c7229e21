"""Figures as geometry, and the grid of tiles that stands for the province."""

import csv
from datetime import date

import pytest

from applications.actions.basics import REGIONS
from workflow.charts import figures, tilemap
from workflow.charts.figures import Column, Table

TABLE = Table("表", [Column("甲"), Column("乙")], [["一", 1]])


def divisions(level: str) -> set[str]:
    with REGIONS.open(encoding="utf-8", newline="") as lines:
        return {row["code"] for row in csv.DictReader(lines) if row["level"] == level}


def test_every_city_and_county_has_one_tile_of_its_own() -> None:
    cities, counties = divisions("city"), divisions("county")
    assert (len(cities), len(counties)) == (11, 100)
    assert tilemap.places().keys() == cities | counties
    for kind in (cities, counties):
        assert len({tilemap.places()[code] for code in kind}) == len(kind)


def test_the_counties_of_a_city_lie_together() -> None:
    for city in divisions("city"):
        left = {tilemap.places()[code] for code in divisions("county") if code.startswith(city)}
        reached = [left.pop()]
        while reached:
            column, row = reached.pop()
            near = {(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)} & left
            left -= near
            reached += near
        assert left == set(), city


def test_north_is_up_and_east_is_right() -> None:
    places = tilemap.places()
    assert places["3604"][1] < places["3601"][1] < places["3608"][1] < places["3607"][1]
    assert places["3603"][0] < places["3605"][0] < places["3610"][0]
    assert places["360430"][1] < places["360102"][1] < places["360702"][1] < places["360734"][1]
    assert places["360302"][0] < places["360802"][0] < places["361102"][0]


@pytest.mark.parametrize(
    ("share", "look"),
    [(None, "q0"), (0, "q1"), (20, "q1"), (21, "q2"), (60, "q3"), (61, "q4"), (81, "q5"), (100, "q5")],
)
def test_a_share_has_its_step(share: int | None, look: str) -> None:
    assert tilemap.look_of(share) == look


def test_a_tile_says_name_and_number_and_knows_its_neighbours_of_other_cities() -> None:
    values = [
        tilemap.Value("360102", "东湖区", 67),
        tilemap.Value("360111", "青山湖区", None),
        tilemap.Value("361128", "鄱阳县", 10),
        tilemap.Value("999999", "别处", 10),
    ]
    found = tilemap.drawn("图", "说明", TABLE, values)
    assert [(tile.short, tile.number) for tile in found.counties.tiles] == [
        ("东湖", "67%"),
        ("青山湖", "–"),
        ("鄱阳", "10%"),
    ]
    assert len(found.counties.borders) == 1
    assert found.cities.tiles == []


def test_a_few_counties_lie_in_the_whole_province() -> None:
    found = tilemap.drawn("图", "说明", TABLE, [tilemap.Value("360102", "东湖区", 67)])
    assert (len(found.counties.tiles), len(found.counties.empty), len(found.cities.empty)) == (1, 99, 11)
    assert found.legend[-1] == ("blank", "不在统计范围")
    everything = tilemap.drawn(
        "图", "说明", TABLE, [tilemap.Value(code, code, 1) for code in tilemap.places()]
    )
    assert everything.counties.empty == [] and "blank" not in dict(everything.legend)
    assert (everything.counties.width, everything.counties.height) == (
        found.counties.width,
        found.counties.height,
    )


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(0, 0, 0), (0, 9, 0), (1, 900, 1), (899, 900, 99), (9, 9, 100), (1, 3, 33)]
)
def test_only_all_is_a_hundred_and_only_nothing_is_none(part: int, whole: int, percent: int) -> None:
    assert figures.share(part, whole) == percent


def test_bars_are_as_long_as_their_numbers() -> None:
    found = figures.bars("图", "说明", TABLE, [("甲", "4", 4), ("乙", "1", 1), ("丙", "0", 0)])
    assert [bar.parts[0].width for bar in found.bars] == [100, 25, 0]
    assert figures.bars("图", "说明", TABLE, [("甲", "0", 0)]).bars[0].parts[0].width == 0


def test_the_pieces_of_a_bar_fill_it_and_empty_ones_are_left_out() -> None:
    legend = [("s5", "五"), ("s4", "四"), ("s0", "无")]
    found = figures.stacked("图", "说明", TABLE, [("甲", "", [3, 0, 1]), ("乙", "", [0, 0, 0])], legend)
    assert [(part.left, part.width, part.look) for part in found.bars[0].parts] == [
        (0.0, 75.0, "s5"),
        (75.0, 25.0, "s0"),
    ]
    assert found.bars[1].parts == []


def test_progress_runs_from_the_first_day_to_the_last_of_either_line() -> None:
    found = figures.progress(
        "图",
        "说明",
        TABLE,
        plan=[(date(2026, 1, 1), 0), (date(2026, 1, 11), 100)],
        done=[(date(2026, 1, 1), 0), (date(2026, 1, 6), 50)],
        words="实际 50%",
        ticks=[(date(2026, 1, 1), "一月")],
    )
    assert found.plan == "M0.00 100.00 L100.00 0.00"
    assert found.done == "M0.00 100.00 L50.00 50.00"
    assert found.last is not None
    assert (found.last.x, found.anchor) == (50.0, "middle")
