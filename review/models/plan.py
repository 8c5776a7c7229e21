"""The assessment plan of a case and how the residents were told."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

PERSON = settings.AUTH_USER_MODEL


class AssessmentPlan(models.Model):
    """A version of the plan: scope, methods, timetable (R2-034, R2-056, R4-041, R4-043). A return opens the next one.

    ``methods`` are keys of the standard's methods and of ``EXTRA_METHODS``; ``timetable`` maps a stream to its first
    and last day (ISO dates).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("编制中")
        SUBMITTED = "submitted", _("待批准")
        RETURNED = "returned", _("已退回")
        APPROVED = "approved", _("已批准")

    class Area(models.TextChoices):
        WHOLE = "whole", _("整个社区")
        PART = "part", _("特定片区")

    TRANSITIONS = {
        "draft": {"submitted"},
        "submitted": {"returned", "approved"},
        "returned": set(),
        "approved": set(),
    }

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="plans")
    round = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    scope = models.TextField(_("评估范围"))
    focus: Any = models.JSONField(_("重点服务领域"), default=list)
    area = models.CharField(_("评估区域"), max_length=8, choices=Area.choices, default=Area.WHOLE)
    area_text = models.CharField(_("片区说明"), max_length=300, blank=True)
    methods: Any = models.JSONField(_("评估方法"), default=list)
    timetable: Any = models.JSONField(_("时间安排"), default=dict)
    tasks = models.TextField(_("任务分工"))
    risk = models.TextField(_("风险与应急安排"), blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    opinion = models.TextField(_("审批意见"), blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("评估方案")
        verbose_name_plural = _("评估方案")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "version"], name="one_plan_per_version"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("author")),
                name="plan_decided_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}-{self.round}-{self.version}"


class Briefing(models.Model):
    """How and when the residents were told of the assessment, with its proof (R2-035, R4-046)."""

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="briefings")
    round = models.PositiveSmallIntegerField()
    channels: Any = models.JSONField(_("告知渠道"), default=list)
    held_on = models.DateField(_("告知日期"))
    place = models.CharField(_("地点或载体"), max_length=160)
    text = models.TextField(_("告知内容"))
    how_to = models.TextField(_("居民参与方式"))
    attended = models.PositiveIntegerField(_("参会或知晓人数"), null=True, blank=True)
    evidence = models.ManyToManyField("applications.Evidence", related_name="+")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("居民告知")
        verbose_name_plural = _("居民告知")
        ordering = ["pk"]
