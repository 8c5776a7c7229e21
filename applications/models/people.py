"""People and the region tree: the two tables everything else points at (alone in the first migration)."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.core.roles import LEVELS, RIGHTS


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the name is one family-first field."""

    def create_user(self, username: str, name: str, password: str | None = None, **extra: Any) -> "User":
        """Create an account; without a password the person sets one through a reset link."""
        user = self.model(username=username, name=name, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. Never deleted: leaving means ``is_active`` off, every trace stays."""

    username = models.CharField(
        _("登录名"),
        max_length=64,
        unique=True,
        validators=[RegexValidator(r"^[\w.@+-]+\Z", _("登录名只能由文字、数字和 . @ + - _ 组成。"))],
    )
    name = models.CharField(_("姓名"), max_length=64)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone = models.CharField(_("电话"), max_length=32, blank=True)
    language = models.CharField(_("界面语言"), max_length=16, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)
    is_demo = models.BooleanField(_("演示人员"), default=False)
    date_joined = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """Return the one name there is (Django's own pages ask for it)."""
        return self.name

    def get_short_name(self) -> str:
        """Return the one name there is."""
        return self.name


class Region(models.Model):
    """A node of the division tree, province down to community.

    ``path`` is materialised: the codes from the province down, each followed by a slash
    (``36/3601/360102/360102002/``), so that "in my region" is one prefix comparison.
    """

    code = models.CharField(_("区划代码"), max_length=16, unique=True)
    level = models.CharField(
        _("级别"), max_length=12, choices=[(key, _(name)) for key, name in LEVELS.items()]
    )
    name = models.CharField(_("名称"), max_length=64)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    path = models.CharField(max_length=80, unique=True)

    class Meta:
        verbose_name = _("区划")
        verbose_name_plural = _("区划")
        ordering = ["code"]
        default_permissions = ()
        permissions = [(key, label) for key, label in RIGHTS.items()]
        indexes = [models.Index(fields=["level", "code"])]

    def __str__(self) -> str:
        return self.name
