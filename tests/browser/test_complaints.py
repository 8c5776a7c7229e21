"""Journey 11, its other half: a resident complains by phone, the street answers, the resident judges the answer."""

import re

import pytest

from rectification.models import Complaint
from tests.browser.walking import PHONE, WIDE, Walk

pytestmark = pytest.mark.django_db(transaction=True)


def wide(page: object) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))  # type: ignore[attr-defined]


def test_a_resident_complains_and_judges_the_answer(walk: Walk) -> None:
    page = walk.resident("/public/complaints/", PHONE)
    assert wide(page) <= 0
    walk.follow(page, page.get_by_role("link", name="填写投诉"))
    walk.fill(page, {"q": "翠湖"}, "main")
    walk.press(page, "查找社区")
    walk.follow(page, page.get_by_role("link", name=walk.community))
    assert wide(page) <= 0
    day = walk.now().date().isoformat()
    said = {"happened_on": day, "demand": "请安排专人值班。", "name": "刘秀兰", "contact": "13900001234"}
    walk.fill(page, {**said, "text": "短"})
    walk.press(page, "提交投诉", refused=True)
    assert page.locator('[name="contact"]').input_value() == "13900001234"
    walk.fill(page, {"text": "服务大厅工作日上午无人值班，来了三次没有办成。"})
    walk.press(page, "提交投诉")
    code = page.locator("#receipt .big").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", code) and wide(page) <= 0
    walk.work()

    desk = walk.desk("street", WIDE)
    walk.follow(desk, desk.locator("#complaints a"))
    walk.press(desk, "受理")
    desk.locator('#do-classify [name="kind"][value="quality"]').check()
    walk.fill(desk, {"reason": "属于窗口服务质量问题。"}, "#do-classify")
    walk.press(desk, "登记分类")
    walk.fill(desk, {"text": "现场查看值班表，确有缺岗。"}, "#do-note")
    walk.press(desk, "登记调查记录")
    desk.locator('#do-answer [name="outcome"][value="upheld"]').check()
    walk.fill(desk, {"text": "情况属实，已安排专人值班。"}, "#do-answer")
    walk.press(desk, "作出答复")
    assert wide(desk) <= 0

    page = walk.resident("/public/complaints/", PHONE)
    walk.fill(page, {"code": code.lower()})
    walk.press(page, "查询")
    assert "已安排专人值班" in page.inner_text("main") and "刘秀兰" not in page.inner_text("body")
    page.locator('#rate [name="satisfaction"][value="4"]').check()
    walk.press(page, "提交评价")
    assert Complaint.objects.get().satisfaction == 4
    assert wide(page) <= 0
    assert walk.unsound() == []
