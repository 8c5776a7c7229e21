"""The residents' pages and the pages of publication in a real browser, at three widths; an objection without scripts."""

from datetime import timedelta

import pytest
from django.test import Client

from applications import clock
from review.actions import notice
from review.models import Objection, Publication
from tests.browser.conftest import OpenPage
from tests.browser.faults import faults, listen
from tests.cast import Cast
from tests.fixtures import found_again
from tests.review.publishing import (
    announced,
    at_publication,
    object_to,
    on_notice,
    rejudged,
    to_approve,
    to_prepare,
    upheld,
)

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (1280, 390, 320)


@pytest.fixture
def people(live_server: object) -> Cast:
    return found_again()


def seen(open_page: OpenPage, path: str, width: int, session: str = "") -> list[str]:
    """Open a page and return what is wrong with it."""
    heard: list[str] = []

    def before(page: object) -> None:
        heard.extend(listen(page))  # type: ignore[arg-type]

    page = open_page(path, width=width, session=session, before=before)
    return [f"{path}: {fault}" for fault in faults(page, heard=heard)]


def told(cast: Cast) -> tuple[Publication, Publication, Objection]:
    """Publish one announcement, one running notice and one objection."""
    now = clock.now()
    past = now - timedelta(days=30)
    row = announced(cast, on_notice(cast, at_publication(cast, past), past, "示1"), "告1")
    other = at_publication(cast, now, cast.communities["莲塘社区"])
    running = on_notice(cast, other, now, "示2")
    return row, running, object_to(running, at=now)


@pytest.mark.nightly  # its pages are visited in CI by test_every_page
@pytest.mark.parametrize("width", WIDTHS)
def test_the_residents_pages_are_faultless(people: Cast, open_page: OpenPage, width: int) -> None:
    row, running, objection = told(people)
    places = (
        "/public/",
        "/public/communities/",
        "/public/communities/?q=没有",
        f"/public/communities/{row.community_code}/",
        "/public/notices/",
        "/public/notices/?state=over",
        "/public/announcements/",
        f"/public/publications/{row.pk}/",
        f"/public/publications/{running.pk}/",
        f"/public/publications/{running.pk}/object/",
        "/public/objections/",
        f"/public/objections/{objection.code}/",
        "/public/standard/",
        "/public/statistics/",
        "/public/verify/",
        f"/public/verify/{row.award.code}/",
        "/public/accessibility/",
    )
    assert [fault for place in places for fault in seen(open_page, place, width)] == []


def key_of(cast: Cast, username: str) -> str:
    client = Client()
    client.force_login(cast[username], backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


@pytest.mark.nightly  # its pages are visited in CI by test_every_page
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_publication_are_faultless(people: Cast, open_page: OpenPage, width: int) -> None:
    now = clock.now()
    past = now - timedelta(days=30)
    case = at_publication(people, now)
    places = [("county", f"/cases/{case.pk}/facts/")]
    found = [fault for name, place in places for fault in seen(open_page, place, width, key_of(people, name))]
    to_prepare(people, case, now)
    places = [("publisher", f"/cases/{case.pk}/notice/prepare/")]
    other = to_approve(people, at_publication(people, now, people.communities["莲塘社区"]), now, "示3")
    places += [("publisher2", f"/cases/{other.pk}/notice/approve/")]
    far = on_notice(people, at_publication(people, past, people.communities["庐峰社区"]), past, "示4")
    asked = [object_to(far, at=past) for _count in range(3)]
    upheld(people, asked[1], now, ["2.1.b"])
    upheld(people, asked[2], now, ["2.1.b"])
    rejudged(people, asked[2], now, {"2.1.b": True}, {"2.1.b": False})
    steps = (("province", 0, "receive"), ("reviewer3", 1, "judge"), ("recon", 2, "conclude"))
    root = f"/cases/{far.case_id}"
    places += [(name, f"{root}/objections/{asked[place].key}/{step}/") for name, place, step in steps]
    places += [("province", f"{root}/publications/"), ("far_head", f"{root}/publications/")]
    assert notice.close_notices(at=now) == 0
    found += [
        fault for name, place in places for fault in seen(open_page, place, width, key_of(people, name))
    ]
    assert found == []


def test_a_resident_objects_without_scripts(people: Cast, open_page: OpenPage) -> None:
    running = on_notice(people, at_publication(people, clock.now()), clock.now(), "示1")
    page = open_page(f"/public/publications/{running.pk}/", width=390, scripts=False)
    page.get_by_role("link", name="提出异议").click()
    page.get_by_label("真实姓名").fill("刘秀兰")
    page.get_by_label("异议内容和理由").fill("社区办公用房面积与实际不符。")
    page.get_by_role("button", name="提交异议").click()
    assert "电话或电子邮箱" in page.locator("[role=alert]").inner_text()
    assert page.get_by_label("真实姓名").input_value() == "刘秀兰"
    page.get_by_label("电话或电子邮箱").fill("13900001234")
    page.get_by_role("button", name="提交异议").click()
    assert Objection.objects.get().code in page.inner_text("main")
    page.get_by_role("button", name="撤回异议").click()
    assert "已撤回" in page.inner_text("main")
