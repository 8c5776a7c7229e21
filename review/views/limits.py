"""How often an address may ask the pages that need no login: counted in the cache, told in a sentence."""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True)
class Limit:
    """At most ``most`` calls in ``seconds`` from one address."""

    name: str
    most: int
    seconds: int

    def exceeded(self, request: HttpRequest) -> bool:
        """Count this call; whether it is one too many."""
        address = request.META.get("REMOTE_ADDR", "")
        key = f"limit:{self.name}:{address}"
        cache.add(key, 0, self.seconds)
        try:
            return bool(cache.incr(key) > self.most)
        except ValueError:  # expired between the two calls
            cache.set(key, 1, self.seconds)
            return False
