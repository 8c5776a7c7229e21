"""The first administrator of a real installation."""

import getpass
import os
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from applications import clock
from applications.actions import people
from applications.models import Membership, Organisation, Region, User


class Command(BaseCommand):
    """``manage.py first_admin``: asks for login name, name and password, or takes them from the environment.

    ``ADMIN_USERNAME``, ``ADMIN_NAME``, ``ADMIN_PASSWORD``. Where an administrator exists, nothing happens.
    """

    help = "建立首个系统管理员；已有管理员时不做任何事。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account with the role of system administrator for the province."""
        if Membership.objects.filter(role="sysadmin", active=True, user__is_active=True).exists():
            return
        username = self.value("ADMIN_USERNAME", "登录名")
        name = self.value("ADMIN_NAME", "姓名")
        password = self.value("ADMIN_PASSWORD", "密码（至少10位）", secret=True)
        try:
            User(username=username, name=name).clean_fields(exclude=["password"])
            validate_password(password, User(username=username, name=name))
        except ValidationError as error:
            raise CommandError("系统管理员未建立:" + " ".join(error.messages)) from None
        if User.objects.filter(username=username).exists():
            raise CommandError(f"登录名“{username}”已有人使用，请换一个。")
        with transaction.atomic():
            self.make(username, name, password)
        self.stdout.write(f"系统管理员“{name}”已建立，登录名 {username}。")

    def make(self, username: str, name: str, password: str) -> None:
        """Write account, office and role."""
        at = clock.now()
        province = Region.objects.get(level="province")
        office, _made = Organisation.objects.get_or_create(
            name=f"{province.name}民政厅", region=province, defaults={"kind": Organisation.Kind.OFFICE}
        )
        user = User.objects.create_user(username, name, password)
        people.grant(
            user,
            role="sysadmin",
            organisation=office,
            region=province,
            since=clock.day_of(at),
            by=None,
            at=at,
        )

    def value(self, variable: str, label: str, *, secret: bool = False) -> str:
        """Return a value from the environment, else ask at the terminal; without either say what is missing."""
        given = os.environ.get(variable, "").strip()
        if given:
            return given
        if not sys.stdin.isatty():
            raise CommandError(
                "没有系统管理员，也没有终端可以询问。请设置 ADMIN_USERNAME、ADMIN_NAME 和 ADMIN_PASSWORD 后重试。"
            )
        return (getpass.getpass if secret else input)(f"首个系统管理员的{label}:").strip()
