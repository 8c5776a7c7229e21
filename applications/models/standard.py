"""The register of rating standards and the batches that use them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from applications.words import printed


class Standard(models.Model):
    """A rating standard as data, pinned by digest (R1-001). Published once, frozen once a batch uses it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        FROZEN = "frozen", _("已冻结")

    TRANSITIONS = {"draft": {"published"}, "published": {"frozen"}, "frozen": set()}

    code = models.CharField(_("标准编号"), max_length=64)
    title = models.CharField(_("标准名称"), max_length=200)
    digest = models.CharField(_("内容摘要"), max_length=64, unique=True)
    content = models.JSONField(_("内容"))
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField()
    history = HistoricalRecords(excluded_fields=["content"])

    class Meta:
        verbose_name = _("评价标准")
        verbose_name_plural = _("评价标准")
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return f"{self.code} {printed(self.title)}"


class Batch(models.Model):
    """A rating batch: a frozen copy of standard, policy and terms, with organiser, basis and dates (R3-083 to R3-089)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("拟制中")
        SUBMITTED = "submitted", _("待批准")
        OPEN = "open", _("开放申报")
        CLOSED = "closed", _("申报截止")

    class Basis(models.TextChoices):
        APPROVAL = "approval", _("经批准的创建示范活动")
        BUSINESS = "business", _("业务性质的等级评定")

    TRANSITIONS = {
        "draft": {"submitted"},
        "submitted": {"open", "draft"},
        "open": {"closed"},
        "closed": {"open"},
    }

    name = models.CharField(_("批次名称"), max_length=120)
    year = models.PositiveSmallIntegerField(_("申报年度"))
    organiser = models.ForeignKey("applications.Organisation", models.PROTECT, verbose_name=_("组织单位"))
    basis_kind = models.CharField(_("依据类型"), max_length=12, choices=Basis.choices, default=Basis.BUSINESS)
    basis = models.CharField(_("依据文件"), max_length=300)
    purpose = models.TextField(_("目的与结果用途"))
    explanation = models.TextField(_("政策解读"))
    scope = models.ForeignKey("applications.Region", models.PROTECT, verbose_name=_("评定范围"))
    opens_on = models.DateField(_("申报开始日"))
    closes_on = models.DateField(_("申报截止日"))
    reference_date = models.DateField(_("数据基准日"))
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="batches", verbose_name=_("适用标准"))
    policy = models.JSONField(_("评价政策"), default=dict)
    terms = models.JSONField(_("期限"), default=dict)
    publish_indicators = models.BooleanField(_("公布各指标得分"), default=False)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField(_("退回意见"), max_length=300, blank=True)
    is_demo = models.BooleanField(default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("评定批次")
        verbose_name_plural = _("评定批次")
        ordering = ["-year", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="batch_dates_in_order"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="batch_approved_by_another_person",
            ),
            models.UniqueConstraint(fields=["name", "year"], name="one_batch_per_name_and_year"),
        ]

    def __str__(self) -> str:
        return self.name
