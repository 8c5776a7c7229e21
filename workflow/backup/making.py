"""Making a backup while the product runs: anchors first, then the database, then the files it names.

In this order nothing in the backup points to what is not in it: an anchored head is in the database already when it
is anchored, and a file lies in the storage before the row that names it is committed.
"""

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils.translation import gettext as _

from applications import clock
from workflow.backup import database, files, manifest
from workflow.backup.manifest import Manifest


def make(target: Path) -> tuple[Manifest, str]:
    """Make a backup in a folder that does not exist or is empty; return its manifest and the manifest's SHA-256."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CommandError(_("“%(folder)s”不是空目录，请为备份另指一个目录。") % {"folder": target})
    work = target.with_name(f"{target.name}.partial")
    try:
        shutil.rmtree(work, ignore_errors=True)  # what a killed backup left
        work.mkdir(parents=True, mode=0o700)
        done = _fill(work)
        if target.exists():
            target.rmdir()
        work.rename(target)
    except OSError as error:
        shutil.rmtree(work, ignore_errors=True)
        raise CommandError(
            _("备份没有完成：“%(folder)s”无法写入（%(reason)s）。请检查磁盘空间和权限后重试。")
            % {"folder": target, "reason": os.strerror(error.errno or 0)}
        ) from None
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return done


def _fill(work: Path) -> tuple[Manifest, str]:
    made = Manifest(
        made_at=clock.iso(clock.wall()),
        release=settings.RELEASE,
        vendor=connection.vendor,
        migrations=database.migrations(),
    )
    for name, path in keys().items():
        content = files.bytes_of(path)
        if content is not None:
            made.files[name] = manifest.copy(content, work / name)
            (work / name).chmod(0o600)
    named = database.take(work, made)
    made.files |= files.take(work, named)
    return made, manifest.write(work, made)


def keys() -> dict[str, Path]:
    """Return the small files of an installation that its data cannot be read or proved without."""
    found = {
        "anchors/heads.jsonl": Path(settings.ANCHOR_FILE),
        "anchors/signing_key": Path(settings.ANCHOR_FILE).parent / "signing_key",
    }
    if not os.environ.get(
        "SECRET_KEY"
    ):  # a key given by the environment is kept where the environment is kept
        found["keys/secret_key"] = settings.DATA_DIR / "secret_key"
    return found
