"""A backup of the whole installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from workflow.backup import making


class Command(BaseCommand):
    """``manage.py backup DIR``: database and files at one moment, with the SHA-256 of everything; the product may run."""

    help = "把数据库和文件备份到一个新目录，逐一记录 SHA-256；可在运行中执行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder."""
        parser.add_argument("folder", metavar="DIR", type=Path, help="备份目录，须不存在或为空。")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and say what it holds."""
        made, digest = making.make(options["folder"].absolute())
        self.stdout.write(
            _("备份完成：%(folder)s，%(files)s个文件，%(rows)s行记录。清单 SHA-256：%(digest)s")
            % {
                "folder": options["folder"],
                "files": len(made.files),
                "rows": sum(made.tables.values()),
                "digest": digest,
            }
        )
        self.stdout.write(_("备份含有个人信息和密钥，请按同等密级保管。"))
