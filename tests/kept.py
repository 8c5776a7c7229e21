"""What many tests begin with is built once in a process by the real actions, then laid down again as rows.

``kept`` wraps a function that builds (``to_review(cast)``). A test begins in the state that the session has committed;
a build leads from one state to the next, and the same build from the same state leads to the same rows. So the first
time the rows before and after are compared, and from then on only the difference is written. As soon as a test has
written anything itself the state has no name any more, and builders build as if nothing were wrapped; so they do
outside of a test's own transaction (``transactional_db``, worlds of a test's own).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

from tests.cast import Cast

Given = ParamSpec("Given")
Result = TypeVar("Result")
Row = tuple[Any, ...]
Rows = dict[str, dict[Any, Row]]  # table -> primary key -> row

PLAIN = (str, int, bool, bytes, Decimal, date, datetime, type(None))
CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
ROOT: tuple[Any, ...] = ("committed",)


class Unnamed(Exception):
    """An argument cannot be part of a state's name."""


@dataclass
class Kept:
    """What a build changed, and what it returned."""

    rows: Rows
    changed: dict[str, list[Row]] = field(default_factory=dict)
    gone: dict[str, list[Any]] = field(default_factory=dict)
    result: tuple[type[Model], Any] | None = None


class Here:
    """Where the present test stands."""

    state: tuple[Any, ...] | None = None
    database = ""


_kept: dict[tuple[Any, ...], Kept] = {}
_committed: list[Rows] = []


def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Forget the state's name as soon as anything is written."""
    if Here.state is not None and sql.lstrip()[:7].upper().startswith(CHANGES):
        Here.state = None
    return execute(sql, params, many, context)


@pytest.fixture(autouse=True)
def stand_at_the_beginning() -> Iterator[None]:
    """Every test begins in the committed state."""
    Here.state, Here.database = ROOT, str(connection.settings_dict["NAME"])
    connection.execute_wrappers.append(watch)
    yield
    Here.state = None
    if watch in connection.execute_wrappers:
        connection.execute_wrappers.remove(watch)


def kept(build: Callable[Given, Result]) -> Callable[Given, Result]:
    """Wrap a builder that returns a row or None."""

    @wraps(build)
    def built(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        before = Here.state
        if before is None or not _own_transaction():
            return build(*args, **kwargs)
        try:
            state = (*before, build.__qualname__, _name(args), _name(kwargs))
        except Unnamed:
            return build(*args, **kwargs)
        if state in _kept:
            result = _lay_down(_kept[state])
            _refresh((*args, *kwargs.values()))
        else:
            known = _rows_of(before)
            result = build(*args, **kwargs)
            _keep(state, known, result)
        Here.state = state if state in _kept else None
        return result  # type: ignore[no-any-return]

    return built


def lay_down_the_beginning() -> None:
    """Write what the session had committed again, after a test of its own transactions has emptied the tables."""
    if not _committed:
        raise LookupError("nothing was kept of the beginning")
    with connection.cursor() as cursor:
        for (
            table,
            _key,
            _columns,
        ) in _tables():  # the emptying itself leaves types and permissions with other keys
            cursor.execute(f"DELETE FROM {_quoted(table)}")
    _lay_down(Kept({}, changed={table: list(rows.values()) for table, rows in _committed[0].items()}))
    ContentType.objects.clear_cache()
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(sql)


def keep_the_beginning() -> None:
    """Note what the session has committed; called once, when it stands."""
    _committed[:] = [_read()]


def _own_transaction() -> bool:
    return connection.in_atomic_block and str(connection.settings_dict["NAME"]) == Here.database


def _name(value: Any) -> Any:
    if isinstance(value, Cast):
        return "cast"
    if isinstance(value, Model):
        return (value._meta.label, value.pk)
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Mapping):
        return tuple((_name(key), _name(each)) for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(_name(each) for each in value)
    raise Unnamed


def _refresh(values: tuple[Any, ...]) -> None:
    """What was handed in is as the actions would have left it."""
    for value in values:
        if isinstance(value, Model):
            value.refresh_from_db()


def _rows_of(state: tuple[Any, ...]) -> Rows:
    return _committed[0] if state == ROOT else _kept[state].rows


def _tables() -> Iterator[tuple[str, str, list[str]]]:
    """Yield each table with its primary key's column and all columns, that one first."""
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.managed and not meta.proxy:
            key = meta.pk.column
            rest = [each.column for each in meta.local_concrete_fields if each.column != key]
            yield meta.db_table, key, [key, *rest]


def _read() -> Rows:
    rows: Rows = {}
    with connection.cursor() as cursor:
        for table, _key, columns in _tables():
            cursor.execute(f"SELECT {_listed(columns)} FROM {_quoted(table)}")
            rows[table] = {row[0]: tuple(row) for row in cursor.fetchall()}
    return rows


def _keep(state: tuple[Any, ...], before: Rows, result: Any) -> None:
    if result is not None and not isinstance(result, Model):
        return
    rows = _read()
    this = Kept(rows, result=(type(result), result.pk) if result is not None else None)
    for table, now in rows.items():
        then = before[table]
        changed = [row for key, row in now.items() if then.get(key) != row]
        gone = [key for key in then if key not in now]
        if changed:
            this.changed[table] = changed
        if gone:
            this.gone[table] = gone
        rows[table] = {key: then[key] if then.get(key) == row else row for key, row in now.items()}
    _kept[state] = this


def _lay_down(this: Kept) -> Any:
    with connection.cursor() as cursor:
        for table, key, columns in _tables():
            if gone := this.gone.get(table):
                cursor.executemany(
                    f"DELETE FROM {_quoted(table)} WHERE {_quoted(key)} = %s",
                    [(each,) for each in gone],
                )
            if changed := this.changed.get(table):
                cursor.executemany(_put(table, key, columns), changed)
    if this.result is None:
        return None
    model, pk = this.result
    return model._default_manager.get(pk=pk)


def _put(table: str, key: str, columns: list[str]) -> str:
    marks = ", ".join(["%s"] * len(columns))
    rest = ", ".join(f"{_quoted(each)} = excluded.{_quoted(each)}" for each in columns[1:])
    over = f"UPDATE SET {rest}" if rest else "NOTHING"
    return (
        f"INSERT INTO {_quoted(table)} ({_listed(columns)}) VALUES ({marks})"
        f" ON CONFLICT ({_quoted(key)}) DO {over}"
    )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _listed(columns: list[str]) -> str:
    return ", ".join(_quoted(each) for each in columns)
