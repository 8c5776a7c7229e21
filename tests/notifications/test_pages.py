"""The list of notifications, reading them, choosing how to be told, and what leaves the product."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from applications.models import Case
from notifications import outbox
from notifications.actions import next_morning, tell
from notifications.models import Delivery, Notification, Outbox, Preference
from notifications.wording import text_of
from tests.cast import AT, Cast
from tests.workflow import short

SignIn = Callable[[str], Client]


def say(cast: Cast, who: str, key: str = "one", case: Case | None = None) -> Notification:
    tell(
        [cast[who]],
        kind="test",
        key=key,
        text=text_of("“%(community)s”的申报已提交。", community="翠湖社区"),
        url="/cases/",
        at=cast.at,
        subject=case.pk if case else None,
    )
    return Notification.objects.get(key=f"{key}:{cast[who].pk}")


def test_one_reads_ones_own_only(cast: Cast, sign_in: SignIn) -> None:
    row = say(cast, "clerk")
    client, other = sign_in("clerk"), sign_in("head")

    assert "“翠湖社区”的申报已提交。" in client.get(reverse("notifications")).content.decode()
    assert "“翠湖社区”的申报" not in other.get(reverse("notifications")).content.decode()
    assert other.get(reverse("notification", args=[row.pk])).status_code == 404
    other.post(reverse("notifications_read"), {"ids": [row.pk]})
    other.post(reverse("notifications_read"), {"all": "1"})
    row.refresh_from_db()
    assert row.read_at is None


def test_following_a_notification_reads_it(cast: Cast, sign_in: SignIn) -> None:
    row, client = say(cast, "clerk"), sign_in("clerk")

    assert client.get(reverse("notification", args=[row.pk]))["Location"] == "/cases/"
    row.refresh_from_db()
    assert row.read_at is not None
    assert client.get(reverse("notifications")).context["entries"] == []
    assert len(client.get(reverse("notifications"), {"show": "all"}).context["entries"]) == 1


@pytest.mark.parametrize("data", [{"all": "1"}, {"ids": "PK"}])
def test_what_is_read_leaves_the_unread(cast: Cast, sign_in: SignIn, data: dict[str, str]) -> None:
    row, client = say(cast, "clerk"), sign_in("clerk")
    client.post(
        reverse("notifications_read"), {key: value.replace("PK", str(row.pk)) for key, value in data.items()}
    )

    assert client.get(reverse("notifications")).context["waiting"] == 0


def test_a_recusal_hides_what_was_told_of_the_case(cast: Cast, sign_in: SignIn) -> None:
    case = short.at_street(cast)
    row, client = say(cast, "county", case=case), sign_in("county")
    assert client.get(reverse("notifications")).context["waiting"] == 1
    short.recuse(cast, "county", case)

    assert client.get(reverse("notifications")).context["waiting"] == 0
    assert client.get(reverse("notifications"), {"show": "all"}).context["entries"] == []
    assert client.get(reverse("notification", args=[row.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_a_constant_number_of_statements(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_num_queries: Callable[[int], object]
) -> None:
    for number in range(rows):
        say(cast, "clerk", str(number))
    client = sign_in("clerk")

    with django_assert_num_queries(8):  # type: ignore[attr-defined]
        answer = client.get(reverse("notifications"))
    assert len(answer.context["entries"]) == rows


def test_preferences_are_kept_and_nonsense_is_refused(cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in("clerk"), reverse("notification_preferences")
    assert "clerk@example.org" in client.get(url).content.decode()

    assert client.post(url, {"mail": "daily"}).status_code == 302
    assert Preference.objects.get(user=cast.clerk).mail == "daily"
    assert client.post(url, {"mail": "hourly"}).status_code == 422


def test_a_mail_that_cannot_be_sent_ends_where_the_administrator_sees_it(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(self: Any, *args: Any, **kwargs: Any) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr(mail.EmailMessage, "send", refuses)
    say(cast, "clerk")
    now = cast.at
    for _again in range(outbox.TRIES):
        outbox.drain(now=now)
        now = Outbox.objects.get().not_before
    assert Delivery.objects.get().failed_at is not None

    client, url = sign_in("sysadmin"), reverse("running")
    page = client.get(url).content.decode()
    assert "connection refused" in page
    assert "周桂兰" in page
    row = Outbox.objects.get()
    assert sign_in("auditor").post(url, {"verb": "retry", "pk": row.pk}).status_code == 403
    assert client.post(url, {"verb": "retry", "pk": row.pk}).status_code == 302
    monkeypatch.undo()
    outbox.drain(now=now + timedelta(days=400))
    assert Outbox.objects.get().done_at is not None
    assert client.post(url, {"verb": "retry", "pk": row.pk}).status_code == 409
    assert sign_in("county").get(url).status_code == 403


def test_the_same_mail_after_a_crash_is_recognised_as_one(cast: Cast) -> None:
    """The mark was lost, the mail was not: the repeat carries the same Message-ID."""
    say(cast, "clerk")
    outbox.drain(now=cast.at)
    Delivery.objects.update(sent_at=None)
    outbox.ROUTES["deliver"].handle({"delivery": Delivery.objects.get().pk}, cast.at)

    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_the_digest_goes_out_at_eight() -> None:
    assert next_morning(AT).isoformat() == "2026-03-03T08:00:00+08:00"  # 09:00 in Shanghai
    assert next_morning(AT - timedelta(hours=2)).isoformat() == "2026-03-02T08:00:00+08:00"
