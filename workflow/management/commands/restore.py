"""The way back from a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from workflow.backup import restoring


class Command(BaseCommand):
    """``manage.py restore DIR [--replace]``: into a stopped installation; checked before and proved after."""

    help = "从备份目录恢复数据库和文件；先核对摘要，恢复后核验事件链，不符即撤销。"
    requires_system_checks: list[str] = []  # the database may not be there yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder and the consent to lose what is there."""
        parser.add_argument("folder", metavar="DIR", type=Path, help="由 backup 制作的目录。")
        parser.add_argument("--replace", action="store_true", help="覆盖本系统现有的全部数据。")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore it and say what there is now."""
        made = restoring.restore(options["folder"].absolute(), replace=options["replace"])
        self.stdout.write(
            _("恢复完成：备份时间 %(at)s，%(files)s个文件，%(rows)s行记录，事件链完整。")
            % {"at": made.made_at, "files": len(made.files), "rows": sum(made.tables.values())}
        )
