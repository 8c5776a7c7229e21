"""The clock's work row by row: one row that fails keeps no other from its turn."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Row = TypeVar("Row")


def in_turn(rows: Iterable[Row], do: Callable[[Row], int]) -> int:
    """Do something for every row and return the sum of what came out.

    The first error is raised when all the others have had their turn, so that the step is noted as failed and tried
    again, and nobody waits behind the row that cannot be done.
    """
    done, failed = 0, None
    for row in rows:
        try:
            done += do(row)
        except Exception as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return done
