"""What a community handed in last time and may take over, so that nothing is typed twice (R4-009, practice 0.7)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from applications.core.elements import FactSpec, Indicator
from applications.core.papers import claimable
from applications.core.plan import Plan
from applications.models import Award, Case, Claim, DeclaredFact, Evidence, User
from applications.permissions import visible_cases
from applications.permissions_evidence import shown_to
from applications.queries.dossier import awards_of, evidence_of
from applications.queries.standards import plan_of


@dataclass(frozen=True)
class Earlier:
    """The papers of an earlier case, as far as the standard of the new one still asks for them."""

    case: Case
    facts: dict[str, DeclaredFact]
    claims: dict[str, Claim]
    evidence: list[Evidence]
    awards: list[Award]


def earlier_case(case: Case, user: User) -> Case | None:
    """Return the community's newest case before this one that holds facts or claims, if the person may see it (1 query)."""
    return _earlier_cases(case, user).select_related("batch").first()


def _earlier_cases(case: Case, user: User) -> QuerySet[Case]:
    facts = DeclaredFact.objects.filter(case=OuterRef("pk"))
    claims = Claim.objects.filter(case=OuterRef("pk"))
    rows = visible_cases(user).filter(community=case.community_id, pk__lt=case.pk)
    return rows.filter(Exists(facts) | Exists(claims)).order_by("-pk")


def earlier_of(case: Case, plan: Plan, user: User) -> Earlier | None:
    """Return what of the last application fits the plan of this case (7 queries): the same facts, the same wording."""
    source = _earlier_cases(case, user).select_related("batch__standard").first()
    if source is None:
        return None
    old = plan_of(source.batch)
    facts = DeclaredFact.objects.filter(case=source, key__in=list(_same_facts(plan, old))).exclude(value="")
    claims = Claim.objects.filter(case=source, indicator__in=list(same_indicators(plan, old)))
    known = set(Evidence.objects.filter(shown_to(user), case=source).values_list("pk", flat=True))
    return Earlier(
        source,
        {row.key: row for row in facts},
        {row.indicator: row for row in claims},
        [row for row in evidence_of(source) if row.pk in known],
        [row for row in awards_of(source) if row.confirmed is not False],
    )


def _same_facts(plan: Plan, old: Plan) -> Mapping[str, FactSpec]:
    """The facts that both standards ask for in the same kind and unit."""
    before = old.standard.facts
    return {
        key: spec
        for key, spec in plan.standard.facts.items()
        if key in before and (before[key].kind, before[key].unit) == (spec.kind, spec.unit)
    }


def same_indicators(plan: Plan, old: Plan) -> Mapping[str, Indicator]:
    """The indicators to be claimed that both standards word alike: a claim says nothing of another wording."""
    before = old.standard.indicators
    return {
        key: indicator
        for key, indicator in plan.standard.indicators.items()
        if claimable(indicator) and key in before and before[key].wording == indicator.wording
    }
