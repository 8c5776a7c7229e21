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
    now = int(at.timestamp())
    key = f"limit:{limit.name}:{who}:{now // limit.window}"
    cache.add(key, 0, limit.window)
    try:
        times = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return
    if times > limit.most:
        left = limit.window - now % limit.window
        raise TooMany(
            _("操作过于频繁，请在%(minutes)s分钟后再试。") % {"minutes": max(1, -(-left // 60))}, left
        )
