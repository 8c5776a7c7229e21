"""The database in a backup: SQLite by its online copy, PostgreSQL table by table out of one snapshot.

PostgreSQL's own tools are not used: they have to be as new as the server and are missing on many an application
host, while the tables are made by our migrations anyway, so that their rows are all there is to keep.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from workflow.backup import files, manifest
from workflow.backup.manifest import Manifest

FOLDER = "database"
COPY = "database/xingping.sqlite3"


def migrations() -> list[str]:
    """Return the migrations of the code that is running."""
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {})


def take(folder: Path, made: Manifest) -> set[str]:
    """Copy the database as it is at one moment into the backup; return the files it names."""
    (folder / FOLDER).mkdir()
    return _take_sqlite(folder, made) if connection.vendor == "sqlite" else _take_postgres(folder, made)


def _take_sqlite(folder: Path, made: Manifest) -> set[str]:
    target = folder / COPY
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("pragma journal_mode=delete")
        tables = [row[0] for row in copy.execute("select name from sqlite_master where type = 'table'")]
        for table in sorted(tables):
            if not table.startswith("sqlite_"):
                made.tables[table] = copy.execute(f'select count(*) from "{table}"').fetchone()[0]  # noqa: S608
        named = {
            row[0]
            for table, column in files.columns()
            for row in copy.execute(f'select "{column}" from "{table}"')  # noqa: S608
            if row[0]
        }
    with target.open("rb+") as handle:
        manifest.settle(handle)
    made.files[COPY] = manifest.digest_of(target)
    return named


def _take_postgres(folder: Path, made: Manifest) -> set[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("set local statement_timeout = 0")
        for table in sorted(connection.introspection.table_names(cursor)):
            path = folder / FOLDER / f"{table}.copy"
            with (
                path.open("xb") as handle,
                cursor.copy(f'copy "{table}" ({_columns(cursor, table)}) to stdout') as rows,
            ):
                for piece in rows:
                    handle.write(piece)
                manifest.settle(handle)
            cursor.execute(f'select count(*) from "{table}"')  # noqa: S608
            made.tables[table] = cursor.fetchone()[0]
            made.files[f"{FOLDER}/{table}.copy"] = manifest.digest_of(path)
        cursor.execute(
            "select sequencename, last_value from pg_sequences where schemaname = current_schema()"
        )
        made.sequences = {name: value for name, value in cursor.fetchall() if value is not None}
        return files.named()


def _columns(cursor: Any, table: str) -> str:
    """Return the columns of a table by name, so that their order does not matter."""
    described = connection.introspection.get_table_description(cursor, table)
    return ", ".join(sorted(f'"{column.name}"' for column in described))


def is_empty() -> bool:
    """Whether nobody's data stand in the database."""
    there = set(connection.introspection.table_names())
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in ("applications_user", "applications_case"):
            if table in there:
                cursor.execute(f"select 1 from {quote(table)} limit 1")  # noqa: S608
                if cursor.fetchone():
                    return False
    return True


@contextmanager
def put_back(folder: Path, made: Manifest) -> Iterator[None]:
    """Put the database of a backup in place for the time of the block; kept only if the block ends well."""
    there = _put_back_sqlite if connection.vendor == "sqlite" else _put_back_postgres
    with there(folder, made):
        _count(made)
        yield


@contextmanager
def _put_back_sqlite(folder: Path, made: Manifest) -> Iterator[None]:
    path = Path(connection.settings_dict["NAME"])
    fresh, old = path.with_name(f"{path.name}.restoring"), path.with_name(f"{path.name}.before")
    shutil.copyfile(folder / COPY, fresh)
    with closing(sqlite3.connect(fresh)) as copy:
        told = copy.execute("pragma integrity_check").fetchone()[0]
        strays = copy.execute("pragma foreign_key_check").fetchone()
    if told != "ok" or strays:
        fresh.unlink()
        raise CommandError(_("备份中的数据库未通过完整性检查，不能恢复。"))
    _fold_wal(path)
    if path.exists():
        os.replace(path, old)
    os.replace(fresh, path)
    try:
        yield
    except BaseException:
        connection.close()
        _forget(path)
        if old.exists():
            os.replace(old, path)
        raise
    old.unlink(missing_ok=True)


def _fold_wal(path: Path) -> None:
    """Bring a database into its one file, so that it can be moved; nobody else has it open."""
    connection.close()
    if path.exists():
        with closing(sqlite3.connect(path)) as whole:
            whole.execute("pragma journal_mode=delete")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _forget(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def _put_back_postgres(folder: Path, made: Manifest) -> Iterator[None]:
    if "django_migrations" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
        there = sorted(connection.introspection.table_names(cursor))
        if there != sorted(made.tables):
            raise CommandError(_("数据库中的表与备份不一致，请先用同一版本的程序执行 migrate。"))
        cursor.execute("set constraints all deferred")
        cursor.execute("truncate " + ", ".join(f'"{table}"' for table in there))
        for table in there:
            asked = f'copy "{table}" ({_columns(cursor, table)}) from stdin'
            with (folder / FOLDER / f"{table}.copy").open("rb") as handle, cursor.copy(asked) as rows:
                while piece := handle.read(manifest.PIECE):
                    rows.write(piece)
        for name, value in made.sequences.items():
            cursor.execute("select setval(%s::regclass, %s)", [f'"{name}"', value])
        yield


def others_connected() -> int:
    """Return how many others are connected to the database (SQLite cannot say; its data folder is locked)."""
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def _count(made: Manifest) -> None:
    """Refuse where a table does not hold as many rows as the manifest says."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, rows in made.tables.items():
            cursor.execute(f"select count(*) from {quote(table)}")  # noqa: S608
            found = cursor.fetchone()[0]
            if found != rows:
                raise CommandError(
                    _("恢复后“%(table)s”有%(found)s行，备份时为%(rows)s行，恢复已撤销。")
                    % {"table": table, "found": found, "rows": rows}
                )
