"""The rating of a case in a round: appended with its whole ledger, never updated, superseded by a new row."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.append_only import AppendOnly

PERSON = settings.AUTH_USER_MODEL


class Rating(AppendOnly):
    """What the engine made of reviewed facts and judgements (R1-016 to R1-040).

    ``sheet`` is in the contract's form, so that ``manage.py rate`` gives ``digest`` again; ``result`` is what that
    command prints. ``seal`` covers the row with its lines and stands in the event log.
    """

    class Reason(models.TextChoices):
        INITIAL = "initial", _("首次计分")
        RESETTLED = "resettled", _("重新合议后计分")
        OBJECTION = "objection", _("异议成立后计分")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField(_("轮次"))
    number = models.PositiveSmallIntegerField(_("计分序号"))
    sheet: Any = models.JSONField()
    result: Any = models.JSONField()
    digest = models.CharField(_("结果摘要"), max_length=64)
    inputs_digest = models.CharField(_("输入摘要"), max_length=64)
    standard = models.ForeignKey("applications.Standard", models.PROTECT, related_name="ratings")
    standard_digest = models.CharField(_("标准摘要"), max_length=64)
    policy: Any = models.JSONField(_("评价政策"))
    release = models.CharField(_("程序版本"), max_length=64)
    star = models.PositiveSmallIntegerField(_("星级"))
    reason = models.CharField(_("计分原因"), max_length=12, choices=Reason.choices)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    changes: Any = models.JSONField(default=dict)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    seal = models.CharField(_("整行摘要"), max_length=64)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("计分结果")
        verbose_name_plural = _("计分结果")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "number"], name="one_rating_per_number"),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                name="a_rating_supersedes_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}-{self.round}-{self.number}"


class RatingLine(AppendOnly):
    """One indicator of a rating: its points and everything they came from, as it stood at the rating.

    ``measures`` is a list of name, label, unit, exact and shown value; ``facts`` and ``judgements`` say who confirmed
    and who judged; ``evidence`` holds the ids and names of the files.
    """

    rating = models.ForeignKey(Rating, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    indicator = models.CharField(_("指标"), max_length=64)
    dimension = models.CharField(_("一级指标"), max_length=64)
    points = models.CharField(_("得分"), max_length=64)
    maximum = models.CharField(_("分值"), max_length=64)
    level = models.CharField(_("指标分类"), max_length=64, blank=True)
    rule = models.TextField(_("计分规则"))
    reason = models.TextField(_("计分理由"))
    measures: Any = models.JSONField(default=list)
    facts: Any = models.JSONField(default=list)
    judgements: Any = models.JSONField(default=list)
    settlement: Any = models.JSONField(null=True, blank=True)
    evidence: Any = models.JSONField(default=list)
    persons: Any = models.JSONField(default=list)

    class Meta:
        verbose_name = _("计分明细")
        verbose_name_plural = _("计分明细")
        ordering = ["rating_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["rating", "indicator"], name="one_line_per_indicator"),
            models.UniqueConstraint(fields=["rating", "position"], name="one_line_per_position"),
        ]
