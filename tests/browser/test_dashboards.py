"""Dashboards, the map, the drawn process and the calendar in a browser: faultless at every width, in both languages."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.faults import HTML, faults, listen
from tests.cast import Cast
from tests.review import publishing
from tests.workflow import boards

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
