"""Several workers at one outbox: each piece of work is done exactly once."""

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import close_old_connections, connection

from notifications import outbox
from notifications.models import Outbox
from tests.cast import AT

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_workers_do_forty_things_once_each() -> None:
    noted: list[int] = []
    outbox.register("test.note", lambda payload, at: noted.append(payload["n"]))
    for number in range(40):
        outbox.post("test.note", f"note:{number}", at=AT, payload={"n": number})
    start = threading.Barrier(4)

    def work() -> None:
        try:
            start.wait()
            while outbox.drain(3, now=AT):
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    close_old_connections()
    del outbox.ROUTES["test.note"]

    assert sorted(noted) == list(range(40))
    assert Outbox.objects.filter(done_at__isnull=False).count() == 40


def test_a_worker_killed_in_the_middle_leaves_the_rest_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after taking five and doing two: the lease of the other three expires, nothing is done twice."""
    noted: list[int] = []

    def handle(payload: dict[str, Any], at: datetime) -> None:
        if len(noted) == 2 and not killed:
            killed.append(True)
            raise SystemExit
        noted.append(payload["n"])

    killed: list[bool] = []
    outbox.register("test.note", handle)
    for number in range(5):
        outbox.post("test.note", f"note:{number}", at=AT, payload={"n": number})
    with pytest.raises(SystemExit):
        outbox.drain(5, now=AT)

    assert outbox.drain(5, now=AT) == 0
    assert outbox.drain(5, now=AT + outbox.LEASE) == 3
    assert sorted(noted) == list(range(5))
    del outbox.ROUTES["test.note"]
