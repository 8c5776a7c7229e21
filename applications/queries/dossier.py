"""Everything a community has put into a case, read in a constant number of queries, and what would come out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Prefetch

from applications.core.elements import FactSpec, Indicator
from applications.core.facts import cross_check
from applications.core.faults import Fault
from applications.core.ledger import IndicatorResult
from applications.core.papers import Topic, declared_specs, facts_by_indicator, topics
from applications.core.plan import Plan
from applications.core.quantity import Number
from applications.core.rating import Result, forecast
from applications.models import Award, Case, Claim, DeclaredFact, Evidence, EvidenceLink, Particulars
from applications.queries.standards import plan_of


@dataclass
class Dossier:
    """The papers of a case as they stand now. ``evidence`` holds the files that are there, newest last."""

    case: Case
    plan: Plan
    facts: Mapping[str, DeclaredFact]
    claims: Mapping[str, Claim]
    evidence: list[Evidence]
    awards: list[Award]
    form: Particulars | None
    on: date

    @cached_property
    def values(self) -> dict[str, Any]:
        """The declared values by key; a fact that was cleared again counts as not declared."""
        return {key: row.value for key, row in self.facts.items() if row.value != ""}

    @cached_property
    def carried(self) -> frozenset[str]:
        """The facts brought in from the last rating when the case was opened, which nobody has changed since."""
        opened = self.case.opened_at
        rows = self.facts.items()
        return frozenset(key for key, row in rows if row.revision == 1 and row.updated_at == opened)

    @cached_property
    def specs(self) -> dict[str, FactSpec]:
        """The facts the community is asked for."""
        return declared_specs(self.plan)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The pages of facts."""
        return topics(self.plan)

    @cached_property
    def facts_by_indicator(self) -> dict[str, tuple[str, ...]]:
        """Which facts each measured indicator rests on."""
        return facts_by_indicator(self.plan)

    @cached_property
    def faults(self) -> list[Fault]:
        """What is wrong with the facts declared so far, alone or against each other."""
        return cross_check(self.plan.standard, self.values)

    @cached_property
    def result(self) -> Result:
        """The forecast: points, star and the way to the next one, if all that is declared and claimed holds."""
        claims = {key: claim.reached for key, claim in self.claims.items()}
        return forecast(self.plan.standard, self.sheet(), claims)

    @cached_property
    def files(self) -> dict[str, list[Evidence]]:
        """The files of each indicator."""
        found: dict[str, list[Evidence]] = {}
        for row in self.evidence:
            for link in row.live_links:  # type: ignore[attr-defined]
                found.setdefault(link.indicator, []).append(row)
        return found

    @cached_property
    def survey_points(self) -> Number:
        """The points that only the satisfaction survey can give, which nobody declares (R1-034)."""
        zero: Number = 0
        indicators = self.plan.standard.indicators.values()
        return sum((i.max_points for i in indicators if i.method == "questionnaire_survey"), start=zero)

    @property
    def most_points(self) -> Number:
        """The end of the star ruler: the full points and the bonus cap."""
        bonus = self.plan.standard.bonus
        return self.plan.standard.total_points + (bonus.cap if bonus else 0)

    def sheet(self) -> dict[str, Any]:
        """The papers in the form of a fact sheet."""
        known = self.plan.standard.facts
        return {
            "standard": self.plan.standard.code,
            "application_year": self.case.batch.year,
            "application_date": self.on.isoformat(),
            "applied_star": self.case.applied_star,
            "facts": {key: value for key, value in self.values.items() if key in known},
            "awards": award_rows(self.awards),
            "policy": dict(self.case.batch.policy),
        }

    def line(self, indicator: Indicator | str) -> IndicatorResult:
        """The forecast line of an indicator."""
        return self.result.indicators[indicator if isinstance(indicator, str) else indicator.id]

    def topic(self, topic_id: str) -> Topic | None:
        """A page of facts by its id."""
        return next((topic for topic in self.topics if topic.id == topic_id), None)

    def topic_of(self, key: str) -> Topic | None:
        """The page on which a fact stands."""
        return next((topic for topic in self.topics if key in topic.keys), None)


def award_rows(awards: list[Award]) -> list[dict[str, Any]]:
    """Awards in the form of a fact sheet: what an officer has refused does not count, what is open counts for now (A18)."""
    rows = []
    for award in awards:
        row: dict[str, Any] = {
            "id": str(award.pk),
            "matter": award.matter,
            "title": award.title,
            "level": award.level,
            "date": award.date.isoformat(),
            "issuer": award.issuer,
            "recipient": award.recipient,
            "confirmed": award.confirmed is not False,
        }
        if award.seal_level:
            row["seal_level"] = award.seal_level
        rows.append(row)
    return rows


def evidence_of(case: Case, stage: str = "application") -> list[Evidence]:
    """The files of a stage that were not removed, each with its links (``live_links``), oldest first."""
    live = Prefetch(
        "links", EvidenceLink.objects.filter(removed_at__isnull=True).order_by("pk"), to_attr="live_links"
    )
    rows = Evidence.objects.filter(case=case, stage=stage, removed_at__isnull=True)
    rows = rows.select_related("uploaded_by")
    return list(rows.prefetch_related(live).order_by("pk"))


def awards_of(case: Case) -> list[Award]:
    """The awards of a case that were not removed."""
    rows = Award.objects.filter(case=case, removed_at__isnull=True)
    return list(rows.select_related("evidence", "confirmed_by", "added_by").order_by("pk"))


def dossier_of(case: Case, *, on: date) -> Dossier:
    """Read the papers of a case (6 queries; ``batch__standard`` comes with the case)."""
    facts = DeclaredFact.objects.filter(case=case).select_related("updated_by")
    claims = Claim.objects.filter(case=case).select_related("updated_by")
    return Dossier(
        case=case,
        plan=plan_of(case.batch),
        facts={row.key: row for row in facts},
        claims={row.indicator: row for row in claims},
        evidence=evidence_of(case),
        awards=awards_of(case),
        form=Particulars.objects.filter(case=case).select_related("updated_by").first(),
        on=on,
    )
