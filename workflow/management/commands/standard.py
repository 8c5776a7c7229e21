"""Check a standard file before anybody registers it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from applications.core import standard
from applications.core.canonical import decimal_text
from applications.core.faults import Faults
from workflow.management.commands.rate import printable, refuse


class Command(BaseCommand):
    """``manage.py standard check FILE``: what the file says, or one line per fault and status 2."""

    help = "检查一份标准文件，不使用数据库。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The verb and the file."""
        parser.add_argument("verb", choices=["check"], help="check：检查")
        parser.add_argument("file", metavar="FILE", help="标准文件（YAML或JSON）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the file as the product would and say what was found."""
        try:
            found = standard.load(Path(options["file"]))
        except Faults as error:
            refuse(self, error)
        printable()
        bonus = decimal_text(found.bonus.cap) if found.bonus else "0"
        self.stdout.write(f"{found.code} {found.title}")
        self.stdout.write(
            f"一级指标{len(found.dimensions)}个，指标{len(found.indicators)}个，"
            f"满分 {decimal_text(found.total_points)}，加分上限 {bonus}"
        )
        self.stdout.write(
            "、".join(f"{star.label} {decimal_text(star.min_inclusive)}" for star in found.stars)
        )
        self.stdout.write(f"标准 {found.digest}")
