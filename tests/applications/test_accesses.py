"""Who opened what is not for everybody is written down, once a look, and read by the auditor and the office alone (R4-090)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import clock
from applications.actions import evidence
from applications.actions.accesses import opened_complainant
from applications.models import Access, Case, Evidence, Recusal
from applications.models.append_only import AppendOnlyError
from tests import papers, road
from tests.cast import Cast
from tests.rectification.complaining import CONTACT, NAME, filed
from tests.review import publishing

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
PAGE = "/office/accesses/"


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case at the street."""
    return road.to_street(cast)


def stored(cast: Cast, case: Case, name: str, sensitive: bool) -> Evidence:
    """A file of the case."""
    photo = papers.upload(name, papers.picture((9, 7, 200 * sensitive)))
    return evidence.store(
        case, photo, indicators=[], stage="application", by=cast.clerk, at=cast.at, sensitive=sensitive
    )


def looked(client: Client, address: str) -> int:
    """Open a page or a file to its end and return the status; a file that is not read to its end stays open."""
    answer = client.get(address)
    answer.getvalue()
    return answer.status_code


def test_opening_a_file_with_personal_data_is_written_down_once_a_look(
    cast: Cast, case: Case, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = stored(cast, case, "名册.jpg", True)
    addresses = [reverse(name, args=[case.pk, row.pk]) for name in ("evidence_view", "evidence")]
    client = sign_in("street")
    for address in (*addresses, addresses[0] + "?page=1&zoom=2", *addresses):
        assert looked(client, address) == 200
    opened = Access.objects.get()
    assert (opened.user, opened.case, opened.evidence, opened.subject) == (cast.street, case, row, "名册.jpg")
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr("applications.clock.now", lambda: later)
    looked(client, addresses[1])
    looked(sign_in("county"), addresses[1])
    assert list(Access.objects.order_by("pk").values_list("user__username", flat=True)) == [
        "street",
        "street",
        "county",
    ]
    for act in (opened.save, opened.delete, Access.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            act()


def test_who_is_refused_has_opened_nothing_and_other_files_cost_nothing(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    row, plain = stored(cast, case, "名册.jpg", True), stored(cast, case, "广场.jpg", False)
    assert sign_in("auditor").get(reverse("evidence", args=[case.pk, row.pk])).status_code == 403
    assert sign_in("other_street").get(reverse("evidence", args=[case.pk, row.pk])).status_code == 404
    with CaptureQueriesContext(connection) as queries:
        assert looked(sign_in("street"), reverse("evidence", args=[case.pk, plain.pk])) == 200
    assert not any("applications_access" in query["sql"] for query in queries)
    assert not Access.objects.exists()


def test_who_is_shown_an_objector_is_written_down(cast: Cast, sign_in: SignIn, monkeypatch: Any) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)
    case = publishing.at_publication(cast)
    row = publishing.object_to(publishing.on_notice(cast, case), cast.at)
    client = sign_in("province")
    address = reverse("receive_objection", kwargs={"case": case.pk, "key": row.key})
    for _twice in range(2):
        assert row.contact in client.get(address).text
    opened = Access.objects.get()
    assert (opened.user, opened.kind, opened.subject) == (cast.province, "objector", row.number)
    page = sign_in("auditor").get(PAGE).text
    assert row.number in page and row.contact not in page and row.name not in page


def test_who_is_shown_a_complainant_is_written_down_once_a_look(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)
    row = filed(cast.community, cast.at)
    address = reverse("complaint", args=[row.pk])
    for who in ("county", "supervisor", "auditor"):
        assert NAME not in sign_in(who).get(address).text, who
    assert not Access.objects.exists()
    client = sign_in("street")
    assert NAME in client.get(address).text and NAME in client.get(address).text
    opened = Access.objects.get()
    assert (opened.user, opened.case, opened.matter) == (cast.street, None, row.matter)
    assert (opened.kind, opened.subject, opened.at) == ("complainant", row.number, cast.at)
    monkeypatch.setattr("applications.clock.now", lambda: cast.at + timedelta(minutes=11))
    client.get(address)
    assert Access.objects.count() == 2
    for query in ("", f"?q={row.number.lower()}", "?q=翠湖"):
        page = sign_in("auditor").get(PAGE + query).text
        assert row.number in page and address in page and NAME not in page and CONTACT not in page, query


def test_who_is_kept_away_from_a_complaint_reads_nothing_of_who_opened_it(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    row = filed(cast.community, cast.at)
    opened_complainant(row.matter, by=cast.street, at=cast.at)
    for who in ("auditor", "street", "county", "city", "province"):
        assert row.number in sign_in(who).get(PAGE).text, who
    for who in ("other_street", "far_county"):
        assert row.number not in sign_in(who).get(PAGE).text, who
    Recusal.objects.create(case=case, user=cast.county, reason="亲属", at=cast.at)
    assert row.number not in sign_in("county").get(PAGE).text


def test_an_opening_is_of_a_case_or_of_a_matter_never_of_both_or_none(cast: Cast, case: Case) -> None:
    row = filed(cast.community, cast.at)
    for of in ({}, {"case": case, "matter": row.matter}):
        with pytest.raises(IntegrityError, match="an_access_is_of_a_case_or_a_matter"), atomic():
            Access.objects.create(user=cast.street, kind="file", subject="名册", at=cast.at, **of)


def openings(cast: Cast, case: Case, count: int) -> None:
    """Let the street have opened many files, and been shown as many complainants."""
    for number in range(count):
        Access.objects.create(case=case, user=cast.street, kind="file", subject=f"名册{number}", at=cast.at)
        opened_complainant(filed(cast.community, cast.at).matter, by=cast.street, at=cast.at)


def test_the_record_is_read_by_the_auditor_and_the_office_alone(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    openings(cast, case, 1)
    for who in ("auditor", "street", "county", "city", "province"):
        assert "名册0" in sign_in(who).get(PAGE).text, who
    for who in ("other_street", "far_county"):
        answer = sign_in(who).get(PAGE)
        assert answer.status_code == 200 and "名册0" not in answer.text, who
    for who in ("clerk", "reviewer", "supervisor", "sysadmin"):
        assert sign_in(who).get(PAGE).status_code == 403, who
    Recusal.objects.create(case=case, user=cast.county, reason="亲属", at=cast.at)
    assert "名册0" not in sign_in("county").get(PAGE).text


@pytest.mark.parametrize(
    ("query", "most"), [("", 142), ("?page=2", 142), ("?q=翠湖", 142), ("?q=XP2026", 71), ("?q=TS-", 71)]
)
def test_the_record_takes_the_same_statements_with_any_number_of_openings(
    cast: Cast, case: Case, sign_in: SignIn, query: str, most: int
) -> None:
    client, counts = sign_in("street"), []
    for more in (1, 70):
        openings(cast, case, more)
        client.get(PAGE + query)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(PAGE + query)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7
    assert answer.context["page"].paginator.count == most
