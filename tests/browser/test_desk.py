"""The desk in a browser: by keyboard alone, on a phone, and with a ping that moves no row."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from applications.models import Case
from notifications.actions import tell
from notifications.wording import text_of
from tests.browser.conftest import OpenPage
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


def test_the_filters_work_without_scripts(open_page: OpenPage, session: str) -> None:
    page = open_page(reverse("desk"), session=session, scripts=False)
    page.fill("form.filters input[type=search]", "翠湖")
    page.click("form.filters button.btn")
    assert page.locator("[data-list] a.ttl").count() == 2
    page.fill("form.filters input[type=search]", "莲塘")
    page.click("form.filters button.btn")
    assert page.locator("[data-list] a.ttl").count() == 0


def test_a_bulk_action_counts_what_is_ticked_and_answers_row_by_row(
    open_page: OpenPage, session: str
) -> None:
    page = open_page(reverse("desk"), session=session)
    page.locator("input[name=ids]").first.check()
    assert "已选 1 件" in page.locator("[data-bulk-count]").inner_text()
    page.click("button[name=do][value=watch]")
    page.wait_for_url("**/jobs/*/")
    assert "成功1件" in page.locator("main").inner_text()


def test_the_unread_badge_and_the_list_agree(open_page: OpenPage, session: str, cast: Cast) -> None:
    tell([cast.street], kind="x", key="x", text=text_of("您好"), url="/desk/", at=cast.at)
    page = open_page(reverse("notifications"), session=session)
    assert page.locator(".bell .n").inner_text().startswith("1")
    assert page.locator("a.ttl").count() == 1
