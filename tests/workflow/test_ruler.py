"""The star ruler: where a score stands and what is said of it."""

from decimal import Decimal
from typing import Any

import pytest

from workflow.ruler import star_name, star_ruler

BANDS = [(5, "92"), (4, "86"), (3, "80"), (0, "0")]


def test_bands_are_drawn_from_the_lowest_with_equal_widths() -> None:
    ruler = star_ruler(BANDS)
    assert [(band.star, band.left, band.width) for band in ruler.bands] == [
        (0, 0, 25),
        (3, 25, 25),
        (4, 50, 25),
        (5, 75, 25),
    ]
    assert [band.name for band in ruler.bands] == ["不定星级", "三星级", "四星级", "五星级"]
    assert [band.range for band in ruler.bands] == ["80分以下", "80分起", "86分起", "92分起"]


@pytest.mark.parametrize(
    ("score", "left"),
    [
        ("0", 0),
        ("40", "12.5"),
        ("80", 25),
        ("83", "37.5"),
        ("86", 50),
        ("92", 75),
        ("98.5", "87.5"),
        ("105", 100),
    ],
)
def test_score_stands_in_proportion_within_its_band(score: str, left: str | int) -> None:
    mark = star_ruler(BANDS, reviewed=score).reviewed
    assert mark is not None
    assert mark.left == Decimal(left)


@pytest.mark.parametrize(
    ("score", "words"),
    [
        ("91.99", "评审得分91.99分，在四星级区间，距五星级还差0.01分。"),
        ("92.00", "评审得分92分，在五星级区间。"),
        ("79.5", "评审得分79.5分，在不定星级区间，距三星级还差0.5分。"),
        ("100", "评审得分100分，在五星级区间。"),
    ],
)
def test_sentence_names_the_star_and_the_gap_to_the_next(score: str, words: str) -> None:
    assert star_ruler(BANDS, reviewed=score).sentence == words


def test_both_scores_stand_in_one_sentence() -> None:
    ruler = star_ruler(BANDS, self_score=Decimal("92.5"), reviewed=89.4)
    assert ruler.sentence == (
        "社区自评92.5分，在五星级区间；评审得分89.4分，在四星级区间，距五星级还差2.6分。"
    )


def test_missing_scores_are_said_to_be_missing() -> None:
    ruler = star_ruler(BANDS, self_score="", reviewed=None)
    assert (ruler.self_assessed, ruler.reviewed, ruler.sentence) == (None, None, "还没有得分。")


def test_labels_part_from_each_other_and_stay_on_the_ruler() -> None:
    ruler = star_ruler(BANDS, self_score=90, reviewed=87)
    assert ruler.self_assessed is not None
    assert ruler.reviewed is not None
    assert (ruler.reviewed.anchor, ruler.self_assessed.anchor) == ("end", "start")
    last, first = star_ruler(BANDS, self_score=105).self_assessed, star_ruler(BANDS, reviewed=1).reviewed
    assert last is not None
    assert first is not None
    assert (last.anchor, first.anchor) == ("end", "start")


@pytest.mark.parametrize(
    ("star", "name"), [(5, "五星级"), ("3", "三星级"), (0, "不定星级"), (None, ""), ("", "")]
)
def test_star_has_a_name(star: object, name: str) -> None:
    assert star_name(star) == name


@pytest.mark.parametrize(
    ("bands", "looks", "spans"),
    [
        (
            [(0, "0"), (3, "80"), (4, "86"), (5, "92")],
            [0, 3, 4, 5],
            ["80分以下", "80分起", "86分起", "92分起"],
        ),
        (
            [(0, "0", "未定"), (1, "3.75", "C"), (2, "9.5", "B")],
            [0, 4, 5],
            ["3.75分以下", "3.75分起", "9.5分起"],
        ),
        ([(0, "0"), *((star, star * 10) for star in range(1, 6))], [0, 3, 3, 3, 4, 5], None),
        ([(0, "0"), (1, "0")], [0, 5], ["0分以下", "0分起"]),
    ],
)
def test_every_star_table_has_its_looks_and_spans(
    bands: list[Any], looks: list[int], spans: list[str] | None
) -> None:
    drawn = star_ruler(bands, self_score="1").bands
    assert [band.look for band in drawn] == looks
    assert spans is None or [band.range for band in drawn] == spans
