"""Tables of the notifications app: the outbox, what a person was told, and how it went."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Outbox(models.Model):
    """Work that must happen after a commit, written with the business change (transactional outbox).

    A row is taken under a lease; what outlives its lease is taken again, and the token of the lease keeps a worker
    that woke up late from writing over its successor. ``key`` makes posting idempotent.
    """

    topic = models.CharField(max_length=48)
    payload: Any = models.JSONField(default=dict)
    key = models.CharField(max_length=160, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("待发事项")
        verbose_name_plural = _("待发事项")
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                condition=Q(done_at__isnull=True, dead_at__isnull=True),
                name="outbox_waiting",
            ),
            models.Index(fields=["-dead_at"], condition=Q(dead_at__isnull=False), name="outbox_dead"),
        ]

    def __str__(self) -> str:
        return self.key


class Notification(models.Model):
    """What one person was told in the product.

    ``text`` is ``{"msgid", "params", "terms"}``, put into words in the reader's language (see ``wording``). ``subject``
    is the case it speaks of, as a plain number: this app knows no cases. ``ref`` names the thing whose end makes the
    notification old (``todo:7``).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
    kind = models.CharField(max_length=48)
    subject = models.BigIntegerField(null=True, blank=True)
    ref = models.CharField(max_length=64, blank=True)
    text: Any = models.JSONField()
    url = models.CharField(max_length=200)
    key = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_newest"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(fields=["ref"], condition=Q(read_at__isnull=True), name="notification_open_ref"),
        ]

    def __str__(self) -> str:
        return self.key


class Channel(models.TextChoices):
    """The ways out of the product."""

    EMAIL = "email", _("电子邮件")
    DIGEST = "digest", _("每日汇总邮件")
    WEBHOOK = "webhook", _("群机器人")


class Delivery(models.Model):
    """One message to one address over one channel, with its tries and how it ended."""

    notification = models.ForeignKey(Notification, models.PROTECT, related_name="deliveries")
    channel = models.CharField(_("渠道"), max_length=16, choices=Channel.choices)
    address = models.CharField(_("地址"), max_length=400)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("投递")
        verbose_name_plural = _("投递")
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="one_delivery_per_channel")
        ]
        indexes = [
            models.Index(fields=["-failed_at"], condition=Q(failed_at__isnull=False), name="delivery_failed")
        ]

    def __str__(self) -> str:
        return f"{self.channel}:{self.pk}"


class Preference(models.Model):
    """How a person wants to be told besides the list in the product; without a row: an e-mail for each."""

    class Mail(models.TextChoices):
        EACH = "each", _("每条通知发一封邮件")
        DAILY = "daily", _("每天早上 8 时汇总成一封邮件")
        OFF = "off", _("不发邮件")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="notification_preference"
    )
    mail = models.CharField(_("电子邮件"), max_length=8, choices=Mail.choices, default=Mail.EACH)
    webhook = models.URLField(_("群机器人地址"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("通知设置")
        verbose_name_plural = _("通知设置")

    def __str__(self) -> str:
        return f"{self.user_id}:{self.mail}"
