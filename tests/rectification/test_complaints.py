"""The offices handle a complaint: the first receiver owns it, classified, looked into, answered within three days."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection
from django.test import Client

from applications.actions.accesses import opened_complainant
from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Deadline, Event, Membership, Organisation, Recusal, User
from notifications import outbox
from notifications.models import Notification
from rectification.actions import complaints, handling
from rectification.models import Complainant, ComplaintFile, RectificationItem
from rectification.permissions import visible
from rectification.queries.complaints import case_in_question, colleagues, waiting_for
from tests import papers, road
from tests.cast import Cast
from tests.pages import post, text
from tests.rectification.complaining import CONTACT, NAME, TEXT, answered, filed, photo, taken
from tests.rights.trying import closed
from workflow.ladder import climb

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


def test_the_page_has_one_main_button_for_what_comes_next(cast: Cast) -> None:
    row = filed(cast.community, cast.at)
    client, url = signed_in(cast, "street"), f"/complaints/{row.pk}/"

    def main() -> list[str]:
        return re.findall(r'is-primary"[^>]*value="(\w+)"', client.get(url).text)

    assert main() == ["take"]
    handling.take(row, by=cast.street, at=cast.at)
    assert main() == ["classify"] and "请先对投诉进行分类" in text(client.get(url))
    early = post(client, url, "answer", outcome="upheld", text="已经安排专人值班。")
    assert early.status_code == 409 and "已经安排专人值班。" in early.text
    handling.classify(row, kind="quality", reason="窗口服务质量。", by=cast.street, at=cast.at)
    assert main() == ["note"] and "请先登记调查记录" in text(client.get(url))
    handling.note(row, text="现场查看值班表。", files=[], by=cast.street, at=cast.at)
    assert main() == ["answer"]


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
    file = clerk.get(f"/complaints/files/{given['表.png']}/")
    assert file.status_code == 200 and b"".join(file.streaming_content) == papers.picture(kind="PNG")
    closed(file)
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


def sealed_person() -> tuple[str, str]:
    """Return what whoever reads the table of complainants sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, contact FROM rectification_complainant")
        name, contact = cursor.fetchone()
    return name, contact


def test_who_complained_stands_sealed_and_a_new_key_seals_it_anew(
    cast: Cast, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    filed(cast.community, cast.at)
    before, old = sealed_person(), settings.SECRET_KEY
    assert NAME not in before[0] and CONTACT not in before[1]
    for lookup in ({"name": NAME}, {"contact__contains": "139"}, {"complaint__complainant__name": NAME}):
        with pytest.raises(FieldError):
            Complainant.objects.filter(**lookup).exists()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of this installation", [old]
    call_command("reseal")
    assert "2" in capsys.readouterr().out
    settings.SECRET_KEY_FALLBACKS = []
    found = Complainant.objects.get()
    assert sealed_person() != before and (found.name, found.contact) == (NAME, CONTACT)
    settings.SECRET_KEY = "a key that was never used"
    assert "密钥缺失" in Complainant.objects.get().contact


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


def test_the_term_explains_itself_day_by_day_to_who_may_read_the_complaint(cast: Cast) -> None:
    row, other = filed(cast.community, cast.at), filed(cast.community, cast.at)
    term, elsewhere = row.matter.deadlines.get(), other.matter.deadlines.get()
    url = f"/complaints/{row.pk}/deadlines/{term.pk}/"
    client = signed_in(cast, "street")
    assert url in client.get(f"/complaints/{row.pk}/").text
    page = text(client.get(url))
    assert "2026年3月5日" in page and "事件当日" in page and row.number in page
    assert client.get(f"/complaints/{row.pk}/deadlines/{elsewhere.pk}/").status_code == 404
    assert client.post(url).status_code == 405
    for name in ("clerk", "far_county", "other_street", "sysadmin"):
        assert signed_in(cast, name).get(url).status_code == 404, name
    assert signed_in(cast, "member").get(url).status_code == 403
    assert Client().get(url).status_code == 302
    case = road.open_case(cast)
    Recusal.objects.create(case=case, user=cast.county, reason="亲属在该社区任职", at=cast.at)
    assert signed_in(cast, "county").get(url).status_code == 403
    handling.take(row, by=cast.street, at=cast.at)
    handling.escalate(row, to="city", reason="情况复杂。", by=cast.street, at=cast.at)
    latest = row.matter.deadlines.latest("pk")
    assert f"/deadlines/{latest.pk}/" in client.get(f"/complaints/{row.pk}/").text and latest != term
    complaints.withdraw(other, by=None, at=cast.at)
    assert f"{other.pk}/deadlines/" not in client.get(f"/complaints/{other.pk}/").text


def test_who_worked_in_the_community_or_is_recused_is_kept_away(cast: Cast) -> None:
    case = road.open_case(cast)
    row = filed(cast.community, cast.at)
    opened_complainant(row.matter, by=cast.street, at=cast.at)
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
        assert row.number not in text(signed_in(cast, name).get("/office/accesses/"))
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
        handling.take(row, by=User.objects.get(pk=cast.county.pk), at=cast.at)


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
