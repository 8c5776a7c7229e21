"""Who visits which page: the table behind the test of every page. A new page with a parameter gets a line here."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from applications.models import Case, Deadline, Evidence, Job, Submission, Todo, User
from rectification.models import Complaint, RectificationItem, SampledStar, SupervisionOrder, YearlySample
from review.models import Decision, Objection, Publication, Rating, RevocationProposal, StarAward
from tests.browser.province import Province

# Everybody's way begins with the pages the table gives them; those of ROLES then try the pages without a parameter
# and follow every link to a page they have not seen yet. "" is a resident without an account.
ROLES = (
    *("clerk", "head", "street", "county", "city", "province", "publisher", "manager", "leader"),
    *("surveyor", "member", "recon", "supervisor", "auditor", "sysadmin", ""),
)
COLLEAGUES = ("county2", "publisher2", "reviewer2", "reviewer3", "half_way")  # only what the table gives them
PEOPLE = (*ROLES, *COLLEAGUES)
OWN = {"clerk", "head"}  # every community has its own: clerk-filling is the clerk of that story

# What a browser does not show as a page of its own, and why.
NOT_PAGES = {
    **dict.fromkeys(("complaints_export", "complaint_file"), "a file"),
    **dict.fromkeys(("portal_complaint_withdraw", "portal_complaint_rate"), "POST only"),
    "portal_complaint_above": "POST only",
    **dict.fromkeys(("desk_export", "cases_export", "rating_sheet", "services_sample", "evidence"), "a file"),
    **dict.fromkeys(("people_sample", "communities_sample", "survey_data"), "a file"),
    **dict.fromkeys(
        ("job_file", "paper", "portal_certificate", "evidence_page", "evidence_picture"), "a file"
    ),
    **dict.fromkeys(
        ("portal_csv", "portal_heads_file", "api_results", "api_community", "api_notices", "palette"), "data"
    ),
    **dict.fromkeys(("livez", "readyz", "healthz"), "for probes"),
    **dict.fromkeys(
        ("watch", "preferences", "logout", "notifications_read", "todos_bulk", "ledger_chase"), "POST only"
    ),
    **dict.fromkeys(("offline_worker", "offline_manifest", "offline_state"), "data for a script"),
    **dict.fromkeys(("portal_withdraw", "demo_clock", "demo_login", "view_save", "view_delete"), "POST only"),
    **dict.fromkeys(("home", "notification"), "leads on to a page"),
    "styleguide": "has a test of its own, with every component in every state",
}
# The same for everybody who sees them: measured once, not for each role.
PUBLIC = re.compile(r"offline_away|portal_|survey_(answer|thanks)|login|password_reset")
ACCOUNT = re.compile(r"mfa$|sign_ins|password_change")
SHEETS = {"application", "intake_check", "judgements", "rating", "resettle"}  # they hold the indicator sheet
SHEET = 120 * 1024  # bytes of HTML


@dataclass(frozen=True)
class Seed:
    """A page by its URL name, who opens it, the story whose case it is of, and the rest of its address."""

    name: str
    person: str
    story: str = ""
    rest: Callable[[int], dict[str, Any]] = lambda case: {}


def first(model: Any, name: str = "pk", **where: Any) -> Callable[[int], dict[str, Any]]:
    """Return what finds the first row of a case that a page is of; ``name`` is what the address calls it."""
    return lambda case: {name: model.objects.filter(case=case, **where).order_by("pk")[0].pk}


def objection(place: int) -> Callable[[int], dict[str, Any]]:
    """Return what finds one of a case's objections, in the order in which they were made."""
    return lambda case: {"key": Objection.objects.filter(publication__case=case).order_by("pk")[place].key}


def complaint(name: str = "pk") -> Callable[[int], dict[str, Any]]:
    """Return what finds the complaint about a case's community, by its number or its code."""
    return lambda case: {name: getattr(Complaint.objects.get(community__cases=case), name)}


def term_of_complaint(case: int) -> dict[str, Any]:
    """Return what finds the term of the complaint about a case's community."""
    row = Complaint.objects.get(community__cases=case)
    return {"pk": row.pk, "term": row.matter.deadlines.order_by("-pk")[0].pk}


def just(**rest: Any) -> Callable[[int], dict[str, Any]]:
    """Return the same rest of an address for every case."""
    return lambda case: rest


SEEDS = [
    Seed("apply_start", "clerk", "filling"),
    Seed("apply", "clerk", "filling"),
    Seed("apply_form", "clerk", "filling"),
    Seed("reuse", "clerk", "again"),
    Seed("facts", "clerk", "filling", just(topic="base")),
    Seed("apply_dimension", "clerk", "filling", just(dimension="1")),
    Seed("apply_indicator", "clerk", "filling", just(indicator="1.4.a")),
    Seed("evidence_upload", "clerk", "signing"),
    Seed("awards", "clerk", "signing"),
    Seed("apply_check", "head", "signing"),
    Seed("apply_check", "head", "filling"),
    Seed("abandon", "head", "signing"),
    Seed("receipt", "head", "street", first(Submission)),
    Seed("intake_check", "street", "street"),
    Seed("correct", "clerk", "returned"),
    Seed("application", "street", "street"),
    Seed("confirm_awards", "province", "signing"),
    Seed("case", "clerk", "street"),
    Seed("case_log", "clerk", "street"),
    Seed("case_process", "clerk", "street"),
    Seed("evidence_view", "reviewer3", "collecting", first(Evidence)),
    Seed("deadline", "street", "street", first(Deadline)),
    Seed("reassign", "street", "street", first(Todo, state="open")),
    Seed("papers", "province", "announced"),
    Seed("jobs", "street"),
    Seed("job", "street", "", lambda case: {"pk": Job.objects.order_by("pk")[0].pk}),
    Seed("team", "county", "team"),
    Seed("recusals", "county", "collecting"),
    Seed("declaration", "reviewer2", "declaring"),
    Seed("plan", "county", "planning"),
    Seed("plan_approval", "county2", "approving"),
    Seed("briefing", "clerk", "briefing"),
    Seed("documents", "reviewer3", "collecting"),
    Seed("documents_page", "reviewer3", "collecting", just(page="1.4.a")),
    Seed("site_visit", "reviewer3", "collecting"),
    Seed("site_page", "reviewer3", "collecting", just(page="1.1.a")),
    Seed("survey", "county", "collecting"),
    Seed("survey_answers", "county", "collecting"),
    Seed("survey_doors", "surveyor", "collecting"),
    Seed("interviews", "surveyor", "collecting"),
    Seed("services", "clerk", "collecting"),
    Seed("judge", "reviewer2", "judging_now"),
    Seed("judge_item", "reviewer2", "judging_now", just(indicator="1.1.a")),
    Seed("judgements", "leader", "settling"),
    Seed("settle", "leader", "settling"),
    Seed("opinion", "leader", "concluding"),
    Seed("supplement", "county", "supplementing"),
    Seed("resettle", "leader", "answering"),
    Seed("convene", "province", "convening"),
    Seed("vote", "member", "reviewed"),
    Seed("rating", "member", "reviewed", first(Rating)),
    Seed("decision", "county", "decided", first(Decision)),
    Seed("confirm_facts", "county", "decided"),
    Seed("prepare_notice", "publisher", "drafting"),
    Seed("approve_notice", "publisher2", "releasing"),
    Seed("publications", "head", "on_notice"),
    Seed("object", "head", "on_notice"),
    Seed("announce", "publisher2", "announcing"),
    Seed(
        "approve_revocation",
        "publisher2",
        "announced",
        lambda case: {"key": RevocationProposal.objects.get(award__case=case).key},
    ),
    Seed(
        "state_award",
        "head",
        "heard",
        lambda case: {"key": RevocationProposal.objects.get(award__case=case).key},
    ),
    Seed(
        "collect_certificate",
        "county",
        "lowered",
        lambda case: {"key": RevocationProposal.objects.get(award__case=case).key},
    ),
    Seed("receive_objection", "province", "on_notice", objection(0)),
    Seed("decide_objection", "recon", "on_notice", objection(1)),
    Seed("reassess", "reviewer3", "on_notice", objection(2)),
    Seed("reappoint", "recon", "vacant", objection(0)),
    Seed("conclude_objection", "recon", "on_notice", objection(3)),
    Seed("reply_objection", "province", "on_notice", objection(4)),
    Seed("rectification_item", "clerk", "mending", first(RectificationItem, "key")),
    Seed(
        "supervision_order",
        "supervisor",
        "overdue",
        lambda case: {"key": SupervisionOrder.objects.get(item__case=case).pk},
    ),
    Seed("people_links", "sysadmin"),
    Seed("samples", "supervisor"),
    Seed("sample", "supervisor", "", lambda case: {"pk": YearlySample.objects.get().pk}),
    Seed("spot_check", "supervisor", "", lambda case: {"pk": SampledStar.objects.order_by("pk")[0].pk}),
    Seed("next_round", "county", "mended"),
    Seed("communities", "county"),
    Seed("batch", "province", "", lambda case: {"pk": Case.objects.order_by("pk")[0].batch_id}),
    Seed("batch_edit", "province", "", lambda case: {"pk": Case.objects.order_by("pk")[0].batch_id}),
    Seed("people", "sysadmin"),
    Seed("person", "sysadmin", "", lambda case: {"pk": User.objects.get(username="clerk").pk}),
    Seed("mfa_reset", "sysadmin", "", lambda case: {"pk": User.objects.get(username="clerk").pk}),
    Seed("calendar", "sysadmin"),
    Seed("running", "sysadmin"),
    Seed("roles", "auditor"),
    Seed("accesses", "auditor"),
    Seed("stand_in", "street"),
    Seed("survey_answer", "", "collecting", lambda case: {"token": ""}),
    Seed("survey_thanks", ""),
    Seed("login", ""),
    Seed("offline_away", ""),
    Seed("mfa_code", "half_way"),
    Seed("password_reset", ""),
    Seed("password_reset_done", ""),
    Seed("password_reset_complete", ""),
    Seed("password_reset_confirm", "", "", just(uidb64="MQ", token="used-already")),
    Seed("portal_home", ""),
    Seed("portal_results", ""),
    Seed(
        "portal_community",
        "",
        "announced",
        lambda case: {"code": Case.objects.get(pk=case).community.code},
    ),
    Seed("portal_heads", ""),
    Seed("portal_notices", ""),
    Seed("portal_announcements", ""),
    Seed("portal_lapsed", ""),
    Seed("portal_publication", "", "on_notice", first(Publication)),
    Seed("portal_object", "", "on_notice", first(Publication)),
    Seed("portal_objections", ""),
    Seed("portal_complaints", ""),
    Seed("portal_complain", ""),
    Seed("portal_complaint", "", "announced", complaint("code")),
    Seed("complaint", "street", "announced", complaint()),
    Seed("complaint_deadline", "street", "announced", term_of_complaint),
    Seed("complaint_reply", "clerk", "announced", complaint()),
    Seed(
        "portal_objection",
        "",
        "on_notice",
        lambda case: {"code": Objection.objects.filter(publication__case=case).order_by("pk")[0].code},
    ),
    Seed("portal_standard", ""),
    Seed(
        "portal_standard_of",
        "",
        "",
        lambda case: {"digest": Case.objects.order_by("pk")[0].batch.standard.digest},
    ),
    Seed("portal_statistics", ""),
    Seed("portal_verification", ""),
    Seed(
        "portal_verify",
        "",
        "announced",
        lambda case: {"code": StarAward.objects.get(case=case).code},
    ),
    Seed("portal_accessibility", ""),
]


def patterns(resolver: Any = None) -> Iterator[URLPattern]:
    """Yield every pattern of the URL configuration."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def pages() -> dict[str, bool]:
    """Return the names of all pages, and whether each has a parameter."""
    return {
        entry.name: bool(entry.pattern.converters)
        for entry in patterns()
        if entry.name and entry.name not in NOT_PAGES
    }


def owner(name: str) -> str | None:
    """Return whose visit measures a page with axe: the person of its seed, else the province's officer."""
    for seed in SEEDS:
        if seed.name == name:
            return seed.person
    return "province" if name in pages() and not pages()[name] else None


def wanted(name: str, person: str) -> bool:
    """Whether a person's visit takes in a page that no line of the table sends them to."""
    if person not in ROLES:
        return False
    if PUBLIC.match(name):
        return person == ""
    return person == "province" if ACCOUNT.match(name) else person != ""


def account(seed: Seed) -> str:
    """Return the username of whoever opens a page."""
    return f"{seed.person}-{seed.story}" if seed.person in OWN else seed.person


def address(seed: Seed, province: Province) -> str:
    """Return the address of a page."""
    case = province.cases.get(seed.story, 0)
    rest = seed.rest(case)
    if rest.get("token") == "":
        rest["token"] = province.token
    with_case = any("case" in entry.pattern.converters for entry in patterns() if entry.name == seed.name)
    return reverse(seed.name, kwargs={"case": case, **rest} if with_case else rest)
