"""A rating standard: read from YAML or JSON, checked whole, frozen, and pinned by the digest of its content (R1-016)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from applications.core import documents
from applications.core.canonical import digest, plain
from applications.core.elements import (
    Ambiguity,
    Bonus,
    Definition,
    Dimension,
    FactSpec,
    Indicator,
    Limiter,
    Star,
)
from applications.core.faults import N_, Faults, one
from applications.core.kinds import DATE, SURVEY
from applications.core.kinds import STAR as STAR_KIND
from applications.core.policies import default_faults
from applications.core.quantity import Number
from applications.core.reading import Node
from applications.core.references import reference_faults
from applications.core.rules import (
    read_ambiguities,
    read_bonus,
    read_definitions,
    read_facts,
    read_limiters,
    read_policy_defaults,
    read_stars,
)
from applications.core.table import read_dimensions, vocabulary

STANDARDS = Path(__file__).resolve().parent.parent / "standards"
DEFAULT_FILE = STANDARDS / "db36-t-1609-2022.yaml"
LONGEST_CODE, LONGEST_TITLE = 64, 200
SECTIONS = (
    "standard",
    "indicator_classes",
    "evaluation_methods",
    "total_points",
    "dimensions",
    "bonus",
    "stars",
    "limiters",
    "ambiguities",
    "policy_defaults",
    "facts",
    "measure_definitions",
)
NOT_A_MAPPING = N_("标准文件应为一组键值，请检查文件内容。")
NO_FILE = N_("读不到文件{path}，请检查路径和权限。")
LABEL_APPLIED_STAR = N_("申报星级")
LABEL_APPLICATION_DATE = N_("申报日期")


@dataclass(frozen=True, eq=False)
class Standard:
    """A whole standard; two of them are the same when their digests are.

    ``data`` is the content in JSON-safe form: ``parse(standard.data)`` gives the same digest again.
    """

    code: str
    title: str
    digest: str
    data: Mapping[str, Any]
    total_points: Number
    dimensions: tuple[Dimension, ...]
    indicators: Mapping[str, Indicator]
    facts: Mapping[str, FactSpec]
    definitions: Mapping[str, Definition]
    ambiguities: tuple[Ambiguity, ...]
    policy_defaults: Mapping[str, str]
    bonus: Bonus | None
    stars: tuple[Star, ...]
    below: Star
    limiters: tuple[Limiter, ...]

    def ambiguity(self, key: str) -> Ambiguity | None:
        """The standard's own words about one open question, where it has them."""
        return next((ambiguity for ambiguity in self.ambiguities if ambiguity.key == key), None)

    def concerned(self, key: str) -> frozenset[str]:
        """The indicators an open question concerns (``where``; “all” means every one)."""
        ambiguity = self.ambiguity(key)
        where = ambiguity.where if ambiguity else ()
        if any(word == "all" or word.startswith("all ") for word in where):
            return frozenset(self.indicators)
        return frozenset(word for word in where if word in self.indicators)

    @property
    def survey(self) -> FactSpec | None:
        """The fact that is a satisfaction survey round, where the standard has one."""
        return next((spec for spec in self.facts.values() if spec.kind == SURVEY), None)

    def star_label(self, stars: int) -> str:
        """The name of a star level (``0`` is 不定星级)."""
        return next((star.label for star in self.stars if star.stars == stars), self.below.label)


def load(path_or_text: str | Path) -> Standard:
    """Read a standard from a file or from its text; raises ``Faults`` naming each place that is wrong."""
    if isinstance(path_or_text, str) and ("\n" in path_or_text or len(path_or_text) > 500):
        data = documents.read_text(path_or_text)
    else:
        data = documents.read_bytes(read_file(Path(path_or_text)))
    return _parse(data)


def read_file(path: Path) -> bytes:
    """The bytes of a file of bounded size; raises ``Faults`` where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(documents.LONGEST_TEXT + 1)
    except (OSError, ValueError):
        raise one("document", NO_FILE, path=str(path)) from None


def parse(data: object) -> Standard:
    """Read a standard from data (a YAML document, or ``Standard.data`` out of a store); raises ``Faults``."""
    return _parse(documents.tidy(data))


def default() -> Standard:
    """DB36/T 1609-2022 as it is shipped."""
    return load(DEFAULT_FILE)


def _parse(data: object) -> Standard:
    if not isinstance(data, dict):
        raise one("document", NOT_A_MAPPING)
    root = Node(data, "")
    root.spelt(*SECTIONS)
    head = root.child("standard", required=True)
    code, title = head.line("code", LONGEST_CODE), head.line("title", LONGEST_TITLE, head.text("code"))
    dimensions = read_dimensions(root, vocabulary(root))
    indicators = {indicator.id: indicator for dimension in dimensions for indicator in dimension.indicators}
    bonus = read_bonus(root)
    total = sum(dimension.points for dimension in dimensions)
    stars, below = read_stars(root, total + (bonus.cap if bonus else 0))
    ambiguities = read_ambiguities(root)
    facts = _with_application_facts(dict(read_facts(root)), tuple(star.stars for star in stars))
    definitions = read_definitions(root.child("measure_definitions"))
    for effect in (effect for ambiguity in ambiguities for effect in ambiguity.effects.values()):
        definitions = {**effect.define, **definitions}
    content = plain(data)
    standard = Standard(
        code=code,
        title=title,
        digest=digest(content),
        data=MappingProxyType(content) if isinstance(content, dict) else MappingProxyType({}),
        total_points=total,
        dimensions=dimensions,
        indicators=MappingProxyType(indicators),
        facts=MappingProxyType(facts),
        definitions=MappingProxyType(definitions),
        ambiguities=ambiguities,
        policy_defaults=MappingProxyType(read_policy_defaults(root, ambiguities)),
        bonus=bonus,
        stars=stars,
        below=below,
        limiters=read_limiters(root, indicators),
    )
    root.faults += reference_faults(standard.indicators, standard.facts, standard.definitions, ambiguities)
    root.faults += default_faults(standard, standard.policy_defaults)
    if root.faults:
        raise Faults(root.faults)
    return standard


def _with_application_facts(facts: dict[str, FactSpec], stars: tuple[int, ...]) -> dict[str, FactSpec]:
    """Every standard knows the star applied for and the date of application: two policies ask for them (A17, A24)."""
    facts.setdefault(
        "applied_star", FactSpec("applied_star", LABEL_APPLIED_STAR, "", STAR_KIND, required=False)
    )
    facts.setdefault(
        "application_date", FactSpec("application_date", LABEL_APPLICATION_DATE, "", DATE, required=False)
    )
    return {
        key: replace(spec, choices=stars) if spec.kind == STAR_KIND else spec for key, spec in facts.items()
    }
