"""The offices handle a complaint: the first receiver owns it, classified, looked into, answered within three days."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.actions import calendar
from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Deadline, Event, Membership, Organisation, Recusal
from notifications import outbox
from notifications.models import Notification
from rectification.actions import complaints, handling
from rectification.models import Complaint, ComplaintEntry, ComplaintFile, RectificationItem
from rectification.permissions import visible
from rectification.queries.complaints import case_in_question, colleagues, counts, ledger, waiting_for
from tests import road
from tests.cast import Cast
from tests.pages import post, text
from tests.rectification.complaining import CONTACT, NAME, SAID, TEXT, answered, filed, photo, taken
from workflow import anchors
from workflow.ladder import climb
from workflow.verification import broken_anchors, broken_chains, broken_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hand(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def told(cast: Cast, kind: str) -> set[str]:
    while outbox.drain(now=cast.at + timedelta(days=30)):
        pass
    return set(Notification.objects.filter(kind=kind).values_list("user__username", flat=True))


def forge(entry: ComplaintEntry, words: str) -> None:
    """Change an entry past the product, as whoever holds the database could."""
    with connection.cursor() as cursor:
        cursor.execute("update rectification_complaintentry set text = %s where id = %s", [words, entry.pk])


def test_the_street_has_three_working_days_and_is_told(cast: Cast) -> None:
    row = filed(cast.community, cast.at)
    assert (row.state, row.level, row.owner) == ("waiting", "street", None)
    term = Deadline.objects.get(matter=row.matter)
    assert (term.term, term.unit, term.budget) == ("complaint", "working", 3)
    assert row.due_on == term.due_on == cast.at.date() + timedelta(days=3)  # a Monday
    assert told(cast, "complaint.received") == {"street"}
    note = Notification.objects.get(kind="complaint.received")
    assert NAME not in str(note.text) and TEXT not in str(note.text)


def test_the_first_receiver_owns_it_until_the_next_has_acknowledged(cast: Cast) -> None:
    row = taken(cast.community, cast.street, cast.at)
    handling.hand_over(row, to=cast.county, reason="涉及区级窗口。", by=cast.street, at=cast.at)
    row.refresh_from_db()
    assert row.owner == cast.street
    with pytest.raises(NotAllowed, match="胡建军"):
        handling.note(row, text="查看情况。", files=[], by=cast.county, at=cast.at)
    handling.decline(row, reason="属于街道职责。", by=cast.county, at=cast.at)
    row.refresh_from_db()
    assert (row.owner, row.handed_to) == (cast.street, None)
    handling.hand_over(row, to=cast.county, reason="涉及区级窗口。", by=cast.street, at=cast.at)
    handling.acknowledge(row, by=cast.county, at=cast.at)
    row.refresh_from_db()
    assert (row.owner, row.level) == (cast.county, "county")
    with pytest.raises(NotAllowed, match="首问负责"):
        handling.note(row, text="查看情况。", files=[], by=cast.street, at=cast.at)


def test_only_one_of_two_takes_it_and_the_other_reads_who_did(cast: Cast) -> None:
    row = taken(cast.community, cast.county, cast.at)
    assert (row.level, row.owner) == ("county", cast.county)
    with pytest.raises(NotAllowed, match="陈思远"):
        handling.take(row, by=cast.county2, at=cast.at)


def test_who_left_the_office_is_followed_by_a_colleague(cast: Cast) -> None:
    row = taken(cast.community, cast.county, cast.at)
    Membership.objects.filter(user=cast.county).delete()
    handling.take(row, by=cast.county2, at=cast.at)
    row.refresh_from_db()
    assert row.owner == cast.county2


def test_it_is_classified_and_looked_into_before_it_is_answered(cast: Cast) -> None:
    row = taken(cast.community, cast.street, cast.at)
    said = {"outcome": "upheld", "text": "已安排专人值班。", "by": cast.street, "at": cast.at}
    with pytest.raises(Refused, match="分类"):
        handling.answer(row, **said)
    handling.classify(row, kind="quality", reason="窗口服务质量。", by=cast.street, at=cast.at)
    with pytest.raises(Refused, match="调查记录"):
        handling.answer(row, **said)
    handling.note(row, text="现场查看值班表。", files=[photo()], by=cast.street, at=cast.at)
    with pytest.raises(Invalid, match="不一致"):
        handling.answer(row, **{**said, "outcome": "outside"})
    handling.answer(row, **said)
    row.refresh_from_db()
    assert (row.state, row.in_time) == ("answered", True)
    assert Deadline.objects.get(matter=row.matter).state == "met"


def test_what_is_outside_of_the_scope_is_answered_with_where_to_go(cast: Cast) -> None:
    row = taken(cast.community, cast.street, cast.at)
    handling.classify(row, kind="outside", reason="供水问题请向水务集团反映。", by=cast.street, at=cast.at)
    handling.answer(row, outcome="outside", text="请拨打供水热线。", by=cast.street, at=cast.at)
    row.refresh_from_db()
    assert row.outcome == "outside"


def test_an_answer_after_the_term_is_late(cast: Cast) -> None:
    row = taken(cast.community, cast.street, cast.at)
    late = answered(row, cast.street, cast.at + timedelta(days=4))
    assert late.in_time is False
    assert Deadline.objects.get(matter=row.matter).state == "late"


def test_the_ladder_reminds_the_owner_then_tells_the_level_above(cast: Cast) -> None:
    row = taken(cast.community, cast.street, cast.at)
    assert climb(cast.at) == 1  # three days before its end: at once
    assert told(cast, "deadline.amber") == {"street"}
    long_after = cast.at + timedelta(days=14)
    assert climb(long_after) == 2
    assert told(cast, "deadline.red") == {"street"}
    assert told(cast, "deadline.order") == {"county", "county2"}
    verbs = Event.objects.filter(matter=row.matter).values_list("verb", flat=True)
    assert list(verbs).count("deadline_rung") == 2


def test_what_is_grave_goes_to_the_city_with_a_term_of_its_own(cast: Cast) -> None:
    row = taken(cast.community, cast.street, cast.at)
    with pytest.raises(Invalid, match="更高"):
        handling.escalate(row, to="county", reason="情况复杂。", by=cast.street, at=cast.at)
    handling.escalate(row, to="city", reason="涉及多个街道，情况复杂。", by=cast.street, at=cast.at)
    row.refresh_from_db()
    assert row.owner == cast.street
    assert {term.state for term in row.matter.deadlines.all()} == {"cancelled", "running"}
    assert told(cast, "complaint.handed") == {"city"}
    handling.acknowledge(row, by=cast.city, at=cast.at)
    row.refresh_from_db()
    assert (row.owner, row.level) == (cast.city, "city")


def test_a_third_party_looks_into_it_and_the_owner_goes_on_answering_for_it(cast: Cast) -> None:
    row = taken(cast.community, cast.street, cast.at)
    agency, office = Organisation.objects.get(kind="agency"), cast.street.memberships.get().organisation
    with pytest.raises(Invalid, match="第三方"):
        handling.commission(row, agency=office, reason="情况复杂。", by=cast.street, at=cast.at)
    handling.commission(row, agency=agency, reason="情况复杂。", by=cast.street, at=cast.at)
    row.refresh_from_db()
    assert row.owner == cast.street and row.due_on and row.due_on > cast.at.date() + timedelta(days=10)
    with pytest.raises(Refused, match="一次"):
        handling.commission(row, agency=agency, reason="再次委托。", by=cast.street, at=cast.at)


def test_the_community_reads_what_it_is_asked_and_nothing_else(cast: Cast) -> None:
    row = taken(cast.community, cast.street, cast.at)
    clerk = signed_in(cast, "clerk")
    assert clerk.get(f"/complaints/{row.pk}/").status_code == 404
    assert clerk.get(f"/complaints/{row.pk}/reply/").status_code == 404
    handling.ask(row, text="请说明二月值班安排。", by=cast.street, at=cast.at)
    assert told(cast, "complaint.asked") == {"clerk", "clerk2", "head"}
    page = clerk.get(f"/complaints/{row.pk}/reply/")
    assert "请说明二月值班安排" in text(page) and row.number in text(page)
    assert not any(secret in page.text for secret in (NAME, CONTACT, TEXT, row.code, "现场.png"))
    assert row.number in text(clerk.get("/desk/"))
    done = post(clerk, f"/complaints/{row.pk}/reply/", "reply", text="已补排值班。", files=[photo("表.png")])
    assert done.status_code == 302
    assert row.number not in text(clerk.get("/desk/"))
    given = {file.name: file.token for file in ComplaintFile.objects.all()}
    assert clerk.get(f"/complaints/files/{given['表.png']}/").status_code == 200
    assert clerk.get(f"/complaints/files/{given['现场.png']}/").status_code == 404
    assert signed_in(cast, "neighbour").get(f"/complaints/{row.pk}/reply/").status_code == 404
    again = post(clerk, f"/complaints/{row.pk}/reply/", "reply", text="再次说明。")
    assert again.status_code == 409


def test_only_the_office_that_has_it_sees_who_complained(cast: Cast) -> None:
    row = filed(cast.community, cast.at)
    url = f"/complaints/{row.pk}/"
    assert NAME in text(signed_in(cast, "street").get(url))
    for name in ("county", "city", "province", "supervisor", "auditor"):
        page = signed_in(cast, name).get(url)
        assert page.status_code == 200 and TEXT in text(page), name
        assert NAME not in page.text and CONTACT not in page.text, name
        token = row.files.get().token
        assert signed_in(cast, name).get(f"/complaints/files/{token}/").status_code == 403
    handling.take(row, by=cast.county, at=cast.at)
    assert NAME in text(signed_in(cast, "county2").get(url))
    assert NAME not in text(signed_in(cast, "street").get(url))
    found = Complaint.objects.get().complainant
    assert NAME not in found.sealed_name and CONTACT not in found.sealed_contact


def test_strangers_find_nothing_and_colleagues_read_why_not(cast: Cast) -> None:
    row = filed(cast.community, cast.at)
    url = f"/complaints/{row.pk}/"
    for name in ("far_county", "other_street", "far_street", "neighbour", "clerk", "reviewer", "sysadmin"):
        assert signed_in(cast, name).get(url).status_code == 404, name
        assert signed_in(cast, name).post(url, {"verb": "take"}).status_code == 404, name
    for name in ("member", "publisher"):
        answer = signed_in(cast, name).get(url)
        assert answer.status_code == 403 and "职责" in text(answer), name
    assert row.number not in text(signed_in(cast, "far_county").get("/complaints/"))
    assert signed_in(cast, "clerk").get("/complaints/").status_code == 403
    assert Client().get(url).status_code == 302


def test_who_worked_in_the_community_or_is_recused_is_kept_away(cast: Cast) -> None:
    case = road.open_case(cast)
    row = filed(cast.community, cast.at)
    Recusal.objects.create(case=case, user=cast.county2, reason="亲属在该社区任职", at=cast.at)
    own = Membership.objects.filter(user=cast.clerk).get()
    Membership.objects.create(
        user=cast.street,
        role="community_clerk",
        organisation=own.organisation,
        region=own.region,
        group=own.group,
        since=cast.at.date() - timedelta(days=900),
        until=cast.at.date() - timedelta(days=90),
        active=False,
    )
    for name, why in (("county2", "回避"), ("street", "任职")):
        answer = signed_in(cast, name).get(f"/complaints/{row.pk}/")
        assert answer.status_code == 403 and why in text(answer)
        assert row.number not in text(signed_in(cast, name).get("/complaints/"))
        assert not visible(cast[name]).exists() and not waiting_for(cast[name]).exists()
        with pytest.raises(NotAllowed):
            handling.take(row, by=cast[name], at=cast.at)
    assert told(cast, "complaint.received") == set()
    handling.take(row, by=cast.county, at=cast.at)
    row.refresh_from_db()
    assert cast.county2.pk not in dict(colleagues(row))


def test_dissatisfied_once_the_level_above_handles_it_and_nobody_who_had_it(cast: Cast) -> None:
    row = answered(taken(cast.community, cast.street, cast.at), cast.street, cast.at)
    with pytest.raises(Refused, match="评价后"):
        complaints.ask_above(row, text="答复没有回应我的要求。", by=None, at=cast.at)
    complaints.rate(row, satisfaction=1, text="", by=None, at=cast.at)
    with pytest.raises(Refused, match="已经评价"):
        complaints.rate(row, satisfaction=5, text="", by=None, at=cast.at)
    complaints.ask_above(row, text="答复没有回应我的要求。", by=None, at=cast.at)
    row.refresh_from_db()
    assert (row.state, row.level, row.owner, row.satisfaction) == ("waiting", "county", None, None)
    handling.take(row, by=cast.county, at=cast.at)
    answered(row, cast.county, cast.at)
    complaints.rate(row, satisfaction=2, text="", by=None, at=cast.at)
    with pytest.raises(Refused, match="一次"):
        complaints.ask_above(row, text="仍然没有回应我的要求。", by=None, at=cast.at)


def test_who_had_it_does_not_get_it_again_from_below(cast: Cast) -> None:
    row = answered(taken(cast.community, cast.county, cast.at), cast.county, cast.at)
    complaints.rate(row, satisfaction=2, text="", by=None, at=cast.at)
    complaints.ask_above(row, text="答复没有回应我的要求。", by=None, at=cast.at)
    row.refresh_from_db()
    Membership.objects.create(
        user=cast.county,
        role="city_officer",
        organisation=cast.city.memberships.get().organisation,
        region=cast.regions["3601"],
        group=cast.city.memberships.get().group,
        since=cast.at.date(),
    )
    with pytest.raises(NotAllowed, match="由他人办理"):
        handling.take(row, by=cast.county, at=cast.at)


def test_what_proved_true_goes_on_the_ledger_of_the_case(cast: Cast) -> None:
    case = road.open_case(cast)
    row = taken(cast.community, cast.street, cast.at)
    assert case_in_question(row) == case
    with pytest.raises(NotAllowed):
        handling.open_item(row, problem="窗口缺岗。", suggestion="", by=cast.street, at=cast.at)
    row = taken(cast.community, cast.county, cast.at)
    page = post(
        signed_in(cast, "county"), f"/complaints/{row.pk}/", "open_item", problem="窗口缺岗。", suggestion=""
    )
    assert page.status_code == 302
    item = RectificationItem.objects.get()
    assert (item.case, item.complaint, item.source) == (case, row, "complaint")
    assert item.number in text(signed_in(cast, "county").get(f"/complaints/{row.pk}/"))
    assert signed_in(cast, "clerk").get(f"/cases/{case.pk}/rectification/{item.pk}/").status_code == 200
    assert "制定整改方案" in text(signed_in(cast, "clerk").get("/desk/"))


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
