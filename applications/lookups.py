"""A lookup that PostgreSQL can answer from an index inside an OR.

``x IN (SELECT …)`` in an OR is a filter of unknown size to its planner: with 400,000 to-dos the desk read them all.
``x = ANY (ARRAY(SELECT …))`` says the same, and every side of the OR may use its own index.
"""

from typing import Any

from django.db.models import BigAutoField
from django.db.models.lookups import In


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
