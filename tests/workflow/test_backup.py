"""Backup and restore rehearsed: at rest, under a running product, into an empty house; damaged, foreign, unwanted."""

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from applications.actions import evidence, intake
from applications.models import Case, Event, Evidence
from tests import cast as stage
from tests import invariants, papers, road
from tests.cast import Cast
from tests.forks import Twin
from tests.worlds import World
from tests.worlds import db as db
from tests.worlds import no_world_left as no_world_left
from tests.worlds import own_world as own_world
from workflow import clock
from workflow.backup import manifest

pytestmark = pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
Restore = Callable[..., None]


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    """Return the data folder of the installation under test."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    return settings.DATA_DIR


@pytest.fixture
def cast(own_world: World, data: Path) -> Cast:
    """The cast, and a case that waits for the street's check with its files and an anchored chain."""
    cast = stage.find() or stage.build()
    case = road.open_case(cast)
    papers.fill_in(case, by=cast.clerk, at=cast.at)
    road.submission.submit(case, by=cast.head, at=cast.at)
    clock.tick(cast.at)
    return cast


@pytest.fixture
def kept(cast: Cast, tmp_path: Path) -> Path:
    """Return a finished backup of the cast's installation."""
    target = tmp_path / "backup"
    call_command("backup", str(target))
    return target


def state() -> dict[str, Any]:
    """Return all there is: what stands in the database, the files, the anchors."""
    files = {}
    for folder, _folders, names in os.walk(default_storage.path("")):
        for name in names:
            path = Path(folder) / name
            files[str(path)] = manifest.digest_of(path)
    return {**invariants.effects(), "files": files}


def test_what_was_backed_up_comes_back_and_the_rest_is_gone(cast: Cast, tmp_path: Path, capsys: Any) -> None:
    before = state()
    target = tmp_path / "backup"
    call_command("backup", str(target))
    assert "备份完成" in capsys.readouterr().out
    case = Case.objects.get()
    lost = Path(default_storage.path(Evidence.objects.order_by("pk")[0].file.name))
    lost.unlink()
    intake.pass_on(case, opinion="材料齐全，同意。", by=cast.street, at=cast.at)
    clock.tick(cast.at)
    (lost.parent / "stray.pdf").write_bytes(b"stray")
    assert state() != before

    call_command("restore", str(target), replace=True)

    assert state() == before
    assert invariants.unsound() == []
    assert "事件链完整" in capsys.readouterr().out
    intake.pass_on(case, opinion="材料齐全，同意。", by=cast.street, at=cast.at)
    clock.tick(cast.at)
    assert invariants.unsound() == [], "life goes on, ids and chains too"


def test_a_backup_comes_to_life_in_an_empty_house(
    cast: Cast, kept: Path, own_world: World, settings: Any, tmp_path: Path
) -> None:
    before = invariants.effects()
    bare = own_world.bare("bare")
    bare.enter()
    settings.MEDIA_ROOT = tmp_path / "other files"
    call_command("restore", str(kept))
    assert invariants.effects() == before
    assert invariants.unsound() == []
    own_world.enter()
    bare.drop()


def test_a_backup_made_under_writers_is_whole(
    cast: Cast, own_world: World, settings: Any, tmp_path: Path
) -> None:
    """Uploads, events and anchors go on while it is made; nothing in it points to what is not in it."""
    case = Case.objects.get()
    other = road.cases.open_case(
        cast.batch, community=cast.communities["莲塘社区"], applied_star=3, by=cast.neighbour, at=cast.at
    )
    intake.pass_on(case, opinion="材料齐全，同意。", by=cast.street, at=cast.at)
    stop = tmp_path / "stop"

    def write() -> int:
        own_world.enter()
        count = 0
        while not stop.exists():
            count += 1
            photo = papers.upload(f"{count}.jpg", papers.picture((count % 255, count // 255, 7)))
            evidence.upload(other, files=[photo], indicators=["1.1.a"], by=cast.neighbour, at=cast.at)
            clock.anchors.anchor(cast.at)
        return count

    writer = Twin(write)
    own_world.enter()
    target = tmp_path / "backup"
    try:
        deadline = time.monotonic() + 30
        while Evidence.objects.filter(case=other).count() < 3:
            assert time.monotonic() < deadline, "waited 30 s for the writer's third upload"
        call_command("backup", str(target))
    finally:
        stop.touch()
        written = writer.wait().said
    assert written >= 3
    own_world.enter()
    call_command("restore", str(target), replace=True)
    assert invariants.unsound() == []
    assert 3 <= Evidence.objects.filter(case=other).count() <= written


def test_data_that_are_there_are_not_overwritten_unasked(cast: Cast, kept: Path) -> None:
    before = state()
    with pytest.raises(CommandError, match=r"本系统已有数据.*--replace"):
        call_command("restore", str(kept))
    assert state() == before


def test_under_a_running_product_nothing_is_restored(cast: Cast, kept: Path, data: Path) -> None:
    with (data / "serve.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        with pytest.raises(CommandError, match="正由运行中的星评使用，请先停止它"):
            call_command("restore", str(kept), replace=True)


def spoil(folder: Path, how: str) -> None:
    """Damage a backup."""
    name = next(
        name for name in json.loads((folder / "manifest.json").read_text())["files"] if "files/" in name
    )
    if how == "changed":
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)
    elif how == "missing":
        (folder / name).unlink()
    elif how == "manifest":
        text = (folder / "manifest.json").read_text()
        (folder / "manifest.json").write_text(text.replace('"format": 1', '"format": 1 '))
    elif how == "unsealed":
        (folder / "manifest.sha256").unlink()
    else:
        found = manifest.read(folder)
        if how == "escape":
            found.files["files/../../../outside"] = "0" * 64
        elif how == "vendor":
            found.vendor = "oracle"
        elif how == "release":
            found.migrations.append("applications.0099_later")
        elif how == "rows":
            found.tables["applications_case"] += 1
        (folder / "manifest.json").unlink()
        (folder / "manifest.sha256").unlink()
        manifest.write(folder, found)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("changed", "已损坏，与清单不符"),
        ("missing", "备份中缺少文件“files/"),
        ("manifest", "备份清单 manifest.json 已被改动"),
        ("unsealed", "没有完整的备份清单"),
        ("escape", "文件名“files/../../../outside”不合规"),
        ("vendor", "备份来自 oracle 数据库"),
        ("release", "数据结构不同"),
        ("rows", "“applications_case”有1行，备份时为2行，恢复已撤销"),
    ],
)
def test_a_damaged_or_foreign_backup_is_refused_and_changes_nothing(
    cast: Cast, kept: Path, how: str, sentence: str
) -> None:
    intake.pass_on(Case.objects.get(), opinion="材料齐全，同意。", by=cast.street, at=cast.at)
    clock.tick(cast.at)
    before = state()
    spoil(kept, how)
    with pytest.raises(CommandError, match=sentence):
        call_command("restore", str(kept), replace=True)
    assert state() == before
    assert invariants.unsound() == []


def test_a_backup_of_a_tampered_log_is_not_let_in(cast: Cast, tmp_path: Path) -> None:
    good = state()
    event = Event.objects.order_by("pk")[0]
    with connection.cursor() as cursor:
        cursor.execute("update applications_event set actor_name = '某人' where id = %s", [event.pk])
    call_command("backup", str(tmp_path / "tampered"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update applications_event set actor_name = %s where id = %s", [event.actor_name, event.pk]
        )
    assert invariants.unsound() == []

    with pytest.raises(CommandError, match=r"事件链不完整.*恢复已撤销"):
        call_command("restore", str(tmp_path / "tampered"), replace=True)

    assert state() == good
    assert invariants.unsound() == []


def test_a_backup_is_never_made_into_a_folder_that_holds_something(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("kept")
    with pytest.raises(CommandError, match="不是空目录"):
        call_command("backup", str(tmp_path / "full"))
    (tmp_path / "empty").mkdir()
    call_command("backup", str(tmp_path / "empty"))
    assert manifest.read(tmp_path / "empty").tables["applications_case"] == 1


def test_a_missing_file_stops_the_backup_and_leaves_nothing_half_made(cast: Cast, tmp_path: Path) -> None:
    row = Evidence.objects.order_by("pk")[0]
    Path(default_storage.path(row.file.name)).unlink()
    with pytest.raises(CommandError, match="在存储中找不到"):
        call_command("backup", str(tmp_path / "backup"))
    assert not list(tmp_path.glob("backup*"))


def test_what_a_killed_backup_left_is_no_backup_and_in_nobodys_way(cast: Cast, tmp_path: Path) -> None:
    half = tmp_path / "backup.partial"
    (half / "files").mkdir(parents=True)
    (half / "files" / "half.pdf").write_bytes(b"%PDF")
    call_command("backup", str(tmp_path / "backup"))
    assert not half.exists()
    manifest.check(tmp_path / "backup", manifest.read(tmp_path / "backup"))


def test_a_full_disk_is_a_sentence(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(manifest, "settle", full)
    with pytest.raises(CommandError, match=r"备份没有完成.*请检查磁盘空间"):
        call_command("backup", str(tmp_path / "backup"))
    assert not list(tmp_path.glob("backup*"))


def test_a_backup_is_for_its_owner_only(kept: Path) -> None:
    assert kept.stat().st_mode & 0o077 == 0
    assert (kept / "anchors" / "signing_key").stat().st_mode & 0o077 == 0
