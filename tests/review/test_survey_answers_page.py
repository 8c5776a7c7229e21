"""The page of returned forms: what is refused is led to where it was typed."""

import pytest
from django.test import Client

from review.actions import survey_answers
from review.models import SurveyAnswer
from tests.cast import Cast
from tests.review import assessing

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(cast: Cast, client: Client) -> str:
    """Return the address of the page, with the county at it and two interviewers' forms drawn for a check."""
    case = assessing.collecting(cast)
    for link in assessing.open_survey(cast, case, cast.at, 12):
        said = {"serial": link.serial, "answers": assessing.answers()}
        survey_answers.enter_answer(case, **said, by=cast.surveyor, at=cast.at)
    assert survey_answers.draw_checks(case, by=cast.county, at=cast.at) == 2
    client.force_login(cast.county)
    return f"/cases/{case.pk}/survey/answers/"


def test_a_reason_that_is_too_long_is_led_to(page_of: str, client: Client) -> None:
    page = client.post(page_of, {"verb": "void", "reason": "长" * 301}).text
    assert 'href="#id_reason"' in page and page.count('id="id_reason"') == 1


def test_an_outcome_that_is_none_is_led_to_in_its_own_row(page_of: str, client: Client) -> None:
    for row in SurveyAnswer.objects.filter(quality="drawn"):
        sent = {"verb": "check", "answer": str(row.pk), "outcome": "none", "reason": "长" * 301}
        page = client.post(page_of, sent).text
        for target in (f"outcome-{row.pk}", f"reason-{row.pk}"):
            assert f'href="#{target}"' in page and page.count(f'id="{target}"') == 1


def test_a_row_of_nonsense_breaks_nothing(page_of: str, client: Client) -> None:
    for answer in ("", "%s", "%(a)d", "x" * 500):
        sent = {"verb": "check", "answer": answer, "outcome": "none"}
        assert client.post(page_of, sent).status_code == 422
