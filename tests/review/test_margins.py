"""Boundary marks: how far a total lies from the star above and below it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.core.standard import default
from review.core.margins import margins

STARS = default().stars


@pytest.mark.parametrize(
    ("total", "short", "above", "near"),
    [
        ("95", None, 3, False),
        ("92", None, 0, True),
        ("91.5", Fraction(1, 2), Fraction(11, 2), True),
        ("89", 3, 3, False),
        ("79", 1, None, True),
        ("40", 40, None, False),
    ],
)
def test_the_margins_of_a_total(total: str, short: object, above: object, near: bool) -> None:
    found = margins(STARS, total)
    assert (found.short, found.above, found.near) == (short, above, near)


@given(st.fractions(min_value=0, max_value=105))
def test_the_margins_lead_to_the_boundaries(total: Fraction) -> None:
    found = margins(STARS, str(total))
    if found.upper is not None and found.short is not None:
        assert found.short > 0 and total + found.short == found.upper.min_inclusive
    if found.lower is not None and found.above is not None:
        assert found.above >= 0 and total - found.above == found.lower.min_inclusive
