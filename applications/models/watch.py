"""Cases that a person keeps an eye on."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Watch(models.Model):
    """A person follows a case. It gives no right: what they may no longer see is not listed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="watches")
    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="watches")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("关注")
        verbose_name_plural = _("关注")
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="one_watch_per_person_and_case")]
