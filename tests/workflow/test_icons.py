"""Every icon that a page may name exists, and every icon that a page names is registered."""

import re

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from tests.house.source import named, project_files
from workflow import icons
from workflow.templatetags import interface

USES = (
    re.compile(r"<c-icon\b[^>]*?\bname=\"([a-z0-9-]+)\""),
    re.compile(r"<c-[a-z-]+\b[^>]*?\bicon=\"([a-z0-9-]+)\""),
    re.compile(r"\{% icon \"([a-z0-9-]+)\""),
)


@pytest.mark.parametrize("name", sorted(icons.ICONS))
def test_registered_icon_exists(name: str) -> None:
    assert icons.paths(name).startswith("<")


def test_templates_name_registered_icons_only() -> None:
    unknown = {
        f"{named(path)}: {name}"
        for path in project_files()
        if path.suffix == ".html" and "templates" in path.parts
        for pattern in USES
        for name in pattern.findall(path.read_text(encoding="utf-8"))
        if name not in icons.ICONS
    }
    assert unknown == set()


def test_icons_of_statuses_files_and_notices_are_registered() -> None:
    named_there = {
        *interface.STATUS_ICONS.values(),
        *interface.FILE_ICONS.values(),
        *interface.NOTICE_ICONS.values(),
    }
    assert named_there - icons.ICONS == set()


def test_unknown_icon_is_replaced_and_breaks_nothing() -> None:
    page = Template("{% load interface %}{% icon 'no-such-icon' %}")
    assert icons.paths(icons.STAND_IN) in page.render(Context())


def test_page_prints_each_drawing_once(rf: RequestFactory) -> None:
    page = Template("{% load interface %}{% icon 'x' %}{% icon 'x' 14 %}{% icon_symbols %}")
    text = page.render(Context({"request": rf.get("/")}))
    assert text.count('href="#i-x"') == 2
    assert text.count('<symbol id="i-x"') == 1


def test_icon_with_a_label_speaks_and_one_without_is_silent() -> None:
    page = Template("{% load interface %}{% icon 'x' 20 '关闭' %}{% icon 'x' %}")
    spoken, silent = page.render(Context()).split("</svg>")[:2]
    assert 'role="img" aria-label="关闭"' in spoken
    assert 'aria-hidden="true"' in silent
