"""Walks the road in a real browser: people take turns at one wide screen and one phone, each reaching a step from the desk.

A ``Walk`` knows who sits at which screen, moves the demo's date with the control of the page, and notes everything that
must not happen meanwhile: an answer of 500, a complaint of the console or of the content security policy.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from applications import clock
from applications.models import User
from notifications import outbox
from tests import invariants
from tests.cast import Cast
from workflow.clock import tick
from workflow.sessions import MODEL_BACKEND

WIDE, PHONE = 1280, 390
PATIENCE = 30_000  # ms; the machine may be busy with other tests
REFUSED = 422
STUCK_AFTER = timedelta(seconds=61)


def pinned(start: datetime) -> SimpleNamespace:
    """Return what the product's clock asks instead of the machine's: it starts at a fixed moment and goes on from there."""
    begun = time.monotonic()
    return SimpleNamespace(now=lambda: start + timedelta(seconds=time.monotonic() - begun))


class Screen:
    """A browser window of one width at which one person sits at a time."""

    def __init__(self, browser: Browser, width: int, notes: Callable[[BrowserContext], None]) -> None:
        phone = width < 600
        self.context = browser.new_context(
            viewport={"width": width, "height": 844 if phone else 900},
            has_touch=phone,
            is_mobile=phone,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.route_web_socket(
            re.compile("/ws"), lambda socket: None
        )  # the test server speaks no sockets
        notes(self.context)
        self.page = self.context.new_page()
        self.person = ""


class Walk:
    """The walk. ``whole``: every step in the browser; otherwise repetitions are left to the actions."""

    def __init__(self, browser: Browser, address: str, cast: Cast, *, whole: bool = False) -> None:
        self.browser, self.address, self.cast, self.whole = browser, address, cast, whole
        self.community = cast.community.name
        self.screens: dict[tuple[int, bool], Screen] = {}
        self.cookies: dict[str, Any] = {}
        self.faults: list[str] = []
        self.times: list[tuple[str, float]] = []
        self.refusing = False

    # ---- what must not happen ----

    def _listen(self, context: BrowserContext) -> None:
        def answered(answer: Response) -> None:
            expected = {REFUSED} if self.refusing else set()
            if answer.status >= 400 and answer.status not in expected:
                self.faults.append(f"{answer.status} {answer.request.method} {answer.url}")

        def complained(message: Any) -> None:
            said = f"{message.type}: {message.text}"
            if message.type in {"error", "warning"} and not (self.refusing and str(REFUSED) in message.text):
                self.faults.append(said)

        context.on("response", answered)
        context.on("console", complained)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))

    # ---- who sits where ----

    def screen(self, width: int = WIDE, *, resident: bool = False) -> Screen:
        """Return a screen of a width; residents have one of their own on which nobody ever signed in."""
        key = (width, resident)
        if key not in self.screens:
            self.screens[key] = Screen(self.browser, width, self._listen)
        return self.screens[key]

    def desk(self, name: str, width: int = WIDE) -> Page:
        """Sit down at a screen and open the own desk.

        The first person (on a whole walk everybody) signs in by the demo's one click, the others bring their session.
        """
        screen = self.screen(width)
        page = screen.page
        if screen.person != name:
            screen.person = name
            screen.context.clear_cookies()
            if name not in self.cookies:
                if self.whole or not self.cookies:
                    return self.sign_in(screen, name)
                self.cookies[name] = [{"url": self.address, **session_of(self.cast[name])}]
            screen.context.add_cookies(self.cookies[name])
        page.goto(self.address + reverse("desk"))
        return page

    def sign_in(self, screen: Screen, name: str) -> Page:
        """Sign in with one click on the sign-in page of the demo."""
        page = screen.page
        page.goto(self.address + reverse("login"))
        self.follow(page, page.get_by_role("button", name=self.cast[name].name))
        assert page.url.endswith(reverse("desk")), page.url
        self.cookies[name] = screen.context.cookies()
        return page

    def turn(self, name: str, label: str, *, width: int = WIDE, community: str = "") -> Page:
        """Open a step from the desk row of the person whose turn it is, turning the pages of a long list."""
        page = self.desk(name, width)
        row, onward = self.row(page, label, community), page.locator(".pager a[rel=next]")
        while not row.count() and onward.count():
            here = page.locator(".pager [aria-current=page]")
            number = int(here.inner_text())
            onward.click()
            expect(here).to_have_text(str(number + 1))
        self.follow(page, row.locator("td.c-act a"))
        return page

    def row(self, page: Page, label: str, community: str = "") -> Locator:
        """Return the first desk row of a step and a community."""
        title = page.locator("a.ttl", has_text=community or self.community)
        return page.locator("[data-list] tbody tr", has=title).filter(has_text=label).first

    def resident(self, path: str, width: int = PHONE) -> Page:
        """Open a public page as somebody without an account; only the first address is ever typed."""
        page = self.screen(width, resident=True).page
        page.goto(path if path.startswith("http") else self.address + path)
        return page

    def leave(self) -> None:
        """Close all windows."""
        for screen in self.screens.values():
            screen.context.close()

    # ---- what hands do ----

    def follow(self, page: Page, link: Locator) -> None:
        """Click on what leads to another page and wait for it."""
        with page.expect_navigation() as going:
            link.first.click()
        answered(page, going.value)

    def press(self, page: Page, label: str, within: str = "", *, refused: bool = False) -> Page:
        """Press a button by its words, say yes where it asks back, and wait for the answer."""
        place: Any = page.locator(within) if within else page
        button = place.locator(
            "button:visible", has_text=re.compile(rf"^\s*{re.escape(label)}(：.*)?\s*$")
        ).first
        asks = button.evaluate("b => Boolean(b.dataset.confirm || (b.form && b.form.dataset.confirm))")
        self.refusing = refused
        with page.expect_navigation() as going:
            button.click()
            if asks:
                page.locator("dialog .btn-primary").click()
        answered(page, going.value, refused=refused)
        self.refusing = False
        return page

    def fill(self, page: Page, values: Mapping[str, Any], within: str = "") -> Page:
        """Fill in the fields of a form by their names."""
        for name, value in values.items():
            put(page.locator(f'{within} [name="{name}"]'), value)
        return page

    def scene(self, title: str) -> AbstractContextManager[None]:
        """Note how long a scene takes, and its title where it fails."""
        return scene(self, title)

    def unsound(self) -> list[str]:
        """Return what is wrong at the end: what the browser noted, logs that do not hold, cases that stand still."""
        self.work()
        call_command("verify_events")
        at = self.now() + STUCK_AFTER
        return [*self.faults, *invariants.unsound(), *invariants.stuck_work(at)]

    # ---- the date ----

    def days(self, days: int, name: str = "province") -> None:
        """Move the date forward with the control of the page; the clock ticks and the worker empties the outbox."""
        page = self.desk(name)
        page.locator("#demo-days").fill(str(days))
        self.press(page, "往后推", "aside.demo")
        self.work()

    def now(self) -> datetime:
        """The product's present moment."""
        return clock.now()

    def work(self) -> None:
        """Let the clock tick and the worker empty the outbox, as the processes beside the server do."""
        tick(self.now())
        while outbox.drain(now=self.now()):
            pass


@contextmanager
def scene(walk: Walk, title: str) -> Iterator[None]:
    """One scene of the walk: its time is kept; a failure names it and shows the pages as they stood."""
    begun = time.monotonic()
    try:
        yield
    except BaseException as error:
        error.add_note(f"scene: {title}")
        for (width, _resident), screen in walk.screens.items():
            error.add_note(f"{width} px, {screen.person}: {screen.page.url}: {screen.page.title()}")
        raise
    finally:
        walk.times.append((title, time.monotonic() - begun))


def session_of(person: User) -> dict[str, str]:
    """Return the cookie of a person who has signed in elsewhere."""
    client = Client()
    client.force_login(person, backend=MODEL_BACKEND)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


def answered(page: Page, answer: Response | None, *, refused: bool = False) -> None:
    """Fail with the page's own sentences where something was refused that should have gone through."""
    status = answer.status if answer else 200  # a jump within the page has no answer
    if status == REFUSED if refused else status < 400:
        return
    said = page.locator("[role=alert], main h1").all_inner_texts()
    raise AssertionError(f"{status} at {page.url}: {' / '.join(said)}")


def put(fields: Locator, value: Any) -> None:
    """Put a value into a field as hands do: type, choose, tick its label, pick a file."""
    kind = fields.first.evaluate("field => field.type")
    if kind in {"radio", "checkbox"}:
        boxes = [fields.first] if value is True else []
        wanted = [] if value is True else [value] if isinstance(value, str) else value
        for box in [*boxes, *(fields.and_(fields.page.locator(f'[value="{one}"]')) for one in wanted)]:
            box.evaluate("box => { const fold = box.closest('details'); if (fold) fold.open = true; }")
            if not box.is_checked():
                label = box.evaluate_handle("box => box.labels[0]").as_element()
                assert label is not None
                label.click()
    elif kind == "file":
        fields.first.set_input_files(value)
    elif kind.startswith("select"):
        fields.first.select_option(value)
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            fields.nth(place).fill(str(one))
    else:
        fields.first.fill(str(value))


def file_of(folder: Path, name: str, content: bytes) -> Path:
    """Put a file where a browser can pick it."""
    path = folder / name
    path.write_bytes(content)
    return path


def missing(texts: Sequence[str], page: Page) -> list[str]:
    """Return which texts a page does not say."""
    said = page.locator("main").inner_text()
    return [text for text in texts if text not in said]
