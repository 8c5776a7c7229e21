"""The kinds of fact: a single number, one per quarter, month or grid, a survey round, a star, a date, a list of ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

SURVEY = "survey_round"
STAR = "star"
DATE = "date"
INDICATORS = "indicator_ids"
MOST_ENTRIES = 2000


@dataclass(frozen=True)
class Kind:
    """The shape of a fact's value.

    ``shape`` is ``number``, ``list``, ``survey``, ``star``, ``date`` or ``ids``; a list has between ``fewest`` and
    ``most`` entries and, per ``unit_name``, a word for what one entry stands for.
    """

    shape: str
    whole: bool = False
    fewest: int = 0
    most: int = 0
    per_grid: bool = False


def _lists(suffix: str, fewest: int, most: int, per_grid: bool = False) -> dict[str, Kind]:
    return {
        f"count_{suffix}": Kind("list", True, fewest, most, per_grid),
        f"decimal_{suffix}": Kind("list", False, fewest, most, per_grid),
    }


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "count": Kind("number", whole=True),
        "decimal": Kind("number"),
        **_lists("per_quarter", 4, 4),
        **_lists("per_month", 12, 12),
        **_lists("per_grid", 1, MOST_ENTRIES, per_grid=True),
        **_lists("list", 1, MOST_ENTRIES),
        SURVEY: Kind("survey"),
        STAR: Kind("star"),
        DATE: Kind("date"),
        INDICATORS: Kind("ids"),
    }
)
