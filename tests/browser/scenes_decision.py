"""Scenes of decision and publication: named votes, notice, an upheld objection, announcement, what residents see."""

from collections.abc import Collection

from playwright.sync_api import Page

from applications import clock
from applications.models import Case
from review.actions import publication
from review.models import Objection, Publication, Rating
from tests.browser.walking import PHONE, WIDE, Walk, missing, put
from tests.review import publishing

NOTICE_DAYS = 8
REASON = "社区公示栏从十月起没有更新，与评定结果不符。"


def vote(walk: Walk, case: Case) -> None:
    """Journey 8: the case on one page, named votes unseen by the others, the decision with its minutes."""
    for name, choice in (("member", "approve"), ("member2", "approve"), ("member3", "abstain")):
        page = walk.turn(name, "评定表决")
        walk.fill(page, {"choice": choice})
        walk.press(page, "投票")
    case.refresh_from_db()
    assert case.state != Case.State.SCORING


def confirm_facts(walk: Walk) -> None:
    """The county signs what is to be published."""
    page = walk.turn("county", "核准拟公布信息")
    walk.fill(page, {"checked": True, "note": "无误。"})
    walk.press(page, "核准")


def give_notice(walk: Walk) -> None:
    """The publisher prepares with the checklist of four; another one approves."""
    page = walk.turn("publisher", "拟制公示")
    ticks = dict.fromkeys(("safety", "reliability", "accuracy", "suitability"), True)
    walk.fill(page, {"medium": "网页", **ticks})
    walk.press(page, "提交审批")
    page = walk.turn("publisher2", "批准公示")
    walk.fill(page, {"opinion": "同意。"})
    walk.press(page, "批准并发布公示")


def give_notice_again(walk: Walk, case: Case) -> None:
    """The changed result gets a new notice, from the desk of the publisher; the steps are known by now."""
    if walk.whole:
        return give_notice(walk)
    assert walk.row(walk.desk("publisher"), "拟制公示").count() == 1
    text = publishing.DraftText(**{**vars(publishing.FULL), "number": publishing.number_for("notice")})
    publication.submit(case, content=text, revision=0, by=walk.cast.publisher, at=walk.now())
    publication.approve(case, opinion="同意。", by=walk.cast.publisher2, at=walk.now())


def announce(walk: Walk) -> None:
    """The announcement, by who did not prepare the notice."""
    page = walk.turn("publisher2", "发布公告")
    walk.press(page, "发布公告")


def object_to_it(walk: Walk, case: Case, indicator: str) -> Objection:
    """Journey 9: a resident finds the notice on a phone and objects; a slip is told, what was typed stays."""
    page = walk.resident("/public/")
    walk.follow(page, page.locator("#notices a", has_text=walk.community))
    walk.follow(page, page.get_by_role("link", name="提出异议"))
    walk.fill(page, {"name": "刘秀兰", "indicators": indicator, "text": REASON})
    walk.press(page, "提交异议", refused=True)
    assert page.locator("[name=name]").input_value() == "刘秀兰"
    walk.fill(page, {"contact": "13900001234"})
    walk.press(page, "提交异议")
    objection = Objection.objects.get(case=case)
    assert missing([objection.code, "异议已提交"], page) == []
    return objection


def decide(walk: Walk, indicator: str, others: Collection[str]) -> None:
    """The province takes the objection in; a member who had no part in the case upholds it and names two others."""
    page = walk.turn("province", "登记异议")
    walk.fill(page, {"accepted": "yes"})
    walk.press(page, "提交受理意见")
    page = walk.turn("recon", "复核异议")
    uphold = page.locator("#uphold")
    put(uphold.locator("[name=indicators]"), indicator)
    put(uphold.locator("[name=reviewers]"), [str(walk.cast[name].pk) for name in others])
    walk.fill(page, {"heard": "双方均已陈述。", "reason": "证据充分，应重新评审。"}, "#uphold")
    walk.press(page, "认定成立并指定评审员")


def judge_again(walk: Walk, others: Collection[str]) -> None:
    """Two other reviewers judge the disputed indicator, each unseen by the other."""
    for name in others:
        page = walk.turn(name, "重新评审有异议的指标")
        put(page.locator("main form [type=radio]"), "yes")
        put(page.locator("main form textarea"), "现场复核，公示栏按月更新。")
        walk.press(page, "提交评审意见")


def conclude(walk: Walk, case: Case) -> None:
    """The conclusion makes a new rating beside the old one; the decision is served on the resident."""
    before = Rating.objects.filter(case=case).count()
    page = walk.turn("recon", "作出复核结论")
    walk.fill(page, {"reason": "重新评审认定达到，按新结果公示。"}, "#conclude")
    walk.press(page, "作出结论")
    assert Rating.objects.filter(case=case).count() == before + 1
    page = walk.turn("province", "送达复核决定")
    walk.fill(page, {"how": "电话告知本人，已记录。"})
    walk.press(page, "登记送达")


def progress_of(walk: Walk, objection: Objection) -> None:
    """The resident asks with the code and reads the decision."""
    page = walk.resident("/public/objections/")
    walk.fill(page, {"code": objection.code.lower()})
    walk.press(page, "查询")
    assert missing(["重新评审认定达到"], page) == []


def publish(walk: Walk, case: Case) -> Publication:
    """Confirm, prepare, approve, seven days, announce: the short way, without an objection."""
    confirm_facts(walk)
    give_notice(walk)
    walk.days(NOTICE_DAYS)
    announce(walk)
    return Publication.objects.get(case=case, kind=Publication.Kind.ANNOUNCEMENT)


def publish_with_objection(walk: Walk, case: Case, indicator: str) -> Publication:
    """Journey 9, the whole of it: an upheld objection changes the result, so a new notice is given."""
    confirm_facts(walk)
    give_notice(walk)
    objection = object_to_it(walk, case, indicator)
    others = ("reviewer4", "unassigned")
    decide(walk, indicator, others)
    judge_again(walk, others)
    conclude(walk, case)
    progress_of(walk, objection)
    walk.days(NOTICE_DAYS)
    give_notice_again(walk, case)
    notices = Publication.objects.filter(case=case, kind=Publication.Kind.NOTICE)
    assert notices.count() == 2
    walk.days(NOTICE_DAYS)
    announce(walk)
    return Publication.objects.get(case=case, kind=Publication.Kind.ANNOUNCEMENT)


def look_up(walk: Walk, row: Publication) -> None:
    """Journey 11: a resident finds the community, reads its page, checks the certificate and takes it along."""
    page = walk.resident("/public/", WIDE)
    walk.fill(page, {"q": "翠湖"})
    walk.press(page, "查询", "form[role=search]")
    walk.follow(page, page.locator("#rows a.ttl", has_text=walk.community))
    assert missing(["得分情况", "历次结果", row.number, "有效"], page) == []
    walk.follow(page, page.get_by_role("link", name="核验证书"))
    assert missing(["证书有效", row.award.code], page) == []
    certificate(walk, page, row)
    page = walk.resident("/public/verify/", PHONE)
    walk.fill(page, {"code": row.award.code.lower().replace("-", "")})
    walk.press(page, "核验")
    assert missing(["证书有效"], page) == []


def certificate(walk: Walk, page: Page, row: Publication) -> None:
    """The certificate is a PDF, had by the link of the page."""
    link = page.get_by_role("link", name="下载证书（PDF）").get_attribute("href")
    answer = page.request.get(walk.address + str(link))
    assert answer.status == 200, answer.status
    assert answer.body().startswith(b"%PDF-"), row.number
    assert clock.today() >= row.published_on


def revoke(walk: Walk, row: Publication) -> None:
    """Journey 12, after the award: a publisher proposes to revoke the star, the community is heard, another decides; void."""
    page = walk.desk("publisher")
    walk.follow(page, page.locator(".rail a", has_text="案卷"))
    walk.follow(page, page.locator("main a.ttl", has_text=walk.community))
    walk.follow(page, page.locator("#links a", has_text="公示与公告"))
    page.locator("#revoke summary").click()
    values = {"star": "0", "number": "幸评撤〔2026〕1号", "reason": "经查实，申报材料弄虚作假，决定撤销。"}
    walk.fill(page, values, "#revoke")
    walk.press(page, "提交提议", "#revoke form")
    page = walk.turn("head", "对降星或撤销提议陈述申辩", width=PHONE)
    walk.fill(page, {"text": "部分材料有误，已更正。"}, "#state")
    walk.press(page, "提交意见")
    assert walk.row(walk.desk("publisher"), "审批降星或撤销星级").count() == 0  # not by who proposed it
    page = walk.turn("publisher2", "审批降星或撤销星级")
    walk.press(page, "同意并发布撤销公告")
    page = walk.turn("county", "收回证书和牌匾")
    walk.fill(page, {"note": "证书1份、牌匾1块。"}, "#receive")
    walk.press(page, "登记交回")
    page = walk.resident(f"/public/verify/{row.award.code}/")
    assert missing(["证书已撤销", "弄虚作假", "已交回"], page) == []
