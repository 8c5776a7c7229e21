"""What the papers of the intake say: acceptance, return with its defects, refusal. Chinese only, as official papers are."""

from typing import Any

from applications import clock
from applications.core.papers import AWARDS, FORM
from applications.core.plan import Plan
from applications.models import Case, IntakeDecision, Membership, Organisation, Region, Todo
from applications.queries.intake import LEVELS, open_step
from applications.queries.standards import plan_of
from applications.words import official_grade

NAMED = {FORM: "申报表", AWARDS: "加分项"}


def notice_content(case: Case, decision: IntakeDecision) -> dict[str, Any]:
    """Return everything a notice of the intake prints, as it is true now."""
    office = office_of(case, decision.level)
    batch, submission = case.batch, decision.submission
    plan = plan_of(batch)
    content = {
        **places(case),
        "case": case.number,
        "recipient": recipient(case),
        "office": office.name if office else "",
        "phone": office.phone if office else "",
        "level": LEVELS.index(decision.level),
        "batch": batch.name,
        "standard": {"code": plan.standard.code, "title": plan.standard.title},
        "star": official_grade(plan.standard, submission.applied_star),
        "receipt": submission.receipt,
        "submitted_on": clock.day_of(submission.submitted_at).isoformat(),
        "opinion": decision.opinion,
        "on": clock.day_of(decision.at).isoformat(),
        "demo": case.community.is_demo or batch.is_demo,
    }
    if decision.verb == IntakeDecision.Verb.RETURN:
        todo = open_step(case)
        content["defects"] = defect_rows(plan, decision)
        content["due"] = todo.due_on.isoformat() if isinstance(todo, Todo) and todo.due_on else ""
    return content


def places(case: Case) -> dict[str, Any]:
    """Return the community and the regions above it by the names they have now."""
    codes = case.path.strip("/").split("/")
    regions = dict(Region.objects.filter(code__in=codes).values_list("level", "name"))
    place = "".join(regions.get(level, "") for level in ("city", "county", "street"))
    return {"community": case.community.name, "code": case.community.code, "place": place}


def office_of(case: Case, level: str) -> Organisation | None:
    """Return the office that checks at a level: the one whose people hold the level's right on that region."""
    codes = case.path.strip("/").split("/")
    rows = Membership.objects.filter(
        active=True,
        organisation__active=True,
        region__code__in=codes,
        region__level=level,
        group__groupobjectpermission__permission__codename=f"{level}_check",
    )
    found = rows.select_related("organisation").order_by("pk").first()
    return found.organisation if found else None


def recipient(case: Case) -> str:
    """Return whom a notice is addressed to: the residents' committee of the community."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.COMMUNITY, region=case.community.region_id)
    name = rows.filter(active=True).order_by("pk").values_list("name", flat=True).first()
    return name or f"{case.community.name}居民委员会"


def defect_rows(plan: Plan, decision: IntakeDecision) -> list[dict[str, str]]:
    """Return the defects of a return in the order of the papers, each with what it is about."""
    rows = []
    for defect in decision.defects.order_by("pk"):
        target = defect.target
        if target in plan.standard.indicators:
            name = plan.standard.indicators[target].short
        elif target in plan.standard.facts:
            target, name = "", str(plan.standard.facts[target].label)
        else:
            target, name = "", NAMED.get(target, target)
        rows.append({"id": target, "name": name, "text": defect.text})
    return rows
