"""Blind stays blind: while one reviewer has handed in and the other has not, nothing of it is anywhere."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from applications.models import Event
from notifications.models import Notification, Outbox
from review.actions import judging
from review.models import Judgement
from tests.cast import Cast
from tests.review.drive import REVIEWED, case_in_review, judge_all


@pytest.fixture
def case(cast: Cast):
    return case_in_review(cast)


@pytest.fixture
def clock(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """A clock that stands still at the cast's moment until it is moved."""

    class Hands:
        now = cast.at

    monkeypatch.setattr("applications.clock.now", lambda: Hands.now)
    return Hands


def url(name: str, case, **kwargs) -> str:
    return reverse(name, kwargs={"case": case.pk, **kwargs})


def text(answer) -> str:
    return answer.content.decode()


SECRETS = ("绝密甲一一", "绝密甲二二", "绝密甲三三")


@pytest.fixture
def half_done(cast: Cast, case, clock):
    """One reviewer has handed in, with words that must not be seen; the other is still judging."""
    note, finding, suggestion = SECRETS
    judge_all(case, cast.reviewer, at=cast.at, missed=("1.1.a", "2.1.b", "6.3.b"))
    row = Judgement.objects.get(indicator="1.1.a", by=cast.reviewer)
    row.note, row.finding, row.suggestion = note, finding, suggestion
    row.save()
    judging.hand_in(case, by=cast.reviewer, at=cast.at)
    judge_all(case, cast.reviewer2, at=cast.at)
    return case


def addresses(case) -> Iterator[str]:
    """Every page of the case that somebody may try while the review is blind."""
    for name in (
        "case",
        "judge",
        "judgements",
        "settle",
        "opinion",
        "supplement",
        "vote",
        "resettle",
        "application",
        "publications",
    ):
        yield url(name, case)
    yield url("judge_item", case, indicator="1.1.a")
    yield from (reverse(name) for name in ("desk", "cases", "ledger"))


@pytest.mark.parametrize("name", ["reviewer2", "leader", "county", "auditor", "manager", "member", "clerk"])
def test_nothing_of_a_reviewers_work_is_on_any_page_before_both_are_in(half_done, sign_in, name: str) -> None:
    client = sign_in(name)
    leaks = []
    for address in addresses(half_done):
        shown = text(client.get(address))
        leaks += [(address, secret) for secret in SECRETS if secret in shown]
        leaks += [(address, "60/63") for part in ("60/63", "63/63") if part in shown and name != "reviewer2"]
    assert leaks == []


def test_errors_of_the_other_reviewer_tell_nothing_either(half_done, sign_in) -> None:
    client = sign_in("reviewer2")
    address = url("judge_item", half_done, indicator="1.1.a")
    page = client.post(address, {"verb": "judge", "reached": "no", "note": ""})
    assert page.status_code == 422
    assert not [secret for secret in SECRETS if secret in text(page)]


def test_the_data_that_could_leak_is_there_once_both_are_in(cast, half_done, sign_in, clock) -> None:
    judging.hand_in(half_done, by=cast.reviewer2, at=cast.at)
    assert SECRETS[0] in text(sign_in("leader").get(url("settle", half_done)))
    assert SECRETS[0] not in text(sign_in("reviewer2").get(url("judgements", half_done)))
    assert SECRETS[0] not in text(sign_in("county").get(url("judgements", half_done)))
    clock.now = cast.at + REVIEWED
    assert SECRETS[0] in text(sign_in("reviewer2").get(url("judgements", half_done)))
    assert SECRETS[0] in text(sign_in("county").get(url("judgements", half_done)))
    assert SECRETS[0] not in text(sign_in("clerk").get(url("judgements", half_done)))


def test_neither_log_nor_messages_carry_anything_before_both_are_in(half_done) -> None:
    said = [
        *(str(data) for data in Event.objects.filter(case=half_done).values_list("data", flat=True)),
        *(str(payload) for payload in Outbox.objects.values_list("payload", flat=True)),
        *(str(row) for row in Notification.objects.values_list("text", "url", "ref")),
    ]
    assert not [(line, secret) for line in said for secret in (*SECRETS, "1.1.a") if secret in line]


def test_search_and_exports_find_nothing_of_it(half_done, sign_in) -> None:
    for name in ("reviewer2", "leader", "county", "auditor"):
        client = sign_in(name)
        for secret in SECRETS:
            for address in (reverse("cases"), reverse("desk")):
                shown = text(client.get(address, {"q": secret}))
                assert "林若彤的说明" not in shown
                assert shown.count(secret) <= 2  # what was typed stands in the field
