"""A phone that others use, too: what was taken along is its person's, and goes when it has to."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from applications import clock
from applications.actions import sessions
from applications.models import Case, Recusal, SignIn
from review.models import Observation
from tests.browser.faults import faults
from tests.browser.phone import KEPT, READY, Phone, until
from tests.cast import Cast
from tests.review import assessing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case whose papers are being read and whose site is being visited."""
    return assessing.collecting(cast)


def test_another_person_on_the_same_phone_sees_and_sends_nothing_and_the_owner_goes_on(
    phone: Phone, case: Case, key_of: Callable[[str], str], live_server: Any
) -> None:
    page = phone.page
    phone.take_along()
    phone.off()
    phone.go("1.1.a/")
    page.fill("[name=note]", "广场已看")
    phone.save()
    owner = phone.context.cookies()
    phone.context.clear_cookies()
    phone.on()
    expect(page.locator("[data-net]")).to_contain_text("请重新登录后上传")
    assert phone.packs() == 1, "a pause of the session takes nothing away"
    phone.sign_in(key_of("county"))
    page.goto(f"{live_server}/desk/")
    until(page, f"!(await ({KEPT})())")
    page.goto(f"{live_server}/cases/offline/")
    expect(page.locator("#queue [data-told]")).to_contain_text("没有等待上传的记录")
    assert phone.waiting() == [] and not Observation.objects.exists()
    phone.off()
    phone.go("1.1.a/")
    expect(page.locator("h1")).to_have_text("此页没有存在本机")
    phone.on()
    phone.context.clear_cookies()
    phone.context.add_cookies(owner)
    page.goto(f"{live_server}/desk/")
    phone.sent()
    row = Observation.objects.get()
    assert (row.note, row.by.username) == ("广场已看", "reviewer3")


def test_signing_out_waits_for_what_is_not_uploaded_and_then_leaves_no_page_behind(
    phone: Phone, case: Case, live_server: Any
) -> None:
    page = phone.page
    phone.take_along()
    page.route(
        "**/1.1.a/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    phone.go("1.1.a/")
    page.fill("[name=note]", "广场已看")
    phone.save()
    page.goto(f"{live_server}/desk/")
    sign_out(page)
    page.wait_for_url("**/cases/offline/?leave=waiting")
    expect(page.locator("#leave-waiting")).to_contain_text("暂不能退出登录")
    assert faults(page) == []
    page.unroute_all()
    page.get_by_role("button", name="立即上传").click()
    phone.sent()
    sign_out(page)
    page.wait_for_url("**/accounts/login/")
    assert phone.packs() == 0
    assert Observation.objects.get().note == "广场已看"


def sign_out(page: Page) -> None:
    """Sign out from the menu of a page."""
    until(page, READY)
    page.locator(".tools details.menu summary").click()
    page.get_by_role("button", name="退出登录").click()


def test_who_may_no_longer_see_the_case_loses_its_pages_with_the_next_contact(
    phone: Phone, case: Case, cast: Cast, live_server: Any
) -> None:
    page = phone.page
    phone.take_along()
    Recusal.objects.create(case=case, user=cast.reviewer3, reason="亲属", at=cast.at)
    page.goto(f"{live_server}/desk/")
    until(page, f"!(await ({KEPT})())")
    phone.off()
    phone.go()
    expect(page.locator("h1")).to_have_text("此页没有存在本机")


@pytest.mark.parametrize(("why", "packs"), [("idle", 1), ("elsewhere", 0)])
def test_a_sign_in_ended_on_purpose_takes_the_pages_and_a_pause_leaves_them(
    phone: Phone, cast: Cast, live_server: Any, why: str, packs: int
) -> None:
    phone.take_along()
    page = phone.page
    sessions.end_all(cast.reviewer3, why=SignIn.Why(why), at=clock.wall())
    page.goto(f"{live_server}/desk/")
    page.wait_for_url("**/accounts/login/**")
    until(page, READY)
    page.wait_for_load_state("networkidle")
    until(page, f"await ({KEPT})() === {packs}")


def test_while_somebody_is_signing_in_nobody_is_shown_what_another_kept(
    phone: Phone, live_server: Any
) -> None:
    phone.take_along()
    page = phone.page
    phone.context.clear_cookies()
    page.goto(f"{live_server}/accounts/login/")
    until(page, READY)
    page.route("**/accounts/login/", lambda route: route.abort())
    page.fill("[name=username]", "county")
    page.fill("[name=password]", "whatever")
    page.get_by_role("button", name="登录").click()
    phone.off()
    phone.go()
    expect(page.locator("h1")).to_have_text("此页没有存在本机")


def test_a_new_release_replaces_the_worker_and_what_was_kept_with_the_old_one(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.take_along()
    page = phone.page
    monkeypatch.setattr("workflow.views.offline.version", lambda: "0123456789ab")
    before = page.evaluate("caches.keys()")
    phone.go()
    until(page, "(await caches.keys()).includes('xingping-shell-0123456789ab')")
    until(
        page,
        "(await Promise.all((await document.offline.own()).map(pack => document.offline.note(pack.name))))"
        ".some(note => note && note.version === '0123456789ab')",
    )
    until(page, f"(await caches.keys()).length === {len(before)}")
    assert not set(before) & set(page.evaluate("caches.keys()"))
