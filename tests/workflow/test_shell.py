"""The frame of every page: preferences, navigation, errors, and that residents' pages touch no session."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from workflow.context import Shell


@pytest.mark.parametrize(
    ("field", "value", "cookie"),
    [
        ("size", "large", "size"),
        ("size", "normal", "size"),
        ("contrast", "high", "contrast"),
        ("language", "en", "django_language"),
    ],
)
def test_choice_is_kept_in_a_cookie(client: Client, field: str, value: str, cookie: str) -> None:
    answer = client.post(reverse("preferences"), {field: value, "next": "/styleguide/?page=list"})
    assert answer.status_code == 302
    assert answer["Location"] == "/styleguide/?page=list"
    assert answer.cookies[cookie].value == value
    assert answer.cookies[cookie]["samesite"] == "Lax"


def test_unknown_choice_sets_nothing(client: Client) -> None:
    answer = client.post(reverse("preferences"), {"size": "huge", "language": "xx", "next": "/"})
    assert answer.status_code == 302
    assert not answer.cookies


@pytest.mark.parametrize("target", ["https://example.invalid/", "//example.invalid/", "javascript:1", ""])
def test_way_back_never_leaves_the_site(client: Client, target: str) -> None:
    assert client.post(reverse("preferences"), {"size": "large", "next": target})["Location"] == "/"


def test_preferences_are_not_read_by_get(client: Client) -> None:
    answer = client.get(reverse("preferences"))
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "此地址不能这样打开或提交" in answer.text and 'href="/"' in answer.text


def test_cookie_with_an_unknown_value_is_the_normal_look(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.COOKIES = {"size": '"><script>', "contrast": "x"}
    assert (Shell(request).size, Shell(request).contrast) == ("normal", "normal")


def test_navigation_marks_the_longest_place_that_the_page_lies_in(rf: RequestFactory) -> None:
    links = [link for group in Shell(rf.get("/cases/7/")).nav for link in group.links]
    assert [link.url for link in links if link.current] == [reverse("cases")]


@pytest.mark.django_db
def test_residents_page_needs_no_session_and_asks_for_the_standards_in_use_alone(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        answer = client.get("/styleguide/?page=public")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_unknown_page_of_the_style_guide_is_not_found(client: Client) -> None:
    assert client.get("/styleguide/?page=nothing").status_code == 404


def test_page_of_a_refusal_gives_the_reason(rf: RequestFactory) -> None:
    text = render_to_string("403.html", {"exception": "您不是这件案卷的承办人。"}, rf.get("/"))
    assert "您不是这件案卷的承办人。" in text


@pytest.mark.parametrize("name", ["400.html", "404.html", "500.html"])
def test_error_page_needs_no_request(name: str) -> None:
    assert "<h1>" in render_to_string(name)
