"""Questions written so that a database answers them from an index.

``x IN (SELECT …)`` in an OR is a filter of unknown size to its planner: with 400,000 to-dos the desk read them all.
``x = ANY (ARRAY(SELECT …))`` says the same, and every side of the OR may use its own index.
"""

from typing import Any

from django.db.models import BigAutoField, CharField, Func
from django.db.models.lookups import In, StartsWith


@BigAutoField.register_lookup
class InArray(In):
    """``pk__in_array=query``: like ``in`` with a query of few rows. For a foreign key write ``case__pk__in_array``."""

    lookup_name = "in_array"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the comparison with the array of the query's rows."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY (ARRAY{right})", (*left_params, *right_params)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the plain ``IN`` for other databases."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} IN {right}", (*left_params, *right_params)


class Inside(StartsWith):
    """``path__inside="36/3601/360102/"``: begins with these signs, as ``startswith``.

    SQLite's LIKE knows no capitals and asks no index; there, from ``NARROW`` signs on, it is a range of texts instead.
    Of a wider region it is not: its planner would sort half the table rather than read the newest rows in order.
    """

    NARROW = len("36/3601/360102/")

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the range from the text to the first one that begins otherwise."""
        if len(self.rhs) < self.NARROW:
            return self.as_sql(compiler, connection)
        left, params = self.process_lhs(compiler, connection)
        ends = self.rhs[:-1] + chr(ord(self.rhs[-1]) + 1)
        return f"({left} >= %s AND {left} < %s)", (*params, self.rhs, *params, ends)


CharField.register_lookup(Inside, "inside")


class Plain(Func):
    """A column that SQLite looks for in no index: its planner takes ``IS NULL`` of a column for a rare value."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        """Return the column with the sign that says so."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **extra)
