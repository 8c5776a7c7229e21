"""The residents' questionnaire as a resident meets it: no login, large type, polite ends."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from applications.models import Case
from review.actions import survey, survey_links
from review.actions.survey_links import Issued
from review.models import SurveyAnswer
from review.views import survey_public
from tests.cast import Cast
from tests.review import assessing
from tests.review.assessing import answers


@pytest.fixture
def links(cast: Cast) -> list[Issued]:
    return assessing.open_survey(cast, assessing.collecting(cast), cast.at, 10)


def form(**changes: str) -> dict[str, str]:
    return {**answers(), "consent": "on", **changes}


def test_a_resident_answers_in_one_post_and_is_thanked(links: list[Issued]) -> None:
    client = Client()
    url = f"/s/{links[0].token}/"
    page = client.get(url)
    text = page.content.decode()
    assert page.status_code == 200 and 'data-size="large"' in text and "翠湖社区" in text
    assert page["Referrer-Policy"] == "same-origin" and "no-store" in page["Cache-Control"]
    assert "sessionid" not in client.cookies
    done = client.post(url, form())
    assert done.status_code == 302 and done.url == "/s/done/"
    assert links[0].token not in client.get(done.url).content.decode()
    assert SurveyAnswer.objects.get().answers["attitude"] == "satisfied"
    again = client.get(url)
    assert again.status_code == 200 and "这份问卷已经提交" in again.content.decode()
    twice = client.post(url, form(overall="dissatisfied"))
    assert twice.status_code == 409 and "这份问卷已经提交" in twice.content.decode()
    assert SurveyAnswer.objects.count() == 1


def test_what_was_answered_stays_when_something_is_missing(links: list[Issued]) -> None:
    page = Client().post(f"/s/{links[0].token}/", form(overall="", content="neutral", consent=""))
    text = page.content.decode()
    assert page.status_code == 422
    assert "“总的来说，您对本社区的服务满意吗？”尚未回答" in text and "请勾选“我自愿参加" in text
    assert 'name="content" value="neutral" id="id_content_2" checked' in text
    assert "<title>有错误" in text
    assert not SurveyAnswer.objects.exists()


def test_the_questionnaire_is_readable_in_english(links: list[Issued]) -> None:
    page = Client(headers={"accept-language": "en"}).get(f"/s/{links[0].token}/")
    assert 'lang="en"' in page.content.decode()


@pytest.mark.parametrize("token", ["x", "A" * 22, "a" * 400, "..", "%00"])
def test_an_unknown_link_is_not_found(db: None, cast: Cast, token: str) -> None:
    client = Client()
    assert client.get(f"/s/{token}/").status_code == 404
    assert client.post(f"/s/{token}/", form()).status_code == 404


def test_a_closed_survey_and_a_void_link_say_so(cast: Cast, links: list[Issued]) -> None:
    case = Case.objects.get()
    survey_links.void_links(case, serials="10", reason="spoilt", by=cast.county, at=cast.at)
    assert "这个链接已作废" in Client().get(f"/s/{links[9].token}/").content.decode()
    survey.void_survey(case, reason="重来", by=cast.county, at=cast.at)
    page = Client().get(f"/s/{links[0].token}/")
    assert "本次调查已经结束" in page.content.decode()
    late = Client().post(f"/s/{links[0].token}/", form())
    assert late.status_code == 409 and not SurveyAnswer.objects.exists()


def test_the_post_is_protected_against_forgery(links: list[Issued]) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"/s/{links[0].token}/", form()).status_code == 403
    client.get(f"/s/{links[0].token}/")
    token = client.cookies["csrftoken"].value
    typed = form(csrfmiddlewaretoken=token)
    url = f"/s/{links[0].token}/"
    assert client.post(url, typed, headers={"origin": "null"}).status_code == 403
    assert client.post(url, typed, headers={"origin": "http://testserver"}).status_code == 302


def test_guessing_is_slowed_down_but_a_known_link_still_opens(
    links: list[Issued], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey_public, "MISSES", survey_public.Limit("misses-test", 2, 60))
    cache.clear()
    client = Client()
    found = [client.get(f"/s/guess{place}/").status_code for place in range(4)]
    assert found == [404, 404, 429, 429]
    assert client.get(f"/s/{links[0].token}/").status_code == 200
    assert Client(REMOTE_ADDR="10.0.0.9").get("/s/guess9/").status_code == 404


def test_no_address_of_a_resident_gets_into_the_cache(
    links: list[Issued], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[str] = []
    monkeypatch.setattr("applications.limits.cache.add", lambda key, *_rest: keys.append(key))
    Client(REMOTE_ADDR="10.0.0.77").get(f"/s/{links[0].token}/")
    assert keys and not any("10.0.0.77" in key for key in keys)


def test_too_many_calls_are_told_to_wait(links: list[Issued], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_public, "CALLS", survey_public.Limit("calls-test", 2, 60))
    cache.clear()
    client = Client()
    url = f"/s/{links[0].token}/"
    answers_ = [client.get(url) for _time in range(3)]
    assert [page.status_code for page in answers_] == [200, 200, 429]
    assert answers_[2]["Retry-After"] == "300" and "访问过于频繁" in answers_[2].content.decode()


def test_the_page_asks_few_queries(links: list[Issued], django_assert_num_queries: Any) -> None:
    client = Client()
    with django_assert_num_queries(1):
        client.get(f"/s/{links[0].token}/")
