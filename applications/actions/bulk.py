"""Several new rows at once, each with its history as if it had been saved alone."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model
from simple_history.utils import bulk_create_with_history

from applications.acting import current

Row = TypeVar("Row", bound=Model)


def create_all(rows: Sequence[Row]) -> None:
    """Insert rows of one tracked model in two statements, stamped with who is acting."""
    acting = current()
    if not rows:
        return
    bulk_create_with_history(
        list(rows),
        type(rows[0]),
        default_user=acting.by if acting else None,
        default_change_reason=acting.verb if acting else None,
        default_date=acting.at if acting else None,
    )
