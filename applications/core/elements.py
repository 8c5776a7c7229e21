"""The parts of a rating standard as frozen values; ``standard.py`` reads them from a file, the engine only reads them.

Points of levels, indicators, groups and dimensions are effective: every ``weight`` on the way down is already in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from applications.core.quantity import Number

BASIC = "basic"


@dataclass(frozen=True)
class Measure:
    """One threshold of a level: the measure ``name`` compared by ``op`` with ``value`` (R1-035)."""

    name: str
    label: str
    unit: str
    op: str
    value: Number
    scope: str = ""


@dataclass(frozen=True)
class Level:
    """One row of Table A.1: its class, its points, and the measures that must all hold.

    ``up_to`` is the printed upper end of the band (89 of “80%-89%”), which one policy looks at.
    """

    class_name: str
    class_key: str
    points: Number
    requirement: str
    measures: tuple[Measure, ...]
    up_to: Number | None = None


@dataclass(frozen=True)
class Indicator:
    """One indicator: its levels are alternatives and the highest one reached counts once (A16)."""

    id: str
    dimension_id: str
    group_id: str
    short: str
    content: str
    subgroup: str
    note: str
    method: str
    method_name: str
    max_points: Number
    levels: tuple[Level, ...]
    checks: tuple[str, ...]
    measures: tuple[Measure, ...]
    evidence_examples: tuple[str, ...]
    weight: Number

    @property
    def wording(self) -> tuple[str, ...]:
        """What the standard itself says: the content, and what must hold together."""
        return (self.content, *self.checks)

    @property
    def measured(self) -> bool:
        """Whether facts take part in reaching a level."""
        return bool(self.measures)

    @property
    def qualitative(self) -> bool:
        """Whether a person judges something beyond the measures: checks, or a level that has no measure."""
        return bool(self.checks) or any(not level.measures for level in self.levels)

    @property
    def basic(self) -> bool:
        """Whether one of its levels is a 基础项 (“应达到”, 4.3.1)."""
        return any(level.class_key == BASIC for level in self.levels)


@dataclass(frozen=True)
class Group:
    """A second-level heading of the table (二级指标)."""

    id: str
    name: str
    points: Number
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Dimension:
    """A first-level heading (一级指标) with its principle and content requirements (R1-018 to R1-023)."""

    id: str
    key: str
    name: str
    name_en: str
    clause: str
    principle: str
    content_requirements: tuple[str, ...]
    points: Number
    groups: tuple[Group, ...]

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators of the dimension in the order of the table."""
        return tuple(indicator for group in self.groups for indicator in group.indicators)


@dataclass(frozen=True)
class FactSpec:
    """A fact a community declares once: what it is called, what it may be, and how it binds to other facts.

    ``required`` is whether every sheet must have it; an optional fact is needed only under the option that uses it.
    """

    key: str
    label: str
    unit: str
    kind: str
    at_most: str = ""
    sums_to: str = ""
    fields: tuple[str, ...] = ()
    required: bool = True
    largest: Number | None = None
    choices: tuple[int, ...] = ()
    min_return_pct: Number = 90
    note: str = ""


@dataclass(frozen=True)
class Definition:
    """How a measure comes from facts: a value, or the min, max, mean or weighted sum of facts, per another, times n."""

    how: str
    terms: tuple[tuple[str, Number], ...]
    per: str = ""
    times: Number = 1

    @property
    def facts(self) -> tuple[str, ...]:
        """The references it reads (``survey.valid`` is the field ``valid`` of the fact ``survey``)."""
        names = [ref for ref, _ in self.terms]
        return tuple(dict.fromkeys([*names, self.per] if self.per else names))


@dataclass(frozen=True)
class Effect:
    """What one option of an ambiguity changes in the arithmetic of the indicators it concerns; all of it is data."""

    use_facts: Mapping[str, str] = field(default_factory=dict)
    define: Mapping[str, Definition] = field(default_factory=dict)
    restate: Mapping[str, Measure] = field(default_factory=dict)
    add_measures: tuple[Measure, ...] = ()
    exempt_by: str = ""


@dataclass(frozen=True)
class Ambiguity:
    """A question the text leaves open, its options, the one taken by default, and which indicators it concerns."""

    id: str
    key: str
    question: str
    where: tuple[str, ...]
    options: Mapping[str, str]
    default: str
    rationale: str
    rationale_zh: str
    labels: Mapping[str, str]
    effects: Mapping[str, Effect]

    def label(self, option: str) -> str:
        """The option in Chinese where the file says it, else as the file describes it."""
        return self.labels.get(option) or self.options.get(option, option)


@dataclass(frozen=True)
class BonusLevel:
    """An award level and its points (R1-038)."""

    level: str
    label: str
    points: Number


@dataclass(frozen=True)
class Bonus:
    """The bonus: levels, cap (R1-039), and the years looked back (R1-036)."""

    id: str
    content: str
    levels: Mapping[str, BonusLevel]
    cap: Number
    lookback_years: int
    includes_application_year: bool


@dataclass(frozen=True)
class Star:
    """A row of the star table: reached from ``min_inclusive`` on (R1-029)."""

    stars: int
    label: str
    min_inclusive: Number


@dataclass(frozen=True)
class Limiter:
    """Caps the star when any of the named indicators is missed."""

    when_missed: tuple[str, ...]
    star_at_most: int
    label: str
