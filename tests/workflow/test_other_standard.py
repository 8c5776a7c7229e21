"""A batch under another standard, with grades of its own, walks the whole road: nothing of the first is in the way."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from urllib.parse import quote

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications.actions import claims, evidence, facts, intake, particulars, submission
from applications.core.papers import claimable
from applications.models import Batch, Case, Organisation, Standard
from applications.queries.standards import plan_of
from review.actions import fact_checks, observations, plan, publication
from review.models import Publication
from review.queries.facts import unchecked
from tests import papers, road
from tests.cast import Cast
from tests.core.samples import FOLDER
from tests.review import assessing, drive, publishing
from workflow.papers import certificate_content, certificate_pdf

SignIn = Callable[[str], Client]
FACTS = {
    "activities": ["2", "3", "2", "4"],
    "complaints": ["0"] * 11 + ["2"],
    "green": "62.5",
    "area": "100",
    "built_on": "2019-05-06",
}
LINK = re.compile(r'href="(/[^"#]*)')
USUAL = re.compile(".{0,20}(?:[一二三四五]星|不定星级|“幸福社区”).{0,20}")
SITE = re.compile(
    '<header class="pub">.*?</header>|<footer.*?</footer>|<script.*?</script>|<[^>]*>', re.DOTALL
)


def batch_under(cast: Cast, sign_in: SignIn, name: str) -> Cast:
    """Register a standard's file and open a batch on it in the browser: one officer prepares, another approves."""
    file = SimpleUploadedFile(f"{name}.yaml", (FOLDER / f"{name}.yaml").read_bytes())
    province = sign_in("province")
    assert province.post("/office/standards/", {"verb": "register", "file": file}).status_code == 302
    standard = Standard.objects.latest("pk")
    page = province.get("/office/batches/new/")
    given = {
        "verb": "save",
        "name": "园区评定",
        "year": "2026",
        "organiser": Organisation.objects.get(name="江西省民政厅").pk,
        "basis_kind": "business",
        "basis": "业务性质的等级评定",
        "purpose": "以评促建",
        "explanation": "不收取任何费用",
        "scope": cast.regions["36"].pk,
        "opens_on": "2026-02-01",
        "closes_on": "2026-12-31",
        "reference_date": "2025-12-31",
        "standard": standard.pk,
    }
    form = page.context["forms"]["save"]
    rest = {key: form[key].initial for key in form.fields if key.startswith(("policy_", "term_", "on_"))}
    made = province.post("/office/batches/new/", {**given, **rest})
    assert made.status_code == 302, made.context["failed"].errors
    assert province.post(made.headers["Location"], {"verb": "submit"}).status_code == 302
    assert sign_in("province2").post(made.headers["Location"], {"verb": "approve"}).status_code == 302
    batch = Batch.objects.select_related("standard").get(name="园区评定")
    assert (batch.state, batch.opens_on) == ("open", date(2026, 2, 1))
    return replace(cast, batch=batch, standard=standard)


def fill_in(cast: Cast, case: Case) -> None:
    """Fill the application in: form, facts, claims, one file for everything."""
    form = particulars.FormEntry("周桂兰", "0791-86210000", "创建。", case.applied_star)
    assert particulars.save_form(case, entry=form, by=cast.clerk, at=cast.at).ok
    assert facts.save_facts(case, values=FACTS, revisions={}, by=cast.clerk, at=cast.at).ok
    standard = plan_of(case.batch).standard
    entries = {i.id: claims.Entry(True, "见佐证。") for i in standard.indicators.values() if claimable(i)}
    assert claims.save_claims(case, entries=entries, by=cast.clerk, at=cast.at).ok
    file = papers.upload("台账.pdf", papers.pdf(case.number))
    assert not evidence.upload(
        case, files=[file], indicators=list(standard.indicators), by=cast.clerk, at=cast.at
    ).faults


def read(client: Client, start: str, under: str, most: int = 40) -> dict[str, str]:
    """The pages that one is led to from a page, as text: no path is answered with an error."""
    found: dict[str, str] = {}
    waiting = [start]
    while waiting and len(found) < most:
        path = waiting.pop(0)
        if path in found:
            continue
        answer = client.get(path)
        assert answer.status_code in (200, 302, 403, 404), path
        html = "text/html" in answer.headers["Content-Type"] and answer.status_code == 200
        text = answer.content.decode() if html else b"".join(answer).decode("latin-1") and ""
        found[path] = SITE.sub(" ", text)
        waiting += [unescape(link) for link in LINK.findall(text) if link.startswith(under)]
    return found


def leaks(pages: dict[str, str]) -> dict[str, list[str]]:
    """What of the usual names stands on the pages."""
    return {path: USUAL.findall(text) for path, text in pages.items() if USUAL.search(text)}


def prepare(own: Cast, case: Case) -> None:
    """Team, declarations, plan, residents told."""
    assessing.form_team(own, case, own.at)
    assessing.declare_all(own, case, own.at)
    focus = assessing.content(own.at, focus=("安全 管理",))
    plan.hand_in_plan(case, content=focus, by=own.county, at=own.at)
    plan.approve_plan(case, opinion="同意。", by=own.county2, at=own.at)
    assessing.brief(own, case, own.at)


def collect(own: Cast, case: Case) -> None:
    """Papers and site with an observation each, the residents asked, a service entered."""
    by, at = own.reviewer3, own.at
    for stream in ("documents", "site"):
        specs = unchecked(case, plan_of(case.batch), stream)
        if specs:
            fact_checks.confirm_declared(case, stream=stream, keys=[s.key for s in specs], by=by, at=at)
        page = next(
            i.id
            for i in plan_of(case.batch).indicators
            if (i.method == "site_inspection") == (stream == "site")
        )
        noted = observations.Sighting("agrees", "与申报相符。", "园区办公楼")
        photo = papers.upload("现场.jpg", papers.picture((90, 120, len(stream))))
        observations.observe(case, stream=stream, page=page, sighting=noted, photos=[photo], by=by, at=at)
        fact_checks.finish_stream(case, stream=stream, by=by, at=at)
    assessing.ask(own, case, at)
    assessing.serve(own, case, at)


def test_the_whole_road_under_a_standard_with_grades_of_its_own(cast: Cast, sign_in: SignIn) -> None:
    own = batch_under(cast, sign_in, "graded")
    case = road.open_case(own, applied_star=3)
    fill_in(own, case)
    home = f"/cases/{case.pk}/"
    pages = read(sign_in("head"), f"{home}apply/", f"{home}apply/")
    assert "申报A级" in pages[f"{home}apply/"]
    for who, place in (("clerk", "/desk/"), ("head", "/cases/")):
        shown = sign_in(who).get(place).text
        assert '<b class="grade">A级</b>' in shown and 'aria-label="三星级"' not in shown, place
    assert re.search('<option value="3">[^<]*A级', sign_in("head").get("/cases/").text)
    assert quote("S.1?#%", safe="") in "".join(pages), "every indicator has its page"
    submission.submit(case, by=cast.head, at=cast.at)
    pages |= read(sign_in("street"), f"{home}check/", home, 6)
    for level in ("street", "county", "city", "province"):
        intake.pass_on(case, opinion="同意。", by=cast[level], at=cast.at)
    case.refresh_from_db()
    prepare(own, case)
    pages |= read(sign_in("reviewer3"), f"{home}documents/", home, 8)
    collect(own, case)
    pages |= read(sign_in("reviewer"), f"{home}judge/", f"{home}judge", 8)
    drive.whole_review(own, case, star=1, at=cast.at)
    pages |= read(sign_in("member"), f"{home}vote/", home, 6)
    drive.vote(own, case, at=cast.at)
    case.refresh_from_db()
    assert (case.state, case.star) == ("publication", 1)
    pages |= read(sign_in("county"), f"{home}facts/", home, 8)
    publication.confirm_facts(case, note="无误", by=cast.county, at=cast.at)
    draft = sign_in("publisher").get(f"{home}notice/prepare/").context["form"].initial
    assert draft["title"] == "关于“翠湖社区”拟评定为C级的公示"
    said = replace(publishing.FULL, **{key: draft[key] for key in ("number", "title", "text")})
    publication.submit(case, content=said, revision=0, by=cast.publisher, at=cast.at)
    row = publication.approve(case, opinion="同意", by=cast.publisher2, at=cast.at)
    publishing.announced(own, row, publishing.number_for("announcement"))
    assert leaks(pages) == {}

    listed = Client().get("/public/communities/").text
    assert "C级" in listed and 'aria-label="一星级"' not in listed
    assert '<option value="1">一星级、C级' in listed or '<option value="1">C级' in listed
    assert "评定依据：" in listed and own.batch.standard.code in listed
    assert "C级" in Client().get("/public/communities.csv").content.decode()

    told = Publication.objects.get(kind="announcement")
    assert told.title == "关于命名“翠湖社区”为C级的公告" and "为C级，有效期三年" in told.text
    paper = certificate_content(told.award)
    assert (paper["star_words"], paper["honour"], paper["star"]) == ("C级", "", 0)
    assert certificate_pdf(told.award).startswith(b"%PDF")
    public = [
        f"/public/publications/{told.pk}/",
        f"/public/communities/{case.community.code}/",
        f"/public/verify/{told.award.code}/",
    ]
    shown = {path: text for path in public for text in [read(Client(), path, path, 1)[path]]}
    assert all("C级" in text for text in shown.values()) and leaks(shown) == {}
