"""Files without a row: found once a day, deleted when they are old, never when anything names them."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product_settings

from applications import clock as present
from applications.models import Evidence
from notifications import outbox
from notifications.models import Outbox
from tests import papers, road
from tests.cast import Cast
from workflow import clock, strays

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(cast: Cast, settings: Any, tmp_path: Path) -> Path:
    """Return the folder of the files of a case that has one."""
    settings.MEDIA_ROOT = tmp_path
    papers.fill_in(road.open_case(cast), by=cast.clerk, at=cast.at)
    return tmp_path


def leave(path: Path, hours: float) -> Path:
    """Put a file there that was written some hours ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left behind")
    return aged(path, hours)


def aged(path: Path, hours: float) -> Path:
    """Let a file be as old."""
    then = present.wall().timestamp() - hours * 3600
    os.utime(path, (then, then))
    return path


def test_what_no_row_names_goes_after_a_day_and_what_a_row_names_stays(house: Path) -> None:
    kept = aged(house / Evidence.objects.get().file.name, 24 * 400)
    old = leave(house / "evidence" / "9" / "ab" / "abcd-1", 25)
    torn = leave(house / "evidence" / "9" / "ab" / "abcd-2.part", 25)
    young = leave(house / "evidence" / "9" / "ab" / "abcd-3", 23)

    assert strays.sweep() == 2
    assert [path.exists() for path in (kept, old, torn, young)] == [True, False, False, True]
    assert strays.sweep() == 0


def test_a_file_that_was_removed_from_a_case_still_has_its_row(house: Path, cast: Cast) -> None:
    row = Evidence.objects.get()
    Evidence.objects.filter(pk=row.pk).update(removed_at=cast.at)
    aged(house / row.file.name, 24 * 400)
    assert strays.sweep() == 0
    assert (house / row.file.name).exists()


def test_the_clock_asks_once_a_day_and_the_worker_looks(house: Path, cast: Cast) -> None:
    old = leave(house / "evidence" / "left", 25)
    assert clock.tick(cast.at)["files"] == 1
    assert clock.tick(cast.at + timedelta(minutes=1))["files"] == 0
    while outbox.drain(now=cast.at + timedelta(minutes=1)):
        pass
    assert not old.exists()
    assert Outbox.objects.filter(topic=strays.TOPIC, done_at__isnull=False).count() == 1
    assert clock.tick(cast.at + timedelta(days=1))["files"] == 1


def test_the_age_is_the_real_one_when_the_demo_moves_its_date(house: Path, cast: Cast, settings: Any) -> None:
    settings.DEMO = True
    young = leave(Path(product_settings.MEDIA_ROOT) / "evidence" / "new", 1)
    clock.tick(cast.at + timedelta(days=400))
    while outbox.drain(now=cast.at + timedelta(days=400)):
        pass
    assert young.exists()
