"""Third-party review: what each reviewer judged, when they handed in, what the leader settled, the team's opinion."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from applications.models.append_only import AppendOnly

PERSON = settings.AUTH_USER_MODEL


class Judgement(models.Model):
    """One reviewer's judgement of one indicator in a round (R1-032, R1-033, practice 4.3 journey 6).

    Blind until both have handed in: read it through ``review.queries.judgements.visible_judgements`` only.
    On an indicator that the policy ``grid_size`` leaves to a reviewer, ``reached`` accepts the community's exception
    and ``note`` is the reason.
    """

    class Severity(models.TextChoices):
        MINOR = "minor", pgettext_lazy("severity", "一般")
        MAJOR = "major", _("较重")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="judgements")
    round = models.PositiveSmallIntegerField()
    indicator = models.CharField(_("指标"), max_length=64)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("评审员"))
    reached = models.BooleanField(_("评审结论"))
    note = models.TextField(_("评审说明"), blank=True)
    finding = models.TextField(_("发现的问题"), blank=True)
    suggestion = models.TextField(_("改进建议"), blank=True)
    severity = models.CharField(_("程度"), max_length=8, choices=Severity.choices, default=Severity.MINOR)
    at = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("评审结论")
        verbose_name_plural = _("评审结论")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "indicator", "by"], name="one_judgement_per_reviewer_and_indicator"
            )
        ]


class HandIn(models.Model):
    """A reviewer handed all judgements of a round in; ``digest`` pins them as they stood. Withdrawal is noted, not erased."""

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="hand_ins")
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("评审意见提交")
        verbose_name_plural = _("评审意见提交")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "by"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_hand_in_in_force_per_reviewer",
            )
        ]


class Settlement(AppendOnly):
    """The leader's decision on one indicator, with the reason; the newest one of a round counts (policy A23)."""

    class Occasion(models.TextChoices):
        DIFFERENCE = "difference", _("合议评审差异")
        VOTE = "vote", _("评定委员会未通过后重新合议")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="settlements")
    round = models.PositiveSmallIntegerField()
    indicator = models.CharField(_("指标"), max_length=64)
    reached = models.BooleanField(_("合议结论"))
    reason = models.TextField(_("合议理由"))
    occasion = models.CharField(max_length=12, choices=Occasion.choices, default=Occasion.DIFFERENCE)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("评审组长"))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("合议结论")
        verbose_name_plural = _("合议结论")
        ordering = ["pk"]
        indexes = [models.Index(fields=["case", "round", "indicator"])]


class Opinion(models.Model):
    """The team's opinion: four parts of the report, none of which may be missing (R3-095 to R3-098)."""

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="opinions")
    round = models.PositiveSmallIntegerField()
    process: Any = models.JSONField(_("评价过程记录"), default=dict)
    conclusion = models.TextField(_("评价结论"), blank=True)
    problems = models.TextField(_("主要存在问题"), blank=True)
    suggestions = models.TextField(_("改进建议"), blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("评审组长"))
    at = models.DateTimeField()
    issued_at = models.DateTimeField(_("出具时间"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("评审意见")
        verbose_name_plural = _("评审意见")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="one_opinion_per_round")]
