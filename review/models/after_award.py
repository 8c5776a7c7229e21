"""What follows an award: the community's statement, the certificate taken back, what was said of its end.

All of it is appended and never updated.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.append_only import AppendOnly
from review.models.publication import RevocationProposal, StarAward

PERSON = settings.AUTH_USER_MODEL


class ProposalStatement(AppendOnly):
    """What the community said before its star was lowered or revoked, or that it had nothing to say. Append-only."""

    proposal = models.OneToOneField(RevocationProposal, models.PROTECT, related_name="statement")
    text = models.TextField(_("陈述申辩意见"), blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class CertificateReturn(AppendOnly):
    """What became of the certificate and the plaque of an ended award: handed in, or void after the term. Append-only."""

    class Outcome(models.TextChoices):
        RETURNED = "returned", _("已交回")
        VOID = "void", _("逾期未交回，已作废")

    award = models.OneToOneField(StarAward, models.PROTECT, related_name="certificate_return")
    outcome = models.CharField(_("结果"), max_length=8, choices=Outcome.choices)
    on = models.DateField(_("日期"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class AwardMoment(AppendOnly):
    """A moment on the way to the end of an award that the clock has told of, each once (practice 3.3). Append-only."""

    class Kind(models.TextChoices):
        SIX = "six", _("到期前6个月提醒")
        THREE = "three", _("到期前3个月提醒")
        LAPSED = "lapsed", _("到期失效")

    award = models.ForeignKey(StarAward, models.PROTECT, related_name="moments")
    kind = models.CharField(_("事项"), max_length=8, choices=Kind.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["award", "kind"], name="each_moment_of_an_award_once")]
