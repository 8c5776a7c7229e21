"""Copies of a PostgreSQL database without making a new one: what stands in one is written over what stands in another.

``create database … template`` writes twelve hundred files and takes a second or two; a test that looks at a hundred
moments wants a copy of each. The tables are the same in all of them, so only the rows and the sequences are copied.
"""

from typing import Any

import psycopg
from django.db import connection

PATIENCE = 20  # seconds until a statement between worlds gives up with PostgreSQL's own sentence

TABLES = """select format('%I.%I', n.nspname, c.relname),
  (select string_agg(format('%I %s', a.attname, a.atttypid::regtype), ', ' order by a.attnum) from pg_attribute a
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname = 'public' order by 1"""
SEQUENCES = "select format('%I.%I', schemaname, sequencename), last_value from pg_sequences order by 1"
OTHERS = """select pg_terminate_backend(pid, 5000) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()"""


def server(database: str = "postgres") -> Any:
    """Return a connection to a database of the server under test, with a limit on every statement."""
    asked = connection.settings_dict
    return psycopg.connect(
        dbname=database,
        host=asked["HOST"],
        port=asked["PORT"] or 5432,
        user=asked["USER"],
        password=asked["PASSWORD"],
        autocommit=True,
        connect_timeout=PATIENCE,
        options=f"-c lock_timeout={PATIENCE}s -c statement_timeout={PATIENCE * 3}s",
    )


def exists(database: str) -> bool:
    """Whether there is such a database."""
    with server() as asked:
        return (
            asked.execute("select 1 from pg_database where datname = %s", [database]).fetchone() is not None
        )


def drop_those_of(prefix: str) -> None:
    """Drop the databases whose name begins so."""
    with server() as asked:
        found = asked.execute("select datname from pg_database where starts_with(datname, %s)", [prefix])
        for (name,) in found.fetchall():
            asked.execute(f'drop database if exists "{name}" with (force)')


def refill(target: str, source: str) -> bool:
    """Let the target hold what the source holds; False where their tables differ and a new one must be made."""
    with server(source) as theirs, server(target) as ours:
        ours.execute(OTHERS)
        tables = theirs.execute(TABLES).fetchall()
        if not tables or ours.execute(TABLES).fetchall() != tables:
            return False
        names = [name for name, _columns in tables]
        ours.execute("set session_replication_role = replica")  # what is append-only gives way here only
        with ours.transaction(), theirs.transaction():
            for name in _filled(ours, names):
                ours.execute(f"delete from {name}")
            for name in _filled(theirs, names):
                _pour(theirs, ours, name)
            for name, last in theirs.execute(SEQUENCES).fetchall():
                ours.execute(
                    "select setval(%s::regclass, coalesce(%s, 1), %s)", [name, last, last is not None]
                )
    return True


def _filled(database: Any, names: list[str]) -> list[str]:
    """Return the tables in which there is anything."""
    asked = ", ".join(f"exists(select from {name})" for name in names)
    return [
        name
        for name, any_row in zip(names, database.execute(f"select {asked}").fetchone(), strict=True)
        if any_row
    ]


def _pour(theirs: Any, ours: Any, name: str) -> None:
    with (
        theirs.cursor().copy(f"copy {name} to stdout (format binary)") as read,
        ours.cursor().copy(f"copy {name} from stdin (format binary)") as write,
    ):
        for block in read:
            write.write(block)
