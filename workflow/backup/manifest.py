"""What a backup holds: every file with its SHA-256, every table with its rows, the release and its migrations."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

NAME, SEAL = "manifest.json", "manifest.sha256"
FORMAT = 1
PIECE = 1024 * 1024


@dataclass
class Manifest:
    """``files``: path in the backup -> SHA-256; ``tables``: name -> rows; ``migrations``: ``app.name``."""

    made_at: str
    release: str
    vendor: str
    migrations: list[str]
    tables: dict[str, int] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def write(folder: Path, manifest: Manifest) -> str:
    """Write the manifest and its seal; return the SHA-256 that stands in the seal."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode()
    digest = hashlib.sha256(text).hexdigest()
    for name, content in ((NAME, text), (SEAL, f"{digest}\n".encode())):
        with (folder / name).open("xb") as handle:
            handle.write(content)
            settle(handle)
    return digest


def read(folder: Path) -> Manifest:
    """Return a manifest whose seal is whole; refused in a sentence otherwise."""
    try:
        text = (folder / NAME).read_bytes()
        seal = (folder / SEAL).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise CommandError(
            _("“%(folder)s”中没有完整的备份清单（%(name)s、%(seal)s），请核对目录。")
            % {"folder": folder, "name": NAME, "seal": SEAL}
        ) from None
    if hashlib.sha256(text).hexdigest() != seal:
        raise CommandError(_("备份清单 %(name)s 已被改动，与其摘要不符，不能恢复。") % {"name": NAME})
    content = json.loads(text)
    if content.get("format") != FORMAT:
        raise CommandError(
            _("备份格式为 %(found)s，本版本只能恢复格式 %(known)s。")
            % {"found": content.get("format"), "known": FORMAT}
        )
    return Manifest(**content)


def check(folder: Path, manifest: Manifest) -> None:
    """Refuse a backup of which any file is missing, changed, or named so that it would leave its folder."""
    for name, digest in manifest.files.items():
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise CommandError(_("备份清单中的文件名“%(name)s”不合规，不能恢复。") % {"name": name})
        if not path.is_file():
            raise CommandError(_("备份中缺少文件“%(name)s”，不能恢复。") % {"name": name})
        if digest_of(path) != digest:
            raise CommandError(_("备份中的文件“%(name)s”已损坏，与清单不符，不能恢复。") % {"name": name})


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def copy(source: BinaryIO, target: Path) -> str:
    """Write a stream into a new file, have it on the disk, and return its SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as handle:
        while piece := source.read(PIECE):
            digest.update(piece)
            handle.write(piece)
        settle(handle)
    return digest.hexdigest()


def settle(handle: BinaryIO) -> None:
    """Have a file on the disk before anything is said of it."""
    handle.flush()
    os.fsync(handle.fileno())
