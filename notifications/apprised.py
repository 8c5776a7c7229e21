"""The one place that knows apprise: a robot becomes one of its services, and every request passes our gate.

Imported by the worker with the first message, since the library takes a second to load (decision 0008). Its services
follow redirects, wait as long as an address asks them to, and take an answer ``200 {"errcode": 93000}`` for success;
they ask ``requests`` for all they send, so here they are handed a gate in its stead.
"""

import json
import threading
from typing import Any

import requests
from apprise import AppriseAsset
from apprise.plugins import custom_json, dingtalk, wecombot

from notifications.robots import Robot, allowed

PATIENCE = 5  # seconds until a robot must have answered
MOST = 4096  # bytes of an answer that are read


class Gate:
    """Stands where the services expect ``requests``: allowed hosts only, no redirects, our patience, the answer read."""

    codes, RequestException = requests.codes, requests.RequestException

    def __init__(self) -> None:
        self.held = threading.local()  # workers may be threads: each has its own message under way

    def begin(self, name: str) -> None:
        """Forget the last answer; what is sent next carries ``name``, by which a repeat is recognised."""
        self.held.name, self.held.fault = name, "the robot was not asked"

    @property
    def fault(self) -> str:
        """What went wrong with the message under way, without its address; empty where the robot took it."""
        fault: str = self.held.fault
        return fault

    def post(self, url: str, **asked: Any) -> requests.Response:
        """Send as ``requests.post`` would."""
        return self.request("POST", url, **asked)

    def request(
        self, method: str, url: str, *, data: Any, headers: dict[str, str], params: Any = None, **_: Any
    ) -> requests.Response:
        """Send as ``requests.request`` would, but for the options we decide ourselves."""
        if not allowed(url):
            self.held.fault = "the robot's address is not allowed"
            raise requests.RequestException(self.held.fault)
        headers = {**headers, "Idempotency-Key": self.held.name}
        try:
            with requests.Session() as session:
                answer = session.request(
                    method, url, data=data, headers=headers, params=params,
                    timeout=PATIENCE, allow_redirects=False, stream=True,
                )  # fmt: skip
                said = answer.raw.read(MOST, decode_content=True)
        except (requests.RequestException, OSError) as error:
            # the error's own words hold the address
            self.held.fault = f"the robot could not be reached ({type(error).__name__})"
            raise requests.RequestException(self.held.fault) from None
        self.held.fault = judge(answer.status_code, said)
        return answer


def judge(status: int, said: bytes) -> str:
    """Return what an answer says went wrong; robots answer 200 in any case and name the error in ``errcode``."""
    if not 200 <= status < 300:
        return f"the robot answered {status}"
    try:
        code = json.loads(said).get("errcode", 0)
    except (ValueError, AttributeError):
        return ""
    return f"the robot answered errcode {str(code)[:20]}" if code else ""


GATE = Gate()
for service in (custom_json, dingtalk, wecombot):
    service.requests = GATE
# no files of its own, and no retries beside the outbox's (apprise's default, said here because it matters)
ASSET = AppriseAsset(app_id="Xingping", storage_mode="memory", default_service_retry=0)


def say(robot: Robot, words: str, name: str) -> None:
    """Say ``words`` through the service of a robot; raise ``RuntimeError`` where it did not take them."""
    GATE.begin(name)
    taken = service_of(robot).notify(body=words)
    if GATE.fault or not taken:
        raise RuntimeError(GATE.fault or "the message could not be put into the robot's form")


def service_of(robot: Robot) -> Any:
    """Return apprise's service for a robot, made of its parts; an address is never handed over whole."""
    if robot.kind == "wecom":
        return wecombot.NotifyWeComBot(key=robot.key, asset=ASSET)
    if robot.kind == "dingtalk":
        return dingtalk.NotifyDingTalk(token=robot.key, secret=robot.secret or None, asset=ASSET)
    assert robot.parts is not None
    parts = robot.parts
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return custom_json.NotifyJSON(
        host=parts.hostname, port=parts.port, secure=parts.scheme == "https", fullpath=path, asset=ASSET
    )
