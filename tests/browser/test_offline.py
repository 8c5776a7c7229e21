"""A site visit without network: pages taken along, answers and photos kept on the phone, sent once, under one person."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Route, expect

from applications.models import Case, Recusal
from review.actions import observations
from review.actions.fact_checks import Found
from review.core import streams
from review.models import FactCheck, Observation, PostedOnce
from tests import papers
from tests.browser.conftest import OpenPage
from tests.browser.faults import HTML, SCRIPTS_AND_STYLES, faults, weight
from tests.cast import Cast
from tests.review import assessing

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = 6  # the site's first pages, of which 2.1.a asks for facts
KEPT = "async () => (await caches.keys()).filter(name => name.startsWith('xingping-pack-')).length"
READY = "document.offline && document.offline.replay"
WAITING = "async () => (await document.offline.items()).map(item => [item.page, item.kind, item.state])"


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case whose papers are being read and whose site is being visited."""
    return assessing.collecting(cast)


@pytest.fixture
def session(case: Case, sign_in: Callable[[str], Client]) -> Callable[[str], str]:
    """The session key of a person."""
    return lambda name: sign_in(name).cookies[settings.SESSION_COOKIE_NAME].value


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
        expect(self.page.locator("#pack [data-told]")).to_contain_text(f"{PAGES} 个指标页")

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
def phone(
    open_page: OpenPage, case: Case, session: Callable[[str], str], live_server: Any, monkeypatch: Any
) -> Phone:
    """The inspector's phone on the list of the visit, with network; the standard's first pages do for a test."""
    shorter(monkeypatch)
    page = open_page(f"/cases/{case.pk}/site/", width=390, session=session("reviewer3"))
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


def confirm(page: Page, key: str = "households") -> None:
    """Tick that a fact is as declared."""
    page.locator(f"input[name=verdict-{key}][value=confirmed]").check(force=True)


def test_a_visit_without_network_is_kept_and_stored_exactly_once_though_the_first_reply_is_lost(
    phone: Phone, case: Case
) -> None:
    page = phone.page
    phone.take_along()
    phone.off()
    page.reload()
    expect(page.locator("h1")).to_have_text("实地考察")
    expect(page.locator("[data-net]")).to_contain_text("离线中")
    page.get_by_role("link", name=re.compile(r"^2\.1\.a")).click()
    page.wait_for_url("**/2.1.a/")
    page.set_input_files("#id_photos", [a_photo()])
    expect(page.locator("button.ph .tag")).to_have_text("待传")
    page.fill("[name=note]", "面积与台账一致")
    confirm(page)
    phone.save()
    expect(page.locator("[data-net]")).to_contain_text("2 项待上传")

    phone.go("2.1.a/")
    expect(page.locator("[name=note]")).to_have_value("面积与台账一致")
    expect(page.locator("input[name=verdict-households][value=confirmed]")).to_be_checked()
    expect(page.locator("[data-local]")).to_have_text("已存本机，待上传 2 项")
    expect(page.locator("button.ph")).to_have_count(1)
    phone.go()
    expect(page.locator("a[data-page='2.1.a'] + [data-mark]")).to_have_text("待上传")
    assert not Observation.objects.exists()

    lost: list[str] = []

    def lose_first_reply(route: Route) -> None:
        answer = route.fetch()
        if len(lost) < 2:
            lost.append(f"{answer.status} {route.request.headers['x-replay']}")
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    page.route(
        "**/2.1.a/",
        lambda route: lose_first_reply(route) if route.request.method == "POST" else route.continue_(),
    )
    phone.on()
    for tries in (1, 2):
        until(page, f"(await document.offline.items())[0].tries === {tries}")
        page.evaluate("document.offline.replay()")
    phone.sent()
    assert [line[:3] for line in lost] == ["200", "200"] and lost[0] == lost[1], (
        "stored, and we did not hear of it"
    )
    row = Observation.objects.get()
    assert (row.note, row.photos.count(), row.history.count()) == ("面积与台账一致", 1, 2)
    assert FactCheck.objects.get().revision == 1
    assert PostedOnce.objects.count() == 2
    expect(page.locator("a[data-page='2.1.a'] + [data-mark]")).to_have_count(0)
    expect(page.locator("[data-net]")).to_be_hidden()


def test_a_refusal_stays_with_its_reason_until_it_is_corrected(phone: Phone, case: Case) -> None:
    page = phone.page
    phone.take_along()
    phone.off()
    phone.go("2.1.a/")
    page.locator("input[name=verdict-households][value=corrected]").check(force=True)
    page.locator("details", has=page.locator("[name=value-households]")).locator("summary").click()
    page.fill("[name=value-households]", "很多")
    page.fill("[name=reason-households]", "实测")
    page.set_input_files("[name=proof-households]", [a_photo("台账.jpg", 70)])
    phone.save()
    phone.on()
    until(page, "(await document.offline.items())[0].state === 'parked'")
    expect(page.locator("[data-net]")).to_contain_text("1 项没有上传成功")
    page.get_by_role("link", name="同步中心").click()
    expect(page.locator(".waits .err")).to_contain_text("常住户数")
    page.locator(".waits a").click()
    expect(page.locator("#trouble")).to_contain_text("常住户数")
    expect(page.locator("[name=value-households]")).to_have_value("很多")
    page.fill("[name=value-households]", "1900")
    phone.save()
    phone.sent()
    row = FactCheck.objects.get()
    assert (row.value, row.reason, row.proof is not None) == (1900, "实测", True)


@pytest.mark.parametrize(("choice", "value"), [("用我的", 1860), ("用同事的", 1900)])
def test_what_a_colleague_answered_meanwhile_is_not_overwritten_unless_the_inspector_says_so(
    phone: Phone, case: Case, cast: Cast, choice: str, value: int
) -> None:
    page = phone.page
    phone.take_along()
    phone.off()
    phone.go("2.1.a/")
    page.fill("[name=note]", "入户核对")
    confirm(page)
    phone.save()
    theirs = Found("corrected", "1900", "台账", papers.upload("台账.jpg", papers.picture((9, 9, 9))))
    assessing.also_on_site(cast, case, cast.leader)
    observations.observe(
        case,
        stream="site",
        page="2.1.a",
        sighting=None,
        found={"households": theirs},
        by=cast.leader,
        at=cast.at,
    )
    phone.on()
    until(page, "(await document.offline.items())[0].state === 'conflict'")
    assert FactCheck.objects.get().value == 1900 and not Observation.objects.exists()
    page.get_by_role("link", name="同步中心").click()
    expect(page.locator(".waits .hint")).to_contain_text("1900")
    page.locator("label", has_text=choice).locator("input").check(force=True)
    assert faults(page) == []
    page.get_by_role("button", name="按所选上传").click()
    phone.sent()
    assert FactCheck.objects.get().value == value
    assert Observation.objects.get().note == "入户核对"


def test_another_person_on_the_same_phone_sees_and_sends_nothing_and_the_owner_goes_on(
    phone: Phone, case: Case, session: Callable[[str], str], live_server: Any
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
    phone.sign_in(session("county"))
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


def test_without_a_worker_the_page_says_what_to_do_and_the_form_goes_out_as_ever(
    open_page: OpenPage, case: Case, session: Callable[[str], str]
) -> None:
    without = "Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: () => undefined })"
    page = open_page(
        f"/cases/{case.pk}/site/",
        width=390,
        session=session("reviewer3"),
        before=lambda page: page.add_init_script(without),
    )
    expect(page.locator("#pack")).to_contain_text("请用系统浏览器打开")
    page.get_by_role("link", name=re.compile(r"^1\.1\.a")).click()
    page.fill("[name=note]", "已看")
    page.set_input_files("#id_photos", [a_photo()])
    page.get_by_role("button", name="保存并下一项").click()
    page.wait_for_url("**/1.1.b/")
    assert Observation.objects.get().photos.count() == 1


@pytest.mark.parametrize("path", ["site/", "site/2.1.a/", "offline"])
def test_the_pages_of_a_visit_stay_light_and_sound(
    phone: Phone, case: Case, path: str, live_server: Any
) -> None:
    page = phone.page
    phone.take_along()
    address = f"{live_server}/cases/" + ("offline/" if path == "offline" else f"{case.pk}/{path}")
    answer = page.goto(address)
    assert answer is not None
    assert len(answer.body()) <= HTML
    page.wait_for_load_state("networkidle")
    assert weight(page) <= SCRIPTS_AND_STYLES
    assert faults(page) == []
    phone.off()
    page.reload()
    expect(page.locator("[data-net]")).to_contain_text("离线中")
    assert faults(page) == []
