"""Service records of the community, from which count, response time and rate of solving are computed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from applications.models.append_only import AppendOnly

PERSON = settings.AUTH_USER_MODEL


class ServiceRecord(models.Model):
    """One service asked for by a resident: what, when asked, when answered, when solved (R2-014 to R2-024, R4-042)."""

    class Category(models.TextChoices):
        LIVING = "living", _("生活服务")
        HEALTH = "health", _("健康服务")
        EDUCATION = "education", _("教育服务")
        HYGIENE = "hygiene", _("公共卫生")
        SAFETY = "safety", _("安全保障")
        LANDSCAPE = "landscape", _("景观提升")
        CULTURE = "culture", _("文娱活动")
        INFORMATION = "information", _("信息宣传")
        MUTUAL = "mutual", _("互助组织")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="service_records")
    round = models.PositiveSmallIntegerField()
    category = models.CharField(_("服务类别"), max_length=12, choices=Category.choices)
    title = models.CharField(_("服务内容"), max_length=200)
    requested_at = models.DateTimeField(_("提出时间"))
    responded_at = models.DateTimeField(_("响应时间"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("解决时间"), null=True, blank=True)
    imported = models.BooleanField(_("批量导入"), default=False)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("服务记录")
        verbose_name_plural = _("服务记录")
        ordering = ["-requested_at", "-pk"]
        indexes = [models.Index(fields=["case", "round", "removed_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "category", "title", "requested_at"],
                condition=Q(removed_at__isnull=True),
                name="one_record_per_service",
            ),
            models.CheckConstraint(
                condition=Q(responded_at__isnull=True) | Q(responded_at__gte=F("requested_at")),
                name="service_answered_after_request",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True)
                | Q(responded_at__isnull=False, resolved_at__gte=F("responded_at")),
                name="service_solved_after_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ServiceSummary(AppendOnly):
    """The figures of a round's service records as they stood when the community closed them."""

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="service_summaries")
    round = models.PositiveSmallIntegerField()
    figures: Any = models.JSONField()
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("服务记录统计")
        verbose_name_plural = _("服务记录统计")
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="one_service_summary_per_round")
        ]
