"""What is said to a person: outbox, delivery, live updates."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The app and what it sets up when Django starts."""

    name = "notifications"
    verbose_name = _("消息")

    def ready(self) -> None:
        """Register the ways out."""
        from notifications import channels  # noqa: F401  (needs the models)
