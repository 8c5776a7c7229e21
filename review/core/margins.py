"""How near a total is to the star boundaries: what a committee looks at first (practice 4.3 journey 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from applications.core.canonical import decimal_text
from applications.core.elements import Star
from applications.core.quantity import Number

NEAR = 1  # points from a boundary that make a case worth a second look


@dataclass(frozen=True)
class Margins:
    """Points missing to the next star up (None at the top) and points above the last boundary (None below all)."""

    short: Number | None
    above: Number | None
    upper: Star | None
    lower: Star | None

    @property
    def near_upper(self) -> bool:
        """Whether the next star is missed by little."""
        return self.short is not None and self.short <= NEAR

    @property
    def near_lower(self) -> bool:
        """Whether the star is reached by little."""
        return self.above is not None and self.above < NEAR

    @property
    def near(self) -> bool:
        """Whether the case lies at a boundary."""
        return self.near_upper or self.near_lower

    @property
    def short_text(self) -> str:
        """What is missing, as text."""
        return "" if self.short is None else decimal_text(self.short)

    @property
    def above_text(self) -> str:
        """What there is above the boundary, as text."""
        return "" if self.above is None else decimal_text(self.above)


def margins(stars: Sequence[Star], total: str) -> Margins:
    """Return how a total (a decimal string, exact) lies between the boundaries of the star table."""
    value = Fraction(total)
    lower = max((star for star in stars if star.min_inclusive <= value), key=_least, default=None)
    upper = min((star for star in stars if star.min_inclusive > value), key=_least, default=None)
    return Margins(
        short=None if upper is None else _tidy(upper.min_inclusive - value),
        above=None if lower is None else _tidy(value - lower.min_inclusive),
        upper=upper,
        lower=lower,
    )


def _least(star: Star) -> Number:
    return star.min_inclusive


def _tidy(value: Number) -> Number:
    return value.numerator if value.denominator == 1 else value
