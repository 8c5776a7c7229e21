"""Who is told of what: exactly those who may do it, asked when it is delivered; never a stranger or the recused."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils.translation import override

from applications.actions import reassignment, watching
from applications.actions.turns import take
from applications.models import Deadline, Membership, Recusal, StandIn, User
from notifications import outbox
from notifications.models import Delivery, Notification, Outbox, Preference
from notifications.queries import unread
from notifications.wording import sentence
from tests import road
from tests.cast import Cast, shares_an_office
from tests.workflow import short
from workflow import ladder

ROOT = Path(__file__).resolve().parents[2]


def deliver(cast: Cast, days: int = 0) -> None:
    """Drain the outbox until nothing is left."""
    while outbox.drain(now=cast.at + timedelta(days=days)):
        pass


def told(kind: str = "todo.opened", ref: str = "") -> set[str]:
    """Return the usernames of those who were told."""
    rows = Notification.objects.filter(kind=kind)
    if ref:
        rows = rows.filter(ref=ref)
    return set(rows.values_list("user__username", flat=True))


def test_a_step_is_told_to_exactly_those_who_may_do_it(cast: Cast) -> None:
    case = short.at_street(cast)
    deliver(cast)

    assert told(ref=f"todo:{short.open_todo(case).pk}") == {"street"}
    row = Notification.objects.get(user=cast.street)
    assert sentence(row.text).startswith("“翠湖社区”待办：街道初审，2026年3月")
    assert row.url == f"/cases/{case.pk}/check/"


def test_who_is_told_is_decided_when_it_is_sent(cast: Cast) -> None:
    case = short.at_street(cast)
    Membership.objects.get(user=cast.street).delete()
    deliver(cast)

    assert told(ref=f"todo:{short.open_todo(case).pk}") == set()


def test_the_recused_the_barred_and_the_inactive_are_not_told(cast: Cast) -> None:
    case = road.open_case(cast)
    todo = short.open_todo(case)
    Recusal.objects.create(case=case, user=cast.clerk, reason="示例", at=cast.at)
    todo.bars.create(user=cast.clerk2, reason="示例")
    deliver(cast)

    assert told() == {"head"}


def test_nobody_without_an_active_account_is_told(cast: Cast) -> None:
    road.open_case(cast)
    cast.head.is_active = False
    cast.head.save()
    deliver(cast)

    assert told() == {"clerk", "clerk2"}


def test_what_was_done_meanwhile_is_told_to_nobody_and_old_news_is_read(cast: Cast) -> None:
    case = road.open_case(cast)
    deliver(cast)
    assert unread(cast.head).count() == 1

    take(case, "application.fill", by=cast.clerk, at=cast.at).finish("pass")
    deliver(cast)

    assert unread(cast.head).filter(kind="todo.opened").count() == 0
    assert unread(cast.street).count() == 1


def test_a_stand_in_is_told_while_standing_in(cast: Cast) -> None:
    shares_an_office(cast)
    today = date.today()
    StandIn.objects.create(
        absent=cast.street,
        substitute=cast.other_street,
        starts_on=today,
        ends_on=today + timedelta(days=3),
        reason="休假",
        arranged_by=cast.street,
    )
    case = short.at_street(cast)
    deliver(cast)

    assert told(ref=f"todo:{short.open_todo(case).pk}") == {"street", "other_street"}


def test_delivering_twice_tells_once(cast: Cast) -> None:
    road.open_case(cast)
    deliver(cast)
    before = Notification.objects.count()
    for row in Outbox.objects.filter(topic="todo.opened"):
        outbox.ROUTES["todo.opened"].handle(row.payload, cast.at)

    assert Notification.objects.count() == before


def test_a_later_recusal_hides_what_was_told_and_stops_the_mail(cast: Cast) -> None:
    case = road.open_case(cast)
    outbox.drain(1, now=cast.at)
    assert unread(cast.clerk).count() == 1

    Recusal.objects.create(case=case, user=cast.clerk, reason="示例", at=cast.at)
    deliver(cast)

    assert unread(cast.clerk).count() == 0
    assert "clerk@example.org" not in {address for message in mail.outbox for address in message.to}
    assert Delivery.objects.get(notification__user=cast.clerk).dropped_at is not None


def test_the_ladder_reminds_warns_and_orders(cast: Cast) -> None:
    case = short.at_street(cast)
    deliver(cast)
    ladder.climb(cast.at + timedelta(days=60))
    deliver(cast, days=60)

    assert told("deadline.amber") == told("deadline.red") == {"street"}
    assert told("deadline.order") == {"county", "county2"}
    assert case.community.name in sentence(Notification.objects.filter(kind="deadline.order")[0].text)


def test_a_deadline_that_ended_reminds_nobody(cast: Cast) -> None:
    case = road.open_case(cast)
    ladder.climb(cast.at + timedelta(days=60))
    for deadline in Deadline.objects.filter(case=case):
        deadline.state = "met"
        deadline.save()
    deliver(cast, days=60)

    assert told("deadline.red") == set()


def test_a_reassigned_step_is_told_to_its_new_holder_only(cast: Cast) -> None:
    case = short.at_street(cast)
    todo = short.open_todo(case)
    deliver(cast)
    other = second_street(cast)
    reassignment.reassign(todo, to=other, reason="休假期间由其办理", by=cast.street, at=cast.at)
    deliver(cast)

    assert told("todo.reassigned") == {"street2"}
    assert unread(cast.street).filter(ref=f"todo:{todo.pk}").count() == 0


def second_street(cast: Cast) -> User:
    """Return a second officer of the same street."""
    first = Membership.objects.get(user=cast.street)
    other = User.objects.create_user("street2", "万芳", email="street2@example.org")
    first.pk, first.user = None, other
    first.save()
    return other


def test_those_who_watch_are_told_only_of_what_they_may_see(cast: Cast) -> None:
    case = road.open_case(cast)
    watching.watch(case, by=cast.auditor, at=cast.at)
    case.watches.create(user=cast.far_county, at=cast.at)
    outbox.post("publication.notice", "p", at=cast.at, payload={"case": case.pk, "publication": 1})
    deliver(cast)

    assert told("publication.notice") == {"clerk", "clerk2", "head", "county", "county2", "auditor"}


def test_a_notification_is_read_in_the_language_of_its_reader(cast: Cast) -> None:
    road.open_case(cast)
    deliver(cast)
    row = Notification.objects.filter(kind="todo.opened")[0]

    with override("en"):
        assert "April" in sentence(row.text)


def test_mail_goes_out_as_each_person_chose(cast: Cast) -> None:
    Preference.objects.create(user=cast.clerk, mail="off")
    Preference.objects.create(user=cast.clerk2, mail="daily")
    road.open_case(cast)
    deliver(cast)
    assert [message.to for message in mail.outbox] == [["head@example.org"]]
    assert "“翠湖社区”待办：填报并提交申报" in mail.outbox[0].subject

    deliver(cast, days=1)
    assert [message.to for message in mail.outbox[1:]] == [["clerk2@example.org"]]
    assert "1条通知" in mail.outbox[1].subject
    assert "/cases/" in mail.outbox[1].body


def test_every_topic_that_the_code_posts_has_a_handler() -> None:
    """``post("topic", …)`` and ``tell("topic", …)`` of the actions, names with a variable part filled in."""
    found: set[str] = set()
    for app in ("applications", "review", "rectification", "workflow"):
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r"\b(?:post|tell)\(\s*\"([a-z_.]+)\"", text))
    missing = found - set(outbox.ROUTES)

    assert "todo.opened" in found
    assert missing == set()


@pytest.mark.parametrize("rung", ["amber", "red", "order"])
def test_every_rung_has_a_handler(rung: str) -> None:
    assert f"deadline.{rung}" in outbox.ROUTES


def test_a_topic_about_a_case_that_is_gone_dies_visibly(cast: Cast) -> None:
    payload: dict[str, Any] = {"case": 999_999}
    outbox.post("decision.made", "gone", at=cast.at, payload=payload)
    for days in range(outbox.TRIES):
        outbox.drain(now=cast.at + timedelta(days=days))

    assert Outbox.objects.get(key="gone").dead_at is not None
