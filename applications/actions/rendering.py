"""What the viewer shows of a file: made by a job after the upload, on demand where it is not there yet.

Renditions stand in the storage under ``renditions/``, private like the files, and may be thrown away at any time. A file
that cannot be shown is noted as such once, so that nobody waits for it again.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from applications.core.files import KINDS
from applications.errors import Refused
from applications.models import Evidence
from notifications.lent import lent
from notifications.outbox import post, register

TOPIC = "evidence.render"
FOLDER = "renditions"
CHUNK = 6  # pages of one job: well within the lease of its row
SECONDS = 30  # that a child may take
PATIENCE = 10  # seconds that one waits for others' pages
EXTENSIONS = {kind.content_type: kind.extension for kind in KINDS.values()}
NOT_SHOWN = {"form": "none", "count": 0}
_at_work = threading.BoundedSemaphore(2)

Manifest = dict[str, Any]


class Later(Refused):
    """Too many pages are being made at this moment."""

    code = "busy"
    status = 503

    def __init__(self) -> None:
        super().__init__(_("正在生成的页面较多，请稍后再试，或先下载原件。"))


def place_of(row: Evidence, name: str) -> str:
    """Return the storage name of a part of a file's rendition."""
    return f"{FOLDER}/{row.case_id}/{row.sha256[:2]}/{row.sha256}-{row.token}/{name}"


def manifest_of(row: Evidence) -> Manifest | None:
    """Return what is known of a file's pages (``form`` pages, blocks or none; ``count``), None where nothing is yet."""
    raw = part_of(row, "manifest.json")
    found: Manifest | None = json.loads(raw) if raw else None
    return found


def part_of(row: Evidence, name: str) -> bytes | None:
    """Return a part of the rendition as it is stored."""
    try:
        with default_storage.open(place_of(row, name), "rb") as stream:
            return bytes(stream.read())
    except FileNotFoundError:
        return None


def pages_made(row: Evidence) -> int:
    """Return how many pages of a PDF are there already."""
    try:
        names = default_storage.listdir(place_of(row, ""))[1]
    except FileNotFoundError:
        return 0
    return sum(name.startswith("p") and name != "p0.webp" for name in names)


def manifest_or_made(row: Evidence) -> Manifest:
    """Return the manifest, with the first page made where there is none yet."""
    return manifest_of(row) or make(row, 1, 1)


def page_or_made(row: Evidence, name: str, number: int) -> bytes | None:
    """Return a part of the rendition, its page made where it is not there yet; None where there is no such part."""
    found = part_of(row, name)
    if found is not None:
        return found
    manifest = manifest_of(row)
    if manifest is None or (manifest["form"] == "pages" and 0 < number <= manifest["count"]):
        make(row, number or 1, number or 1)
    return part_of(row, name)


def make(row: Evidence, first: int, last: int) -> Manifest:
    """Make pages in a child process and keep them; a file that cannot be shown gets a manifest that says so."""
    if not _at_work.acquire(timeout=PATIENCE):
        raise Later
    try:
        with tempfile.TemporaryDirectory(prefix="render-") as folder:
            made = _run(row, Path(folder), first, last)
            return _keep(row, made) if made else _note_failure(row)
    finally:
        _at_work.release()


def _run(row: Evidence, folder: Path, first: int, last: int) -> Path | None:
    """Run the child; None where it failed, took too long or died at its limits."""
    source, made = _source(row, folder), folder / "made"
    made.mkdir()
    extension = EXTENSIONS.get(row.content_type, "")
    command = [sys.executable, "-m", "applications.rendering.child", extension, str(source), str(made)]
    try:
        done = subprocess.run(
            [*command, str(first), str(last)],
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return made if done.returncode == 0 else None


def _source(row: Evidence, folder: Path) -> Path:
    """Return the file on this machine's disk, fetched where the storage is elsewhere."""
    try:
        return Path(default_storage.path(row.file.name or ""))
    except NotImplementedError:
        target = folder / "source"
        with row.file.open("rb") as stream, target.open("wb") as out:
            for piece in stream.chunks():
                out.write(piece)
        return target


def _keep(row: Evidence, made: Path) -> Manifest:
    """Store what was made, the manifest last: whoever finds it finds the pages."""
    manifest: Manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    names = sorted(path.name for path in made.iterdir() if path.name != "manifest.json")
    for name in [*names, "manifest.json"]:
        _store(place_of(row, name), (made / name).read_bytes())
    return manifest


def _note_failure(row: Evidence) -> Manifest:
    known = manifest_of(row)
    if known is not None:  # a single page failed: the others are good
        return known
    _store(place_of(row, "manifest.json"), json.dumps(NOT_SHOWN).encode())
    return dict(NOT_SHOWN)


def _store(name: str, content: bytes) -> None:
    """Store under exactly this name, whole or not at all; what is there already is replaced by the same."""
    try:
        target = Path(default_storage.path(name))
    except NotImplementedError:
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(content))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    part.write_bytes(content)
    part.replace(target)


def ask(row: Evidence, *, at: datetime, first: int = 1) -> None:
    """Have the pages of a file made by a job, from page ``first``; messages that wait already go before."""
    payload = {"evidence": row.pk, "first": first}
    post(TOPIC, f"{TOPIC}:{row.pk}:{first}", at=at, payload=payload, not_before=max(at, lent.now()))


def on_ask(payload: dict[str, Any], at: datetime) -> None:
    """Make the next pages of a file; what is left goes into a job of its own, behind whatever waits by then."""
    row = Evidence.objects.filter(pk=payload["evidence"], removed_at__isnull=True).first()
    if row is None or not default_storage.exists(row.file.name or ""):
        return
    first = int(payload["first"])
    last = first + CHUNK - 1
    manifest = make(row, first, last)
    if manifest["form"] == "pages" and manifest["count"] > last:
        ask(row, at=at, first=last + 1)


register(TOPIC, on_ask, inside=False)
