"""People and regions, standards and batches, cases, intake, deadlines."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """The app and what it sets up when Django starts."""

    name = "applications"
    verbose_name = _("申报")

    def ready(self) -> None:
        """Connect the history stamp and load the flows, which viewflow must know before anything is migrated."""
        from applications import flows, stamp  # noqa: F401  (the app registry must be ready)
        from applications.actions import rendering  # noqa: F401  (the worker must know its handler)
