"""Objections to a notice: what was said, what was decided, and the second judgement of what was disputed.

All rows are appended and never updated: where an objection stands follows from its newest ruling.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.append_only import AppendOnly
from applications.models.sealed import SealedText

PERSON = settings.AUTH_USER_MODEL


class Objection(AppendOnly):
    """An objection as it was handed in. Name, contact, text and files are never public; the code opens its progress.

    Name and contact stand encrypted in the table (R4-097) and in no log, message or digest.
    """

    class Kind(models.TextChoices):
        COMMUNITY = "community", _("申报社区")
        RESIDENT = "resident", _("居民")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="objections")
    publication = models.ForeignKey("review.Publication", models.PROTECT, related_name="objections")
    code = models.CharField(_("查询码"), max_length=24, unique=True)
    number = models.CharField(_("异议编号"), max_length=48, unique=True)
    kind = models.CharField(_("异议人类型"), max_length=12, choices=Kind.choices)
    name = SealedText(_("姓名"))
    contact = SealedText(_("联系方式"))
    indicators: Any = models.JSONField(_("有异议的指标"), default=list)
    text = models.TextField(_("异议内容"))
    files = models.ManyToManyField("applications.Evidence", related_name="+")
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("异议")
        verbose_name_plural = _("异议")
        ordering = ["pk"]
        indexes = [models.Index(fields=["publication"]), models.Index(fields=["case"])]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        """The key of the objection's run."""
        return f"objection-{self.pk}"


class ObjectionRuling(AppendOnly):
    """One thing decided on an objection, with its reasons. Append-only."""

    class Verb(models.TextChoices):
        WITHDRAW = "withdraw", _("异议人撤回")
        ACCEPT = "accept", _("予以受理")
        REFUSE = "refuse", _("不予受理")
        DISMISS = "dismiss", _("异议不成立")
        UPHOLD = "uphold", _("异议成立，重新评审")
        CONCLUDE = "conclude", _("重新评审完成")
        SERVE = "serve", _("决定已送达")

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="rulings")
    verb = models.CharField(max_length=10, choices=Verb.choices)
    reason = models.TextField(_("理由"))
    heard = models.TextField(_("双方陈述"), blank=True)
    indicators: Any = models.JSONField(_("重新评审的指标"), default=list)
    rating = models.ForeignKey(
        "review.Rating", models.PROTECT, null=True, blank=True, related_name="objection_rulings"
    )
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["objection", "verb"], name="each_ruling_once"),
            models.UniqueConstraint(
                fields=["objection"],
                condition=Q(verb__in=["withdraw", "accept", "refuse"]),
                name="one_answer_at_the_door",
            ),
            models.UniqueConstraint(
                fields=["objection"],
                condition=Q(verb__in=["dismiss", "uphold"]),
                name="one_decision_per_objection",
            ),
        ]


class Reassessor(AppendOnly):
    """One of the two other reviewers who judge the disputed indicators of an upheld objection again. Append-only."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="reassessors")
    user = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["objection", "user"], name="one_reassessor_per_person")
        ]


class ReassessorExit(AppendOnly):
    """That one of the two is out before both had handed in: recused or told to keep away. Somebody else is appointed."""

    reassessor = models.OneToOneField(Reassessor, models.PROTECT, related_name="exit")
    reason = models.CharField(_("退出原因"), max_length=300)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Rejudgement(AppendOnly):
    """A second judgement of one disputed matter, blind until both reviewers have handed in. Append-only.

    ``target`` is an indicator (``value`` true or false: reached or not) or ``fact:<key>`` (``value`` as confirmed).
    ``settled`` marks the value that counts where the two differ, with the settling person's reason.
    """

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="rejudgements")
    target = models.CharField(max_length=80)
    value: Any = models.JSONField()
    note = models.TextField(_("说明"), blank=True)
    settled = models.BooleanField(default=False)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["objection", "target", "by"],
                condition=Q(settled=False),
                name="one_rejudgement_per_person",
            ),
            models.UniqueConstraint(
                fields=["objection", "target"], condition=Q(settled=True), name="one_settlement_per_target"
            ),
        ]
