"""The shell: settings, urls, lifecycle, desk, portal, commands."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    """The app and what it sets up when Django starts."""

    name = "workflow"
    verbose_name = _("工作台")

    def ready(self) -> None:
        """Connect the road, the system checks, the limits of sign-ins, what is said of a to-do, what jobs do."""
        from workflow import (  # noqa: F401  (the app registry must be ready)
            bulk,
            checks,
            exports,
            lifecycle,
            notices,
            resets,
            sessions,
            strays,
        )

        if settings.WORKER == "celery":  # only then is Celery worth its time to import
            from workflow import tasks

            tasks.listen()
