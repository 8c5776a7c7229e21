"""The shell: settings, urls, lifecycle, desk, portal, commands."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    """The app and what it sets up when Django starts."""

    name = "workflow"
    verbose_name = _("工作台")

    def ready(self) -> None:
<<<<<<< HEAD
        """Connect the road, the system checks, the limits of sign-ins, what is said of a to-do, what jobs do."""
        from workflow import bulk, checks, exports, lifecycle, notices, sessions  # noqa: F401  (the app registry must be ready)
=======
        """Connect the road, the system checks, the limits of sign-ins and what is said of a to-do."""
        from workflow import checks, lifecycle, notices, sessions, strays  # noqa: F401  (needs the app registry)
>>>>>>> f565014 (Redis may be away, a disk may be full, files without a row are swept: each decided, done and seen)

        if settings.WORKER == "celery":  # only then is Celery worth its time to import
            from workflow import tasks

            tasks.listen()
