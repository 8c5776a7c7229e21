"""Follow-up of what fell short."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RectificationConfig(AppConfig):
    """The app and what it sets up when Django starts."""

    name = "rectification"
    verbose_name = _("整改")

    def ready(self) -> None:
        """Load the flows, which viewflow must know before anything is migrated, and who hears of moved due dates."""
        from rectification import flows  # noqa: F401  (the app registry must be ready)
        from rectification.actions import complaints  # noqa: F401  (hears of due dates that have moved)
