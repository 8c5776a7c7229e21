"""Robots of chat groups: which addresses are taken, what the robots hear, and what happens where they refuse."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from requests.adapters import HTTPAdapter

from notifications import outbox
from notifications.models import Delivery, Outbox, Preference
from notifications.robots import allowed, understood
from tests.cast import Cast
from tests.house.source import ROOT
from tests.notifications.test_pages import say

SignIn = Callable[[str], Client]
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
TOKEN = "566cc69da782ec" * 4
SECRET = "SEC" + "0f1e2d3c4b5a" * 5
WECOM = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
DINGTALK = f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"
HOSTS = ["qyapi.weixin.qq.com", "oapi.dingtalk.com"]


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
    asked: list[tuple[str, str]] = []
    answers: list[tuple[int, bytes]] = []

    def do_POST(self) -> None:
        Robot.asked.append((self.path, self.headers.get("Idempotency-Key", "")))
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
    Robot.heard, Robot.asked, Robot.answers = [], [], []
    server = HTTPServer(("127.0.0.1", 0), Robot)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    place = f"127.0.0.1:{server.server_port}"
    settings.WEBHOOK_HOSTS = [place]
    yield f"http://{place}/send"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def groups(robot: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """WeCom and DingTalk answer from this machine; returns the addresses that were really asked for."""
    asked: list[str] = []
    send = HTTPAdapter.send

    def nearer(self: HTTPAdapter, request: Any, **kwargs: Any) -> Any:
        asked.append(request.url)
        request.url = robot.removesuffix("/send") + request.path_url
        return send(self, request, **kwargs)

    monkeypatch.setattr(HTTPAdapter, "send", nearer)
    settings.WEBHOOK_HOSTS = HOSTS
    return asked


def test_a_robot_is_told_that_there_is_news_and_not_what(cast: Cast, robot: str) -> None:
    Preference.objects.create(user=cast.clerk, mail="off", webhook=robot)
    say(cast, "clerk")
    outbox.drain(now=cast.at)

    (message,) = Robot.heard
    assert "周桂兰" in message["message"]
    assert "翠湖" not in json.dumps(message, ensure_ascii=False)
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


def test_wecom_hears_its_own_form(cast: Cast, groups: list[str]) -> None:
    Preference.objects.create(user=cast.clerk, mail="off", webhook=WECOM)
    say(cast, "clerk")
    outbox.drain(now=cast.at)

    (message,) = Robot.heard
    assert groups == [WECOM]
    assert (message["msgtype"], list(message["text"])) == ("text", ["content"])
    assert "周桂兰有一条新通知" in message["text"]["content"]
    assert "翠湖" not in message["text"]["content"]
    row = Delivery.objects.get()
    assert (row.sent_at, Robot.asked[0][1]) == (cast.at, f"n-{row.pk}")


@pytest.mark.parametrize("signed", [False, True])
def test_dingtalk_hears_its_own_form_signed_where_a_secret_is_given(
    cast: Cast, groups: list[str], signed: bool
) -> None:
    address = f"{DINGTALK}&secret={SECRET}" if signed else DINGTALK
    Preference.objects.create(user=cast.clerk, mail="off", webhook=address)
    say(cast, "clerk")
    outbox.drain(now=cast.at)

    (message,), (asked,) = Robot.heard, groups
    given = parse_qs(urlsplit(asked).query)
    assert (urlsplit(asked).hostname, given["access_token"]) == ("oapi.dingtalk.com", [TOKEN])
    assert ({"timestamp", "sign"} <= given.keys()) is signed
    assert SECRET not in asked
    assert message["msgtype"] == "text"
    assert "周桂兰有一条新通知" in message["text"]["content"]
    assert "翠湖" not in json.dumps(message, ensure_ascii=False)
    assert Delivery.objects.get().sent_at == cast.at


@pytest.mark.parametrize("address", [WECOM, f"{DINGTALK}&secret={SECRET}"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            (200, b'{"errcode":310000,"errmsg":"keywords not in content"}'),
            "the robot answered errcode 310000",
        ),
        ((302, b""), "the robot answered 302"),
        ((503, b""), "the robot answered 503"),
    ],
)
def test_what_a_group_refuses_is_tried_again(
    cast: Cast, groups: list[str], address: str, answer: tuple[int, bytes], reason: str
) -> None:
    Robot.answers = [answer]
    Preference.objects.create(user=cast.clerk, mail="off", webhook=address)
    say(cast, "clerk")
    outbox.drain(now=cast.at)
    row = Outbox.objects.get(topic="deliver")
    assert (row.error, len(groups)) == (f"RuntimeError: {reason}", 1)
    outbox.drain(now=row.not_before)
    assert Delivery.objects.get().sent_at == row.not_before


@pytest.mark.parametrize(
    "address", [WECOM, f"{DINGTALK}&secret={SECRET}", "https://robot.example.org/s?key=" + KEY]
)
def test_no_key_stands_in_a_log_or_an_error(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    """Nobody answers: the library and its transport would both name the address."""

    def nobody(self: HTTPAdapter, request: Any, **kwargs: Any) -> Any:
        logging.getLogger("urllib3.connectionpool").warning("Retrying %s", request.url)
        raise OSError(f"no route to {request.url}")

    monkeypatch.setattr(HTTPAdapter, "send", nobody)
    caplog.set_level(logging.DEBUG)
    settings.WEBHOOK_HOSTS = [*HOSTS, "robot.example.org"]
    Preference.objects.create(user=cast.clerk, mail="off", webhook=address)
    say(cast, "clerk")
    outbox.drain(now=cast.at)
    row = Outbox.objects.get(topic="deliver")
    assert row.error == "RuntimeError: the robot could not be reached (OSError)"
    said = f"{caplog.text} {row.payload} {understood(address)!r}"
    assert not [word for word in (KEY, TOKEN, SECRET) if word in said]


def test_the_addresss_own_parameters_do_not_become_the_librarys_options() -> None:
    """apprise reads ``verify=no``, ``redirect=yes``, ``rto=900`` from an address; ours are not handed to it."""
    said = understood(f"{WECOM}&verify=no&redirect=yes&rto=900&retry=9")
    assert said == understood(WECOM)


@pytest.mark.parametrize(
    ("address", "remedy"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "key="),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a/../b", "key="),
        ("https://qyapi.weixin.qq.com/cgi-bin/gettoken?key=abc", "key="),
        ("https://oapi.dingtalk.com/robot/send?token=abc", "access_token="),
        (f"{DINGTALK}&secret=not-a-secret!", "access_token="),
        ("https://[", "WEBHOOK"),
    ],
)
def test_an_address_that_lacks_its_key_is_refused_with_the_remedy(
    cast: Cast, sign_in: SignIn, settings: Any, address: str, remedy: str
) -> None:
    settings.WEBHOOK_HOSTS = HOSTS
    page = sign_in("clerk").post(reverse("notification_preferences"), {"mail": "off", "webhook": address})
    shown = page.content.decode()
    assert page.status_code == 422
    assert address[:60].replace("&", "&amp;") in shown
    assert ("不能使用" if remedy == "WEBHOOK" else "不完整") in shown


@pytest.mark.thorough  # a process of its own loads the whole product
def test_what_is_not_spoken_to_is_not_loaded() -> None:
    """apprise takes a second to load: neither a command nor a page waits for it."""
    code = "import django, sys; django.setup(); import workflow.urls; print('apprise' in sys.modules)"
    asked = [sys.executable, "-c", code]
    done = subprocess.run(
        asked,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "workflow.settings"},
    )
    assert done.stdout.strip() == "False", done.stderr
