"""A site visit without network: pages taken along, answers and photos kept on the phone and stored exactly once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from applications.models import Case
from review.actions import observations
from review.actions.fact_checks import Found
from review.models import FactCheck, Observation, PostedOnce
from tests import papers
from tests.browser.conftest import OpenPage
from tests.browser.faults import HTML, SCRIPTS_AND_STYLES, faults, weight
from tests.browser.phone import Phone, a_large_photo, a_photo, until
from tests.cast import Cast
from tests.review import assessing

pytestmark = pytest.mark.django_db(transaction=True)


CARRIED = 6 * 1024  # bytes by which the pages of a visit stay below what others may weigh


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case whose papers are being read and whose site is being visited."""
    return assessing.collecting(cast)


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
    expect(page.locator("[data-net]")).to_contain_text("2项待上传")

    phone.go("2.1.a/")
    expect(page.locator("[name=note]")).to_have_value("面积与台账一致")
    expect(page.locator("input[name=verdict-households][value=confirmed]")).to_be_checked()
    expect(page.locator("[data-local]")).to_have_text("已存本机，待上传2项")
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
    expect(page.locator("[data-net]")).to_contain_text("1项没有上传成功")
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


def test_every_chosen_photo_goes_out_and_the_large_ones_smaller(
    open_page: OpenPage, case: Case, key_of: Callable[[str], str]
) -> None:
    page = open_page(f"/cases/{case.pk}/site/1.1.a/", width=390, session=key_of("reviewer3"))
    sizes = "() => Array.from(document.getElementById('id_photos').files).map(file => file.size)"
    page.set_input_files("#id_photos", [a_large_photo("一.jpg"), a_photo("二.jpg"), a_large_photo("三.jpg")])
    until(page, f"({sizes})().length === 3 && Math.max(...({sizes})()) < 1500000")
    page.get_by_role("button", name="保存并下一项").click()
    page.wait_for_url("**/1.1.b/")
    assert sorted(Observation.objects.get().photos.values_list("name", flat=True)) == [
        "一.jpg",
        "三.jpg",
        "二.jpg",
    ]


def test_without_a_pack_what_is_saved_while_the_network_is_gone_is_kept_too_with_the_place_if_wanted(
    open_page: OpenPage, case: Case, key_of: Callable[[str], str]
) -> None:
    page = open_page(f"/cases/{case.pk}/site/1.1.a/", width=390, session=key_of("reviewer3"))
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 28.68201, "longitude": 115.85794, "accuracy": 14})
    until(page, "document.getElementById('sighting').dataset.ready")
    page.evaluate("delete Crypto.prototype.randomUUID")
    page.context.set_offline(True)
    page.check("#stamp")
    expect(page.locator("[data-stamp-told]")).to_contain_text("误差约14米")
    page.fill("[name=note]", "已看")
    page.get_by_role("button", name="保存并下一项").click()
    expect(page.locator("[data-net]")).to_contain_text("下一项没有存在本机")
    page.context.set_offline(False)
    until(page, "!(await document.offline.items()).length")
    row = Observation.objects.get()
    assert (row.note, str(row.latitude), row.accuracy) == ("已看", "28.68201", 14)
    assert row.taken_at is not None and row.taken_at <= row.at
    assert re.fullmatch("[0-9a-f]{32}", PostedOnce.objects.get().key)


def test_without_a_worker_the_page_says_what_to_do_and_the_form_goes_out_as_ever(
    open_page: OpenPage, case: Case, key_of: Callable[[str], str]
) -> None:
    without = "Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: () => undefined })"
    page = open_page(
        f"/cases/{case.pk}/site/",
        width=390,
        session=key_of("reviewer3"),
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
    assert weight(page) <= SCRIPTS_AND_STYLES - CARRIED  # a visit begins where the network is worst
    assert faults(page) == []
    phone.off()
    page.reload()
    expect(page.locator("[data-net]")).to_contain_text("离线中")
    assert faults(page) == []
