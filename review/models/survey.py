"""The satisfaction survey: rounds, one-time links, answers without identity."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

PERSON = settings.AUTH_USER_MODEL


class SurveyRound(models.Model):
    """A survey of a case's round: frame, sample, a copy of the questionnaire, and its figures once closed (R3-125).

    At most one is open and one is closed as valid; one that was voided stays with its reason.
    """

    class State(models.TextChoices):
        OPEN = "open", _("进行中")
        CLOSED = "closed", _("已结束")
        VOID = "void", _("已作废")

    TRANSITIONS = {"open": {"closed", "void"}, "closed": set(), "void": set()}

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="survey_rounds")
    round = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(_("调查次数"))
    frame = models.TextField(_("抽样框"))
    frame_size = models.PositiveIntegerField(_("抽样框户数"))
    sample_size = models.PositiveIntegerField(_("样本量"))
    sampling = models.TextField(_("抽样方法"))
    strata: Any = models.JSONField(_("分层"), default=list, blank=True)  # name, households, sample of each
    seed = models.CharField(_("抽取种子"), max_length=32, blank=True)
    questions: Any = models.JSONField(_("问卷"))
    version = models.CharField(_("问卷版本"), max_length=16)
    opened_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.OPEN)
    closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(_("说明"), max_length=300, blank=True)
    figures: Any = models.JSONField(_("统计结果"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("满意度调查")
        verbose_name_plural = _("满意度调查")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "number"], name="one_survey_per_number"),
            models.UniqueConstraint(
                fields=["case", "round"], condition=Q(state="open"), name="one_open_survey_per_round"
            ),
            models.UniqueConstraint(
                fields=["case", "round"], condition=Q(state="closed"), name="one_valid_survey_per_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}-{self.round}-{self.number}"


class SurveyLink(models.Model):
    """A one-time link or numbered sheet. Only the digest of its token is kept.

    Nothing leads from a link to its answer: it notes the day it was used, no moment, and it keeps no history. It knows
    its stratum, never the household: which of a stratum's sheets went to which door is written down nowhere.
    """

    class State(models.TextChoices):
        ISSUED = "issued", _("未使用")
        USED = "used", _("已使用")
        VOID = "void", _("已作废")

    class Reason(models.TextChoices):
        VACANT = "vacant", _("空户、已拆迁或地址有误")
        SPOILT = "spoilt", _("印制损坏，未发出")
        DOUBLE = "double", _("重复签发，未发出")

    TRANSITIONS = {"issued": {"used", "void"}, "used": set(), "void": set()}

    survey = models.ForeignKey(SurveyRound, models.PROTECT, related_name="links")
    serial = models.PositiveIntegerField(_("编号"))
    token_hash = models.CharField(max_length=64, unique=True)
    stratum = models.PositiveSmallIntegerField(_("分层"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.ISSUED)
    issued_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    used_on = models.DateField(null=True, blank=True)
    void_reason = models.CharField(_("作废原因"), max_length=8, choices=Reason.choices, blank=True)
    void_note = models.CharField(_("说明"), max_length=200, blank=True)
    voided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("问卷链接")
        verbose_name_plural = _("问卷链接")
        ordering = ["serial"]
        constraints = [models.UniqueConstraint(fields=["survey", "serial"], name="one_link_per_serial")]
        indexes = [models.Index(fields=["survey", "state"])]

    def __str__(self) -> str:
        return str(self.serial)


class SurveyAnswer(models.Model):
    """One returned form. It knows the day it came in, neither the moment, nor the person, nor the link.

    The random key says nothing of the order; a void answer stays, with its reason, and counts as returned (R4-072).
    """

    class State(models.TextChoices):
        VALID = "valid", _("有效")
        VOID = "void", _("作废")

    class Quality(models.TextChoices):
        NONE = "", _("未抽中")
        DRAWN = "drawn", _("待核查")
        PASSED = "passed", _("核查通过")
        FAILED = "failed", _("核查不通过")

    TRANSITIONS = {"valid": {"void"}, "void": set()}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(SurveyRound, models.PROTECT, related_name="answers")
    overall = models.CharField(_("总体满意度"), max_length=20)
    resident = models.BooleanField(_("本社区居民"))
    answers: Any = models.JSONField(_("回答"))
    answered_on = models.DateField(_("日期"))
    entered_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("调查员")
    )
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.VALID)
    quality = models.CharField(_("质量核查"), max_length=8, choices=Quality.choices, blank=True, default="")
    checked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    void_reason = models.CharField(_("作废原因"), max_length=300, blank=True)
    voided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("问卷")
        verbose_name_plural = _("问卷")
        ordering = ["answered_on", "pk"]
        indexes = [models.Index(fields=["survey", "state"])]

    def __str__(self) -> str:
        return str(self.pk)[:8]
