"""Putting a backup back: everything checked before anything is touched, and undone where the result is not whole."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils.translation import gettext as _

from applications.clock import now
from workflow import anchors
from workflow.backup import database, files, manifest
from workflow.backup.making import keys
from workflow.backup.manifest import Manifest
from workflow.verification import broken_anchors, broken_chains


def restore(folder: Path, *, replace: bool) -> Manifest:
    """Restore a backup into this installation; refused in a sentence, with nothing changed, where it cannot be."""
    made = manifest.read(folder)
    _check_fits(made)
    manifest.check(folder, made)
    with _alone():
        if not replace and not (database.is_empty() and next(files.stored(), None) is None):
            raise CommandError(
                _(
                    "本系统已有数据，恢复会全部覆盖。确认要覆盖的，请加 --replace；否则请换一个空的数据目录或数据库。"
                )
            )
        names = [name.removeprefix("files/") for name in made.files if name.startswith("files/")]
        with _keys_put_back(folder, made), database.put_back(folder, made):
            files.put_back(folder, names)
            _prove()
        files.remove_others(names)
    return made


def _check_fits(made: Manifest) -> None:
    if made.vendor != connection.vendor:
        raise CommandError(
            _("备份来自 %(theirs)s 数据库，本系统使用 %(ours)s，不能互相恢复。")
            % {"theirs": made.vendor, "ours": connection.vendor}
        )
    if made.migrations != database.migrations():
        raise CommandError(
            _(
                "备份由版本 %(theirs)s 制作，与本版本 %(ours)s 的数据结构不同。请安装制作备份的版本后恢复，再升级。"
            )
            % {"theirs": made.release, "ours": settings.RELEASE}
        )


@contextmanager
def _alone() -> Iterator[None]:
    """Refuse to work under a running product."""
    with (settings.DATA_DIR / "serve.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(
                _("数据目录 %(folder)s 正由运行中的星评使用，请先停止它再恢复。")
                % {"folder": settings.DATA_DIR}
            ) from None
        others = database.others_connected()
        if others:
            raise CommandError(
                _("数据库还有%(count)s个其他连接，请先停止全部星评进程再恢复。") % {"count": others}
            )
        yield


@contextmanager
def _keys_put_back(folder: Path, made: Manifest) -> Iterator[None]:
    """Put anchors and keys in place; the former ones come back where something goes wrong."""
    before = {path: path.read_bytes() if path.exists() else None for path in keys().values()}
    after = {
        path: (folder / name).read_bytes() if name in made.files else None for name, path in keys().items()
    }
    _write(after)
    try:
        yield
    except BaseException:
        _write(before)
        raise


def _write(contents: dict[Path, bytes | None]) -> None:
    for path, content in contents.items():
        if content is None:
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
            handle.write(content)
            manifest.settle(handle)
        os.replace(part, path)


def _prove() -> None:
    """Refuse what was restored unless every chain holds and agrees with its anchors."""
    anchors.remember_the_file(now())
    found = [*broken_chains(), *broken_anchors()]
    faults = [*(f"{finding.case} {finding.seq} {finding.why}" for finding in found), *anchors.file_faults()]
    if faults:
        raise CommandError(
            _("备份中的事件链不完整（%(fault)s 等%(count)s处），恢复已撤销。")
            % {"fault": faults[0], "count": len(faults)}
        )
