"""Complaints as lists, figures and in the log: who sees them, what is counted, what the chain proves."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.actions import calendar
from applications.errors import Invalid
from applications.models import Deadline, Event
from rectification.actions import complaints
from rectification.models import Complaint, ComplaintEntry
from rectification.queries.complaints import counts, ledger
from tests import invariants
from tests.cast import Cast
from tests.pages import post, text
from tests.rectification.complaining import CONTACT, NAME, SAID, TEXT, answered, filed, taken
from workflow import anchors
from workflow.verification import broken_anchors, broken_chains, broken_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hand(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def forge(entry: ComplaintEntry, words: str) -> None:
    """Change an entry past the product, as whoever holds the database could."""
    with connection.cursor() as cursor:
        cursor.execute("update rectification_complaintentry set text = %s where id = %s", [words, entry.pk])


def test_an_officer_writes_down_what_was_said_by_telephone_and_owns_it(cast: Cast) -> None:
    client = signed_in(cast, "street")
    found = client.get("/complaints/new/?q=翠湖")
    assert f"?community={cast.community.code}" in found.text
    assert (
        "庐峰" not in text(client.get("/complaints/new/?q=庐峰")).replace("“庐峰”", "").split("社区名称")[-1]
    )
    url = f"/complaints/new/?community={cast.community.code}"
    said = {"happened_on": "2026-02-27", "text": TEXT, "demand": "请处理。", "name": NAME, "contact": CONTACT}
    bad = post(client, url, "send", **{**said, "channel": "online"})
    assert bad.status_code == 422
    done = post(client, url, "send", **said, channel="phone")
    row = Complaint.objects.get()
    assert done["Location"] == f"/complaints/{row.pk}/"
    assert (row.owner, row.state, row.channel, row.by) == (cast.street, "handling", "phone", cast.street)
    far = post(
        client,
        f"/complaints/new/?community={cast.communities['庐峰社区'].code}",
        "send",
        **said,
        channel="phone",
    )
    assert far.status_code == 404


def test_the_log_proves_complaints_and_names_what_was_changed(cast: Cast) -> None:
    row = answered(taken(cast.community, cast.street, cast.at), cast.street, cast.at)
    anchors.anchor(cast.at)
    assert invariants.complaints_that_stand_still() == []
    assert [*broken_chains(), *broken_rows(), *broken_anchors()] == []
    Complaint.objects.filter(pk=row.pk).update(text="改过的内容。")
    assert [finding.why for finding in broken_chains()] == ["投诉内容与登记时不符"]
    Complaint.objects.filter(pk=row.pk).update(text=TEXT)
    answer = ComplaintEntry.objects.get(verb="answer")
    forge(answer, "改过的答复。")
    assert [finding.case for finding in broken_rows()] == [row.number]
    forge(answer, answer.text)
    assert list(broken_rows()) == []
    Event.objects.filter(matter=row.matter).order_by("-seq")[:1].get().delete()
    assert [finding.case for finding in broken_anchors()] == [row.number]


def test_a_new_holiday_notice_moves_the_term(cast: Cast) -> None:
    row = filed(cast.community, cast.at)
    due = row.due_on
    Deadline.objects.filter(matter=row.matter).update(provisional=True, due_on=cast.at.date())
    Complaint.objects.filter(pk=row.pk).update(due_on=cast.at.date())
    assert calendar.recompute(by=None, at=cast.at) == 1
    assert Event.objects.filter(matter=row.matter, verb="recompute_deadline").exists()
    row.refresh_from_db()
    assert row.due_on == Deadline.objects.get(matter=row.matter).due_on == due


def test_the_figures_count_what_one_may_see(cast: Cast) -> None:
    row = answered(taken(cast.community, cast.street, cast.at), cast.street, cast.at)
    complaints.rate(row, satisfaction=4, text="", by=None, at=cast.at)
    filed(cast.community, cast.at)
    filed(cast.communities["庐峰社区"], cast.at)
    found = counts(ledger(cast.county), cast.at.date())
    assert found == {
        "received": 2,
        "waiting": 1,
        "handling": 0,
        "late": 0,
        "answered": 1,
        "in_time": 1,
        "judged": 1,
        "satisfied": 1,
    }
    assert counts(ledger(cast.province), cast.at.date())["received"] == 3


def test_the_list_is_filtered_exported_and_takes_the_same_statements_for_more_rows(
    cast: Cast,
) -> None:
    filed(cast.community, cast.at)
    client = signed_in(cast, "county")
    client.get("/complaints/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/complaints/")
    for _time in range(3):
        taken(cast.community, cast.county, cast.at)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/complaints/")
    assert len(one) == len(many) == 7, len(many)
    assert text(page).count("TS-360102002901-") >= 4
    assert "TS-360102002901-1 " not in text(client.get("/complaints/?state=mine&kind=&level=county"))
    sheet = client.get("/complaints/export/")
    assert sheet.status_code == 200 and sheet["Content-Type"].endswith("sheet")
    assert signed_in(cast, "clerk").get("/complaints/export/").status_code == 403


def test_said_is_whole(cast: Cast) -> None:
    for change, field in (
        ({"text": "短"}, "text"),
        ({"demand": " "}, "demand"),
        ({"name": " "}, "name"),
        ({"contact": ""}, "contact"),
        ({"happened_on": cast.at.date() + timedelta(days=1)}, "happened_on"),
    ):
        with pytest.raises(Invalid) as refused:
            complaints.file_complaint(
                cast.community, said=replace(SAID, **change), files=[], by=None, at=cast.at
            )
        assert [fault.field for fault in refused.value.faults] == [field]
    assert not Complaint.objects.exists() and not Event.objects.filter(matter__isnull=False).exists()
