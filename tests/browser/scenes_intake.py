"""Scenes of the application: the batch opens, a community applies, the street returns it, four levels pass it on."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from applications import clock
from applications.actions import awards, claims, evidence, facts
from applications.core.papers import claimable
from applications.models import Batch, Case
from applications.queries.standards import plan_of
from tests import papers
from tests.browser.keys import press_keys, tab_to, write
from tests.browser.walking import Walk, file_of, missing, put

BATCH = "2026年度第二批幸福社区评定"
LEVELS = {"county": "县级审核推荐", "city": "市级复审", "province": "省级受理"}


def open_batch(walk: Walk) -> Batch:
    """Journey 4: one province officer prepares a batch with its explanation, another approves; it is open at once."""
    page = walk.desk("province")
    walk.follow(page, page.locator(".rail a", has_text="评定批次"))
    walk.follow(page, page.get_by_role("link", name="拟制批次"))
    today = clock.today()
    walk.fill(
        page,
        {
            "name": BATCH,
            "basis_kind": page.locator("[name=basis_kind] option").last.get_attribute("value"),
            "basis": "赣民字〔2026〕2号",
            "purpose": "以评促建，结果用于改进社区服务。",
            "explanation": "第二批面向全省城市社区，自愿申报，不收取任何费用。",
            "opens_on": today.isoformat(),
            "closes_on": today.replace(month=12, day=31).isoformat(),
            "reference_date": f"{today.year - 1}-12-31",
            "standard": str(walk.cast.standard.pk),
        },
    )
    walk.press(page, "保存草稿")
    walk.press(page, "提交批准")
    assert page.locator("button[aria-disabled=true]", has_text="批准并开放申报").count() == 1
    page = walk.desk("province2")
    walk.follow(page, page.locator(".rail a", has_text="评定批次"))
    walk.follow(page, page.locator("main a", has_text=BATCH))
    walk.press(page, "批准并开放申报")
    batch = Batch.objects.get(name=BATCH)
    assert batch.state == Batch.State.OPEN
    return batch


def apply(walk: Walk, folder: Path) -> Case:
    """Journey 1: conditions, form, facts, claims, evidence, bonus, gaps; the head signs and gets a receipt."""
    page = walk.desk("clerk")
    walk.follow(page, page.get_by_role("link", name="新建申报").last)
    offer = page.locator(".card", has_text=BATCH)
    assert "不收取任何费用" in offer.inner_text()
    put(offer.locator("[name=applied_star]"), "5")
    with page.expect_navigation():
        offer.get_by_role("button", name="开始申报").click()
    case = Case.objects.get(batch__name=BATCH, community=walk.cast.community)
    fill_particulars(walk, page)
    fill_facts(walk, page, case)
    claim(walk, page, case)
    attach(walk, page, case, folder)
    enter_award(walk, page, case)
    page = walk.turn("clerk", "填报并提交申报")
    assert missing(["内容已齐全"], page) == []
    walk.follow(page, page.get_by_role("link", name="核对并提交"))
    assert (
        page.locator("button[aria-disabled=true]", has_text="签署承诺并提交").count() == 1
    )  # the head signs
    sign(walk)
    return case


def fill_particulars(walk: Walk, page: Page) -> None:
    """The form: contact and reason; name, households and star are there already."""
    walk.follow(page, page.get_by_role("link", name="申报表：申报星级、联系人、理由"))
    assert page.locator("[name=contact]").input_value() == walk.cast.clerk.name
    walk.fill(page, {"phone": "0791-86210000", "reason": "创建幸福社区，提升服务质量。"})
    walk.press(page, "保存")


def fill_facts(walk: Walk, page: Page, case: Case) -> None:
    """The facts, one topic in the browser (all of them on a whole walk), with the computed measures beside."""
    typed = papers.typed_facts()
    walk.follow(page, page.get_by_role("link", name="数据：").first)
    while True:
        names = page.locator("main form [name^='fact-']").evaluate_all(
            "fields => [...new Set(fields.map(field => field.name))]"
        )
        values = {name: typed.pop(key) for name in names if (key := name.removeprefix("fact-")) in typed}
        walk.fill(page, values)
        onward = page.locator("main form button", has_text="保存并填下一类")
        more = walk.whole and onward.count()
        walk.press(page, "保存并填下一类" if onward.count() else "保存")
        if not more:
            break
    if typed:
        saved = facts.save_facts(case, values=typed, revisions={}, by=walk.cast.clerk, at=clock.now())
        assert saved.ok


def claim(walk: Walk, page: Page, case: Case) -> None:
    """The self-assessment, the first dimension in the browser (all on a whole walk)."""
    standard, missed = plan_of(case.batch).standard, papers.sample()["not_met"]
    page.goto(page.url.split("/apply/")[0] + "/apply/")
    done: set[str] = set()
    for dimension in standard.dimensions if walk.whole else standard.dimensions[:1]:
        walk.follow(
            page, page.locator("#claims").get_by_role("link", name=f"{dimension.id} {dimension.name}")
        )
        chosen = [row.id for row in dimension.indicators if claimable(row)]
        walk.fill(page, {f"claim-{key}": "no" if key in missed else "yes" for key in chosen})
        walk.press(page, "保存自评")
        done.update(chosen)
        page.goto(page.url.split("/apply/")[0] + "/apply/")
    entries = {
        row.id: claims.Entry(reached=row.id not in missed, note="见佐证材料。")
        for row in standard.indicators.values()
        if claimable(row) and row.id not in done
    }
    if entries:
        assert claims.save_claims(case, entries=entries, by=walk.cast.clerk, at=clock.now()).ok


def attach(walk: Walk, page: Page, case: Case, folder: Path) -> None:
    """Evidence: a file is uploaded at one indicator and serves others too."""
    standard = plan_of(case.batch).standard
    wanted = [row for row in standard.indicators.values() if row.method == "document_review"]
    first, *others = wanted
    to_indicator(walk, page, first.dimension_id, first.id)
    upload(page, file_of(folder, "台账汇编.pdf", papers.pdf(case.number)))
    assert page.locator("#evidence").get_by_text("台账汇编.pdf").count()
    for row in others if walk.whole else others[:1]:
        to_indicator(walk, page, row.dimension_id, row.id)
        page.locator("#evidence summary").click()
        put(page.locator("#evidence [name=evidence]"), True)
        walk.press(page, "关联所选")
    file = case.evidence.get()
    if not walk.whole:
        for row in others[1:]:
            evidence.link(case, evidence=[file.pk], indicator=row.id, by=walk.cast.clerk, at=clock.now())


def upload(page: Page, file: Any) -> None:
    """Choose a file, press the button, and wait until the bar has said that it is kept."""
    put(page.locator("#evidence [name=files]"), file)
    page.locator("#evidence button[value=upload]").click()
    expect(page.locator("#evidence [data-tell]")).to_have_text("已上传1份材料。")


def to_indicator(walk: Walk, page: Page, dimension: str, indicator: str) -> None:
    """Go from the task list through the dimension to an indicator."""
    page.goto(page.url.split("/apply/")[0] + "/apply/")
    walk.follow(page, page.locator(f"#claims a[href$='/dimensions/{dimension}/']"))
    walk.follow(page, page.locator(f"main a.ttl[href$='/indicators/{indicator}/']"))


def enter_award(walk: Walk, page: Page, case: Case) -> None:
    """A commendation with its certificate from the library; the second one only on a whole walk."""
    file = case.evidence.get()
    first, second = papers.AWARDS
    page.goto(page.url.split("/apply/")[0] + "/apply/")
    walk.follow(page, page.get_by_role("link", name="省级及以上表彰"))
    for entry in (first, second) if walk.whole else (first,):
        values = {"title": entry.title, "level": entry.level, "issuer": entry.issuer, "matter": entry.matter}
        more = {"date": entry.date.isoformat(), "recipient": entry.recipient, "evidence": str(file.pk)}
        walk.fill(page, {**values, **more}, "#add")
        walk.press(page, "登记")
    if not walk.whole:
        row = awards.AwardEntry(**{**vars(second), "evidence": file.pk})
        awards.add_award(case, entry=row, by=walk.cast.clerk, at=clock.now())


def sign(walk: Walk) -> None:
    """The head signs the undertaking and hands in; the receipt has number and date."""
    page = walk.turn("head", "填报并提交申报")
    walk.follow(page, page.get_by_role("link", name="核对并提交"))
    walk.fill(page, {"agree": True})
    walk.press(page, "签署承诺并提交")
    assert missing(["申报已提交", "回执编号", "街道初审"], page) == []


def return_by_keys(walk: Walk, indicator: str) -> None:
    """Journey 2, by keyboard alone: from the desk to a return with a defect, without touching the mouse."""
    page = walk.desk("street")
    press_keys(page, "j", "Enter")
    page.wait_for_url("**/check/")
    tab_to(page, f"summary:has(+ textarea[name='remark-{indicator}'])")
    press_keys(page, "Enter", "Tab")
    write(page, "材料缺少第四季度的活动记录，请补充并说明。")
    tab_to(page, "textarea[name=opinion]")
    write(page, "请按所列问题补正。")
    tab_to(page, "button[name=verb][value=return]")
    press_keys(page, "Enter")
    tab_to(page, "dialog .btn-primary")
    with page.expect_navigation():
        press_keys(page, "Enter")
    assert page.locator("main", has_text="社区").count()


def correct(walk: Walk, case: Case, indicator: str, folder: Path) -> None:
    """The community sees only what was returned, mends and answers it; the head signs again."""
    page = walk.turn("clerk", "补正并重新提交")
    assert page.locator("main section[id^=defect-]").count() == 1
    walk.follow(page, page.get_by_role("link", name="去修改"))
    upload(page, file_of(folder, "活动记录.jpg", papers.picture((9, 99, 9))))
    walk.fill(page, {"note": "已补充第四季度活动记录。"})
    walk.press(page, "保存并返回")
    walk.fill(page, {"answer": "已补充第四季度活动记录照片。"})
    walk.press(page, "保存说明")
    page = walk.turn("head", "补正并重新提交")
    walk.fill(page, {"agree": True})
    walk.press(page, "签署并重新提交")
    assert missing(["回执编号"], page) == []


def check(walk: Walk, name: str, label: str) -> None:
    """A level reads the papers, answers the questions and passes the application on."""
    page = walk.turn(name, label)
    if name == "street":
        assert missing(["补正后重新提交"], page) == []
    answers = ["complete", "well_formed", "acceptable"]
    walk.fill(page, {"answers": answers, "opinion": "材料齐全，符合条件，同意。"})
    walk.press(page, "受理" if name == "province" else "通过")


def confirm_awards(walk: Walk) -> None:
    """The province says of each commendation whether it counts."""
    page = walk.turn("province", LEVELS["province"])
    walk.follow(page, page.get_by_role("link", name="认定表彰级别"))
    for place in range(len(papers.AWARDS)):
        form = page.locator("form", has=page.locator("[name=counts]")).nth(place)
        put(form.locator("[name=counts]"), "yes")
        put(form.locator("[name=reason]"), "已核对证书原件。")
        with page.expect_navigation():
            form.get_by_role("button", name="记录认定").click()
    assert page.get_by_text("黄敏认定：已核对证书原件。").count() == len(papers.AWARDS)


def pass_on(walk: Walk, case: Case) -> None:
    """Journeys 2 and 3: street, county, city and province, each from its own desk."""
    check(walk, "street", "街道初审")
    check(walk, "county", LEVELS["county"])
    check(walk, "city", LEVELS["city"])
    confirm_awards(walk)
    check(walk, "province", LEVELS["province"])
    case.refresh_from_db()
    assert case.state == Case.State.PREPARATION
