"""What a review found wrong, beside the points: it becomes a rectification item."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords


class Finding(models.Model):
    """A problem found in a round, at an indicator, with a suggestion (R2-032)."""

    class Severity(models.TextChoices):
        MINOR = "minor", pgettext_lazy("severity", "一般")
        MAJOR = "major", _("较重")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="findings")
    round = models.PositiveSmallIntegerField()
    indicator = models.CharField(_("指标"), max_length=64, blank=True)
    text = models.TextField(_("发现的问题"))
    suggestion = models.TextField(_("改进建议"), blank=True)
    severity = models.CharField(_("程度"), max_length=8, choices=Severity.choices, default=Severity.MINOR)
    judgement = models.OneToOneField(
        "review.Judgement", models.PROTECT, null=True, blank=True, related_name="adopted_finding"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("发现的问题")
        verbose_name_plural = _("发现的问题")
        ordering = ["pk"]
        indexes = [models.Index(fields=["case", "round"])]
