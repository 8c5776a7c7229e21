"""Stratified sampling: the proposal, the allotment, the draw that anybody can repeat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.core.sampling import Stratum, allocate, drawn, proposed, read_strata, with_reserve


@pytest.mark.parametrize(("households", "sample"), [(0, 1), (1, 1), (50, 45), (1860, 319), (1_000_000, 385)])
def test_the_proposed_sample_keeps_the_error_within_five_points(households: int, sample: int) -> None:
    assert proposed(households) == sample


def test_lines_are_read_as_people_write_them() -> None:
    text = "第1网格 410\n\n 第2网格，409户\n滕王阁路 3 号：120\n"
    assert read_strata(text) == [
        Stratum("第1网格", 410),
        Stratum("第2网格", 409),
        Stratum("滕王阁路 3 号", 120),
    ]


@pytest.mark.parametrize("line", ["第1网格", "410", "第1网格 0", "第1网格 多", "甲 999999999999"])
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=line.split()[0]):
        read_strata(f"第9网格 5\n{line}")


@pytest.mark.parametrize(
    ("sizes", "sample", "shares"),
    [
        ([410, 409, 409, 409], 60, [15, 15, 15, 15]),
        ([900, 90, 10], 10, [8, 1, 1]),
        ([3, 3], 100, [3, 3]),
        ([5, 5, 5], 2, [1, 1, 0]),
        ([0, 7], 3, [0, 3]),
        ([], 5, []),
    ],
)
def test_the_sample_is_allotted_in_proportion(sizes: list[int], sample: int, shares: list[int]) -> None:
    assert allocate(sizes, sample) == shares


@given(st.lists(st.integers(0, 900), min_size=1, max_size=12), st.integers(0, 500))
def test_an_allotment_adds_up_and_asks_nobody_for_more_than_there_is(sizes: list[int], sample: int) -> None:
    shares = allocate(sizes, sample)
    assert sum(shares) == min(sample, sum(sizes))
    assert all(0 <= share <= size for share, size in zip(shares, sizes, strict=True))
    if sample >= sum(size > 0 for size in sizes):
        assert all(share > 0 for share, size in zip(shares, sizes, strict=True) if size)


def test_a_draw_is_the_same_again_and_another_with_another_seed_or_stratum() -> None:
    first = drawn("a1", 0, 410, 18)
    assert first == drawn("a1", 0, 410, 18)
    assert len(set(first)) == 18 and all(1 <= number <= 410 for number in first)
    assert first != drawn("a2", 0, 410, 18) and first != drawn("a1", 1, 410, 18)
    assert drawn("a1", 0, 410, 5) == first[:5]
    assert sorted(drawn("a1", 0, 7, 99)) == [1, 2, 3, 4, 5, 6, 7]


def test_the_reserve_never_exceeds_the_stratum() -> None:
    assert with_reserve(15, 410) == 18
    assert with_reserve(15, 16) == 16
