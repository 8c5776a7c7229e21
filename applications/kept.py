"""Statements built once: building the joins of a query anew costs more than asking a small database for its rows."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Kept:
    """The statement of a query whose values change from request to request; only its text is kept, never a row.

    ``build`` takes as many whole numbers as the query has values and, before them, what else it depends on (a day);
    the numbers it is given are marks that stand for the values of later calls. Rows come as the database gives them,
    so the query should ask for texts and numbers.
    """

    SIZE = 16

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self.build = build
        self.statements: dict[tuple[Any, ...], tuple[str, tuple[Any, ...]]] = {}

    def rows(self, *values: int, given: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return the rows for these values; ``given`` is what the text itself depends on."""
        key = (connection.vendor, *given)
        if key not in self.statements:
            if len(self.statements) >= self.SIZE:
                self.statements.clear()
            marks = range(-1, -len(values) - 1, -1)
            self.statements[key] = self.build(*given, *marks).query.sql_with_params()
        text, found = self.statements[key]
        with connection.cursor() as cursor:
            cursor.execute(text, [values[-mark - 1] if _is_mark(mark) else mark for mark in found])
            return list(cursor.fetchall())


def _is_mark(value: Any) -> bool:
    return isinstance(value, int) and value < 0
