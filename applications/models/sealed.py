"""A column that stands encrypted in the database (R4-097): readable by the product, not by whoever reads its tables."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from applications.sealed import Unreadable, seal, unseal


class SealedText(models.TextField):
    """A short text that is sealed on its way into the database and opened on its way out.

    The same text is sealed differently each time, so that it can be neither searched nor compared in SQL: every lookup
    but ``isnull`` is refused. A row whose key is gone says so instead of breaking its page.
    """

    def get_prep_value(self, value: Any) -> Any:
        """Seal."""
        return None if value is None else seal(str(value).encode())

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        """Open."""
        if value is None:
            return None
        try:
            return unseal(value).decode()
        except Unreadable:
            return _("（密钥缺失，无法读取）")

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse what could only compare one sealing with another."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


def sealed_columns(models_known: Any) -> list[tuple[str, str]]:
    """Return table and column of everything that stands sealed, history tables included."""
    return sorted(
        {
            (model._meta.db_table, part.column)
            for model in models_known
            for part in model._meta.local_fields
            if isinstance(part, SealedText)
        }
    )
