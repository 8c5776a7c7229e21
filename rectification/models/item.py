"""The rectification ledger: items with their plan, progress, extensions and verifications."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class RectificationItem(models.Model):
    """One shortfall to be put right (R4-129: problem, cause, measure, effect; R2-041: unit, date, target)."""

    class Source(models.TextChoices):
        BASIC = "basic", _("未达到的基础项")
        FINDING = "finding", _("评审发现的问题")
        CHECK = "check", _("抽查发现的问题")
        COMPLAINT = "complaint", _("投诉反映的问题")

    class State(models.TextChoices):
        PLANNING = "planning", _("待制定方案")
        CHECKING = "checking", _("方案待确认")
        WORKING = "working", _("整改中")
        VERIFYING = "verifying", _("待验收")
        CLOSED = "closed", _("已销号")

    TRANSITIONS = {
        "planning": {"checking"},
        "checking": {"planning", "working"},
        "working": {"verifying"},
        "verifying": {"working", "closed"},
        "closed": {"working"},  # what a look-back found to have come back
    }

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="rectification_items")
    round = models.PositiveSmallIntegerField()
    number = models.CharField(_("整改编号"), max_length=48, unique=True)
    source = models.CharField(_("来源"), max_length=12, choices=Source.choices)
    indicator = models.CharField(_("指标"), max_length=64, blank=True)
    finding = models.OneToOneField(
        "review.Finding", models.PROTECT, null=True, blank=True, related_name="rectification_item"
    )
    spot_check = models.ForeignKey(
        "rectification.SpotCheck", models.PROTECT, null=True, blank=True, related_name="items"
    )
    complaint = models.ForeignKey(
        "rectification.Complaint", models.PROTECT, null=True, blank=True, related_name="items"
    )
    problem = models.TextField(_("问题"))
    suggestion = models.TextField(_("改进建议"), blank=True)
    cause = models.TextField(_("原因分析"), blank=True)
    measure = models.TextField(_("整改措施"), blank=True)
    unit = models.CharField(_("责任单位"), max_length=120, blank=True)
    person = models.CharField(_("责任人"), max_length=64, blank=True)
    target = models.TextField(_("预期目标"), blank=True)
    days = models.PositiveSmallIntegerField(_("整改期限（天）"), default=30)
    due_on = models.DateField(_("整改时限"), null=True, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.PLANNING)
    look_back_on = models.DateField(_("回头看日期"), null=True, blank=True)
    recurrences = models.PositiveSmallIntegerField(_("反弹次数"), default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("整改项")
        verbose_name_plural = _("整改项")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["case", "round"]),
            models.Index(fields=["state", "look_back_on"], name="item_to_look_back_at"),
            models.Index(fields=["due_on", "id"], name="item_due"),  # the ledger's order
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "indicator"],
                condition=models.Q(source="basic"),
                name="one_item_per_missed_basic_indicator",
            )
        ]

    def __str__(self) -> str:
        return self.number


class Progress(models.Model):
    """What was done for an item, with its proof. Append-only."""

    item = models.ForeignKey(RectificationItem, models.PROTECT, related_name="progress")
    text = models.TextField(_("进展"))
    evidence = models.ManyToManyField("applications.Evidence", related_name="+")
    final = models.BooleanField(_("申请验收"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Extension(models.Model):
    """A request for more time, asked and decided before the term has expired."""

    item = models.ForeignKey(RectificationItem, models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField(_("延长天数"))
    reason = models.CharField(_("延期理由"), max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True, blank=True)
    opinion = models.CharField(_("审批意见"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(granted__isnull=True), name="one_open_extension_request"
            )
        ]


class Verification(models.Model):
    """What the verifying person found and decided. Append-only (R4-076, R3-146)."""

    class Outcome(models.TextChoices):
        CLOSE = "close", _("通过验收，予以销号")
        BACK = "back", _("未通过验收，退回整改")

    class Method(models.TextChoices):
        REPORT = "report", _("听取整改情况报告")
        MEETING = "meeting", _("召开居民座谈会")
        SITE = "site", _("实地检查")
        PAPERS = "papers", _("查阅台账资料")

    item = models.ForeignKey(RectificationItem, models.PROTECT, related_name="verifications")
    outcome = models.CharField(_("结论"), max_length=8, choices=Outcome.choices)
    method = models.CharField(_("验收方式"), max_length=8, choices=Method.choices)
    opinion = models.TextField(_("验收意见"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
