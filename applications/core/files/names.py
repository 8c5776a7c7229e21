"""The name an uploaded file is kept under: readable, harmless on every system, never longer than a file system takes."""

from __future__ import annotations

import re
import unicodedata

from applications.core.faults import N_
from applications.core.files.kinds import SPELLINGS, FileKind

LONGEST = 120  # characters
LONGEST_BYTES = 240  # in UTF-8; file systems stop at 255
UNNAMED = N_("材料")
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?\Z", re.IGNORECASE
)
_UNSAFE = re.compile(r'[<>:"|?*\\/%;]')
_EXTENSION = re.compile(r"\.(?=[A-Za-z0-9]*[A-Za-z])([A-Za-z0-9]{1,8})\Z")


def extension_of(name: str) -> str:
    """The extension as typed, lower case; empty where what follows the last dot is no extension."""
    match = _EXTENSION.search(_plain(name))
    return match.group(1).lower() if match else ""


def clean_name(name: str, kind: FileKind) -> str:
    """The name without path, control characters and direction marks, ended by the extension of what the file is."""
    stem = _plain(name)
    while (match := _EXTENSION.search(stem)) and match.group(1).lower() in SPELLINGS:
        stem = stem[: match.start()].rstrip(". ")
    stem = _UNSAFE.sub("_", stem).strip(". ")
    if not stem.strip("_ .") or _RESERVED.match(stem):
        stem = UNNAMED if not stem.strip("_ .") else f"_{stem}"
    ending = f".{kind.extension}"
    stem = stem[: LONGEST - len(ending)]
    room = LONGEST_BYTES - len(ending)
    stem = stem.encode("utf-8", "ignore")[:room].decode("utf-8", "ignore").rstrip(". ")
    return f"{stem}{ending}"


def _plain(name: str) -> str:
    """The last part of a path, composed, without what cannot be seen (control, format and surrogate characters)."""
    last = re.split(r"[\\/]", name)[-1]
    composed = unicodedata.normalize("NFC", last)
    seen = "".join(" " if unicodedata.category(char).startswith("Z") else char for char in composed)
    kept = "".join(char for char in seen if not unicodedata.category(char).startswith("C"))
    return " ".join(kept.split())
