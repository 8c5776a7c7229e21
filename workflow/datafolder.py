"""The data folder of an installation: who uses it, whether it holds the demo or real data, and deleting the demo."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from applications.models import User


@contextmanager
def in_use() -> Iterator[None]:
    """Mark the folder as used; a second embedded server on it is refused, and so is deleting it under a running one."""
    with (settings.DATA_DIR / "serve.lock").open("w") as handle:
        try:
            kind = fcntl.LOCK_EX if settings.WORKER == "embedded" else fcntl.LOCK_SH
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(
                _("数据目录 %(folder)s 正由另一个运行中的星评使用，请先停止它（按 Ctrl-C）。")
                % {"folder": settings.DATA_DIR}
            ) from None
        yield


def behind() -> bool:
    """Whether the database lacks migrations of this version; asking is quicker than a ``migrate`` that has nothing to do."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def unfinished() -> Path:
    """Return the file that stands in the folder while the demo is being built."""
    return Path(settings.DATA_DIR) / "demo.unfinished"


def purpose() -> str:
    """Return what the database holds: ``empty`` (nobody at all), ``demo`` or ``real``."""
    if User._meta.db_table not in connection.introspection.table_names() or not User.objects.exists():
        return "empty"
    return "demo" if User.objects.filter(is_demo=True).exists() else "real"


def check_purpose() -> None:
    """Refuse to run real data as a demo, where anybody signs in with one click, or a demo as a real installation."""
    found = purpose()
    if settings.DEMO and found == "real":
        raise CommandError(
            _(
                "数据目录 %(folder)s 中是正式数据，不能以演示模式运行。请用 make run DEMO=0，或用 DATA_DIR=… 另指一个目录。"
            )
            % {"folder": settings.DATA_DIR}
        )
    if not settings.DEMO and found == "demo":
        raise CommandError(
            _(
                "数据目录 %(folder)s 中是演示数据，不能用作正式系统。请用 DATA_DIR=… 另指一个空目录，或删除该目录。"
            )
            % {"folder": settings.DATA_DIR}
        )


def delete_demo() -> None:
    """Delete the demo's database and files; anything that is not the demo's is left alone."""
    if not settings.DEMO:
        raise CommandError(_("只有演示模式才能重新开始，请加上 DEMO=1。"))
    if connection.vendor != "sqlite":
        raise CommandError(_("只能自动删除 SQLite 中的演示数据，请自行清空 DATABASE_URL 所指的数据库。"))
    check_purpose()
    path = Path(connection.settings_dict["NAME"])
    connection.close()
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        file.unlink(missing_ok=True)
    settings.ANCHOR_FILE.unlink(missing_ok=True)
    for folder in (Path(settings.MEDIA_ROOT), Path(settings.EMAIL_FILE_PATH)):
        shutil.rmtree(folder, ignore_errors=True)
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
