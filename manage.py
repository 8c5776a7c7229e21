#!/usr/bin/env python3
"""Entry point of every management command."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

AWAY = "\n请先运行 manage.py migrate 建立数据库，或检查 DATABASE_URL；加上 --traceback 可看到出错的位置。"


def main() -> None:
    """Run the management command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflow.settings")
    try:
        execute_from_command_line(sys.argv)
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"数据库无法使用：{error}".rstrip() + AWAY)


if __name__ == "__main__":
    main()
