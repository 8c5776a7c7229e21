"""``manage.py serve``: what it refuses, what it prepares, what it starts."""

import fcntl
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from applications.models import User
from workflow import datafolder
from workflow.management.commands import serve


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Return a data folder of the test's own."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.ANCHOR_FILE = tmp_path / "heads.jsonl"
    return tmp_path


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Listen somewhere and return the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("port", ["abc", "0", "70000", ""])
def test_nonsense_as_port_is_refused_in_a_sentence(port: str) -> None:
    with pytest.raises(CommandError, match=f"端口“{port}”无效"):
        call_command("serve", port=port)


def test_port_in_use_is_refused_with_the_remedy(taken_port: int) -> None:
    with pytest.raises(CommandError, match=f"端口 {taken_port} 已被其他程序占用.*make run PORT="):
        call_command("serve", port=str(taken_port))


def test_second_server_on_one_data_folder_is_refused(folder: Path) -> None:
    with (folder / "serve.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="正由另一个运行中的星评使用"):
            call_command("serve", port="8999")


@pytest.mark.django_db
def test_real_data_are_never_run_or_deleted_as_a_demo(settings: Any, folder: Path) -> None:
    settings.DEMO = True
    User.objects.create(username="admin")
    with pytest.raises(CommandError, match="不能以演示模式运行"):
        datafolder.check_purpose()
    with pytest.raises(CommandError):
        datafolder.delete_demo()
    assert User.objects.filter(username="admin").exists()


@pytest.mark.django_db
def test_demo_is_never_run_as_a_real_installation(settings: Any, folder: Path) -> None:
    settings.DEMO = False
    User.objects.create(username="demo", is_demo=True)
    with pytest.raises(CommandError, match="不能用作正式系统"):
        datafolder.check_purpose()


@pytest.mark.django_db
def test_only_the_demo_can_be_started_afresh(settings: Any, folder: Path) -> None:
    settings.DEMO = False
    (folder / "files").mkdir()
    (folder / "files" / "kept.pdf").write_text("kept")
    with pytest.raises(CommandError, match="只有演示模式"):
        datafolder.delete_demo()
    assert (folder / "files" / "kept.pdf").exists()


def test_interrupted_demo_is_begun_again(
    settings: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True
    done: list[str] = []
    monkeypatch.setattr(serve, "call_command", lambda name, **_: done.append(name))
    monkeypatch.setattr(datafolder, "delete_demo", lambda: done.append("delete"))
    monkeypatch.setattr(datafolder, "check_purpose", lambda: None)
    monkeypatch.setattr(datafolder, "purpose", lambda: "empty")
    monkeypatch.setattr(datafolder, "behind", lambda: True)
    datafolder.unfinished().touch()
    serve.Command().prepare(afresh=False)
    serve.Command().prepare(afresh=False)
    assert done == ["delete", "migrate", "demo", "migrate", "demo"]


@pytest.mark.django_db
def test_a_second_start_does_nothing_to_a_database_that_is_up_to_date_and_filled(
    settings: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True
    monkeypatch.setattr(serve, "call_command", lambda name, **_: pytest.fail(f"{name} was called"))
    monkeypatch.setattr(datafolder, "purpose", lambda: "demo")
    serve.Command().prepare(afresh=False)
    MigrationRecorder(connection).record_unapplied(*MigrationLoader(connection).graph.leaf_nodes("review")[0])
    assert datafolder.behind()


@pytest.mark.django_db
def test_empty_database_serves_either_purpose(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", lambda: [])
    assert datafolder.purpose() == "empty"
    for settings.DEMO in (True, False):
        datafolder.check_purpose()


@pytest.mark.parametrize(
    ("worker", "names"), [("embedded", ["server", "worker", "clock"]), ("celery", ["server"])]
)
def test_worker_and_clock_run_beside_the_server_unless_celery_does_their_work(
    settings: Any, worker: str, names: list[str]
) -> None:
    settings.WORKER = worker
    assert [child.name for child in serve.children("127.0.0.1", 8000)] == names


def test_forwarded_addresses_are_believed_only_behind_a_proxy(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = None
    assert "--no-proxy-headers" in serve.children("127.0.0.1", 8000)[0].command
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert "--proxy-headers" in serve.children("127.0.0.1", 8000)[0].command
