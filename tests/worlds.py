"""Worlds of a test's own: a copy of the committed test database with its anchor file, for processes that commit.

The fixtures are for tests whose processes write, are killed or race as in production: a folder's ``conftest.py``
takes them in, and ``db`` then only sees to it that the session's database is there.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from tests import refilling

PATIENCE = 10.0  # seconds until the server has noticed that a killed process is gone
OURS = f"xingping_{os.getpid()}_"  # the worlds of this process and of those born from it


@dataclass(frozen=True)
class World:
    """A database by name (SQLite: its file) and the anchor file that belongs to it."""

    database: str
    anchors: str

    def enter(self) -> None:
        """Let this process work in the world from now on."""
        connections.close_all()
        connection.settings_dict["NAME"] = self.database
        settings.ANCHOR_FILE = Path(self.anchors)

    def copy(self, name: str) -> "World":
        """Return a copy; what stood in an earlier one of the name is gone."""
        connections.close_all()
        target = _named(name, Path(self.anchors).parent.parent)
        target.drop()
        _copy(self.database, target.database)
        folder = Path(target.anchors).parent
        if Path(self.anchors).parent.exists():
            shutil.copytree(Path(self.anchors).parent, folder)
        return target

    def bare(self, name: str) -> "World":
        """Return a world in which there is nothing, not even a table."""
        connections.close_all()
        target = _named(name, Path(self.anchors).parent.parent)
        target.drop()
        if connection.vendor != "sqlite":
            refilling.drop_those_of(target.database)
            _ask(f'create database "{target.database}"')
        return target

    def drop(self) -> None:
        """Leave the world; a database of PostgreSQL waits to be filled again until the session ends."""
        shutil.rmtree(Path(self.anchors).parent, ignore_errors=True)
        if connection.vendor == "sqlite":
            for suffix in ("", "-wal", "-shm"):
                Path(self.database + suffix).unlink(missing_ok=True)


@pytest.fixture
def db(django_db_setup: None) -> None:
    """The database of the session stands; a test here changes nothing in it."""


@pytest.fixture(scope="session")
def no_world_left(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The server is left as it was found."""
    yield
    if connection.vendor != "sqlite":
        with django_db_blocker.unblock():
            refilling.drop_those_of(OURS)


@pytest.fixture
def own_world(
    db: None, no_world_left: None, tmp_path: Path, django_db_blocker: Any, settings: Any
) -> Iterator["World"]:
    """A world of the test's own, with files of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    with world(tmp_path, django_db_blocker) as own:
        yield own


@contextmanager
def world(folder: Path, blocker: Any) -> Iterator[World]:
    """Give a copy of what the test session has committed; afterwards the process is where it was before."""
    before = World(str(connection.settings_dict["NAME"]), str(settings.ANCHOR_FILE))
    with blocker.unblock():
        connections.close_all()
        own = _named("world", folder)
        own.drop()
        _copy(before.database, own.database)
        own.enter()
        try:
            yield own
        finally:
            before.enter()
            for path in folder.glob("*/heads.jsonl"):
                shutil.rmtree(path.parent, ignore_errors=True)
            own.drop()


def _named(name: str, folder: Path) -> World:
    anchors = str(folder / f"{name}-anchors" / "heads.jsonl")
    if connection.vendor == "sqlite":
        return World(str(folder / f"{name}.sqlite3"), anchors)
    return World(f"{OURS}{name}"[:60].lower(), anchors)


def _copy(source: str, target: str) -> None:
    if connection.vendor == "sqlite":
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
            old.backup(new)
            new.execute("pragma journal_mode=wal")
        old.close()
        new.close()
        return
    if refilling.exists(target):
        if refilling.refill(target, source):
            return
        refilling.drop_those_of(target)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return _ask(f'create database "{target}" template "{source}"')
        except Exception as error:
            if time.monotonic() > deadline:
                raise AssertionError(f"{PATIENCE:.0f} s were not enough to copy {source}: {error}") from error
            time.sleep(0.05)


def _ask(sql: str) -> None:
    """Run a statement on the server's own database, outside of any transaction."""
    with refilling.server() as asked:
        asked.execute(sql)
