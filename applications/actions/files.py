"""Keeping bytes: checked, digested, written beside and renamed, so that a file is there whole or not at all."""

import errno
import hashlib
import os
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from applications.core.files import BadFile, FileKind, inspect
from applications.errors import FieldFault, Invalid
from applications.words import words
from notifications.failpoints import failpoint

PIECE = 1024 * 1024
SHOWN_NAME = 60
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def refuse(file: "File[Any]", why: str) -> Invalid:
    """The refusal of one file, which it names."""
    name = "".join(char if char.isprintable() else "�" for char in str(file.name or ""))
    short = name if len(name) <= SHOWN_NAME else f"{name[: SHOWN_NAME - 1]}…"
    return Invalid([FieldFault("files", _("“%(name)s”：%(why)s") % {"name": short, "why": why})])


def examine(file: "File[Any]") -> tuple[FileKind, str]:
    """The kind of an uploaded file by its whole content, and its SHA-256; raises ``Invalid`` naming the file."""
    size, most = file.size, settings.EVIDENCE_MAX_BYTES
    if size > most:
        sizes = {"size": filesizeformat(size), "most": filesizeformat(most)}
        raise refuse(file, _("大小为 %(size)s，超过上限 %(most)s，请压缩或拆分后上传。") % sizes)
    try:
        kind = inspect(cast(BinaryIO, file), str(file.name or ""))
    except BadFile as error:
        raise refuse(file, words(error.sentence)) from None
    digest = hashlib.sha256()
    for piece in file.chunks(PIECE):
        digest.update(piece)
    file.seek(0)
    return kind, digest.hexdigest()


def keep(file: "File[Any]", name: str) -> None:
    """Write the content under a storage name that nothing stands under yet; a full disk is a sentence."""
    try:
        try:
            target = Path(default_storage.path(name))
        except NotImplementedError:  # an object store takes a file whole by itself
            default_storage.save(name, file)
            return
        _write(file, target)
    except OSError as error:
        if error.errno in FULL:
            raise refuse(file, _("服务器存储空间不足，文件没有保存，请稍后重试或联系系统管理员。")) from error
        raise refuse(file, _("文件没有保存成功，请重试；多次不成功时请联系系统管理员。")) from error
    finally:
        file.seek(0)


def _write(file: "File[Any]", target: Path) -> None:
    """Write beside the target, have it on the disk, rename."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("xb") as out:
            for piece in file.chunks(PIECE):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        failpoint("file.written")
        part.replace(target)
        failpoint("file.renamed")
    except BaseException:
        part.unlink(missing_ok=True)
        raise
