"""The assessment team of a case: its members and what they declared."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from applications.models.append_only import AppendOnly
from review.core.team import KINDS

PERSON = settings.AUTH_USER_MODEL
KIND_CHOICES = [(key, _(name)) for key, name in KINDS.items()]


class TeamMember(models.Model):
    """A member of the team of one round (R2-033, R2-051).

    ``user`` is empty for somebody without an account (a resident's representative), who sits in by name: no duty,
    no to-do. What a member does are ``Assignment`` rows, which give sight of the case and end with the membership.
    """

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="team_members")
    round = models.PositiveSmallIntegerField()
    user = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="team_memberships")
    name = models.CharField(_("姓名"), max_length=64)
    unit = models.CharField(_("单位或身份"), max_length=120, blank=True)
    kind = models.CharField(_("成员类别"), max_length=24, choices=KIND_CHOICES)
    elected = models.CharField(_("产生方式"), max_length=120, blank=True)
    carried = models.BooleanField(_("沿用上一轮"), default=False)
    active = models.BooleanField(_("在任"), default=True)
    added_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    left_reason = models.CharField(_("退出原因"), max_length=300, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("小组成员")
        verbose_name_plural = _("小组成员")
        ordering = ["pk"]
        indexes = [models.Index(fields=["case", "round", "active"])]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "user"],
                condition=Q(active=True, user__isnull=False),
                name="one_active_membership_per_round",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Declaration(AppendOnly):
    """What a member declared before starting: no conflict, or which one; confidentiality and integrity (R3-087)."""

    member = models.OneToOneField(TeamMember, models.PROTECT, related_name="declaration")
    conflict = models.BooleanField(_("存在利害关系"))
    reason = models.CharField(_("回避事由"), max_length=300, blank=True)
    confidentiality = models.BooleanField(_("保密承诺"))
    integrity = models.BooleanField(_("廉洁承诺"))
    text = models.TextField(_("承诺内容"))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("回避与保密声明")
        verbose_name_plural = _("回避与保密声明")
        constraints = [
            models.CheckConstraint(
                condition=Q(conflict=True) | Q(confidentiality=True, integrity=True),
                name="undertakings_or_conflict",
            )
        ]
