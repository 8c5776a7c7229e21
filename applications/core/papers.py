"""The papers of an application read through the standard: which facts to ask, by topic; what differs between two submissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from applications.core.elements import FactSpec, Indicator
from applications.core.faults import N_, Sentence
from applications.core.kinds import KINDS, SURVEY
from applications.core.plan import Plan

BASE = "base"
BASE_NAME = N_("基本情况")
FORM = "form"
AWARDS = "awards"
# Star and date of the application itself (A17, A24) are not typed in among the facts.
OF_THE_APPLICATION = frozenset({"applied_star", "application_date"})


@dataclass(frozen=True)
class Topic:
    """A page of facts: what several dimensions stand on, or what one dimension asks for."""

    id: str
    name: object
    facts: tuple[FactSpec, ...]

    @property
    def keys(self) -> frozenset[str]:
        """The keys of its facts."""
        return frozenset(spec.key for spec in self.facts)

    @property
    def per_grid(self) -> tuple[FactSpec, ...]:
        """The facts with one number for each grid, entered together as a table."""
        return tuple(spec for spec in self.facts if KINDS[spec.kind].per_grid)


def declared_specs(plan: Plan) -> dict[str, FactSpec]:
    """The facts that the community declares under this plan, in the order of the standard.

    A survey is not the community's to declare (R1-034).
    """
    return {
        key: spec
        for key, spec in plan.standard.facts.items()
        if spec.kind != SURVEY
        and key not in OF_THE_APPLICATION
        and (spec.required or key in plan.needed_facts)
    }


def facts_by_indicator(plan: Plan) -> dict[str, tuple[str, ...]]:
    """For each measured indicator the facts its measures come from."""
    found = {}
    for measured in plan.measured:
        tests = [test for level in reversed(measured.levels) for test in level.tests]
        keys = [ref.partition(".")[0] for test in tests for ref in test.facts]
        found[plan.indicators[measured.index].id] = tuple(dict.fromkeys(keys))
    return found


def indicators_by_fact(plan: Plan) -> dict[str, tuple[str, ...]]:
    """For each fact the indicators whose measures it enters."""
    found: dict[str, list[str]] = {}
    for indicator, keys in facts_by_indicator(plan).items():
        for key in keys:
            found.setdefault(key, []).append(indicator)
    return {key: tuple(ids) for key, ids in found.items()}


def topics(plan: Plan) -> tuple[Topic, ...]:
    """The pages of facts: first what others are divided by or checked against, then by the dimension that asks."""
    specs, serves = declared_specs(plan), indicators_by_fact(plan)
    shared = {spec.at_most for spec in specs.values()} | {spec.sums_to for spec in specs.values()}
    shared |= {slot.definition.per.partition(".")[0] for slot in plan.slots if slot.definition.per}
    homes: dict[str, list[FactSpec]] = {BASE: []}
    homes |= {dimension.id: [] for dimension in plan.standard.dimensions}
    for key, spec in specs.items():
        indicators = plan.standard.indicators
        dimensions = {indicators[serving].dimension_id for serving in serves.get(key, ())}
        # Numbers per grid stand in one table, so that their rows are the same grids.
        alone = len(dimensions) == 1 and key not in shared and not KINDS[spec.kind].per_grid
        homes[next(iter(dimensions)) if alone else BASE].append(spec)
    names: dict[str, object] = {BASE: Sentence(BASE_NAME)}
    names |= {dimension.id: dimension.name for dimension in plan.standard.dimensions}
    return tuple(Topic(home, names[home], tuple(facts)) for home, facts in homes.items() if facts)


def claimable(indicator: Indicator) -> bool:
    """Whether the community says “reached” or “not reached”; a measured-only indicator is computed."""
    return indicator.qualitative


@dataclass(frozen=True)
class Changes:
    """What is different in the later of two submissions; values as they were and as they are."""

    facts: Mapping[str, tuple[Any, Any]]
    claims: Mapping[str, tuple[Any, Any]]
    evidence: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    awards: bool
    form: bool

    @property
    def indicators(self) -> frozenset[str]:
        """The indicators of which the claim or the evidence changed."""
        return frozenset(self.claims) | frozenset(self.evidence)

    @property
    def count(self) -> int:
        """How many things changed."""
        return len(self.facts) + len(self.indicators) + self.awards + self.form


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """Compare the contents of two submissions (``evidence`` tells names taken away and names added, by indicator)."""
    return Changes(
        facts=_different(before.get("facts", {}), after.get("facts", {})),
        claims=_different(before.get("claims", {}), after.get("claims", {})),
        evidence=_different_files(before.get("evidence", []), after.get("evidence", [])),
        awards=before.get(AWARDS, []) != after.get(AWARDS, []),
        form=before.get(FORM) != after.get(FORM) or before.get("applied_star") != after.get("applied_star"),
    )


def _different(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    keys = [*before, *(key for key in after if key not in before)]
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def _different_files(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    old, new = _by_indicator(before), _by_indicator(after)
    found = {}
    for indicator in [*old, *(key for key in new if key not in old)]:
        gone = {pk: name for pk, name in old.get(indicator, {}).items() if pk not in new.get(indicator, {})}
        come = {pk: name for pk, name in new.get(indicator, {}).items() if pk not in old.get(indicator, {})}
        if gone or come:
            found[indicator] = (tuple(gone.values()), tuple(come.values()))
    return found


def _by_indicator(files: Iterable[Mapping[str, Any]]) -> dict[str, dict[Any, str]]:
    found: dict[str, dict[Any, str]] = {}
    for item in files:
        for indicator in item["indicators"]:
            found.setdefault(indicator, {})[item["id"]] = item["name"]
    return found
