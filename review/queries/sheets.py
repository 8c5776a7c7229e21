"""What the engine is given: reviewed facts, settled judgements and confirmed awards in the form of the contract."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from applications import clock
from applications.core.faults import N_, Fault, Faults, Sentence
from applications.core.papers import facts_by_indicator
from applications.core.rating import Result, Sheet, rate
from applications.models import Award, Case, Evidence, EvidenceLink, Submission
from applications.queries.dossier import award_rows, awards_of
from applications.queries.standards import plan_of, standard_of
from applications.words import words
from review.models import Rating, RatingLine
from review.queries.facts import checks_of, confirmed_facts
from review.queries.judgements import Settled

UNDECIDED = N_("指标{id}的评审结论尚未确定，请完成评审和合议。")
FACT = "fact:"


def sheet_of(case: Case, outcomes: Mapping[str, Settled]) -> dict[str, Any]:
    """Return the sheet of the present round; raises ``Faults`` where a judged indicator is undecided (R3-077)."""
    undecided = [key for key, row in outcomes.items() if row.reached is None and _needed(row)]
    if undecided:
        raise Faults([Fault(key, UNDECIDED, {"id": key}) for key in undecided])
    plan = plan_of(case.batch)
    known = plan.standard.facts
    reviewed = confirmed_facts(case, case.round)
    excused = [row.reached is True for row in outcomes.values() if row.item.exception]
    return {
        "standard": plan.standard.code,
        "application_year": case.batch.year,
        "application_date": applied_on(case).isoformat(),
        "applied_star": case.applied_star,
        "facts": {key: value for key, value in reviewed.items() if key in known},
        "not_met": [
            key for key, row in outcomes.items() if row.item.indicator.qualitative and row.reached is False
        ],
        "grid_size_reason_accepted": bool(excused) and all(excused),
        "awards": counted_awards(awards_of(case), plan.policy),
        "policy": dict(case.batch.policy),
    }


def _needed(row: Settled) -> bool:
    """Whether a conclusion must be there: an exception that nobody was asked about counts as not accepted."""
    return row.item.indicator.qualitative or bool(row.judgements)


def applied_on(case: Case) -> Any:
    """Return the day of application: that of the last submission that stands (policy A17)."""
    last = Submission.objects.filter(case=case, recall__isnull=True).order_by("-pk").first()
    return clock.day_of(last.submitted_at if last else case.opened_at)


def counted_awards(awards: list[Award], policy: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the awards as the engine counts them: by A18 only what a provincial officer confirmed, or by seal."""
    by_seal = policy["bonus_award_level"] == "by_seal"
    rows = award_rows(awards)
    for row, award in zip(rows, awards, strict=True):
        row["confirmed"] = award.confirmed is not False if by_seal else award.confirmed is True
    return rows


def computed(case: Case, mapping: Mapping[str, Any]) -> Result:
    """Rate a sheet under the batch's frozen standard; raises ``Faults`` with everything that is wrong with it."""
    standard = standard_of(case.batch.standard)
    return rate(standard, Sheet.from_mapping(standard, mapping))


def recomputed(rating: Rating) -> Result:
    """Rate a stored sheet again, under the standard that the rating names; raises ``Faults`` where it is no sheet."""
    standard = standard_of(rating.standard)
    return rate(standard, Sheet.from_mapping(standard, rating.sheet))


def changed_sheet(sheet: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rating's sheet with what an objection changed: ``<indicator>`` reached or not, ``fact:<key>`` a value."""
    facts = dict(sheet["facts"])
    not_met = set(sheet["not_met"])
    accepted = bool(sheet["grid_size_reason_accepted"])
    for key, value in changes.items():
        if key.startswith(FACT):
            facts[key.removeprefix(FACT)] = value
        elif value:
            not_met.discard(key)
        else:
            not_met.add(key)
    return {**sheet, "facts": facts, "not_met": sorted(not_met), "grid_size_reason_accepted": accepted}


def fault_lines(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Return faults for a page: the key they are about and the sentence in the reader's language."""
    return [{"key": fault.key, "text": words(Sentence(fault.template, fault.params))} for fault in faults]


def scoring_faults(case: Case, outcomes: Mapping[str, Settled]) -> list[dict[str, str]]:
    """Return what keeps the present round from being scored, empty where nothing does."""
    try:
        computed(case, sheet_of(case, outcomes))
    except Faults as error:
        return fault_lines(error.faults)
    return []


def sources_of(case: Case, outcomes: Mapping[str, Settled]) -> dict[str, dict[str, Any]]:
    """Return for every indicator where its points come from, as plain data: judgements, settlement, evidence."""
    files, facts, plan = evidence_by_indicator(case), fact_sources(case), plan_of(case.batch)
    keys = facts_by_indicator(plan)
    found: dict[str, dict[str, Any]] = {}
    for indicator in plan.indicators:
        outcome = outcomes.get(indicator.id)
        judged = list(outcome.judgements) if outcome else []
        settlement = outcome.settlement if outcome else None
        found[indicator.id] = {
            "judgements": [
                {
                    "id": row.pk,
                    "by": row.by_id,
                    "name": row.by.name,
                    "reached": row.reached,
                    "note": row.note,
                    "at": clock.iso(row.at),
                }
                for row in judged
            ],
            "settlement": None
            if settlement is None
            else {
                "id": settlement.pk,
                "by": settlement.by_id,
                "name": settlement.by.name,
                "reached": settlement.reached,
                "reason": settlement.reason,
                "occasion": settlement.occasion,
                "at": clock.iso(settlement.at),
            },
            "facts": [facts[key] for key in keys.get(indicator.id, ()) if key in facts],
            "evidence": [{"id": row.pk, "name": row.name} for row in files.get(indicator.id, [])],
        }
    return found


def fact_sources(case: Case) -> dict[str, dict[str, Any]]:
    """Return for every fact that was checked in the present round who confirmed or corrected it, and why."""
    specs = plan_of(case.batch).standard.facts
    return {
        key: {
            "key": key,
            "label": specs[key].label if key in specs else key,
            "value": row.value,
            "declared": row.declared,
            "verdict": row.verdict,
            "reason": row.reason,
            "proof": row.proof_id,
            "by": row.by_id,
            "name": row.by.name,
            "at": clock.iso(row.at),
        }
        for key, row in checks_of(case).items()
    }


def evidence_by_indicator(case: Case) -> dict[str, list[Evidence]]:
    """Return the files of a case that stand, by the indicator they prove, oldest first (one query)."""
    links = EvidenceLink.objects.filter(
        evidence__case=case, evidence__removed_at__isnull=True, removed_at__isnull=True
    )
    found: dict[str, list[Evidence]] = {}
    for link in links.select_related("evidence").order_by("evidence_id"):
        found.setdefault(link.indicator, []).append(link.evidence)
    return found


def sources_of_line(line: RatingLine) -> dict[str, Any]:
    """Return the sources of an earlier rating's line, to be carried over."""
    return {
        "judgements": line.judgements,
        "settlement": line.settlement,
        "evidence": line.evidence,
        "facts": line.facts,
        "persons": line.persons,
    }


def persons_of(sources: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return who stands behind an indicator's points, each once with what they did."""
    found = [
        *({"id": row["by"], "name": row["name"], "did": "confirm"} for row in sources.get("facts", [])),
        *({"id": row["by"], "name": row["name"], "did": "judge"} for row in sources["judgements"]),
    ]
    settlement = sources["settlement"]
    if settlement:
        found.append({"id": settlement["by"], "name": settlement["name"], "did": "settle"})
    seen = {(row["id"], row["did"]): row for row in found if row["id"]}
    return list(seen.values())


def said(reached: bool) -> str:
    """Return a conclusion in words."""
    return _("达到") if reached else _("未达到")
