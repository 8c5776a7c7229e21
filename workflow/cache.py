"""The shared cache, which may be away: pages are slower then, and nothing is counted, but nothing fails."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

TOLD_EVERY = 60.0  # seconds between two lines in the log while the cache is away


class ForgivingRedisCache(RedisCache):
    """Redis whose absence reads as "nothing is kept"."""

    _told = float("-inf")

    def _try(self, work: Callable[..., Any], instead: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return work(*args, **kwargs)
        except (RedisError, OSError) as error:
            if time.monotonic() - ForgivingRedisCache._told > TOLD_EVERY:
                ForgivingRedisCache._told = time.monotonic()
                log.warning("The cache is away (%s); pages go on without it.", type(error).__name__)
            return instead

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return what is kept, or the default."""
        return self._try(super().get, default, key, default, version)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep a value if possible."""
        return self._try(super().set, None, key, value, *args, **kwargs)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep a value that is not kept yet."""
        return self._try(super().add, False, key, value, *args, **kwargs)

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
        """Count; raises ``ValueError`` as for a key that is not there."""
        counted = self._try(super().incr, None, key, delta, version)
        if counted is None:
            raise ValueError("the cache is away")
        return counted
