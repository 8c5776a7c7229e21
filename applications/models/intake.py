"""The intake: submissions, decisions of each level, defects to be corrected. All rows are appended, never edited."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from .append_only import AppendOnly


class Submission(AppendOnly):
    """What was handed in, as it stood: a snapshot with its digest, signed by the head (R3-005)."""

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="submissions")
    receipt = models.CharField(_("回执编号"), max_length=48, unique=True)
    applied_star = models.PositiveSmallIntegerField()
    undertaking = models.TextField(_("承诺内容"))
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.receipt


class Recall(AppendOnly):
    """A submission taken back by the community within ten minutes, before anybody acted on it."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="recall")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class IntakeDecision(AppendOnly):
    """What a level decided on the application: passed on, returned with defects, or declined with reasons."""

    class Verb(models.TextChoices):
        PASS = "pass", pgettext_lazy("decision", "通过")
        RETURN = "return", _("退回补正")
        DECLINE = "decline", _("不予受理")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="intake_decisions")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="decisions")
    level = models.CharField(max_length=12)
    verb = models.CharField(max_length=8, choices=Verb.choices)
    opinion = models.TextField(_("意见"))
    checks = models.JSONField(_("核对要点"), default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class CheckDraft(models.Model):
    """What the officers of a level have noted so far; it becomes the defects of one return, or falls away.

    ``remarks`` maps an indicator or fact to the text; a level tells all defects at once (tell-once notice).
    """

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="check_drafts")
    level = models.CharField(max_length=12)
    remarks = models.JSONField(default=dict)
    opinion = models.TextField(blank=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "level"], name="one_check_draft_per_level")]


class Defect(models.Model):
    """One defect of a return (tell-once notice), at an indicator or a fact, with the community's answer."""

    class State(models.TextChoices):
        OPEN = "open", _("待补正")
        ANSWERED = "answered", _("已答复")

    TRANSITIONS = {"open": {"answered"}, "answered": {"open"}}

    decision = models.ForeignKey(IntakeDecision, models.PROTECT, related_name="defects")
    target = models.CharField(_("指标或事实"), max_length=64)
    text = models.TextField(_("问题"))
    answer = models.TextField(_("补正说明"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
