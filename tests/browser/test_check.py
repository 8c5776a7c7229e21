"""The check of an application in a browser: common sentences are put into the remark that is being written."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from applications.models import CheckDraft
from tests import road
from tests.browser.conftest import OpenPage
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_common_sentence_goes_into_the_remark_and_is_kept(
    cast: Cast, sign_in: Callable[[str], Client], open_page: OpenPage
) -> None:
    case = road.to_street(cast)
    session = sign_in("street").cookies[settings.SESSION_COOKIE_NAME].value
    page = open_page(f"/cases/{case.pk}/check/", width=390, session=session)
    phrases = page.locator("[data-phrases]")
    assert not phrases.is_visible()
    page.locator("#i-1\\.4\\.a summary").click()
    text = page.locator("textarea[name='remark-1.4.a']")
    text.fill("第三季度没有照片。")
    phrases.get_by_role("button", name="缺少佐证材料").click()
    assert text.input_value() == "第三季度没有照片。\n缺少佐证材料，请补充。"
    page.locator("#f-households summary").click()
    other = page.locator("textarea[name='remark-households']")
    other.focus()
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        phrases.get_by_role("button", name="材料与所填数据不一致").click()
    assert saved.value.status == 204
    assert other.input_value() == "材料与所填数据不一致，请核对。"
    kept = {
        key: said.replace("\r\n", "\n") for key, said in CheckDraft.objects.get(case=case).remarks.items()
    }
    assert kept == {"1.4.a": text.input_value(), "households": other.input_value()}
