"""Files go out with a bar that can be stopped, and go on where they stopped; without scripts a plain post takes them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Route, expect

from applications.models import Case
from tests import papers, road
from tests.browser.conftest import OpenPage
from tests.browser.faults import faults, listen
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(cast: Cast) -> Case:
    """An application that is being filled in."""
    return road.open_case(cast)


@pytest.fixture
def session(case: Case, sign_in: Callable[[str], Client]) -> str:
    """The session key of the community's clerk."""
    return sign_in("clerk").cookies[settings.SESSION_COOKIE_NAME].value


def a_file(name: str, text: str = "台账") -> Any:
    """Return a file as the browser takes it."""
    kind = "application/pdf" if name.endswith(".pdf") else "application/octet-stream"
    content = papers.pdf(text) if name.endswith(".pdf") else b"MZ\x90\x00" + text.encode()
    return {"name": name, "mimeType": kind, "buffer": content}


def names(case: Case) -> list[str]:
    """Return the names of the files that are kept."""
    return sorted(case.evidence.filter(removed_at__isnull=True).values_list("name", flat=True))


def choose(page: Page, *files: Any) -> None:
    """Choose files and press the button."""
    page.set_input_files("#id_files", list(files))
    page.click("button[value=upload]")


def test_each_file_is_kept_and_what_is_refused_says_why(
    open_page: OpenPage, case: Case, session: str
) -> None:
    heard: list[list[str]] = []
    page = open_page(
        f"/cases/{case.pk}/apply/indicators/1.1.a/",
        width=390,
        session=session,
        before=lambda page: heard.append(listen(page)),
    )
    choose(page, a_file("一.pdf", "一"), a_file("二.exe"), a_file("三.pdf", "三"))
    told = page.locator("[data-tell]")
    expect(told).to_have_text("已上传2份材料，1份没有收下：")
    expect(page.locator(".err-list li")).to_contain_text("二.exe")
    expect(page.locator("#evidence .ev")).to_have_count(2)
    assert names(case) == ["一.pdf", "三.pdf"]
    wrong = [
        line for line in faults(page, heard=heard[0]) if "422" not in line
    ]  # the console notes the refusal
    assert wrong == []


def test_what_is_left_goes_on_after_the_network_came_back(
    open_page: OpenPage, case: Case, session: str
) -> None:
    page = open_page(f"/cases/{case.pk}/apply/evidence/", session=session)
    asked: list[str] = []

    def second_fails(route: Route) -> None:
        asked.append(route.request.method)
        if len(asked) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(
        page.url, lambda route: second_fails(route) if route.request.method == "POST" else route.continue_()
    )
    choose(page, a_file("一.pdf", "一"), a_file("二.pdf", "二"))
    expect(page.locator("[data-tell]")).to_contain_text("已传完的1份已保存，其余1份不必重新选择")
    assert names(case) == ["一.pdf"]
    page.get_by_role("button", name="继续上传").click()
    expect(page.locator("[data-tell]")).to_have_text("已上传2份材料。")
    assert names(case) == ["一.pdf", "二.pdf"]
    assert len(asked) == 3


def test_an_upload_can_be_stopped_and_taken_up_again(open_page: OpenPage, case: Case, session: str) -> None:
    page = open_page(f"/cases/{case.pk}/apply/evidence/", session=session)
    held: list[Route] = []
    page.route(
        page.url, lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    choose(page, a_file("一.pdf", "一"))
    page.get_by_role("button", name="停止上传").click()
    expect(page.locator("[data-tell]")).to_contain_text("已停止。")
    page.unroute_all()
    page.get_by_role("button", name="继续上传").click()
    expect(page.locator("[data-tell]")).to_have_text("已上传1份材料。")
    assert names(case) == ["一.pdf"]


def test_without_scripts_a_plain_post_takes_the_files(open_page: OpenPage, case: Case, session: str) -> None:
    page = open_page(f"/cases/{case.pk}/apply/evidence/", session=session, scripts=False)
    choose(page, a_file("一.pdf", "一"), a_file("二.pdf", "二"))
    expect(page.locator(".notice-ok")).to_contain_text("已上传2份材料")
    assert names(case) == ["一.pdf", "二.pdf"]
