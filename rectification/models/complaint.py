"""Complaints of residents: what was handed in, who has it in hand, what was done about it (R4-122 to R4-127)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from applications.core.roles import LEVELS
from applications.models.append_only import AppendOnly
from applications.models.sealed import SealedText

PERSON = settings.AUTH_USER_MODEL
OFFICES = ("street", "county", "city", "province")  # who handles complaints, from the first receiver upwards


def complaint_file_path(row: "ComplaintFile", filename: str) -> str:
    """Return a storage name that tells nothing of the uploaded name."""
    return f"complaints/{row.complaint_id}/{row.sha256[:2]}/{row.sha256}-{row.token}"


class Complaint(models.Model):
    """A complaint about a community. Who complained stands in ``Complainant``; the code opens its progress.

    ``level`` is the office that has to handle it; ``owner`` the first person who took it (R4-125), until somebody to
    whom it was handed over has acknowledged it. ``due_on`` repeats the running term for lists.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待受理")
        HANDLING = "handling", _("办理中")
        ANSWERED = "answered", _("已答复")
        WITHDRAWN = "withdrawn", _("投诉人已撤回")

    TRANSITIONS = {
        "waiting": {"handling", "withdrawn"},
        "handling": {"answered"},
        "answered": {"waiting"},  # once, handled by the level above
        "withdrawn": set(),
    }

    class Channel(models.TextChoices):
        ONLINE = "online", _("网上提交")
        PHONE = "phone", _("电话")
        VISIT = "visit", _("现场")
        LETTER = "letter", _("书面来信")

    class Kind(models.TextChoices):
        VIOLATION = "violation", _("服务违规")
        QUALITY = "quality", _("服务质量问题")
        OUTSIDE = "outside", _("不属于受理范围")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("情况属实")
        PARTLY = "partly", _("部分属实")
        UNFOUNDED = "unfounded", _("情况不属实")
        OUTSIDE = "outside", _("不属于受理范围")

    class Satisfaction(models.IntegerChoices):
        VERY_GOOD = 5, _("非常满意")
        GOOD = 4, _("满意")
        FAIR = 3, _("基本满意")
        BAD = 2, _("不满意")
        VERY_BAD = 1, _("非常不满意")

    matter = models.OneToOneField("applications.Matter", models.PROTECT, related_name="complaint")
    community = models.ForeignKey("applications.Community", models.PROTECT, related_name="complaints")
    number = models.CharField(_("投诉编号"), max_length=48, unique=True)
    code = models.CharField(_("查询码"), max_length=24, unique=True)
    path = models.CharField(max_length=80)
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices)
    happened_on = models.DateField(_("发生日期"))
    text = models.TextField(_("投诉内容"))
    demand = models.TextField(_("处理要求"))
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.WAITING)
    level = models.CharField(
        _("办理层级"), max_length=12, choices=[(key, _(LEVELS[key])) for key in OFFICES], default="street"
    )
    owner = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("首问责任人")
    )
    handed_to = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    handed_level = models.CharField(
        max_length=12, choices=[(key, _(LEVELS[key])) for key in OFFICES], blank=True
    )
    kind = models.CharField(_("分类"), max_length=12, choices=Kind.choices, blank=True)
    outcome = models.CharField(_("办理结论"), max_length=12, choices=Outcome.choices, blank=True)
    above = models.BooleanField(_("提级办理"), default=False)
    asked = models.BooleanField(_("已要求社区说明"), default=False)
    awaiting = models.BooleanField(_("等待社区说明"), default=False)
    due_on = models.DateField(_("办理期限"), null=True, blank=True)
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    in_time = models.BooleanField(_("按时办结"), null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(
        _("满意度"), choices=Satisfaction.choices, null=True, blank=True
    )
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("提交时间"))
    history = HistoricalRecords(excluded_fields=["text", "demand", "code"])

    class Meta:
        verbose_name = _("投诉")
        verbose_name_plural = _("投诉")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="complaint_due"),
            models.Index(fields=["path", "-id"], name="complaint_path"),
            models.Index(fields=["owner", "state"], name="complaint_owner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="handling") | Q(owner__isnull=False),
                name="a_complaint_in_hand_has_an_owner",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(outcome=""), name="an_answered_complaint_has_an_outcome"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to answer it."""
        return self.state in (self.State.WAITING, self.State.HANDLING)


class Complainant(AppendOnly):
    """Who complained, and where the answer reaches them: sealed, and shown to the handling office alone (R4-123)."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="complainant")
    name = SealedText()
    contact = SealedText()


class ComplaintEntry(AppendOnly):
    """One thing done about a complaint, in the order it happened. Append-only."""

    class Verb(models.TextChoices):
        TAKE = "take", _("受理")
        HAND_OVER = "hand_over", _("申请移交")
        ACKNOWLEDGE = "acknowledge", _("接收移交")
        DECLINE = "decline", _("不予接收")
        CLASSIFY = "classify", _("分类")
        NOTE = "note", _("调查记录")
        ASK = "ask", _("要求社区说明")
        REPLY = "reply", _("社区说明")
        ESCALATE = "escalate", _("提请上级办理")
        COMMISSION = "commission", _("委托第三方调查")
        OPEN_ITEM = "open_item", _("列入整改")
        ANSWER = "answer", _("答复")
        RATE = "rate", _("评价答复")
        ABOVE = "above", _("申请上一级办理")
        WITHDRAW = "withdraw", _("撤回")

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="entries")
    verb = models.CharField(_("办理"), max_length=12, choices=Verb.choices)
    text = models.TextField(_("内容"), blank=True)
    level = models.CharField(max_length=12)
    value = models.CharField(max_length=16, blank=True)
    person = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(
        "applications.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "verb"],
                condition=Q(verb__in=["above", "withdraw"]),
                name="once_in_a_complaint",
            )
        ]

    def __str__(self) -> str:
        return f"{self.complaint} {self.get_verb_display()}"

    @property
    def words(self) -> str:
        """What was chosen with it, in words: the kind, the outcome, the satisfaction, the level asked."""
        named: dict[str, Any] = {
            self.Verb.CLASSIFY: Complaint.Kind,
            self.Verb.ANSWER: Complaint.Outcome,
            self.Verb.ESCALATE: LEVELS,
        }
        if self.verb == self.Verb.RATE:
            return str(Complaint.Satisfaction(int(self.value)).label)
        known = named.get(self.verb, {})
        return (
            gettext(known[self.value]) if known is LEVELS else str(known(self.value).label) if known else ""
        )


class ComplaintFile(AppendOnly):
    """A file of a complaint: handed in with it, or the proof of an entry. Append-only."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="files")
    entry = models.ForeignKey(ComplaintEntry, models.PROTECT, null=True, blank=True, related_name="files")
    token = models.CharField(max_length=32, unique=True)
    file: Any = models.FileField(upload_to=complaint_file_path, max_length=200)
    name = models.CharField(_("文件名"), max_length=160)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
