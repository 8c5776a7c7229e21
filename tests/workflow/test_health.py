"""What a probe is told, and what the administrator reads."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from applications import clock
from applications.models import ClockStep
from notifications import outbox
from tests.cast import Cast
from workflow import clock as ticking
from workflow import datafolder, health

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    """Let everything be well at this moment: the clock has just ticked."""
    now = clock.now()
    ClockStep.objects.create(name="outbox", done_at=now)
    return now


def asked(path: str = "/healthz") -> tuple[int, Any]:
    """Ask as a probe does."""
    answer = Client().get(path)
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    return answer.status_code, answer.json() if path != "/livez" else answer.content


def test_all_is_well(at: datetime) -> None:
    assert asked("/livez") == (200, b"ok")
    assert asked("/readyz") == (200, {"ready": True})
    names = ("database", "clock", "steps", "outbox", "dead", "room", "redis")
    assert asked() == (200, {"healthy": True, "checks": dict.fromkeys(names, True)})


def wrong() -> list[str]:
    """Return the names of what is said to be wrong."""
    status, told = asked()
    names = [name for name, ok in told["checks"].items() if not ok]
    assert status == (503 if names else 200)
    return names


def test_a_clock_that_stands_still_is_told(at: datetime) -> None:
    ClockStep.objects.all().delete()
    assert wrong() == ["clock"]
    ClockStep.objects.create(name="outbox", done_at=at - timedelta(minutes=4))
    assert wrong() == []
    ClockStep.objects.create(name="ladder", done_at=at - timedelta(days=1), failures=2, failed_at=at)
    assert wrong() == ["steps"]
    ClockStep.objects.filter(name="outbox").delete()
    assert wrong() == ["clock", "steps"]


def test_work_that_nobody_takes_is_told(at: datetime) -> None:
    outbox.register("tests.health", lambda payload, at: None)
    try:
        outbox.post("tests.health", "tests.health:1", at=at - timedelta(minutes=6))
        assert wrong() == ["outbox"]
        outbox.drain(now=at)
        assert wrong() == []
    finally:
        outbox.ROUTES.pop("tests.health")


def test_work_that_failed_for_good_is_told(at: datetime) -> None:
    outbox.post("tests.nowhere", "tests.nowhere:1", at=at)
    outbox.Outbox.objects.update(dead_at=at)
    assert wrong() == ["dead"]


def test_a_disk_that_fills_up_is_told(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ROOM", 1 << 60)
    assert wrong() == ["room"]


def test_a_redis_that_swallows_everything_is_told(
    at: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = settings.REDIS_URL or "redis://127.0.0.1:1/0"
    monkeypatch.setattr(cache, "get", lambda key, default=None: default)
    assert wrong() == ["redis"]


def test_a_database_of_another_version_takes_no_visitors(at: datetime) -> None:
    MigrationRecorder(connection).record_unapplied(*MigrationLoader(connection).graph.leaf_nodes("review")[0])
    assert asked("/readyz") == (503, {"ready": False})
    assert asked() == (503, {"healthy": False, "checks": {"database": False}})
    assert asked("/livez") == (200, b"ok")


def test_a_database_that_is_away_is_told_without_breaking(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> bool:
        raise DatabaseError

    monkeypatch.setattr(datafolder, "behind", fail)
    assert asked("/readyz") == (503, {"ready": False})


def test_probes_only_look(at: datetime) -> None:
    assert [Client().post(path).status_code for path in ("/livez", "/readyz", "/healthz")] == [405] * 3


def test_the_administrator_reads_what_is_wrong_and_what_to_do(cast: Cast, sign_in: Any, at: datetime) -> None:
    page = sign_in("sysadmin").get("/office/running/").content.decode()
    assert "五分钟内没有运行" not in page
    ClockStep.objects.update(done_at=at - timedelta(hours=1))
    page = sign_in("sysadmin").get("/office/running/").content.decode()
    assert "五分钟内没有运行" in page
    assert "重发超时的消息" in page


def test_every_step_of_the_clock_has_words() -> None:
    assert ticking.LABELS.keys() == ticking.STEPS.keys()
