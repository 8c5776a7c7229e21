"""The desk in a browser: by keyboard alone, on a phone, and with a ping that moves no row."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from applications import clock
from applications.models import Case
from notifications import outbox
from notifications.actions import tell
from notifications.wording import text_of
from tests.browser.conftest import OpenPage
from tests.browser.faults import axe_faults
from tests.cast import Cast
from tests.workflow import short

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(cast: Cast, sign_in: Callable[[str], Client]) -> str:
    """The session key of the street's officer, who has two steps to do."""
    case = short.at_street(cast)
    with transaction.atomic():
        short.another(short.first_todo(case), cast.at.date())
    return sign_in("street").cookies[settings.SESSION_COOKIE_NAME].value


def test_the_desk_is_worked_by_keyboard(open_page: OpenPage, session: str) -> None:
    page = open_page(reverse("desk"), session=session)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    titles = page.locator("[data-list] a.ttl")
    assert titles.count() == 2
    assert page.evaluate("document.activeElement === document.querySelectorAll('[data-list] a.ttl')[0]")

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("jk")
    assert page.input_value("form.filters input[type=search]") == "jk"

    page.locator("body").press("Escape")
    page.goto(page.url.split("?")[0])
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")


@pytest.mark.nightly  # its pages are visited in CI by test_every_page
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_hangs_over_the_edge(open_page: OpenPage, session: str, width: int) -> None:
    case = Case.objects.get()
    for path in (
        reverse("desk"),
        reverse("cases"),
        reverse("case", args=[case.pk]),
        reverse("case_log", args=[case.pk]),
        reverse("search") + "?q=翠湖",
        reverse("notifications"),
        reverse("notification_preferences"),
    ):
        page = open_page(path, width=width, session=session)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_the_palette_and_the_list_of_keys_are_worked_by_keyboard(open_page: OpenPage, session: str) -> None:
    page = open_page(reverse("desk"), session=session)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert axe_faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()

    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    expect(page.get_by_role("option", name="案卷")).to_be_visible()
    assert axe_faults(page) == []
    page.keyboard.type("翠湖")
    expect(page.get_by_role("option", name="翠湖社区")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{Case.objects.get().pk}/")


def test_a_row_is_ticked_by_keyboard(open_page: OpenPage, session: str) -> None:
    page = open_page(reverse("desk"), session=session)
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert "已选1件" in page.locator("[data-bulk-count]").inner_text()
    page.keyboard.press("x")
    assert page.locator("input[name=ids]:checked").count() == 0


def test_the_desk_is_walked_without_scripts(open_page: OpenPage, session: str) -> None:
    """Filter, keep the filter, take two rows, read their results, export: by links and buttons alone."""
    page = open_page(reverse("desk"), session=session, scripts=False, width=390)
    page.locator(".tile").last.click()
    page.locator("main .menu > summary").click()
    page.fill("#view-name", "以后的")
    page.locator("main .menu").get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="已保存视图")).to_be_visible()
    page.get_by_role("link", name="以后的", exact=True).click()
    expect(page.locator(".chip[aria-current]")).to_have_text("以后的")
    page.goto(page.url.split("?")[0])
    for tick in page.locator("input[name=ids]").all():
        tick.check()
    page.get_by_role("button", name="认领", exact=True).click()
    page.wait_for_url("**/jobs/*/")
    expect(page.locator("main")).to_contain_text("成功2件，未办理0件。")
    page.get_by_role("link", name="返回列表").click()
    page.get_by_role("link", name="我已办").click()
    expect(page.locator("main")).to_contain_text("还没有办结的事项")
    page.get_by_role("link", name="待我办理").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="导出表格").click()
    assert saved.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("link", name="翠湖社区", exact=True).first.click()
    page.wait_for_url("**/check/")


def test_a_long_job_shows_its_progress_and_then_its_end(
    open_page: OpenPage, session: str, cast: Cast
) -> None:
    todo = short.first_todo(Case.objects.get())
    with transaction.atomic():
        for _each in range(12):
            short.another(todo, cast.at.date())
    page = open_page(reverse("desk"), session=session)
    page.locator("[data-select-all]").check()
    page.click("button[name=do][value=claim]")
    page.wait_for_url("**/jobs/*/")
    expect(page.locator("progress")).to_be_visible()
    assert axe_faults(page) == []
    while outbox.drain(now=clock.now() + timedelta(seconds=1)):
        pass
    expect(page.locator("main")).to_contain_text("成功14件", timeout=15_000)


def test_the_filters_work_without_scripts(open_page: OpenPage, session: str) -> None:
    page = open_page(reverse("desk"), session=session, scripts=False)
    page.fill("form.filters input[type=search]", "翠湖")
    page.click("form.filters button.btn")
    expect(page.locator("[data-list] a.ttl")).to_have_count(2)  # waits for the page, as a count does not
    page.fill("form.filters input[type=search]", "莲塘")
    page.click("form.filters button.btn")
    expect(page.locator("[data-list] a.ttl")).to_have_count(0)


def test_a_bulk_action_counts_what_is_ticked_and_answers_row_by_row(
    open_page: OpenPage, session: str
) -> None:
    page = open_page(reverse("desk"), session=session)
    page.locator("input[name=ids]").first.check()
    assert "已选1件" in page.locator("[data-bulk-count]").inner_text()
    page.click("button[name=do][value=watch]")
    page.wait_for_url("**/jobs/*/")
    assert "成功1件" in page.locator("main").inner_text()


def test_the_unread_badge_and_the_list_agree(open_page: OpenPage, session: str, cast: Cast) -> None:
    tell([cast.street], kind="x", key="x", text=text_of("您好"), url="/desk/", at=cast.at)
    page = open_page(reverse("notifications"), session=session)
    assert page.locator(".bell .n").inner_text().startswith("1")
    assert page.locator("a.ttl").count() == 1
