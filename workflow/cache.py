"""The shared cache, which may be away: pages are slower then, each server process counts by itself, nothing fails.

Sessions, locks of a sign-in and messages live in the database; Redis holds only what may be forgotten. What is counted
(the rate limits) goes on in the memory of each process meanwhile, so that no limit falls while Redis is away.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

TOLD_EVERY = 60.0  # seconds between two lines in the log while the cache is away
REST = 2.0  # seconds for which a cache that is away is not asked again: no page waits for it twice
LIMITS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
}  # seconds: a host that swallows packets is away, too


class ForgivingRedisCache(RedisCache):
    """Redis whose absence reads as "nothing is kept"."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**LIMITS, **params.get("OPTIONS", {})}})
        self._meanwhile = LocMemCache("meanwhile", {"TIMEOUT": 3600})
        self._where = str(server)

    # of the class, not of its instances: Django makes one cache for each thread
    _told = float("-inf")
    _away_until: dict[str, float] = {}

    def _try(self, work: Callable[..., Any], instead: Any, *args: Any, **kwargs: Any) -> Any:
        """Ask Redis; ``instead`` is what is said while it is away, or a function that finds it."""
        mine = ForgivingRedisCache
        if time.monotonic() >= mine._away_until.get(self._where, 0.0):
            try:
                return work(*args, **kwargs)
            except (RedisError, OSError) as error:
                mine._away_until[self._where] = time.monotonic() + REST
                if time.monotonic() - mine._told > TOLD_EVERY:
                    mine._told = time.monotonic()
                    log.warning("The cache is away (%s); pages go on without it.", type(error).__name__)
        return instead(*args, **kwargs) if callable(instead) else instead

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return what is kept, or the default."""
        return self._try(super().get, lambda *_args: default, key, default, version)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep a value if possible."""
        return self._try(super().set, None, key, value, *args, **kwargs)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep a value that is not kept yet."""
        return self._try(super().add, self._meanwhile.add, key, value, *args, **kwargs)

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep a value longer."""
        return self._try(super().touch, False, key, *args, **kwargs)

    def delete(self, key: Any, version: Any = None) -> Any:
        """Forget a value."""
        return self._try(super().delete, False, key, version)

    def has_key(self, key: Any, version: Any = None) -> Any:
        """Whether a value is kept."""
        return self._try(super().has_key, False, key, version)

    def get_many(self, keys: Any, version: Any = None) -> Any:
        """Return what is kept of several."""
        return self._try(super().get_many, {}, keys, version)

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep several; return those that are not kept."""
        return self._try(super().set_many, list(data), data, *args, **kwargs)

    def delete_many(self, keys: Any, version: Any = None) -> Any:
        """Forget several."""
        return self._try(super().delete_many, None, keys, version)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Count, in this process alone while Redis is away; raises ``ValueError`` for a key that is not there."""
        return self._try(super().incr, self._meanwhile.incr, key, delta, version)
