"""How the system runs: a failed step of the clock is seen by the administrator, tried again and then forgotten."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from notifications.models import Outbox
from tests.cast import Cast
from workflow import clock

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
PAGE = "/office/running/"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Break the ladder of the clock; the returned function mends it."""
    whole = clock.STEPS["ladder"]

    def fails(at: datetime) -> int:
        raise RuntimeError("broken")

    monkeypatch.setitem(clock.STEPS, "ladder", fails)
    monkeypatch.setattr(clock.log, "exception", lambda *args: None)
    return lambda: monkeypatch.setitem(clock.STEPS, "ladder", whole)


def row_of(page: str, name: str) -> str:
    """Return the table row of a step, which is called there by its words."""
    return next(row for row in page.split("<tr ") if f">{clock.LABELS[name]}<" in row)


def test_the_administrator_sees_a_failed_step_until_it_succeeds(
    cast: Cast, sign_in: SignIn, broken: Callable[[], None]
) -> None:
    for minute in range(3):
        clock.tick(cast.at + timedelta(minutes=minute))
    failed = row_of(sign_in("sysadmin").get(PAGE).text, "ladder")
    assert "失败" in failed and "3 · RuntimeError" in failed
    assert "正常" in row_of(sign_in("sysadmin").get(PAGE).text, "anchor")

    broken()
    clock.tick(cast.at + timedelta(minutes=3))
    mended = row_of(sign_in("sysadmin").get(PAGE).text, "ladder")
    assert "正常" in mended and "RuntimeError" not in mended


@pytest.mark.parametrize(
    ("who", "status"), [("sysadmin", 200), ("auditor", 200), ("county", 403), ("clerk", 403)]
)
def test_who_sees_how_the_system_runs(cast: Cast, sign_in: SignIn, who: str, status: int) -> None:
    assert sign_in(who).get(PAGE).status_code == status


def test_nobody_without_an_account_sees_it(client: Client, db: Any) -> None:
    assert client.get(PAGE).status_code == 302


def test_dead_work_is_tried_again_by_the_administrator_and_by_nobody_else(
    cast: Cast, sign_in: SignIn
) -> None:
    row = Outbox.objects.create(
        topic="deliver",
        key="deliver:0",
        payload={},
        created_at=cast.at,
        not_before=cast.at,
        dead_at=cast.at,
        attempts=8,
    )
    assert sign_in("auditor").post(PAGE, {"verb": "retry", "pk": row.pk}).status_code == 403
    row.refresh_from_db()
    assert row.dead_at is not None
    assert sign_in("sysadmin").post(PAGE, {"verb": "retry", "pk": row.pk}).status_code == 302
    row.refresh_from_db()
    assert (row.dead_at, row.attempts) == (None, 0)
