"""Every component in every state, and every kind of page, as a browser shows them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.faults import HTML, SCRIPTS_AND_STYLES, faults, listen, weight

SHOWN = ("components", "list", "case", "form", "form&errors", "phone", "ledger", "public", "survey", "charts")
WIDTHS = (1280, 390, 320)
MODES = [("large", "normal"), ("normal", "high")]


def seen(open_page: OpenPage, name: str, width: int, size: str, contrast: str) -> list[str]:
    """Return the faults of one page of the style guide."""
    heard: list[str] = []

    def before(page: Page) -> None:
        nonlocal heard
        heard = listen(page)

    path = f"/styleguide/?page={name}"
    page = open_page(path, width=width, size=size, contrast=contrast, before=before)
    return faults(page, heard=heard)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SHOWN)
def test_page_is_faultless(open_page: OpenPage, name: str, width: int) -> None:
    assert seen(open_page, name, width, "normal", "normal") == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("size", "contrast"), MODES)
def test_components_are_faultless_in_large_type_and_high_contrast(
    open_page: OpenPage, size: str, contrast: str, width: int
) -> None:
    assert seen(open_page, "components", width, size, contrast) == []


@pytest.mark.nightly
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("size", "contrast"), [*MODES, ("large", "high")])
@pytest.mark.parametrize("name", SHOWN)
def test_page_is_faultless_in_every_mode(
    open_page: OpenPage, name: str, size: str, contrast: str, width: int
) -> None:
    assert seen(open_page, name, width, size, contrast) == []


def test_menu_and_drawer_are_faultless_when_open(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=list", width=390)
    page.click(".menu > summary")
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".menu")).not_to_have_attribute("open", "")
    page.click(".tabbar a:last-child")
    expect(page.locator("#nav")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#nav")).to_be_hidden()


@pytest.mark.parametrize("name", SHOWN)
def test_page_is_light(open_page: OpenPage, name: str) -> None:
    page = open_page(f"/styleguide/?page={name}")
    assert 20_000 < weight(page) <= SCRIPTS_AND_STYLES
    assert len(page.content().encode()) <= HTML


def test_skip_link_is_the_first_stop_of_the_keyboard(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=case")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_action_bar_takes_the_place_of_the_tab_bar_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=case", width=390)
    expect(page.locator(".actionbar")).to_be_in_viewport()
    expect(page.locator(".tabbar")).to_be_hidden()
    page = open_page("/styleguide/?page=list", width=390)
    expect(page.locator(".tabbar")).to_be_in_viewport()


def test_a_bar_without_a_primary_action_leaves_the_tab_bar_alone(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=case", width=390)
    page.evaluate(
        "document.querySelectorAll('.actionbar > *').forEach(e => e.remove());"
        "document.querySelector('.actionbar').innerHTML = '<a class=\"btn btn-secondary\" href=\"#\">x</a>'"
    )
    expect(page.locator(".tabbar")).to_be_in_viewport()
    assert page.locator(".actionbar").evaluate("bar => getComputedStyle(bar).position") == "static"


def test_names_of_the_star_bands_do_not_touch_on_the_narrowest_phone(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=case", width=320, locale="en-US")
    assert page.locator("html").get_attribute("lang") == "en"
    boxes = (
        page.locator(".ruler")
        .first.locator("text.band")
        .evaluate_all(
            "all => all.map(text => text.getBoundingClientRect()).map(box => [box.left, box.right, box.top])"
        )
    )
    for left in boxes:
        for right in boxes:
            if left[2] == right[2] and left[0] < right[0]:
                assert left[1] < right[0], boxes


def test_stepper_folds_on_a_phone_and_says_what_comes_next(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=case", width=390)
    fold = page.locator(".steps-fold")
    expect(fold.locator("summary")).to_contain_text("第4步，共8步：第三方评估")
    expect(fold.locator("summary")).to_contain_text("下一步：评定委员会评定")
    expect(fold.locator("ol")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator("[aria-current=step]")).to_contain_text("第三方评估")


def test_ruler_keeps_its_text_size_on_a_phone(open_page: OpenPage) -> None:
    for width in WIDTHS:
        page = open_page("/styleguide/?page=case", width=width)
        size = page.locator(".ruler text").first.evaluate("node => node.getBoundingClientRect().height")
        assert size >= 14


def test_error_summary_has_the_focus_and_leads_to_the_field(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=form&errors")
    expect(page).to_have_title(re.compile("^有错误："))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("“服务大厅面积（平方米）”填的是“约八十”")
    summary.get_by_role("link", name="约八十").click()
    expect(page.locator("#id_area")).to_be_focused()
    expect(page.locator("#id_area")).to_have_value("约八十")
    expect(page.locator("#id_area")).to_have_attribute("aria-invalid", "true")


def test_score_moves_by_half_a_point_and_stays_within_its_limits(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=case")
    field = page.locator("#i31-score")
    page.get_by_role("button", name="第31项得分 减0.5分").click()
    expect(field).to_have_value("3.5")
    for _press in range(3):
        field.press("ArrowUp")
    expect(field).to_have_value("4")


def test_choice_in_the_filter_redraws_the_rows_only(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=list")
    page.evaluate("document.querySelector('h1').dataset.kept = 'yes'")
    with page.expect_response(lambda answer: "state=doing" in answer.url) as caught:
        page.select_option("#filter-state", "doing")
    assert caught.value.request.headers["hx-target"] == "rows"
    page.wait_for_url("**state=doing**")
    expect(page.locator("h1")).to_have_attribute("data-kept", "yes")
    expect(page.locator("#rows tbody .ttl").first).to_be_visible()


def test_chosen_rows_are_counted(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=list")
    page.locator("[data-select-all]").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("已选5件")
    page.locator("input[name=ids]").first.uncheck()
    expect(page.locator("[data-bulk-count]")).to_have_text("已选4件")


def test_typing_is_saved_by_itself_and_failure_is_told(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=phone")
    page.route("**/styleguide/**", lambda route: route.fulfill(status=204))
    page.fill("#note", "床位9张。")
    expect(page.locator("[data-saved]")).to_contain_text("已自动保存")
    page.unroute("**/styleguide/**")
    page.route("**/styleguide/**", lambda route: route.fulfill(status=422, body="得分不能超过5分。"))
    page.fill("#score", "9")
    expect(page.locator("[data-saved]")).to_have_text("得分不能超过5分。")
    page.route("**/styleguide/**", lambda route: route.abort())
    page.fill("#score", "4")
    expect(page.locator("[data-saved]")).to_have_text("未能自动保存，请检查网络后再点保存。")


def test_weighty_action_is_asked_about_first(open_page: OpenPage) -> None:
    page = open_page("/styleguide/")
    page.get_by_role("button", name="受理").click()
    box = page.get_by_role("dialog", name="受理后将通知社区，是否继续？")
    assert faults(page) == []
    box.get_by_role("button", name="取消").click()
    expect(box).to_be_hidden()
    assert page.url.endswith("/styleguide/")
    page.get_by_role("button", name="受理").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    page.wait_for_url("**/styleguide/?page=list")


def test_filter_opens_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=list", width=390, scripts=False)
    expect(page.locator("#filter-state")).to_be_hidden()
    page.click(".filters-toggle")
    page.select_option("#filter-state", "doing")
    page.click(".filters button")
    assert "state=doing" in page.url


def test_large_type_is_kept_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=public", width=390, scripts=False)
    page.get_by_role("button", name="大字版").click()
    assert page.url.endswith("/styleguide/?page=public")
    assert page.locator("html").get_attribute("data-size") == "large"
    page.get_by_role("button", name="标准字号").click()
    assert page.locator("html").get_attribute("data-size") == "normal"


def test_language_is_switched_and_back(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=public")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


def test_update_is_announced_and_nothing_moves(open_page: OpenPage) -> None:
    def before(page: Page) -> None:
        asked: list[str] = []

        def serve(socket: object) -> None:
            asked.append(socket.url)  # type: ignore[attr-defined]
            socket.send('{"type": "case", "id": 42, "seq": 42}')  # type: ignore[attr-defined]
            if len(asked) == 1:
                socket.close()  # type: ignore[attr-defined]

        page.route_web_socket(re.compile("/ws/styleguide/"), serve)
        page.asked = asked  # type: ignore[attr-defined]

    page = open_page("/styleguide/?page=case&live", before=before)
    badge = page.get_by_role("link", name="有更新，点此刷新")
    expect(badge).to_be_visible()
    page.wait_for_timeout(2500)  # the first pause before a new connection is at most 1.5 s
    asked = page.asked  # type: ignore[attr-defined]
    assert [url.rpartition("since=")[2] for url in asked] == ["1", "42"]


def test_print_shows_the_whole_width_and_no_controls(open_page: OpenPage) -> None:
    page = open_page("/styleguide/?page=ledger", width=688)
    page.emulate_media(media="print")
    for hidden in (".rail", ".top", ".tabbar", ".actionbar"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".ledger thead")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
