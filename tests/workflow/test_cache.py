"""A shared cache that is away closes no door."""

import socket
import time
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
    assert not nowhere.touch("a")
    assert "a" not in nowhere
    with pytest.raises(ValueError, match="not found"):
        nowhere.incr("b")


def test_each_process_counts_by_itself_meanwhile(
    nowhere: ForgivingRedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "cache", nowhere)
    at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    for _time in range(2):
        limits.spend(Limit("test", 2, 60), "somebody", at)
    with pytest.raises(limits.TooMany):
        limits.spend(Limit("test", 2, 60), "somebody", at)
    limits.spend(Limit("test", 2, 60), "somebody-else", at)


def test_a_cache_that_swallows_packets_costs_a_page_a_second_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:  # takes the connection and never answers
        silent = ForgivingRedisCache(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0", {})
        began = time.monotonic()
        for _ask in range(20):
            assert silent.get("a") is None
        assert 0.5 < time.monotonic() - began < 5
