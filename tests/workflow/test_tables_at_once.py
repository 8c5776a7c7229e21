"""The quick first ``migrate`` leaves the same database as Django's own."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import migrations, models

from tests.house.source import ROOT
from workflow.tables_at_once import only_creates

SLOW = "import django; django.setup(); from django.core.management.commands.migrate import Command; "
SLOW += "from django.core.management import call_command; call_command(Command(), verbosity=0)"
QUICK = "import django; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0)"

Schema = dict[str, Any]

POSTGRES = {
    "columns": """select table_name, column_name, data_type, is_nullable, column_default, character_maximum_length
        from information_schema.columns where table_schema = 'public'""",
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    "constraints": """select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'public'::regnamespace""",
}


def migrate(how: str, folder: Path, url: str = "") -> None:
    """Migrate an empty database in a process of its own."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "workflow.settings",
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
    }
    subprocess.run([sys.executable, "-c", how], cwd=ROOT, env=env, check=True)


def sqlite_schema(folder: Path) -> Schema:
    """Return tables, columns (in any order), foreign keys, indexes, constraints and numbers of rows."""
    schema: Schema = {}
    with sqlite3.connect(folder / "xingping.sqlite3") as database:
        for name, sql in database.execute(
            "select name, sql from sqlite_master where type = 'table'"
        ).fetchall():
            if name.startswith("sqlite_"):
                continue
            about = "select name, sql from sqlite_master where type = 'index' and tbl_name = ?"
            schema[name] = {
                "parts": sorted(sql[sql.index("(") + 1 :].replace(")", ",").split(",")),
                "columns": sorted(row[1:] for row in database.execute(f'pragma table_info("{name}")')),
                "keys": sorted(row[2:] for row in database.execute(f'pragma foreign_key_list("{name}")')),
                "indexes": sorted(database.execute(about, (name,)), key=str),
                "rows": database.execute(f'select count(*) from "{name}"').fetchone(),
            }
    return schema


@pytest.mark.thorough  # Django's own way takes its time
@pytest.mark.alike
def test_sqlite_is_the_same_both_ways(tmp_path: Path) -> None:
    schemas = []
    for how in (QUICK, SLOW):
        folder = tmp_path / str(len(schemas))
        migrate(how, folder)
        schemas.append(sqlite_schema(folder))
    assert len(schemas[0]) > 100
    assert schemas[0] == schemas[1]


@pytest.mark.thorough
@pytest.mark.twice
@pytest.mark.services
def test_postgresql_is_the_same_both_ways(tmp_path: Path) -> None:
    database = settings.DATABASES["default"]
    access = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    schemas = []
    for how in (QUICK, SLOW):
        name = f"xingping_migrate_{os.getpid()}_{len(schemas)}"
        with psycopg.connect(f"{access}/postgres", autocommit=True) as server:
            server.execute(f'create database "{name}"')
            try:
                migrate(how, tmp_path, f"{access}/{name}")
                with psycopg.connect(f"{access}/{name}") as made:
                    schemas.append(
                        {kind: sorted(made.execute(query), key=str) for kind, query in POSTGRES.items()}
                    )
            finally:
                server.execute(f'drop database "{name}" with (force)')
    assert len(schemas[0]["columns"]) > 500
    assert schemas[0] == schemas[1]


@pytest.mark.parametrize(
    ("operations", "quick"),
    [
        ([migrations.CreateModel("A", []), migrations.AddField("a", "n", models.IntegerField())], True),
        ([migrations.AddField("a", "n", models.IntegerField())], False),
        ([migrations.CreateModel("A", []), migrations.AddField("b", "n", models.IntegerField())], False),
        ([migrations.CreateModel("A", []), migrations.RunPython(migrations.RunPython.noop)], False),
        ([migrations.CreateModel("A", []), migrations.RemoveField("a", "n")], False),
        ([], False),
    ],
)
def test_only_a_migration_that_creates_its_own_tables_is_run_at_once(
    operations: list[Any], quick: bool
) -> None:
    migration = migrations.Migration("0001", "applications")
    migration.operations = operations
    assert only_creates(migration) is quick
