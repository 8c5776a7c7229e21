"""After an item is closed or overdue: the look-back, what comes back, reminders, supervision orders."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from applications import clock
from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Case, Event, StageRun, Todo
from notifications import outbox
from notifications.models import Notification
from rectification.actions import items, look_back, supervision
from rectification.models import Chase, LookBack, RectificationItem, SupervisionOrder
from rectification.queries.items import may_be_chased, open_step
from tests.cast import Cast
from tests.rectification.test_items import at_rectification, closed, first, proof, working
from workflow import lifecycle
from workflow.verification import broken_chains

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
FOUND = {"method": "site", "opinion": "台账又停了。", "days": 20}


@pytest.fixture
def item(cast: Cast) -> RectificationItem:
    """The only item of a case with a star."""
    return first(at_rectification(cast, not_met=["1.1.b"]))


def seen_again(cast: Cast, item: RectificationItem, closed_together: int = 1) -> datetime:
    """Close an item and let its day of looking back come, and that of those closed with it; return that moment."""
    closed(cast, item)
    item.refresh_from_db()
    assert item.look_back_on is not None
    at = cast.at + (item.look_back_on - clock.day_of(cast.at))
    assert lifecycle.look_back(at) == closed_together
    return at


def test_a_closed_item_is_looked_back_at_once_when_its_day_has_come(
    cast: Cast, item: RectificationItem
) -> None:
    closed(cast, item)
    item.refresh_from_db()
    assert item.look_back_on is not None and (item.look_back_on - clock.day_of(cast.at)).days >= 90
    day = cast.at + (item.look_back_on - clock.day_of(cast.at))
    assert lifecycle.look_back(day - timedelta(days=1)) == 0
    assert (lifecycle.look_back(day), lifecycle.look_back(day)) == (1, 0)
    step = open_step(item)
    assert step is not None and (step.node, step.permission) == ("look_back.look", "verify_rectification")


def test_what_has_held_ends_the_look_back(cast: Cast, item: RectificationItem) -> None:
    at = seen_again(cast, item)
    with pytest.raises(NotAllowed, match="参与了该整改项"):
        look_back.look_back(item, outcome="held", **FOUND, by=cast.clerk, at=at)
    look_back.look_back(item, outcome="held", **FOUND, by=cast.county2, at=at)
    item.refresh_from_db()
    assert (item.state, item.recurrences, open_step(item)) == ("closed", 0, None)
    assert lifecycle.look_back(at + timedelta(days=400)) == 0


def test_what_came_back_is_worked_on_again_under_its_number_though_the_case_is_closed(
    cast: Cast, item: RectificationItem
) -> None:
    number = item.number
    others = RectificationItem.objects.filter(case=item.case).exclude(pk=item.pk)
    for row in others:
        closed(cast, row)
    at = seen_again(cast, item, 1 + len(others))
    item.case.refresh_from_db()
    assert item.case.state == Case.State.CLOSED
    with pytest.raises(Invalid, match="超出允许范围"):
        look_back.look_back(item, outcome="recurred", **{**FOUND, "days": 5}, by=cast.county2, at=at)
    look_back.look_back(item, outcome="recurred", **FOUND, by=cast.county2, at=at)
    item.refresh_from_db()
    assert (item.number, item.state, item.recurrences, item.closed_at) == (number, "working", 1, None)
    assert item.due_on is not None and (item.due_on - clock.day_of(at)).days >= 20
    items.ask_extension(item, days=10, reason="雨季", by=cast.clerk, at=at)
    items.apply(item, text="已完成", evidence=[proof(cast, item)], by=cast.clerk, at=at)
    items.verify(item, outcome="back", method="site", opinion="仍缺", days=10, by=cast.county2, at=at)
    items.apply(item, text="已完成", evidence=[], by=cast.clerk, at=at)
    items.verify(item, outcome="close", method="site", opinion="属实", days=15, by=cast.county2, at=at)
    item.refresh_from_db()
    assert (item.state, open_step(item)) == ("closed", None)
    assert StageRun.objects.filter(stage="look_back", finished_at__isnull=False).count() == 1
    assert lifecycle.look_back(at + timedelta(days=400)) == 0
    assert list(broken_chains()) == []


def late(cast: Cast, item: RectificationItem) -> datetime:
    """Let the term of an item under way pass; return the moment."""
    working(cast, item)
    step = open_step(item)
    assert step is not None and step.due_on is not None
    return cast.at + (step.due_on - clock.day_of(cast.at)) + timedelta(days=1)


def test_overdue_items_are_reminded_of_once_a_day_by_the_county_or_a_supervisor(
    cast: Cast, item: RectificationItem
) -> None:
    at = late(cast, item)
    before = at - timedelta(days=1)
    assert supervision.chase([item], by=cast.county, at=before) == 0
    assert item in may_be_chased(cast.county, clock.day_of(at))
    assert not may_be_chased(cast.far_county, clock.day_of(at)).exists()
    assert not may_be_chased(cast.clerk, clock.day_of(at)).exists()
    with pytest.raises(NotAllowed):
        supervision.chase([item], by=cast.clerk, at=at)
    assert supervision.chase([item], by=cast.county, at=at) == 1
    assert supervision.chase([item], by=cast.supervisor, at=at) == 0
    assert supervision.chase([item], by=cast.supervisor, at=at + timedelta(days=1)) == 1
    assert Chase.objects.filter(item=item).count() == 2
    assert Event.objects.filter(case=item.case, verb="chase_item").count() == 2


def test_an_order_on_an_overdue_item_is_answered_and_closed(cast: Cast, item: RectificationItem) -> None:
    with pytest.raises(Refused, match="没有超期"):
        supervision.issue(item, demand="限期完成", by=cast.supervisor, at=cast.at)
    at = late(cast, item)
    with pytest.raises(NotAllowed):
        supervision.issue(item, demand="限期完成", by=cast.county, at=at)
    with pytest.raises(Invalid, match="督办要求"):
        supervision.issue(item, demand=" ", by=cast.supervisor, at=at)
    order = supervision.issue(item, demand="五日内完成整改。", by=cast.supervisor, at=at)
    assert order.number == f"DB-{item.number}-1"
    with pytest.raises(Refused, match="正在办理"):
        supervision.issue(item, demand="再办", by=cast.supervisor, at=at)
    todo = Todo.objects.get(node="supervision.reply", state="open")
    assert todo.permission == "rectify" and todo.due_on is not None
    with pytest.raises(NotAllowed):
        supervision.answer(order, text="已办", by=cast.neighbour, at=at)
    supervision.answer(order, text="正在办。", by=cast.clerk, at=at)
    supervision.examine(order, outcome="back", text="未写时间。", by=cast.supervisor, at=at)
    supervision.answer(order, text="三日内完成。", by=cast.head, at=at)
    supervision.examine(order, outcome="close", text="同意。", by=cast.supervisor, at=at)
    assert list(order.entries.values_list("verb", flat=True)) == ["reply", "back", "reply", "close"]
    assert supervision.issue(item, demand="再督办", by=cast.supervisor, at=at).number.endswith("-2")
    assert list(broken_chains()) == []


def test_the_ledger_reminds_of_all_that_is_overdue_and_tells_those_whose_turn_it_is(
    cast: Cast, item: RectificationItem, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = late(cast, item)
    monkeypatch.setattr("applications.clock.now", lambda: at)
    county = sign_in("county")
    page = county.get("/rectification/?state=late").text
    assert "一键催办" in page
    assert "一键催办" not in sign_in("clerk").get("/rectification/?state=late").text
    answer = county.post("/rectification/chase/", follow=True)
    assert (
        "已催办2项超期整改项" in answer.text and "一键催办" not in answer.text
    )  # both wait for the community
    assert "每天只催办一次" in county.post("/rectification/chase/", follow=True).text
    while outbox.drain(now=at):
        pass
    told = Notification.objects.filter(kind="item.chased").values_list("user__username", flat=True)
    assert sorted(told) == ["clerk"] * 2 + ["clerk2"] * 2 + ["head"] * 2
    assert county.get("/rectification/chase/").status_code == 405


def test_the_pages_of_a_look_back_and_of_an_order(
    cast: Cast, item: RectificationItem, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = seen_again(cast, item)
    monkeypatch.setattr("applications.clock.now", lambda: at)
    address = f"/cases/{item.case_id}/rectification/{item.pk}/"
    county = sign_in("county2")
    assert "回头看结论" in county.get(address).text
    assert "回头看结论" not in sign_in("clerk").get(address).text
    posted = {"verb": "look", "outcome": "recurred", "method": "site", "opinion": "又停了", "days": "20"}
    assert county.post(address, {**posted, "days": "3"}).status_code == 422
    assert county.post(address, posted).status_code == 302
    assert LookBack.objects.get(item=item).outcome == "recurred"
    assert "反弹" in county.get("/rectification/?state=recurred").text
    over = at + timedelta(days=60)
    monkeypatch.setattr("applications.clock.now", lambda: over)
    supervisor = sign_in("supervisor")
    assert supervisor.post(address, {"verb": "order", "demand": ""}).status_code == 422
    assert supervisor.post(address, {"verb": "order", "demand": "立即整改"}).status_code == 302
    order = SupervisionOrder.objects.get()
    place = f"/cases/{item.case_id}/supervision/{order.pk}/"
    clerk = sign_in("clerk")
    assert "立即整改" in clerk.get(place).text
    assert clerk.post(place, {"verb": "answer", "text": "三日内完成。"}).status_code == 302
    assert "三日内完成。" in supervisor.get(place).text
    posted = {"verb": "examine", "outcome": "close", "text": "同意"}
    assert county.post(place, posted).status_code == 409
    assert supervisor.post(place, posted).status_code == 302
    assert "已办结" in supervisor.get(place).text
    assert sign_in("neighbour").get(place).status_code == 404
