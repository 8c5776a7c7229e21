"""The case: the aggregate of a community's rating in a batch, and whose turn it is."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Case(models.Model):
    """A community in a batch. ``state`` is the stage it stands in or the regular end it came to."""

    class State(models.TextChoices):
        APPLICATION = "application", _("申报审核")
        PREPARATION = "preparation", _("评估准备")
        COLLECTION = "collection", _("数据采集")
        REVIEW = "review", _("第三方评审")
        SCORING = "scoring", _("计分评定")
        PUBLICATION = "publication", _("公示公告")
        RECTIFICATION = "rectification", _("整改跟踪")
        CLOSED = "closed", _("已办结")
        WITHDRAWN = "withdrawn", _("已撤回")
        DECLINED = "declined", _("不予受理")

    STAGES = ("application", "preparation", "collection", "review", "scoring", "publication", "rectification")
    ENDS = ("closed", "withdrawn", "declined")
    TRANSITIONS = {
        "application": {"preparation", "withdrawn", "declined"},
        "preparation": {"collection"},
        "collection": {"review"},
        "review": {"scoring"},
        "scoring": {"publication", "rectification"},
        "publication": {"rectification"},
        "rectification": {"collection", "closed"},
        "closed": set(),
        "withdrawn": set(),
        "declined": set(),
    }

    number = models.CharField(_("案卷编号"), max_length=40, unique=True)
    community = models.ForeignKey("applications.Community", models.PROTECT, related_name="cases")
    batch = models.ForeignKey("applications.Batch", models.PROTECT, related_name="cases")
    path = models.CharField(max_length=80, db_index=True)
    state = models.CharField(_("阶段"), max_length=16, choices=State.choices, default=State.APPLICATION)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    applied_star = models.PositiveSmallIntegerField(_("申报星级"), default=3)
    star = models.PositiveSmallIntegerField(_("评定星级"), null=True, blank=True)
    agency = models.ForeignKey(
        "applications.Organisation", models.PROTECT, null=True, blank=True, verbose_name=_("第三方机构")
    )
    opened_at = models.DateTimeField(_("立案时间"))
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("案卷")
        verbose_name_plural = _("案卷")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "batch"],
                condition=Q(closed_at__isnull=True),
                name="one_open_case_per_community_and_batch",
            )
        ]
        indexes = [
            models.Index(fields=["state", "path"]),
            models.Index(fields=["path", "-id"], name="case_path_newest"),
            models.Index(fields=["batch", "state"]),
            # the list's tabs: nearly all cases of a year are open, later nearly all have ended
            models.Index(fields=["-id"], condition=Q(closed_at__isnull=True), name="case_open_newest"),
            models.Index(fields=["-id"], condition=Q(closed_at__isnull=False), name="case_ended_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether the case has not come to an end."""
        return self.state not in self.ENDS


class Assignment(models.Model):
    """A person's work on one case by assignment; it makes the case visible to them while active."""

    class Duty(models.TextChoices):
        LEADER = "leader", _("组长")
        DOCUMENTS = "documents", _("查阅资料")
        SITE = "site", _("实地考察")
        SURVEYOR = "surveyor", _("问卷调查")
        REVIEWER = "reviewer", _("评审员")
        REASSESSOR = "reassessor", _("异议复评员")
        OBSERVER = "observer", _("小组成员")

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    duty = models.CharField(_("职责"), max_length=12, choices=Duty.choices)
    round = models.PositiveSmallIntegerField(default=1)
    active = models.BooleanField(default=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("分派")
        verbose_name_plural = _("分派")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user", "duty", "round"],
                condition=Q(active=True),
                name="one_active_assignment",
            )
        ]


class Recusal(models.Model):
    """A person kept away from a case: sees nothing, is counted nowhere, gets no to-do and no word of it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recusals")
    reason = models.CharField(_("回避事由"), max_length=300)
    declared = models.BooleanField(_("本人申报"), default=True)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lift_reason = models.CharField(max_length=300, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("回避")
        verbose_name_plural = _("回避")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(lifted_at__isnull=True), name="one_recusal_in_force"
            )
        ]
