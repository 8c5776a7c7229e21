"""What guards an account beside its password: sign-ins and their end, the second factor, recovery codes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SignIn(models.Model):
    """One sign-in of a person, from the moment they were let in to its end; the session itself holds its key here."""

    class Why(models.TextChoices):
        SIGNED_OUT = "signed_out", _("本人退出")
        IDLE = "idle", _("长时间未操作")
        ABSOLUTE = "absolute", _("达到最长登录时间")
        ELSEWHERE = "elsewhere", _("本人在其他设备上结束")
        DEACTIVATED = "deactivated", _("账号停用")
        PASSWORD = "password", _("修改密码")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sign_ins")
    session_key = models.CharField(max_length=40, db_index=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=Why.choices, blank=True)
    device = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "ended_at"])]


class Authenticator(models.Model):
    """A person's app on the phone. ``secret`` is encrypted; it is emptied when the app is given up, the row stays."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="authenticators")
    secret = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    last_step = models.BigIntegerField(default=-1)  # the period of the last accepted code: it counts once
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="one_authenticator_per_person"
            )
        ]


class RecoveryCode(models.Model):
    """A code for the day the phone is lost: only its digest is kept, and it serves once."""

    authenticator = models.ForeignKey(Authenticator, models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authenticator", "digest"], name="one_row_per_recovery_code")
        ]
