"""Facts as the collection found them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class FactCheck(models.Model):
    """A declared fact confirmed or corrected in a round, or found by the survey (R3-092, R3-094).

    ``value`` is the fact in force for scoring, ``declared`` what stood in the application when it was checked. A later
    look changes the row (its history keeps the earlier one) as long as the stream is open.
    """

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("与申报一致")
        CORRECTED = "corrected", _("已更正")
        SURVEYED = "surveyed", _("调查取得")

    class Stream(models.TextChoices):
        DOCUMENTS = "documents", _("查阅资料")
        SITE = "site", _("实地考察")
        SURVEY = "survey", _("满意度调查")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="fact_checks")
    round = models.PositiveSmallIntegerField()
    key = models.CharField(_("数据项"), max_length=64)
    stream = models.CharField(_("核实途径"), max_length=12, choices=Stream.choices)
    verdict = models.CharField(_("核实结论"), max_length=12, choices=Verdict.choices)
    value: Any = models.JSONField(_("核实值"))
    declared: Any = models.JSONField(_("申报值"), null=True)
    reason = models.CharField(_("更正理由"), max_length=500, blank=True)
    proof = models.ForeignKey(
        "applications.Evidence",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("依据"),
    )
    revision = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("事实核实")
        verbose_name_plural = _("事实核实")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "key"], name="one_check_per_fact_and_round"),
            models.CheckConstraint(
                condition=~models.Q(verdict="corrected") | ~models.Q(reason=""),
                name="corrected_fact_has_reason",
            ),
        ]
