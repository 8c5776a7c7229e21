"""Celery carries only the wish to look; the outbox stays the truth."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from django.conf import settings

from applications import clock
from notifications import outbox
from notifications.models import Outbox
from tests.house.source import ROOT
from workflow import tasks
from workflow.celery import app


@pytest.fixture
def listeners(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return an empty list of listeners in place of the real one."""
    kept: list[Any] = []
    monkeypatch.setattr(outbox, "LISTENERS", kept)
    return kept


def test_drain_looks_until_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Mock(side_effect=[20, 3, 0])
    monkeypatch.setattr(outbox, "drain", looks)
    tasks.drain()
    assert looks.call_count == 3


@pytest.mark.django_db
def test_every_post_wakes_a_worker_after_its_commit(
    listeners: list[Any], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[bool] = []
    monkeypatch.setattr(tasks.drain, "delay", lambda: sent.append(True))
    tasks.listen()
    tasks.listen()
    with django_capture_on_commit_callbacks(execute=True):
        outbox.post("none", "key", at=clock.now())
        assert sent == []
    assert sent == [True]


@pytest.mark.django_db
def test_broker_that_is_away_disturbs_neither_the_post_nor_the_page(
    listeners: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    def away() -> None:
        raise OSError("no broker")

    listeners.append(away)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.post("none", "key", at=clock.now())
    assert Outbox.objects.filter(key="key").exists()


def test_time_is_kept_by_beat() -> None:
    schedule = app.conf.beat_schedule
    assert {entry["task"]: entry["schedule"] for entry in schedule.values()} == {
        "xingping.drain": 5.0,
        "xingping.tick": 60.0,
    }


@pytest.fixture
def celery_worker(transactional_db: None) -> Iterator[None]:
    """Run a real worker on the test's database and broker."""
    database = settings.DATABASES["default"]
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    command = [sys.executable, "-m", "celery", "-A", "workflow.celery", "worker", "-P", "solo", "-l", "error"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url, "WORKER": "celery"})
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.services
def test_posted_work_is_done_by_a_real_worker(celery_worker: None) -> None:
    outbox.post("unknown topic", "celery", at=clock.now())
    tasks.drain.delay()
    deadline = time.monotonic() + 20
    while (
        time.monotonic() < deadline
        and not Outbox.objects.filter(key="celery", dead_at__isnull=False).exists()
    ):
        time.sleep(0.2)
    assert "no handler" in Outbox.objects.get(key="celery").error
