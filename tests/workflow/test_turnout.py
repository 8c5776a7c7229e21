"""How far communities are in a batch, reminding them, and what is told of a batch."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications import clock
from applications.actions import batches, people, withdrawal
from applications.actions.turnout import remind
from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Batch, Recusal
from applications.queries.turnout import communities_of, counts
from notifications.models import Notification
from notifications.wording import sentence
from tests import road
from tests.applications.drafts import draft
from tests.cast import Cast
from tests.pages import post, text
from tests.workflow.test_notices import deliver

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def on_the_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages live on the day of the story."""
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


def told(username: str, kind: str) -> list[str]:
    """What a person was told on a topic."""
    rows = Notification.objects.filter(user__username=username, kind=kind).order_by("pk")
    return [sentence(row.text) for row in rows]


def submitted(cast: Cast) -> Batch:
    """A batch that waits for approval."""
    batch = batches.prepare(draft(cast), by=cast.province, at=cast.at)
    batches.submit(batch, by=cast.province, at=cast.at)
    return batch


def test_the_other_province_officer_is_told_of_a_batch_to_approve(cast: Cast) -> None:
    submitted(cast)
    deliver(cast)
    assert told("province2", "batch.submitted") == ["批次“2027年度幸福社区评定”已提交，请审阅批准。"]
    assert told("province", "batch.submitted") == []
    assert told("county", "batch.submitted") == []


def test_a_batch_is_sent_back_with_a_reason_that_its_author_reads(cast: Cast, sign_in: SignIn) -> None:
    batch = submitted(cast)
    url = f"/office/batches/{batch.pk}/"
    empty = post(sign_in("province2"), url, "send_back", reason=" ")
    assert empty.status_code == 422
    assert "请写明需要修改的内容。" in text(empty)
    assert post(sign_in("province2"), url, "send_back", reason="解读请写明条件。").status_code == 302
    deliver(cast)
    assert told("province", "batch.returned") == ["批次“2027年度幸福社区评定”被退回修改：解读请写明条件。"]
    for page in (url, f"{url}edit/"):
        assert "解读请写明条件。" in text(sign_in("province").get(page))
    batches.submit(batch, by=cast.province, at=cast.at)
    batch.refresh_from_db()
    assert batch.return_reason == ""
    with pytest.raises(Invalid):
        batches.send_back(batch, reason="", by=cast.province2, at=cast.at)


def test_everybody_in_its_scope_is_told_once_when_a_batch_opens(cast: Cast) -> None:
    batch = submitted(cast)
    batches.approve(batch, by=cast.province2, at=cast.at)
    deliver(cast)
    for name in ("clerk", "head", "neighbour", "far_clerk"):
        (said,) = told(name, "batch.opened")
        assert said.startswith("“2027年度幸福社区评定”开放申报：") and "不收取任何费用" in said
    for name in ("street", "county", "far_county"):
        (said,) = told(name, "batch.opened")
        assert "请组织所辖社区申报" in said
    assert told("province", "batch.approved") == ["批次“2027年度幸福社区评定”已批准。"]
    for name in ("reviewer", "auditor", "sysadmin", "member"):
        assert told(name, "batch.opened") == []


def test_a_batch_of_one_city_is_told_to_that_city_only(cast: Cast) -> None:
    batch = batches.prepare(draft(cast, scope=cast.regions["3601"]), by=cast.province, at=cast.at)
    batches.submit(batch, by=cast.province, at=cast.at)
    batches.approve(batch, by=cast.province2, at=cast.at)
    deliver(cast)
    assert len(told("clerk", "batch.opened")) == 1
    assert told("far_clerk", "batch.opened") == []


def test_a_batch_is_extended_by_another_officer_and_everybody_is_told(cast: Cast, sign_in: SignIn) -> None:
    batch, url = cast.batch, f"/office/batches/{cast.batch.pk}/"
    later = batch.closes_on + timedelta(days=14)
    other = cast.province2 if batch.prepared_by == cast.province else cast.province
    with pytest.raises(NotAllowed):
        batches.extend(batch, closes_on=later, reason="汛情", by=batch.prepared_by, at=cast.at)
    wrong = post(sign_in(other.username), url, "extend", closes_on=str(batch.closes_on), reason="")
    assert wrong.status_code == 422
    assert "新的截止日须晚于原截止日" in text(wrong) and "请写明延长申报期的理由。" in text(wrong)
    right = post(sign_in(other.username), url, "extend", closes_on=str(later), reason="受汛情影响。")
    assert right.status_code == 302
    batch.refresh_from_db()
    assert batch.closes_on == later
    assert batch.history.get(history_change_reason="extend_batch").closes_on == later
    deliver(cast)
    for name in ("clerk", "far_clerk", "street", "county"):
        (said,) = told(name, "batch.extended")
        assert said.endswith("2027年1月14日：受汛情影响。")
    assert told("auditor", "batch.extended") == []
    draft_only = submitted(cast)
    with pytest.raises(Refused, match="未在申报期内"):
        batches.extend(draft_only, closes_on=date(2027, 6, 1), reason="汛情", by=cast.province2, at=cast.at)


def test_filling_in_ends_with_the_batch_and_goes_on_with_it(cast: Cast) -> None:
    batch = cast.batch
    batch.closes_on = clock.day_of(cast.at) + timedelta(days=10)
    batch.save()
    case = road.open_case(cast)
    deadline = case.todos.get().deadline
    assert deadline.due_on <= batch.closes_on
    assert 5 <= deadline.budget <= 10
    assert deadline.source == "批次申报截止日"
    other = cast.province2 if batch.prepared_by == cast.province else cast.province

    def until(later: date) -> Any:
        batches.extend(batch, closes_on=later, reason="受汛情影响。", by=other, at=cast.at)
        batch.refresh_from_db()
        deadline.refresh_from_db()
        return deadline

    longer = until(batch.closes_on + timedelta(days=7))
    assert batch.closes_on - timedelta(days=3) < longer.due_on <= batch.closes_on
    assert longer.entries.get().reason == "申报期延长：受汛情影响。"
    whole = until(batch.closes_on + timedelta(days=200))
    assert whole.budget + sum(entry.days for entry in whole.entries.all()) == 30
    until(batch.closes_on + timedelta(days=7))
    assert whole.entries.count() == 2


def test_a_new_batch_starts_from_what_the_last_one_said(cast: Cast, sign_in: SignIn) -> None:
    last = Batch.objects.get()
    last.explanation, last.terms = "上年度的解读。", {**last.terms, "first_check": {"budget": 7}}
    last.save()
    page = sign_in("province").get("/office/batches/new/").content.decode()
    assert "上年度的解读。" in page
    assert 'name="term_first_check" value="7"' in page
    assert f'value="{last.name}"' not in page


def test_communities_are_counted_by_how_far_they_are(cast: Cast) -> None:
    rows = communities_of(cast.batch, cast.county)
    assert counts(rows) == {"none": 2, "filling": 0, "handed": 0}
    case = road.open_case(cast)
    assert counts(communities_of(cast.batch, cast.county)) == {"none": 1, "filling": 1, "handed": 0}
    road.to_street(cast, case)
    assert counts(communities_of(cast.batch, cast.county)) == {"none": 1, "filling": 0, "handed": 1}
    assert counts(communities_of(cast.batch, cast.far_county)) == {"none": 1, "filling": 0, "handed": 0}
    assert counts(communities_of(cast.batch, cast.province)) == {"none": 2, "filling": 0, "handed": 1}
    assert counts(communities_of(cast.batch, cast.clerk)) == {"none": 0, "filling": 0, "handed": 0}


def test_an_application_that_was_given_up_is_shown_as_such(cast: Cast, sign_in: SignIn) -> None:
    withdrawal.abandon(road.to_street(cast), reason="明年再来。", by=cast.head, at=cast.at)
    assert "已撤回" in text(sign_in("county").get("/office/turnout/?q=翠湖"))


def test_a_recused_officer_does_not_learn_how_far_the_community_is(cast: Cast) -> None:
    case = road.open_case(cast)
    Recusal.objects.create(case=case, user=cast.county, reason="亲属任职", at=cast.at)
    assert counts(communities_of(cast.batch, cast.county)) == {"none": 1, "filling": 0, "handed": 0}
    assert counts(communities_of(cast.batch, cast.county2)) == {"none": 1, "filling": 1, "handed": 0}


def test_the_page_lists_filters_and_reminds_once_a_day(cast: Cast, sign_in: SignIn) -> None:
    road.to_street(cast)
    county = sign_in("county")
    page = text(county.get("/office/turnout/"))
    assert "翠湖社区" in page and "莲塘社区" in page and "庐峰社区" not in page
    assert "翠湖社区" not in text(county.get("/office/turnout/?state=none"))
    assert "莲塘社区" not in text(county.get("/office/turnout/?q=翠湖"))
    assert post(county, "/office/turnout/", "remind").status_code == 302
    deliver(cast)
    (said,) = told("neighbour", "batch.reminded")
    assert "东湖区民政局提醒您尽快提交" in said
    assert told("clerk", "batch.reminded") == []
    assert told("far_clerk", "batch.reminded") == []
    again = post(county, "/office/turnout/", "remind")
    assert again.status_code == 409
    assert "今天都已提醒过" in text(again)
    assert remind(cast.batch, by=cast.county, at=cast.at + timedelta(days=1)) == 1


def test_a_community_without_an_account_is_marked(cast: Cast, sign_in: SignIn) -> None:
    people.register_community(
        cast.regions["360102003"],
        code="360102003901",
        name="无人社区",
        households=900,
        population=2100,
        by=None,
        at=cast.at,
    )
    page = text(sign_in("county").get("/office/turnout/?q=无人"))
    assert "未开通，请联系系统管理员" in page
    assert "未开通" not in text(sign_in("county").get("/office/turnout/?q=莲塘"))


def test_only_street_and_county_remind_and_only_while_one_may_apply(cast: Cast, sign_in: SignIn) -> None:
    for name in ("clerk", "city", "province", "reviewer"):
        with pytest.raises(NotAllowed):
            remind(cast.batch, by=cast[name], at=cast.at)
    assert "由街道和县级经办人提醒" in text(sign_in("city").get("/office/turnout/"))
    with pytest.raises(Refused, match="没有尚未提交"):
        remind(cast.batch, by=cast.other_street, at=cast.at)
    cast.batch.closes_on = date(2026, 3, 1)
    cast.batch.opens_on = date(2026, 1, 1)
    cast.batch.save()
    with pytest.raises(Refused, match="不在申报期内"):
        remind(cast.batch, by=cast.county, at=cast.at)
    assert "目前没有开放申报的批次" in text(sign_in("county").get("/office/turnout/"))


def queries(client: Client, url: str) -> int:
    """How many statements a page makes the second time."""
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_the_page_makes_the_same_queries_with_two_communities_and_with_five(
    cast: Cast, sign_in: SignIn
) -> None:
    county: Any = sign_in("county")
    before = queries(county, "/office/turnout/")
    for number in range(3):
        people.register_community(
            cast.regions["360102003"],
            code=f"36010200391{number}",
            name=f"新{number}社区",
            households=900,
            population=2100,
            by=None,
            at=cast.at,
        )
    assert queries(county, "/office/turnout/") == before == 10
