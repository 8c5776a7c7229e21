"""The evidence viewer and the official papers in a browser: every width, large type, no script needed."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from applications.actions import evidence, intake, rendering
from applications.models import Case
from tests import papers, road
from tests.applications.test_viewer import long_pdf, word, workbook
from tests.browser.conftest import OpenPage
from tests.browser.faults import faults, listen
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("纪要.pdf", "台账.docx", "名册.xlsx")


@pytest.fixture
def case(cast: Cast) -> Case:
    """An application with a PDF, a Word file and a workbook behind one indicator, sent back once."""
    case = road.open_case(cast)
    contents = (long_pdf(3), word(), workbook(70))
    files = [papers.upload(name, content) for name, content in zip(NAMES, contents, strict=True)]
    done = evidence.upload(case, files=files, indicators=["1.1.b"], by=cast.clerk, at=cast.at)
    assert not done.faults
    for row in done.rows:
        rendering.on_ask(
            {"evidence": row.pk, "first": 1}, cast.at
        )  # as the worker does, before anybody looks
    road.to_street(cast, case)
    intake.send_back(case, opinion="请补正。", defects={"1.1.a": "缺文件。"}, by=cast.street, at=cast.at)
    return case


@pytest.fixture
def session(case: Case, sign_in: Callable[[str], Client]) -> str:
    """The session key of the street's officer."""
    return sign_in("street").cookies[settings.SESSION_COOKIE_NAME].value


def addresses(case: Case) -> list[str]:
    """The viewer of each file, and the list of papers."""
    rows = {row.name: row.pk for row in case.evidence.all()}
    base = f"/cases/{case.pk}"
    views = [f"{base}/evidence/{rows[name]}/view/?indicator=1.1.b&back={base}/application/" for name in NAMES]
    return [*views, f"{base}/papers/"]


@pytest.mark.nightly  # its pages are visited in CI by test_every_page
@pytest.mark.parametrize(("width", "size"), [(1280, "normal"), (390, "normal"), (320, "large")])
def test_nothing_is_wrong_with_the_pages(
    open_page: OpenPage, case: Case, session: str, width: int, size: str
) -> None:
    found = {}
    for address in addresses(case):
        heard: list[list[str]] = []
        page = open_page(
            address,
            width=width,
            size=size,
            session=session,
            before=lambda page, heard=heard: heard.append(listen(page)),
        )
        page.wait_for_load_state("networkidle")
        found[address] = faults(page, heard=heard[0])
    assert {address: lines for address, lines in found.items() if lines} == {}


def test_one_reads_on_from_page_to_page_and_file_to_file_without_scripts(
    open_page: OpenPage, case: Case, session: str
) -> None:
    page = open_page(addresses(case)[0], width=390, session=session, scripts=False)
    page.click("a[rel=next]")
    page.click("text=放大")
    picture = page.locator(".sheet-view img")
    picture.wait_for()
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => image.naturalWidth") > 1000
    frame = page.locator(".sheet-view")
    assert frame.evaluate("box => box.scrollWidth > box.clientWidth")  # the page scrolls, not the site
    page.click(f"text={NAMES[1]}")
    assert "第二行" in page.inner_text(".doc-view")
    assert page.locator(".doc-view img").count() == 1
    page.click("text=返回")
    page.wait_for_url(f"**/cases/{case.pk}/application/")
