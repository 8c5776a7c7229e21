"""Scenes of rectification: planned, confirmed, put right with proof, verified by another; the next round."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from applications import clock
from applications.actions.evidence import store
from applications.models import Case
from rectification.actions import items
from rectification.models import RectificationItem
from tests import papers
from tests.browser.walking import PHONE, Walk, file_of, missing

PLAN = {
    "cause": "责任分工不清，台账更新不及时。",
    "measure": "明确专人负责，逐项完善并公示。",
    "unit": "翠湖社区居民委员会",
    "person": "周桂兰",
    "target": "三十日内全部达到标准要求。",
}


def open_items(case: Case) -> list[RectificationItem]:
    """The items of the round that are not closed, in the order of the desk."""
    rows = RectificationItem.objects.filter(case=case, round=case.round)
    return list(rows.exclude(state=RectificationItem.State.CLOSED).order_by("pk"))


def put_right(walk: Walk, folder: Path, place: int, *, back: bool = False) -> None:
    """Journey 10, one item: plan, confirmation, work with a photo from the phone, verified; ``back``: sent back once."""
    page = walk.turn("clerk", "制定整改方案")
    walk.fill(page, PLAN, "#do-plan")
    walk.press(page, "提交整改方案")
    page = walk.turn("county", "确认整改方案")
    walk.fill(page, {"days": "30"}, "#do-confirm")
    walk.press(page, "确认方案并起算期限")
    outcomes = (["back"] if back else []) + ["close"]
    for turn, outcome in enumerate(outcomes):
        page = walk.turn("clerk", "落实整改并申请验收", width=PHONE)
        photo = file_of(folder, f"整改{place}-{turn}.jpg", papers.picture((place % 200, 90, 40 + turn)))
        walk.fill(page, {"text": "已完成整改，请予验收。", "files": photo}, "#do-work")
        walk.press(page, "申请验收")
        page = walk.turn("county2", "整改验收")
        values = {"outcome": outcome, "method": "site", "opinion": "现场核查。", "days": "15"}
        walk.fill(page, values, "#do-verify")
        walk.press(page, "提交验收结论")


def put_right_by_action(walk: Walk, item: RectificationItem) -> None:
    """The same by the actions, for the items that are only more of the same."""
    cast, now = walk.cast, clock.now
    items.plan(item, content=items.Plan(**PLAN), by=cast.clerk, at=now())
    items.confirm(item, days=30, by=cast.county, at=now())
    photo = SimpleUploadedFile("整改.jpg", papers.picture((item.pk % 250, 3, 3)))
    proof = store(item.case, photo, indicators=[], stage="rectification", by=cast.clerk, at=now())
    items.apply(item, text="已完成整改，请予验收。", evidence=[proof], by=cast.clerk, at=now())
    items.verify(item, outcome="close", method="site", opinion="属实。", days=15, by=cast.county2, at=now())


def put_all_right(walk: Walk, case: Case, folder: Path) -> None:
    """Close every item of the round: one in the browser, sent back once, the others by the actions (or all by hand)."""
    rows = open_items(case)
    put_right(walk, folder, 0, back=True)
    for place in range(1, len(rows)):
        if walk.whole:
            put_right(walk, folder, place)
        else:
            put_right_by_action(walk, open_items(case)[0])
    assert open_items(case) == []


def ledger(walk: Walk) -> None:
    """The ledger shows the county what was closed, of every round."""
    count = RectificationItem.objects.filter(state=RectificationItem.State.CLOSED).count()
    page = walk.desk("county")
    walk.follow(page, page.locator(".rail a", has_text="整改台账"))
    walk.follow(page, page.locator("a", has_text="已销号"))
    assert missing([f"共{count}项"], page) == []


def next_round(walk: Walk, case: Case) -> None:
    """The county opens round 2; it starts again at collection."""
    page = walk.turn("county", "决定是否启动下一轮评定")
    walk.fill(page, {"again": "yes", "reason": "整改已全部到位，重新评定。"})
    walk.press(page, "提交决定")
    case.refresh_from_db()
    assert (case.state, case.round) == (Case.State.COLLECTION, 2)
