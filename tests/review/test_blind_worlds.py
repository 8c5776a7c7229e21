"""Blind stays blind, told by comparison: while both have not handed in, the world looks the same whatever one judged.

Two worlds differ in one reviewer's work alone. Whoever looks at any page, count, search, export, error, ping or answer
of the API must not be able to tell them apart; the other reviewer not even from the world in which nothing was done.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from applications.models import Case
from notifications.models import Notification
from notifications.outbox import drain
from review.actions import judging
from review.models import Judgement
from tests.cast import Cast
from tests.review.drive import case_in_review, judge_all
from tests.rights.byways import aside
from tests.rights.test_leaks import words
from tests.rights.trying import url_names
from workflow.audience import doers
from workflow.pings import standing

pytestmark = pytest.mark.thorough
SignIn = Callable[[str], Client]
EVERYBODY = ("leader", "reviewer2", "county")
LISTS = (
    *("desk", "desk_export", "cases", "cases_export", "search", "palette", "ledger", "deadline_calendar"),
    *(
        "dashboard",
        "dashboard_export",
        "notifications",
        "jobs",
        "portal_home",
        "portal_results",
        "portal_csv",
    ),
    *("portal_statistics", "api_results", "api_notices", "portal_heads"),
)
ASKED = ("?q=翠湖", "?q=绝密甲&tab=office&show=all")
MASKED = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|data-csrf="[^"]*"|nonce="[^"]*"')
SECRETS = ("绝密甲一一", "绝密甲二二", "绝密甲三三")


@pytest.fixture
def case(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case whose second reviewer has judged everything and handed in nothing."""
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)
    row = case_in_review(cast)
    judge_all(row, cast.reviewer2, at=cast.at)
    all_told(cast)
    return row


def all_told(cast: Cast) -> None:
    """Send what there is to be told."""
    while drain(now=cast.at):
        pass


def works(cast: Cast, case: Case, missed: tuple[str, ...]) -> None:
    """Let the first reviewer judge, note secrets where something is missed, and hand in; all messages go out."""
    judge_all(case, cast.reviewer, at=cast.at, missed=missed)
    if missed:
        row = Judgement.objects.get(indicator=missed[0], by=cast.reviewer)
        row.note, row.finding, row.suggestion = SECRETS
        row.save()
    judging.hand_in(case, by=cast.reviewer, at=cast.at)
    all_told(cast)


def addresses(case: Case) -> Iterator[str]:
    """Return every address that a case alone makes, those of the judged indicators, and every list as it may be asked."""
    for name in sorted(url_names()):
        try:
            yield reverse(name, kwargs={"case": case.pk})
        except NoReverseMatch:
            continue
    for indicator in ("1.1.a", "2.1.b", "6.3.b"):
        yield reverse("judge_item", kwargs={"case": case.pk, "indicator": indicator})
    for name in LISTS:
        yield from (f"{reverse(name)}{asked}" for asked in ASKED)
    yield reverse("api_community", args=[case.community.code])


def errors(client: Client, case: Case) -> Iterator[tuple[str, str]]:
    """Return what refused posts say."""
    where = reverse("judge_item", kwargs={"case": case.pk, "indicator": "1.1.a"})
    for verb in ("judge", "none"):
        said = client.post(where, {"verb": verb, "reached": "no", "note": ""})
        yield f"POST {where} {verb}", f"{said.status_code} {words(said)}"
    for name in ("settle", "opinion", "resettle", "vote", "judge"):
        said = client.post(reverse(name, kwargs={"case": case.pk}), {"verb": "none"})
        yield f"POST {name}", f"{said.status_code} {words(said)}"


def seen(client: Client, person: Any, case: Case) -> dict[str, str]:
    """Return all that a person can learn now, by where."""
    found = {}
    for where in addresses(case):
        answer = client.get(where)
        found[where] = f"{answer.status_code} {answer.headers.get('Location', '')} {words(answer)}"
    found.update(errors(client, case))
    place = standing(person, case.pk)
    found["ping"] = repr(place and (place.seq if hasattr(place, "seq") else place))
    told = Notification.objects.filter(user=person).order_by("pk").values_list("kind", "text", "url")
    found["told"] = repr(list(told))
    return {where: MASKED.sub("", said) for where, said in found.items()}


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Return in words where two worlds look different."""
    found = []
    for where in one:
        if one[where] != other[where]:
            pairs = zip(one[where].splitlines(), other[where].splitlines(), strict=False)
            first = next(((a, b) for a, b in pairs if a != b), ("", "longer or shorter"))
            found.append(f"{where}: {first[0].strip()[:200]!r} against {first[1].strip()[:200]!r}")
    return found


@pytest.mark.parametrize("name", EVERYBODY)
def test_what_one_judged_makes_no_difference_to_anybody(
    cast: Cast, case: Case, sign_in: SignIn, name: str
) -> None:
    worlds = []
    for missed in ((), ("1.1.a", "2.1.b", "6.3.b")):
        with aside():
            works(cast, case, missed)
            worlds.append(seen(sign_in(name), cast[name], case))
    assert differences(*worlds) == []
    assert not [(where, secret) for where, said in worlds[1].items() for secret in SECRETS if secret in said]


def test_the_other_reviewer_cannot_tell_whether_anything_was_handed_in(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    worlds = []
    for done in (False, True):
        with aside():
            if done:
                works(cast, case, ("1.1.a", "2.1.b", "6.3.b"))
            worlds.append(seen(sign_in("reviewer2"), cast.reviewer2, case))
    assert differences(*worlds) == []
    assert cast.reviewer2 not in [
        person for todo in case.todos.exclude(assignee=cast.reviewer2) for person in doers(todo)
    ]


def test_the_worlds_differ_once_both_are_in(cast: Cast, case: Case, sign_in: SignIn) -> None:
    worlds = []
    for missed in ((), ("1.1.a", "2.1.b", "6.3.b")):
        with aside():
            works(cast, case, missed)
            judging.hand_in(case, by=cast.reviewer2, at=cast.at)
            worlds.append(seen(sign_in("leader"), cast.leader, case))
    assert differences(*worlds)
