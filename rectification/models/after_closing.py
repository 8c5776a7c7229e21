"""What follows the closing of an item, or its term: the look-back, the reminder, the supervision order.

All of it is appended and never updated.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.append_only import AppendOnly
from rectification.models.item import RectificationItem, Verification

PERSON = settings.AUTH_USER_MODEL


class LookBack(AppendOnly):
    """What was found when a closed item was looked at again (R4-132). Append-only."""

    class Outcome(models.TextChoices):
        HELD = "held", _("整改成果巩固，没有反弹")
        RECURRED = "recurred", _("问题反弹，重新整改")

    item = models.ForeignKey(RectificationItem, models.PROTECT, related_name="look_backs")
    outcome = models.CharField(_("结论"), max_length=8, choices=Outcome.choices)
    method = models.CharField(_("检查方式"), max_length=8, choices=Verification.Method.choices)
    opinion = models.TextField(_("检查情况"))
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Chase(AppendOnly):
    """A reminder of an overdue item, at most one a day. Append-only."""

    item = models.ForeignKey(RectificationItem, models.PROTECT, related_name="chases")
    on = models.DateField()
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["item", "on"], name="one_reminder_of_an_item_a_day")]


class SupervisionOrder(AppendOnly):
    """An order on an overdue item, to be answered within a term (R3-110). Append-only."""

    item = models.ForeignKey(RectificationItem, models.PROTECT, related_name="orders")
    number = models.CharField(_("督办单编号"), max_length=64, unique=True)
    demand = models.TextField(_("督办要求"))
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("督办单")
        verbose_name_plural = _("督办单")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.number


class SupervisionEntry(AppendOnly):
    """What was said of an order: answered, sent back, closed. Append-only."""

    class Verb(models.TextChoices):
        REPLY = "reply", _("回复")
        BACK = "back", _("退回，要求再次回复")
        CLOSE = "close", _("办结")

    order = models.ForeignKey(SupervisionOrder, models.PROTECT, related_name="entries")
    verb = models.CharField(_("办理"), max_length=8, choices=Verb.choices)
    text = models.TextField(_("内容"))
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
