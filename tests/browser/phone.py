"""An inspector's phone: one browser with a network that comes and goes, and whoever signs in on it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect

from applications.models import Case
from review.core import streams
from tests import papers

PAGES = 6  # the site's first pages, of which 2.1.a asks for facts
KEPT = "async () => (await caches.keys()).filter(name => name.startsWith('xingping-pack-')).length"
READY = "document.offline && document.offline.replay"
WAITING = "async () => (await document.offline.items()).map(item => [item.page, item.kind, item.state])"


def until(page: Page, question: str) -> None:
    """Wait until a page answers yes; the question may be asynchronous."""
    for _time in range(150):
        if page.evaluate(f"async () => Boolean({question})"):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never: {question}")


class Phone:
    """A phone with one browser: whoever signs in on it, what is taken along, and the network that comes and goes."""

    def __init__(self, page: Page, case: Case, server: str) -> None:
        self.page, self.case, self.server = page, case, server
        self.context = page.context

    def go(self, path: str = "") -> None:
        """Open a page below the visit."""
        self.page.goto(f"{self.server}/cases/{self.case.pk}/site/{path}")

    def take_along(self) -> None:
        """Tap the button of the list; what is left of the list is taken along."""
        self.page.get_by_role("button", name="离线使用").click()
        expect(self.page.locator("#pack [data-told]")).to_contain_text(f"{PAGES}个指标页")

    def sign_in(self, key: str) -> None:
        """Somebody signs in on this phone."""
        self.context.add_cookies([{"name": "sessionid", "value": key, "url": self.server}])

    def off(self) -> None:
        self.context.set_offline(True)

    def on(self) -> None:
        self.context.set_offline(False)

    def save(self) -> None:
        """Press the button and wait for the next page."""
        here = self.page.url
        self.page.get_by_role("button", name="保存并下一项").click()
        self.page.wait_for_url(lambda url: url != here)

    def waiting(self) -> list[list[str]]:
        """Return page, kind and state of what waits for the person of this page."""
        until(self.page, READY)
        return [list(entry) for entry in self.page.evaluate(WAITING)]

    def sent(self) -> None:
        """Wait until nothing waits."""
        until(self.page, f"{READY} && !(await document.offline.items()).length")

    def packs(self) -> int:
        """Return how many packs this phone keeps."""
        return int(self.page.evaluate(KEPT))


@pytest.fixture
def key_of(case: Case, sign_in: Callable[[str], Client]) -> Callable[[str], str]:
    """The session key of a person."""
    return lambda name: sign_in(name).cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def phone(
    open_page: Callable[..., Page],
    case: Case,
    key_of: Callable[[str], str],
    live_server: Any,
    monkeypatch: Any,
) -> Phone:
    """The inspector's phone on the list of the visit, with network; the standard's first pages do for a test."""
    shorter(monkeypatch)
    page = open_page(f"/cases/{case.pk}/site/", width=390, session=key_of("reviewer3"))
    return Phone(page, case, str(live_server))


def shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the site have the first pages only: how many there are is nothing to this."""
    whole = streams.sights
    monkeypatch.setattr(
        "review.queries.observations.sights", lambda plan, stream: whole(plan, stream)[:PAGES]
    )


def a_photo(name: str = "现场.jpg", shade: int = 20) -> Any:
    """Return a photo as the browser takes it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": papers.picture((shade, 81, 150))}


def a_large_photo(name: str) -> Any:
    """Return a photo of more than 1.5 MB."""
    stream = io.BytesIO()
    Image.effect_noise((2600, 1200), 90).convert("RGB").save(stream, "JPEG", quality=90)
    return {"name": name, "mimeType": "image/jpeg", "buffer": stream.getvalue()}
