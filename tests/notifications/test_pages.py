"""The list of notifications, reading them, choosing how to be told, and what leaves the product."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from applications.models import Case
from notifications import outbox
from notifications.actions import next_morning, tell
from notifications.channels import allowed
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


def test_a_webhook_leads_only_where_the_operator_allows(cast: Cast, sign_in: SignIn, settings: Any) -> None:
    settings.WEBHOOK_HOSTS = ["robot.example.org"]
    client, url = sign_in("clerk"), reverse("notification_preferences")
    for bad in (
        "http://169.254.169.254/",
        "https://robot.example.org.evil.invalid/",
        "ftp://robot.example.org/",
        "x",
    ):
        answer = client.post(url, {"mail": "off", "webhook": bad})
        assert answer.status_code == 422, bad
        assert bad in answer.content.decode()
    assert (
        client.post(url, {"mail": "off", "webhook": "https://robot.example.org/send?key=1"}).status_code
        == 302
    )


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://robot.example.org/x", True),
        ("https://robot.example.org:8443/x", False),
        ("https://user@robot.example.org/x", False),
        ("http://robot.example.org/x", False),
        ("https://robot.example.org:port/x", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_allowed_addresses(settings: Any, address: str, good: bool) -> None:
    settings.WEBHOOK_HOSTS, settings.PRODUCTION = ["robot.example.org"], True
    assert allowed(address) is good


class Robot(BaseHTTPRequestHandler):
    """A chat group's robot that notes what it hears and answers as told."""

    heard: list[dict[str, Any]] = []
    answers: list[tuple[int, bytes]] = []

    def do_POST(self) -> None:
        Robot.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status, body = Robot.answers.pop(0) if Robot.answers else (200, b'{"errcode":0}')
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def robot(settings: Any) -> Iterator[str]:
    """A robot on this machine, allowed by the operator."""
    Robot.heard, Robot.answers = [], []
    server = HTTPServer(("127.0.0.1", 0), Robot)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    place = f"127.0.0.1:{server.server_port}"
    settings.WEBHOOK_HOSTS = [place]
    yield f"http://{place}/send"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_robot_is_told_that_there_is_news_and_not_what(cast: Cast, robot: str) -> None:
    Preference.objects.create(user=cast.clerk, mail="off", webhook=robot)
    say(cast, "clerk")
    outbox.drain(now=cast.at)

    (message,) = Robot.heard
    assert message["msgtype"] == "text"
    assert "周桂兰" in message["text"]["content"]
    assert "翠湖" not in message["text"]["content"]
    assert Delivery.objects.get().sent_at == cast.at


def test_a_robot_that_fails_is_tried_again_and_never_followed_elsewhere(cast: Cast, robot: str) -> None:
    Robot.answers = [(500, b""), (302, b""), (200, b'{"errcode":93000}')]
    Preference.objects.create(user=cast.clerk, mail="off", webhook=robot)
    say(cast, "clerk")
    now, errors = cast.at, []
    for _again in range(4):
        outbox.drain(now=now)
        row = Outbox.objects.get(topic="deliver")
        errors.append(row.error)
        now = max(row.not_before, now)

    assert errors[:3] == [
        "RuntimeError: the robot answered 500",
        "RuntimeError: the robot answered 302",
        "RuntimeError: the robot answered errcode 93000",
    ]
    assert (Delivery.objects.get().attempts, Delivery.objects.get().sent_at is not None) == (4, True)
    assert len(Robot.heard) == 4


def test_a_webhook_that_is_no_longer_allowed_dies_at_once(cast: Cast, robot: str, settings: Any) -> None:
    Preference.objects.create(user=cast.clerk, mail="off", webhook=robot)
    say(cast, "clerk")
    settings.WEBHOOK_HOSTS = []
    outbox.drain(now=cast.at)

    assert Delivery.objects.get().failed_at == cast.at
    assert Robot.heard == []


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
