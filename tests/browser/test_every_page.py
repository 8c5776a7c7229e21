"""Every page of every role in a real browser, at three widths: nothing hangs over, nothing is too small, axe is content.

One load a page and role; the width is changed on the open page, and axe asked at each. The world is built once a run and copied.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import Browser, CDPSession, Error, Page
from pytest_django.live_server_helper import LiveServer

from applications import clock
from applications.models import User
from tests import cast as stage
from tests.browser import visits
from tests.browser.faults import (
    HTML,
    NARROW,
    SCRIPTS_AND_STYLES,
    axe_faults,
    layout_faults,
    listen,
    resized,
    weight,
)
from tests.browser.province import Province, build
from tests.worlds import World, world
from tests.worlds import db as db

pytestmark = pytest.mark.usefixtures("db")  # the session's database stands; nothing here flushes it
WIDTHS = (1280, 390, 320)
Mode = tuple[str, str, str]  # size, contrast, language
MODES = [
    ("large", "normal", "zh-hans"),
    ("normal", "high", "zh-hans"),
    ("large", "high", "zh-hans"),
    ("normal", "normal", "en"),
    ("large", "high", "en"),
]


@pytest.fixture(scope="session")
def kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, Path, Province]]:
    """The province, its files, and where things are; the first process builds it, the others take its file."""
    one_file = connection.vendor == "sqlite"
    shared = Path(os.environ["XINGPING_TEST_ROOT"] if one_file else settings.DATA_DIR) / "every-page"
    shared.mkdir(exist_ok=True)
    noted = shared / "province.json"
    with (shared / "lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not noted.exists():
            patch.setattr(settings, "MEDIA_ROOT", shared / "files")
            with world(shared, django_db_blocker) as first:
                told = build(stage.find() or stage.build(), clock.now())
                copy = first.copy("kept")
                noted.write_text(json.dumps({**asdict(told), "world": asdict(copy)}))
    found = json.loads(noted.read_text())
    copy = World(**found.pop("world"))
    yield copy, shared / "files", Province(**found)
    if not one_file:
        with django_db_blocker.unblock():
            copy.drop()


@dataclass
class Site:
    """The product served on a copy of the province."""

    address: str
    province: Province

    def session(self, username: str) -> str:
        """Sign a person in (``half_way``: up to the second factor) and return the key of the session."""
        client = Client()
        if username == "half_way":
            session = client.session
            session["half_way"] = {
                "person": User.objects.get(username="sysadmin").pk,
                "since": clock.wall().timestamp(),
                "url": "/desk/",
            }
            session.save()
        else:
            person = User.objects.get(username=username)
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(scope="module")
def site(kept: tuple[World, Path, Province], django_db_blocker: Any) -> Iterator[Site]:
    """Serve the province; what the visits change is this module's own."""
    template, files, province = kept
    before = World(str(connection.settings_dict["NAME"]), str(settings.ANCHOR_FILE))
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MEDIA_ROOT", files)
        own = template.copy(f"own-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
        own.enter()
        server = LiveServer("127.0.0.1")
        try:
            yield Site(server.url, province)
        finally:
            server.stop()
            before.enter()
            own.drop()


@dataclass
class Visit:
    """One person's way through the product: every page once, first those the table names, then what they link to."""

    page: Page
    screen: CDPSession
    site: Site
    person: str
    found: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    heard: list[str] = field(default_factory=list)
    who: str = ""

    def run(self) -> None:
        """Open every page and note what is wrong, a line a fault."""
        known = visits.pages()
        for seed in visits.SEEDS:
            if seed.person == self.person:
                self.sign_in(visits.account(seed))
                self.follow([(seed.name, visits.address(seed, self.site.province))], again=True)
        self.sign_in(self.person if self.person not in visits.OWN else "")
        self.follow([(name, reverse(name)) for name, parameter in known.items() if not parameter])

    def follow(self, queue: list[tuple[str, str]], *, again: bool = False) -> None:
        """Open pages that were not seen yet, and what they lead to."""
        while queue:
            name, path = queue.pop(0)
            if not again and (name in self.seen or not visits.wanted(name, self.person)):
                continue
            again = False
            self.seen.add(name)
            if self.open(name, path):
                queue += self.links()

    def sign_in(self, username: str) -> None:
        """Go on as this person."""
        if username in {self.who, ""}:
            return
        self.who = username
        key = self.site.session(username)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.site.address}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    def open(self, name: str, path: str) -> bool:
        """Open a page and measure it; return whether this person may."""
        owned = visits.owner(name) == self.person
        self.heard.clear()
        resized(self.page, self.screen, WIDTHS[0])
        try:
            answer = self.page.goto(f"{self.site.address}{path}", wait_until="load")
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            return False  # a file, whoever asked for it
        assert answer is not None
        landed = urlsplit(self.page.url).path
        if answer.status != 200 or landed != urlsplit(path).path:
            if owned:
                self.found.append(f"{name}: {path} answers {answer.status} at {landed}")
            return False
        wrong = [*self.heard, *self.weighed(name, len(answer.body()))]
        wrong += [f"policy: {fault}" for fault in self.page.evaluate("window.policyFaults || []")]
        for width in WIDTHS:
            if width != WIDTHS[0]:
                resized(self.page, self.screen, width)
            faults = layout_faults(self.page, touch=width < NARROW)
            if owned:
                faults += axe_faults(self.page)
            wrong += [f"{width} px: {fault}" for fault in faults]
        self.found += [f"{name} ({path}): {fault}" for fault in wrong]
        return True

    def weighed(self, name: str, html: int) -> list[str]:
        """Return whether the page or its styles and scripts are too heavy."""
        extra = weight(self.page)
        most = visits.SHEET if name in visits.SHEETS else HTML
        found = [f"{html} bytes of HTML, {most} allowed"] if html > most else []
        return found + ([f"{extra} bytes of CSS and JS"] if extra > SCRIPTS_AND_STYLES else [])

    def links(self) -> list[tuple[str, str]]:
        """Return names and addresses of the pages that the open page leads to."""
        script = "[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
        found, known = [], visits.pages()
        for href in dict.fromkeys(self.page.evaluate(script)):
            if not re.match(r"/(?!/)", href):
                continue
            try:
                name = resolve(urlsplit(href).path).url_name
            except Resolver404:
                self.found.append(f"{self.page.url} leads to {href}, which is no page")
                continue
            if name in known:
                found.append((name, href))
        return found


def visit(chromium: Browser, site: Site, person: str, mode: Mode | None = None) -> str:
    """Send a person through the product; return what was wrong, a line a fault."""
    size, contrast, language = mode or ("normal", "normal", "zh-hans")
    context = chromium.new_context(locale="zh-CN")
    context.set_default_timeout(60_000)
    cookies = {"size": size, "contrast": contrast, settings.LANGUAGE_COOKIE_NAME: language}
    context.add_cookies(
        [{"name": key, "value": value, "url": site.address} for key, value in cookies.items()]
    )
    page = context.new_page()
    page.route_web_socket(re.compile("/ws"), lambda socket: None)
    made = Visit(page, context.new_cdp_session(page), site, person)
    made.heard = listen(page)
    try:
        made.run()
    finally:
        context.close()
    return "\n".join(made.found)


@pytest.mark.parametrize("person", visits.PEOPLE)
def test_every_page_of_a_person_is_faultless(chromium: Browser, site: Site, person: str) -> None:
    assert visit(chromium, site, person) == ""


@pytest.mark.nightly
@pytest.mark.parametrize("mode", MODES, ids="-".join)
@pytest.mark.parametrize("person", visits.PEOPLE)
def test_every_page_is_faultless_in_every_mode(
    chromium: Browser, site: Site, person: str, mode: Mode
) -> None:
    assert visit(chromium, site, person, mode) == ""


def test_every_page_has_a_visit() -> None:
    """A page with a parameter needs a line in the table; one without is opened by everybody it is open to."""
    assert [name for name in visits.pages() if visits.owner(name) not in visits.PEOPLE] == []
