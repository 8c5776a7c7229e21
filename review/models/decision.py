"""The rating committee: its ballots, named votes and decisions (practice 3.3: two thirds, more than half of all)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from applications.models.append_only import AppendOnly

PERSON = settings.AUTH_USER_MODEL


class Ballot(models.Model):
    """A vote of the committee on one rating. Votes stay closed to everybody until it is closed."""

    class State(models.TextChoices):
        OPEN = "open", _("表决中")
        CARRIED = "carried", pgettext_lazy("ballot", "通过")
        REJECTED = "rejected", _("未通过")
        VOID = "void", _("作废")

    TRANSITIONS = {
        "open": {"carried", "rejected", "void"},
        "carried": set(),
        "rejected": set(),
        "void": set(),
    }

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="ballots")
    round = models.PositiveSmallIntegerField()
    rating = models.ForeignKey("review.Rating", models.PROTECT, related_name="ballots")
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    tally: Any = models.JSONField(default=dict)
    minutes = models.TextField(_("会议纪要"), blank=True)
    reply = models.TextField(_("评审组答复"), blank=True)
    replied_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("表决")
        verbose_name_plural = _("表决")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round"], condition=Q(state="open"), name="one_open_ballot_per_round"
            ),
            models.UniqueConstraint(
                fields=["rating"], condition=~Q(state="void"), name="one_ballot_in_force_per_rating"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | ~Q(state="open") & Q(closed_at__isnull=False),
                name="a_closed_ballot_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}-{self.round}-{self.pk}"


class BallotSeat(AppendOnly):
    """A member who was called to a ballot. The first seat whose member may act is the chair (see ``queries.votes``)."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="seats")
    user = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["ballot_id", "position"]
        constraints = [models.UniqueConstraint(fields=["ballot", "user"], name="one_seat_per_member")]


class Vote(AppendOnly):
    """A member's named vote; a rejection carries its reason."""

    class Choice(models.TextChoices):
        APPROVE = "approve", _("同意")
        REJECT = "reject", _("不同意")
        ABSTAIN = "abstain", _("弃权")

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="votes")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("评定委员"))
    choice = models.CharField(_("表决意见"), max_length=8, choices=Choice.choices)
    reason = models.TextField(_("理由"), blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("记名投票")
        verbose_name_plural = _("记名投票")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "by"], name="one_vote_per_member"),
            models.CheckConstraint(
                condition=~Q(choice="reject") | ~Q(reason=""), name="a_rejection_has_its_reason"
            ),
        ]


class Decision(AppendOnly):
    """The committee's decision: a star or none, with everything it was decided with (R1-028 to R1-030)."""

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    number = models.CharField(_("决定编号"), max_length=64, unique=True)
    rating = models.OneToOneField("review.Rating", models.PROTECT, related_name="decision")
    ballot = models.OneToOneField(Ballot, models.PROTECT, related_name="decision")
    star = models.PositiveSmallIntegerField(_("星级"))
    minutes = models.TextField(_("会议纪要"))
    votes: Any = models.JSONField()
    standard_digest = models.CharField(_("标准摘要"), max_length=64)
    policy: Any = models.JSONField(_("评价政策"))
    inputs_digest = models.CharField(_("输入摘要"), max_length=64)
    rating_digest = models.CharField(_("结果摘要"), max_length=64)
    release = models.CharField(_("程序版本"), max_length=64)
    seal = models.CharField(_("整行摘要"), max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("评定决定")
        verbose_name_plural = _("评定决定")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="one_decision_per_round")]

    def __str__(self) -> str:
        return self.number
