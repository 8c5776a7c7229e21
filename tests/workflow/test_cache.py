"""A shared cache that is away closes no door."""

import socket
from datetime import UTC, datetime

import pytest

from applications import limits
from applications.limits import Limit
from workflow.cache import ForgivingRedisCache


@pytest.fixture
def nowhere() -> ForgivingRedisCache:
    """Return a cache at a port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return ForgivingRedisCache(f"redis://127.0.0.1:{port}/0", {})


def test_a_cache_that_is_away_reads_as_empty(nowhere: ForgivingRedisCache) -> None:
    nowhere.set("a", 1)
    nowhere.set_many({"a": 1})
    nowhere.delete("a")
    nowhere.delete_many(["a"])
    assert nowhere.get("a", "nothing") == "nothing"
    assert nowhere.get_or_set("a", lambda: 7) == 7
    assert nowhere.get_many(["a"]) == {}
    assert not nowhere.add("a", 1)
    assert not nowhere.touch("a")
    assert "a" not in nowhere
    with pytest.raises(ValueError, match="away"):
        nowhere.incr("a")


def test_nothing_is_counted_and_nobody_refused_meanwhile(
    nowhere: ForgivingRedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "cache", nowhere)
    for _time in range(5):
        limits.spend(Limit("test", 1, 60), "somebody", datetime.now(UTC))
