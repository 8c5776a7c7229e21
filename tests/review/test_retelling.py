"""A rating read in English: its reasons are told anew from the kept sheet, and what is kept stays as it is."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from review.models import Rating
from review.queries.retelling import result_words, retold, together
from tests.cast import Cast
from tests.review import drive

pytestmark = pytest.mark.django_db


@pytest.fixture
def rating(cast: Cast) -> Rating:
    """A rating of a reviewed case."""
    case = drive.review(cast, drive.case_in_review(cast))
    return Rating.objects.get(case=case)


def chinese(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def test_reasons_are_told_in_english_and_the_stored_ones_stay(rating: Rating) -> None:
    line = rating.lines.order_by("position")[0]
    assert retold(rating) is None
    assert chinese(line.reason)
    with override("en"):
        found = retold(rating)
        assert found is not None and found.digest == rating.digest
        told = [together(found.indicators[row.indicator].reasons) for row in rating.lines.all()]
        assert [text for text in told if chinese(text)] == []
        result = result_words(rating, found)
    assert [text for text in result["held_by"] if chinese(text)] == []
    assert rating.result["held_by"] == Rating.objects.get(pk=rating.pk).result["held_by"]


def test_a_sheet_that_gives_another_digest_is_not_told_anew(rating: Rating) -> None:
    rating.digest = "0" * 64
    with override("en"):
        assert retold(rating) is None
        assert result_words(rating, None) is rating.result


def test_the_rating_page_reads_english(rating: Rating, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("member")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(f"/cases/{rating.case_id}/ratings/{rating.pk}/").content.decode()
    first = rating.lines.order_by("position")[0]
    assert first.reason not in page
    assert "are complete" in page
