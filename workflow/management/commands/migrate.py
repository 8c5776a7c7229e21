"""Django's ``migrate``, quicker where an empty database is filled."""

from typing import Any

from django.core.management.commands import migrate

from workflow.tables_at_once import tables_at_once


class Command(migrate.Command):
    """Bring the database up to date; migrations that only create tables create them at once."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run Django's command."""
        with tables_at_once():
            super().handle(*args, **options)
