"""What exactly is judged again when an objection is upheld: judgements and facts behind the disputed indicators."""

from collections.abc import Iterable
from dataclasses import dataclass

from applications.core.elements import FactSpec, Indicator
from applications.core.kinds import SURVEY
from applications.core.standard import Standard
from applications.models import Case
from applications.queries.standards import standard_of
from applications.words import printed

FACT = "fact:"


@dataclass(frozen=True)
class Target:
    """One disputed matter: an indicator to be judged (``spec`` is None) or a fact to be confirmed or corrected."""

    key: str
    label: str
    indicator: str
    spec: FactSpec | None = None

    @property
    def field(self) -> str:
        """The form field that asks for it."""
        return self.key.replace(":", "_").replace(".", "_")


def targets_of(case: Case, indicators: Iterable[str]) -> list[Target]:
    """Return what is judged again for these indicators, in the standard's order, every fact once.

    What only a valid survey may say (R1-034) is nobody's to judge and is left out.
    """
    standard = standard_of(case.batch.standard)
    wanted = set(indicators)
    found: dict[str, Target] = {}
    for key, indicator in standard.indicators.items():
        if key in wanted:
            for target in _of_indicator(standard, indicator):
                found.setdefault(target.key, target)
    return list(found.values())


def _of_indicator(standard: Standard, indicator: Indicator) -> Iterable[Target]:
    if indicator.qualitative:
        yield Target(
            indicator.id, f"{indicator.id} {printed(indicator.short or indicator.content)}", indicator.id
        )
    for key in facts_of(standard, indicator):
        spec = standard.facts[key]
        yield Target(f"{FACT}{key}", printed(spec.label), indicator.id, spec)


def facts_of(standard: Standard, indicator: Indicator) -> list[str]:
    """Return the keys of the facts an indicator is computed from, the survey excepted."""
    keys: dict[str, None] = {}
    for measure in indicator.measures:
        definition = standard.definitions.get(measure.name)
        for reference in definition.facts if definition else ():
            key = reference.split(".")[0]
            if key in standard.facts and standard.facts[key].kind != SURVEY:
                keys[key] = None
    return list(keys)
