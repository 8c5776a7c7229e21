"""Nothing of a case in a list, a search, a count, an export or a message of somebody who may not see it."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from applications.models import Case, Recusal
from notifications.models import Notification
from notifications.outbox import drain
from tests import road
from tests.cast import Cast
from tests.kept import kept
from tests.review.drive import case_in_review
from workflow.dashboard.asked import roots

SignIn = Callable[[str], Client]
KEPT_OUT = (
    "far_county",
    "far_street",
    "neighbour",
    "other_street",
    "unassigned",
    "county2",
    "reviewer4",
    "sysadmin",
)
LISTS = (
    "/desk/?tab={tab}&q=",
    "/desk/?tab={tab}&q=翠湖",
    "/desk/export/?tab={tab}",
    "/cases/",
    "/cases/?q=翠湖",
    "/cases/export/",
    "/search/?q=翠湖",
    "/palette/?q=翠湖",
    "/rectification/",
    "/rectification/?q=翠湖",
    "/dashboard/",
    "/dashboard/export/",
    "/notifications/",
    "/jobs/",
)


@pytest.fixture
def case(cast: Cast) -> Case:
    """The case that nobody of ``KEPT_OUT`` may see."""
    return with_recusals(cast)


@kept
def with_recusals(cast: Cast) -> Case:
    """A case with items to be put right; one official and one assigned reviewer are recused from it."""
    case = road.to_publication(cast, star=0)
    for name in ("county2", "reviewer4"):
        Recusal.objects.create(case=case, user=cast[name], reason="亲属", at=cast.at)
    case.assignments.create(
        user=cast.reviewer4, duty="observer", assigned_by=cast.county, assigned_at=cast.at
    )
    return case


def addresses() -> list[str]:
    tabs = ("mine", "office", "done", "watched")
    return list(dict.fromkeys(entry.format(tab=tab) for entry in LISTS for tab in tabs))


def words(answer: Any) -> str:
    """Return everything that an answer says, what is packed in a spreadsheet too."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] != b"PK":
        return str(body.decode())
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/"))


def told(client: Client, case: Case) -> list[str]:
    """Return the lists that name the case, what was typed oneself left out."""
    found = []
    for address in addresses():
        said = words(client.get(address)).replace('value="翠湖"', "")
        named = "翠湖社区" in said and not address.startswith("/search/")  # which also finds places
        if named or case.number in said or f"/cases/{case.pk}/" in said:
            found.append(address)
    return found


@kept
def notified(cast: Cast) -> None:
    """Tell everybody what there is to be told."""
    while drain(now=cast.at):
        pass


@pytest.mark.parametrize("name", KEPT_OUT)
def test_no_list_names_the_case_to_who_may_not_see_it(
    cast: Cast, case: Case, sign_in: SignIn, name: str
) -> None:
    notified(cast)
    assert told(sign_in(name), case) == []
    assert not Notification.objects.filter(user=cast[name], subject=case.pk).exists()


def test_the_data_that_could_leak_is_there(cast: Cast, case: Case, sign_in: SignIn) -> None:
    found = told(sign_in("county"), case)
    for address in ("/cases/", "/cases/export/", "/search/?q=翠湖", "/palette/?q=翠湖", "/rectification/"):
        assert address in found


def counted(client: Client) -> str:
    """Return the sheets of the dashboard: every count and average of it."""
    return words(client.get("/dashboard/export/"))


@pytest.mark.parametrize("name", ["county2", "far_county"])
def test_counts_and_averages_are_those_of_a_world_without_the_case(
    cast: Cast, sign_in: SignIn, name: str
) -> None:
    assert roots(cast[name])
    before = counted(sign_in(name))
    case = case_in_review(cast)
    if name == "county2":
        assert counted(sign_in(name)) != before
        Recusal.objects.create(case=case, user=cast.county2, reason="亲属", at=cast.at)
    assert counted(sign_in(name)) == before
