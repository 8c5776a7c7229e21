"""Which stream of the collection answers for a fact, and under which indicator it is looked at.

A fact that enters a site indicator is checked on the spot, every other one from the papers; so each fact of the
community has exactly one stream that may not end without it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from applications.core.elements import FactSpec, Indicator
from applications.core.papers import declared_specs, facts_by_indicator, indicators_by_fact
from applications.core.plan import Plan

DOCUMENTS, SITE = "documents", "site"
STREAMS = (DOCUMENTS, SITE)
METHODS = {DOCUMENTS: "document_review", SITE: "site_inspection"}
OTHER = "other"  # the page of facts that no indicator of the stream asks for


@dataclass(frozen=True)
class Sight:
    """One page of a stream: an indicator with the facts of the stream it rests on (or the rest, without indicator)."""

    key: str
    indicator: Indicator | None
    facts: tuple[FactSpec, ...]


def stream_of_facts(plan: Plan) -> dict[str, str]:
    """Return the responsible stream of every declared fact, in the order of the standard."""
    serves = indicators_by_fact(plan)
    indicators = plan.standard.indicators
    found = {}
    for key in declared_specs(plan):
        methods = {indicators[indicator].method for indicator in serves.get(key, ())}
        found[key] = SITE if METHODS[SITE] in methods else DOCUMENTS
    return found


def facts_of_stream(plan: Plan, stream: str) -> dict[str, FactSpec]:
    """Return the facts a stream answers for."""
    streams = stream_of_facts(plan)
    return {key: spec for key, spec in declared_specs(plan).items() if streams[key] == stream}


def sights(plan: Plan, stream: str) -> tuple[Sight, ...]:
    """Return the pages of a stream: its indicators in the standard's order, each fact at the first that needs it."""
    left = facts_of_stream(plan, stream)
    pages = list(_pages(plan, stream, left))
    if left:
        pages.append(Sight(OTHER, None, tuple(left.values())))
    return tuple(pages)


def _pages(plan: Plan, stream: str, left: dict[str, FactSpec]) -> Iterator[Sight]:
    computed: Mapping[str, tuple[str, ...]] = facts_by_indicator(plan)
    for key, indicator in plan.standard.indicators.items():
        if indicator.method == METHODS[stream]:
            facts = tuple(left.pop(fact) for fact in computed.get(key, ()) if fact in left)
            yield Sight(key, indicator, facts)
