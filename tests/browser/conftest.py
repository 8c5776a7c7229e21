"""A headless Chromium for the tests that look at pages; without Chromium they are skipped and say so."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from applications import clock
from tests import cast as stage
from tests.browser.phone import key_of as key_of
from tests.browser.phone import phone as phone
from tests.browser.walking import Walk, pinned
from tests.fixtures import found_again

HERE = Path(__file__).parent
# The shell is the same engine without the desktop around it, and needs a third less of the processor.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), "")

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a browser test, and skip it where there is no browser."""
    missing = pytest.mark.skip(
        reason="Chromium is not installed; install it or name its program in CHROMIUM."
    )
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.browser)
        if not CHROMIUM:
            item.add_marker(missing)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a file of tests; kept longer, its event loop would stand in the way of tests with their own."""
    # Playwright keeps an event loop in this thread, so Django would refuse the database to ordinary test code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def open_page(chromium: Browser, live_server: object) -> Iterator[OpenPage]:
    """Open a page: ``open_page("/desk/", width=390, size="large", contrast="high", scripts=False, session=key)``.

    A page narrower than 600 px is a phone with touch. ``session`` is a session key, for a person signed in.
    """
    contexts: list[BrowserContext] = []

    def opened(
        path: str,
        *,
        width: int = 1280,
        size: str = "normal",
        contrast: str = "normal",
        scripts: bool = True,
        session: str = "",
        locale: str = "zh-CN",
        before: Callable[[Page], None] | None = None,
    ) -> Page:
        phone = width < 600
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if phone else 900},
            has_touch=phone,
            is_mobile=phone,
            locale=locale,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.set_default_timeout(15000)
        wanted = {"size": size, "contrast": contrast, **({"sessionid": session} if session else {})}
        context.add_cookies(
            [{"name": name, "value": value, "url": str(live_server)} for name, value in wanted.items()]
        )
        page = context.new_page()
        if before:
            before(page)
        page.goto(f"{live_server}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def walk(
    chromium: Browser, live_server: object, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Walk]:
    """A walk of the cast in demo mode, from a fixed day on: one click signs in, and the page moves the date."""
    settings.DEMO = True
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.ANCHOR_FILE = tmp_path / "anchors" / "heads.jsonl"
    monkeypatch.setattr(clock, "timezone", pinned(stage.AT))
    people = found_again()
    for person in people.people.values():
        person.is_demo = True
        person.save()
    walk = Walk(chromium, str(live_server), people)
    yield walk
    walk.leave()
    print(*(f"{seconds:6.1f} s  {title}" for title, seconds in walk.times), sep="\n")
