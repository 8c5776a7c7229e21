"""Scenes of preparation, collection and review: team, plan, papers, visit, survey, services, two blind judgements."""

from collections.abc import Collection
from pathlib import Path

from playwright.sync_api import Page

from applications import clock
from applications.models import Case, User
from review.actions import judging, survey_answers, team
from review.models import FactCheck, Observation
from review.queries.judgements import items_to_judge
from tests import papers
from tests.browser.keys import choose, press_keys, tab_to, write
from tests.browser.walking import PHONE, Walk, file_of, missing, put
from tests.review import assessing

DUTIES = {
    "leader": ["leader"],
    "reviewer": ["reviewer"],
    "reviewer2": ["reviewer"],
    "reviewer3": ["documents", "site"],
    "surveyor": ["surveyor"],
}
CORRECTED = "与申报不一致，已按台账核实。"


def form_team(walk: Walk) -> None:
    """Journey 5: the county ticks who does what; two members by name sit in."""
    page = walk.turn("county", "组建评估小组")
    for name, duties in DUTIES.items():
        put(page.locator(f"[name='duty-{walk.cast[name].pk}']"), duties)
    for place, member in enumerate(assessing.NAMED):
        values = {"name": member.name, "named_kind": member.kind, "unit": member.unit}
        walk.fill(page, {f"{part}_{place}": value for part, value in values.items()})
        walk.fill(page, {f"elected_{place}": member.elected})
    walk.press(page, "确定小组")


def declare(walk: Walk, case: Case) -> None:
    """Every member declares; on a whole walk each from the own desk."""
    for place, name in enumerate(DUTIES):
        if place and not walk.whole:
            team.declare(
                case, conflict=False, confidentiality=True, integrity=True, by=walk.cast[name], at=clock.now()
            )
            continue
        page = walk.turn(name, "作出回避与保密声明")
        walk.fill(page, {"conflict": "no", "confidentiality": True, "integrity": True})
        walk.press(page, "提交声明")


def plan(walk: Walk) -> None:
    """The plan: one officer writes it, another approves."""
    page = walk.turn("county", "编制评估方案")
    walk.fill(page, {"focus": ["4"], "tasks": "组长统筹，评审员查阅资料和实地考察，调查员组织问卷。"})
    walk.press(page, "提交审批")
    assert walk.row(walk.desk("county"), "批准评估方案").count() == 0  # not by who wrote it
    page = walk.turn("county2", "批准评估方案")
    walk.fill(page, {"opinion": "同意。"})
    walk.press(page, "批准")


def tell_residents(walk: Walk, folder: Path) -> None:
    """The community tells its residents, with a photo of the board."""
    page = walk.turn("clerk", "告知居民评估事项", width=PHONE)
    walk.fill(
        page,
        {
            "channels": ["board", "group"],
            "held_on": clock.today().isoformat(),
            "place": "社区公告栏",
            "text": "本社区将接受幸福社区星级评定。",
            "how_to": "可通过问卷、座谈会反映意见。",
            "files": file_of(folder, "公告照片.jpg", papers.picture()),
        },
    )
    walk.press(page, "登记并提交")


def prepare(walk: Walk, case: Case, folder: Path) -> None:
    """Journey 5, the whole of it."""
    form_team(walk)
    declare(walk, case)
    plan(walk)
    tell_residents(walk, folder)
    case.refresh_from_db()
    assert case.state == Case.State.COLLECTION


def confirm_facts(walk: Walk, page: Page, case: Case, stream: str) -> None:
    """Tick facts as declared: a few in the browser, the others by the action (all by hand on a whole walk)."""
    boxes = page.locator("#facts [name=keys]")
    for box in boxes.all() if walk.whole else boxes.all()[:3]:
        box.check()
    walk.press(page, "所选与申报一致")
    if not walk.whole:
        assessing.confirm_all(walk.cast, case, clock.now(), stream)
    page.reload()


def correct_fact(walk: Walk, page: Page, folder: Path) -> None:
    """The first fact of the page is more than was declared: value, reason and proof."""
    name = page.locator("#sighting [name^='verdict-']").first.get_attribute("name")
    key = str(name).removeprefix("verdict-")
    declared = papers.sample()["facts"][key]
    more = "、".join(str(one + 1) for one in declared) if isinstance(declared, list) else str(declared + 1)
    put(page.locator(f"[name='verdict-{key}']"), FactCheck.Verdict.CORRECTED)
    page.locator("details", has=page.locator(f"[name='value-{key}']")).locator("summary").first.click()
    proof = file_of(folder, "核实台账.pdf", papers.pdf("proof"))
    walk.fill(page, {f"value-{key}": more, f"reason-{key}": CORRECTED, f"proof-{key}": proof})


def read_papers(walk: Walk, case: Case, folder: Path) -> None:
    """Journey 6, the papers: a fact is put right with its reason, the others are confirmed, one page is noted."""
    page = walk.turn("reviewer3", "查阅资料并核实事实")
    walk.follow(page, page.get_by_role("link", name="继续查阅"))
    correct_fact(walk, page, folder)
    noted(walk, page)
    home = page.locator(".crumbs a", has_text="查阅资料")
    walk.follow(page, home)
    confirm_facts(walk, page, case, "documents")
    walk.press(page, "完成查阅资料")


def noted(walk: Walk, page: Page) -> None:
    """A note, whether it agrees, and on to the next page."""
    walk.fill(page, {"note": "与申报相符。"})
    if page.locator("[name=seen]").count():
        walk.fill(page, {"seen": Observation.Seen.AGREES})
    walk.press(page, "保存并下一项")


def visit(walk: Walk, case: Case, folder: Path) -> None:
    """Journey 6, the visit on a phone: a photo, what is seen, the place; then all facts of the site."""
    page = walk.turn("reviewer3", "实地考察", width=PHONE)
    walk.follow(page, page.get_by_role("link", name="继续考察"))
    photo = file_of(folder, "现场.jpg", papers.picture((90, 120, 4)))
    walk.fill(page, {"photos": photo, "place": "社区办公楼"})
    noted(walk, page)
    walk.follow(page, page.locator(".crumbs a", has_text="实地考察"))
    assert missing(["1张照片"], page) == []
    confirm_facts(walk, page, case, "site")
    walk.press(page, "完成实地考察")
    seen = Observation.objects.get(case=case, round=case.round, place="社区办公楼")
    assert seen.photos.count() == 1


def survey(walk: Walk, case: Case, levels: dict[str, int] | None = None) -> None:
    """Journey 7: links are issued, residents answer without login, a surveyor at the door; the county closes."""
    given = [level for level, times in (levels or assessing.LEVELS).items() for _time in range(times)]
    page = walk.turn("county", "组织满意度调查")
    frame = assessing.FRAME
    sizes = {"frame_size": str(frame.frame_size), "sample_size": str(frame.sample_size)}
    walk.fill(page, {"frame": frame.frame, "sampling": frame.sampling, **sizes})
    walk.press(page, "启动调查")
    walk.fill(page, {"count": str(max(20, len(given)))})
    walk.press(page, "签发")
    links = page.locator("li.card p.sm:not(.mute)").all_inner_texts()
    walk.follow(page, page.get_by_role("link", name="已保存，返回"))
    by_hand = len(given) - 1 if walk.whole else 1
    for link, level in list(zip(links, given, strict=False))[:by_hand]:
        answer(walk, link, level)
    for link, level in list(zip(links, given, strict=False))[by_hand:-1]:
        token = link.rstrip("/").rpartition("/")[2]
        survey_answers.answer(token, answers=assessing.answers(level), consent=True, by=None, at=clock.now())
    interview(walk, given[-1])
    page = walk.turn("county", "组织满意度调查")
    walk.press(page, "结束调查")


def answer(walk: Walk, link: str, level: str) -> None:
    """A resident opens the link on a phone, answers, is thanked; the link is spent."""
    page = walk.resident(link)
    walk.fill(page, {**assessing.answers(level), "consent": True})
    walk.press(page, "提交问卷")
    assert "感谢您的回答" in page.locator("h1").inner_text()
    page.goto(link)
    assert "已经提交" in page.locator("h1").inner_text()


def interview(walk: Walk, level: str) -> None:
    """The surveyor enters a form at the door and ends the interviews."""
    page = walk.turn("surveyor", "入户调查并录入问卷", width=PHONE)
    free = (
        page.locator(".card", has=page.get_by_role("heading", name="尚未使用的编号"))
        .locator("p")
        .inner_text()
    )
    walk.fill(page, {"serial": free.split("、")[0], **assessing.answers(level)})
    walk.press(page, "录入，继续下一份")
    walk.press(page, "完成入户调查")


def serve(walk: Walk) -> None:
    """The community enters services one by one and hands them in."""
    page = walk.turn("clerk", "登记服务记录")
    day = clock.today().isoformat()
    for title, minute in (("上门维修", "10"), ("健康咨询", "20")) if walk.whole else (("上门维修", "10"),):
        times = {"requested": "T00:05", "responded": f"T00:{minute}", "resolved": "T00:50"}
        walk.fill(page, {name: f"{day}{time}" for name, time in times.items()})
        walk.fill(page, {"category": "living", "title": title})
        walk.press(page, "登记")
    walk.press(page, "提交服务记录")


def collect(walk: Walk, case: Case, folder: Path) -> None:
    """Journeys 6 and 7, collection: papers, visit, survey, services, in parallel and joined."""
    read_papers(walk, case, folder)
    visit(walk, case, folder)
    survey(walk, case)
    serve(walk)
    case.refresh_from_db()
    assert case.state == Case.State.REVIEW


def judge_by_keys(walk: Walk, case: Case, missed: Collection[str]) -> None:
    """Journey 6, by keyboard alone: the first reviewer judges from the desk on and hands in."""
    page = walk.desk("reviewer")
    press_keys(page, "j", "Enter")
    page.wait_for_url("**/judge/")
    tab_to(page, "main .page-head a.btn-primary, main a.btn-primary")
    press_keys(page, "Enter")
    page.wait_for_url("**/judge/*/")
    items = [item.id for item in items_to_judge(case)]
    for place, key in enumerate(items if walk.whole else items[:3]):
        page.wait_for_url(f"**/judge/{key}/")
        choose(page, "reached", "no" if key in missed else "yes")
        tab_to(page, "textarea[name=note]")
        write(page, "已核对材料和现场记录。")
        if place == 0 or key in missed:
            tab_to(page, "#answer summary")
            press_keys(page, "Enter", "Tab")
            write(page, "个别记录不够规范。")
            press_keys(page, "Tab")
            write(page, "对照标准逐项完善。")
        tab_to(page, "button[name=next]")
        with page.expect_navigation():
            press_keys(page, "Enter")
    if not walk.whole:
        the_others(case, walk.cast.reviewer, items[3:], missed)
        page.goto(page.url.split("/judge/")[0] + "/judge/")
    tab_to(page, "button[name=verb][value=hand_in]")
    with page.expect_navigation():
        press_keys(page, "Enter")
        if page.locator("dialog").count():
            tab_to(page, "dialog .btn-primary")
            press_keys(page, "Enter")


def the_others(case: Case, by: User, keys: Collection[str], missed: Collection[str]) -> None:
    """Judge what is not judged in the browser by the action."""
    answers = {
        key: judging.Answer(
            reached=key not in missed,
            note="已核对材料和现场记录。",
            finding="未达到标准要求。" if key in missed else "",
            suggestion="对照标准整改。" if key in missed else "",
        )
        for key in keys
    }
    judging.judge_several(case, answers=answers, by=by, at=clock.now())


def judge(walk: Walk, case: Case, missed: Collection[str]) -> None:
    """The second reviewer judges without seeing the first one's word, by mouse."""
    page = walk.turn("reviewer2", "评审指标")
    walk.follow(page, page.get_by_role("link", name="继续评审"))
    items = [item.id for item in items_to_judge(case)]
    for key in items if walk.whole else items[:1]:
        assert walk.cast.reviewer.name not in page.locator("main").inner_text()
        walk.fill(page, {"reached": "no" if key in missed else "yes", "note": "已独立核对。"})
        walk.press(page, "保存并下一项")
    if not walk.whole:
        the_others(case, walk.cast.reviewer2, items[1:], missed)
        page.goto(page.url.split("/judge/")[0] + "/judge/")
    walk.press(page, "提交评审意见")


def settle(walk: Walk, apart: Collection[str]) -> None:
    """The leader settles what the two judged differently, each with a reason."""
    page = walk.turn("leader", "合议评审差异")
    assert page.locator("main section[id^=i], main [id^=i].card").count() == len(apart)
    for key in apart:
        place = f"[id='i{key}']"
        put(page.locator(f"{place} [type=radio]"), "no")
        put(page.locator(f"{place} textarea"), "经合议，现场未达到。")
    walk.press(page, "完成合议")


def issue(walk: Walk) -> None:
    """The leader issues the team's opinion; the case is scored at once."""
    page = walk.turn("leader", "出具评审意见")
    walk.fill(page, {"conclusion": "社区服务质量总体良好。", "problems": "个别指标未达到要求。"})
    walk.fill(page, {"suggestions": "对照标准，逐项整改到位。"})
    walk.press(page, "出具评审意见")


def review(walk: Walk, case: Case, missed: Collection[str], apart: Collection[str]) -> None:
    """Journey 6, the review; ``apart``: missed for the first reviewer alone."""
    judge_by_keys(walk, case, missed)
    judge(walk, case, [key for key in missed if key not in apart])
    if apart:
        settle(walk, apart)
    issue(walk)
    case.refresh_from_db()
    assert case.state == Case.State.SCORING
