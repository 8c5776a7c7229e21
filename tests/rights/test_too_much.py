"""More than one request may hold is a page with a sentence, for everybody and at every address."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import papers
from tests.cast import Cast

SignIn = Callable[[str], Client]
FIELDS = {f"f{number}": "1" for number in range(1001)}
FILES = {"files": [papers.upload(f"{number}.jpg", b"x") for number in range(101)]}
TEXT = {"text": "长" * 1_500_000}


@pytest.mark.parametrize(
    ("sent", "told"), [(FIELDS, "最多提交1000个填写项"), (FILES, "最多上传100个文件"), (TEXT, "不能超过4 MB")]
)
@pytest.mark.parametrize("where", ["/office/stand-in/", "/accounts/login/", "/notifications/preferences/"])
def test_too_much_at_once_is_told_in_a_sentence(
    cast: Cast, sign_in: SignIn, where: str, sent: dict[str, object], told: str
) -> None:
    page = sign_in("clerk").post(where, {**sent, "verb": "upload"})
    assert page.status_code == 400
    assert told in page.content.decode()
    assert "/static/" in page.content.decode()
