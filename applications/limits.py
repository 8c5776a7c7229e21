"""How often one sender may do something: counted in the cache by window, refused in a sentence with the remedy."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from applications.errors import Refused


class TooMany(Refused):
    """Done too often: 429 with how long to wait."""

    code = "too_many"
    status = 429

    def __init__(self, sentence: str, seconds: int) -> None:
        super().__init__(sentence)
        self.seconds = seconds


@dataclass(frozen=True)
class Limit:
    """So many times (``most``) in a window of seconds."""

    name: str
    most: int
    window: int


def sender_of(request: HttpRequest) -> str:
    """Return a pseudonym of the sender's address: the cache holds no address."""
    address = request.META.get("REMOTE_ADDR", "")
    return hashlib.sha256(f"{settings.SECRET_KEY}:{address}".encode()).hexdigest()[:32]


def spend(limit: Limit, who: str, at: datetime) -> None:
    """Count one more time; raises ``TooMany`` beyond the limit."""
    key = _key(limit, who, at)
    cache.add(key, 0, limit.window)
    try:
        times = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return
    if times > limit.most:
        raise _too_many(limit, at)


def ask(limit: Limit, who: str, at: datetime) -> None:
    """Raise ``TooMany`` where nothing is left of the limit, without counting: only what fails is spent."""
    if cache.get(_key(limit, who, at), 0) >= limit.most:
        raise _too_many(limit, at)


def _key(limit: Limit, who: str, at: datetime) -> str:
    return f"limit:{limit.name}:{who}:{int(at.timestamp()) // limit.window}"


def _too_many(limit: Limit, at: datetime) -> TooMany:
    left = limit.window - int(at.timestamp()) % limit.window
    return TooMany(_("操作过于频繁，请在%(minutes)s分钟后再试。") % {"minutes": max(1, -(-left // 60))}, left)
