"""Dashboards, the map, the drawn process and the calendar in a browser: faultless at every width, in both languages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from applications import clock
from applications.models import Case
from tests.browser.conftest import OpenPage
from tests.browser.faults import HTML, faults, listen
from tests.cast import Cast
from tests.review import publishing
from tests.workflow import boards, short

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (1280, 390, 320)


@pytest.fixture
def keys(cast: Cast, sign_in: Callable[[str], Client]) -> Callable[[str], str]:
    """The session keys of people in a province with two decided cases and one announced star."""
    boards.decided(cast)
    boards.decided(cast, "庐峰社区")
    case = publishing.at_publication(cast, cast.at, cast.communities["莲塘社区"])
    publishing.announced(cast, publishing.on_notice(cast, case, cast.at, "示1"), "告1")
    return lambda who: sign_in(who).cookies[settings.SESSION_COOKIE_NAME].value


def seen(open_page: OpenPage, path: str, width: int, session: str = "") -> list[str]:
    """Open a page and return what is wrong with it, its weight included."""
    heard: list[list[str]] = []
    page = open_page(path, width=width, session=session, before=lambda made: heard.append(listen(made)))
    weight = len(page.content().encode())
    found = faults(page, heard=heard[0]) + ([f"weighs {weight}"] if weight > HTML else [])
    return [f"{path} at {width}: {fault}" for fault in found]


@pytest.mark.nightly  # its pages are visited in CI by test_every_page
@pytest.mark.parametrize("width", WIDTHS)
def test_the_dashboards_are_faultless(open_page: OpenPage, keys: Callable[[str], str], width: int) -> None:
    place = reverse("dashboard")
    shown = [
        ("province", place),
        ("province", f"{place}?view=map"),
        ("province", f"{place}?from=x"),
        ("county", place),
        ("other_street", place),
    ]
    found = [fault for who, path in shown for fault in seen(open_page, path, width, keys(who))]
    assert found == []


def test_a_tile_leads_to_its_county_and_words_keep_their_size(
    open_page: OpenPage, keys: Callable[[str], str]
) -> None:
    page = open_page(f"{reverse('dashboard')}?view=map", session=keys("province"))
    page.get_by_role("link", name="东湖 100%").click()
    expect(page.locator("h1")).to_contain_text("东湖区")
    for width in WIDTHS:
        page = open_page(reverse("dashboard"), width=width, session=keys("county"))
        sizes = page.locator(".chart text").evaluate_all(
            "all => all.map(node => parseFloat(getComputedStyle(node).fontSize))"
        )
        assert min(sizes) >= 13


@pytest.mark.nightly  # its pages are visited in CI by test_every_page
@pytest.mark.parametrize("width", WIDTHS)
def test_the_drawn_process_is_faultless(open_page: OpenPage, keys: Callable[[str], str], width: int) -> None:
    place = reverse("case_process", args=[Case.objects.earliest("pk").pk])
    found = seen(open_page, "/public/process/", width)
    for query in ("", "?stage=road", "?stage=application"):
        found += seen(open_page, place + query, width, keys("clerk"))
    assert found == []


def test_the_process_fits_a_narrow_phone_without_scrolling(open_page: OpenPage) -> None:
    page = open_page("/public/process/", width=320)
    hidden = "all => all.filter(box => box.scrollWidth > box.clientWidth + 1).length"
    assert page.locator(".flow .scroll").evaluate_all(hidden) == 0
    assert page.locator(".flow .scroll").count() == 13  # six stages, and what may come beside or after them
    page.locator("summary", has_text="文字说明").first.click()
    expect(page.locator(".flow-list").first).to_contain_text("不予受理 → 不予受理")


@pytest.mark.nightly  # its pages are visited in CI by test_every_page
@pytest.mark.parametrize("width", WIDTHS)
def test_the_calendar_of_deadlines_is_faultless(
    open_page: OpenPage, keys: Callable[[str], str], width: int
) -> None:
    first = short.first_todo(Case.objects.earliest("pk"))
    today = clock.today()
    for days in (-70, -1, 0, 1, 1, 1, 1, 9):
        short.another(first, today + timedelta(days=days))
    place = reverse("deadline_calendar")
    shown = [place, f"{place}?whose=office", f"{place}?month=2026-10", f"{place}?day={today}"]
    assert [fault for path in shown for fault in seen(open_page, path, width, keys("county"))] == []
