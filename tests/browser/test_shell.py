"""Signing in and the pages of errors, as a browser shows them."""

from typing import Any

import pytest
from playwright.sync_api import expect

from applications.models import User
from tests.browser.conftest import OpenPage
from tests.browser.faults import faults

WIDTHS = (1280, 390, 320)


@pytest.mark.thorough
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("size", ["normal", "large"])
def test_sign_in_page_of_the_demo_is_faultless(
    open_page: OpenPage, settings: Any, width: int, size: str
) -> None:
    settings.DEMO = True
    User.objects.create_user("zhou", "周桂兰", is_demo=True)
    User.objects.create_user("li", "李建国", is_demo=True)
    page = open_page("/accounts/login/", width=width, size=size)
    expect(page.get_by_role("button", name="周桂兰")).to_be_visible()
    assert faults(page) == []


@pytest.mark.thorough
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/reset/", "/accounts/reset/done/", "/nothing/"]
)
def test_page_without_an_account_is_faultless(open_page: OpenPage, path: str, width: int) -> None:
    assert faults(open_page(path, width=width)) == []


def test_wrong_password_is_told_and_the_name_stays(open_page: OpenPage) -> None:
    page = open_page("/accounts/login/", scripts=False)
    page.fill("#id_username", "zhou")
    page.fill("#id_password", "wrong-password")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("没有登录成功")
    expect(page.locator("#id_username")).to_have_value("zhou")
    assert page.title().startswith("有错误：")
