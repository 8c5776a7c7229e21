"""Robots of chat groups: which addresses are taken, and what they are called in the library that speaks to them.

WeCom and DingTalk hand out an address with a key in it; whoever has it may write into the group, so no address is
repeated in a log, an error or an exception. Any other address that the operator allows gets JSON.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

WECOM, DINGTALK = "qyapi.weixin.qq.com", "oapi.dingtalk.com"
_KEY = re.compile(r"[A-Za-z0-9_-]{1,200}")
_TOKEN = re.compile(r"[A-Za-z0-9]{1,200}")


@dataclass(frozen=True)
class Robot:
    """A robot by its kind (``wecom``, ``dingtalk``, ``json``) and what its service asks for; never printed."""

    kind: str
    key: str = ""
    secret: str = ""
    parts: SplitResult | None = None

    def __repr__(self) -> str:
        """Return the kind alone: key and secret would stand in a traceback."""
        return f"Robot({self.kind})"


def allowed(address: str) -> bool:
    """Whether the address is one the operator allows (``WEBHOOK_HOSTS``): nothing inside can be reached by it."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    place = f"{parts.hostname}:{port}" if port else parts.hostname
    safe = parts.scheme == "https" or (parts.scheme == "http" and not settings.PRODUCTION)
    return safe and place in settings.WEBHOOK_HOSTS and not parts.username


def understood(address: str) -> Robot | None:
    """Return the robot behind an allowed address, or nothing where the address lacks its key.

    The address's own parameters never become the library's options: those could switch off the check of certificates.
    """
    parts = urlsplit(address)
    given = {name: values[0].strip() for name, values in parse_qs(parts.query).items()}
    if parts.hostname == WECOM:
        key = given.get("key", "")
        return (
            Robot("wecom", key)
            if parts.path.rstrip("/") == "/cgi-bin/webhook/send" and _KEY.fullmatch(key)
            else None
        )
    if parts.hostname == DINGTALK:
        key, secret = given.get("access_token", ""), given.get("secret", "")
        good = parts.path.rstrip("/") == "/robot/send" and _TOKEN.fullmatch(key)
        return Robot("dingtalk", key, secret) if good and (not secret or _TOKEN.fullmatch(secret)) else None
    return Robot("json", parts=parts)


def refusal(address: str) -> str:
    """Return why an address cannot be used, or nothing; the address is the typed one, shown to who typed it."""
    if not allowed(address):
        return _("地址“%(address)s”不能使用。请填写以 https:// 开头、位于%(hosts)s的地址。") % {
            "address": address[:80],
            "hosts": _("、").join(settings.WEBHOOK_HOSTS),
        }
    if understood(address) is None:
        return _(
            "地址“%(address)s”不完整。企业微信的地址含 key=，钉钉的地址含 access_token=，请从群机器人设置中整段复制。"
        ) % {"address": address[:80]}
    return ""


def tell(address: str, words: str, name: str) -> None:
    """Say ``words`` in the group of an allowed address; ``name`` is the same for every repeat of the message.

    Raises ``RuntimeError`` with a sentence free of the address where the robot cannot be reached or refuses.
    """
    from notifications.apprised import say

    robot = understood(address)
    if robot is None:
        raise ValueError("the address of the robot lacks its key")
    say(robot, words, name)
