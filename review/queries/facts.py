"""Reads of the facts as the collection found them: what scoring takes, with the person, reason and proof of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications.core.elements import FactSpec
from applications.core.facts import cross_check
from applications.core.faults import Fault
from applications.core.papers import declared_specs
from applications.core.plan import Plan
from applications.models import Case, DeclaredFact
from applications.words import value_words
from review.core.streams import facts_of_stream
from review.models import FactCheck


@dataclass(frozen=True)
class FactInForce:
    """A fact in force for scoring, with where it comes from: how, by whom, when, why, proved by which file."""

    key: str
    value: Any
    declared: Any
    source: str
    person: str
    at: datetime
    reason: str
    proof: int | None

    @property
    def corrected(self) -> bool:
        """Whether it differs from what the community declared."""
        return self.source == FactCheck.Verdict.CORRECTED


def checks_of(case: Case, round_number: int | None = None) -> dict[str, FactCheck]:
    """Return the checks of a round by fact (1 query)."""
    rows = FactCheck.objects.filter(case=case, round=round_number or case.round)
    return {row.key: row for row in rows.select_related("by", "proof").order_by("pk")}


def facts_in_force(case: Case, round: int) -> dict[str, FactInForce]:
    """Return the facts of a round that scoring uses, each with its source (1 query)."""
    return {
        key: FactInForce(
            key=key,
            value=row.value,
            declared=row.declared,
            source=row.verdict,
            person=row.by.name,
            at=row.at,
            reason=row.reason,
            proof=row.proof_id,
        )
        for key, row in checks_of(case, round).items()
    }


def confirmed_facts(case: Case, round: int) -> Mapping[str, Any]:
    """Return the reviewed value of every fact of a round, by key, in the form the core reads (1 query)."""
    rows = FactCheck.objects.filter(case=case, round=round).order_by("pk")
    return dict(rows.values_list("key", "value"))


def declared_values(case: Case) -> dict[str, Any]:
    """Return what the community declared; a fact that was cleared again counts as not declared."""
    rows = DeclaredFact.objects.filter(case=case).order_by("pk").values_list("key", "value")
    return {key: value for key, value in rows if value != ""}


def unchecked(case: Case, plan: Plan, stream: str = "") -> list[FactSpec]:
    """Return the facts of a stream (of all) that nobody has confirmed or corrected in this round yet."""
    wanted = facts_of_stream(plan, stream) if stream else declared_specs(plan)
    done = set(FactCheck.objects.filter(case=case, round=case.round).values_list("key", flat=True))
    return [spec for key, spec in wanted.items() if key not in done]


def contradictions(case: Case, plan: Plan) -> list[Fault]:
    """Return where the facts checked so far contradict each other (more certificates than workers, grids that differ)."""
    return cross_check(plan.standard, confirmed_facts(case, case.round))


def shown_value(spec: FactSpec, value: Any) -> str:
    """Return a value as people read it, or that it was not declared."""
    return value_words(spec, value) or _("未申报")
