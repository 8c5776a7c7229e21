"""Anchors: the heads of all event chains, kept outside the database in a signed, append-only file.

A line holds the heads that changed since the line before, the SHA-256 of that line and an Ed25519 signature. A chain
that was cut or recomputed whole no longer carries the hash that stands in the file.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from django.db.models import Max

from applications import clock
from applications.core import chain
from applications.models import AnchorMark, Event
from notifications.failpoints import failpoint

Heads = dict[str, list[Any]]


def anchor(at: datetime) -> int:
    """Append the heads that changed since the last line; return how many. Nothing changed: nothing is written.

    A file that is not the one the database knows of is written on, but stays named as such until the true one is back:
    raises ``Exchanged``, so that the clock's step is seen as failed.
    """
    path: Path = settings.ANCHOR_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as handle:
        _lock(handle.fileno())
        lines = _whole_lines(handle)
        strange = next(_unlike_mark(lines), "")
        known = _fold(lines)
        fresh = {number: head for number, head in heads().items() if known.get(number) != head}
        if not fresh:
            if (
                lines and not strange and not _remembered(len(lines))
            ):  # killed between the file and the database
                _remember(len(lines), lines[-1], at)
            return _unless(strange, 0)
        body = {
            "at": clock.iso(at),
            "previous": _line_digest(lines[-1]) if lines else chain.START,
            "heads": fresh,
        }
        line = {**body, "signature": _key().sign(chain.canonical(body)).hex()}
        raw = chain.canonical(line)
        _append(handle, raw + b"\n")
        if not strange:
            _remember(len(lines) + 1, raw, at)
        return _unless(strange, len(fresh))


class Exchanged(Exception):
    """The anchor file is not the one that the database knows of: cut short, taken away or exchanged."""


def _unless(strange: str, done: int) -> int:
    if strange:
        raise Exchanged(strange)
    return done


def _remember(count: int, last: bytes, at: datetime) -> None:
    """Let the database know how long the file is: one that was cut short, taken away or exchanged is told by it."""
    AnchorMark.objects.update_or_create(
        pk=1, defaults={"lines": count, "digest": _line_digest(last), "at": at}
    )


def _remembered(count: int) -> bool:
    return AnchorMark.objects.filter(lines=count).exists()


def remember_the_file(at: datetime) -> None:
    """Take the file as it is for the true one: after a restore, whose backup vouches for it."""
    lines = _lines()
    AnchorMark.objects.all().delete()
    if lines:
        _remember(len(lines), lines[-1], at)


def _whole_lines(handle: BinaryIO) -> list[bytes]:
    """Return the lines; what a killed process left of a last one is taken away, it never counted."""
    handle.seek(0)
    whole = handle.read()
    end = whole.rfind(b"\n") + 1
    if end < len(whole):
        handle.truncate(end)
    return whole[:end].splitlines()


def _append(handle: BinaryIO, line: bytes) -> None:
    half = len(line) // 2
    failpoint("anchor.due")
    handle.write(line[:half])
    handle.flush()
    failpoint("anchor.torn")
    handle.write(line[half:])
    handle.flush()
    os.fsync(handle.fileno())
    failpoint("anchor.written")


def heads() -> Heads:
    """Return the head of every chain in the database: number of the case or matter -> [seq, hash]."""
    found: Heads = {}
    for of in ("case", "matter"):
        newest = Event.objects.filter(**{f"{of}__isnull": False}).values(of).annotate(newest=Max("pk"))
        rows = Event.objects.filter(pk__in=newest.values("newest"))
        found |= {
            number: [seq, digest] for number, seq, digest in rows.values_list(f"{of}__number", "seq", "hash")
        }
    return found


def anchored() -> Iterator[tuple[int, Heads]]:
    """Yield the anchored heads, a line each, with the line's number."""
    for number, line in enumerate(_lines(), start=1):
        yield number, _heads_of(line)


def _heads_of(line: bytes) -> Heads:
    """Return the heads of a line; none of one that nobody can read, which ``file_faults`` names."""
    try:
        heads = _read(line)["heads"].items()
        return {str(number): [int(seq), str(digest)] for number, (seq, digest) in heads}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _read(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def file_faults() -> list[str]:
    """Return what is wrong with the anchor file itself: a line edited, removed, reordered or signed by another key."""
    faults, previous = [], chain.START
    public = _key().public_key()
    for number, raw in enumerate(_lines(), start=1):
        try:
            line = json.loads(raw)
            body = {key: line[key] for key in ("at", "previous", "heads")}
            public.verify(bytes.fromhex(line["signature"]), chain.canonical(body))
        except (ValueError, KeyError, TypeError, InvalidSignature):
            faults.append(f"锚定文件第 {number} 行的签名不符")
            continue
        if line["previous"] != previous:
            faults.append(f"锚定文件第 {number} 行与上一行不衔接")
        previous = _line_digest(raw)
    return [*faults, *_unlike_mark(_lines(), named=bool(faults))]


def _unlike_mark(lines: list[bytes], *, named: bool = False) -> Iterator[str]:
    """Yield how the file is not the one that the database knows of; an edited line that was ``named`` is not told twice."""
    mark = AnchorMark.objects.first()
    if mark is None:
        return
    if len(lines) < mark.lines:
        yield f"锚定文件只有 {len(lines)} 行，应至少有 {mark.lines} 行：已被截短、删除或替换"
    elif not named and _line_digest(lines[mark.lines - 1]) != mark.digest:
        yield f"锚定文件第 {mark.lines} 行与数据库的登记不符：已被替换"


class Published(Sequence[dict[str, Any]]):
    """What everybody may know of the lines, newest first: the same heads without their cases.

    A case's number names a community, and who applies is not told before it is published. ``digest`` is the digest of
    the whole line, which the next line carries: a copy that anyone kept proves both this file and the database. A page
    reads only its own lines.
    """

    def __init__(self) -> None:
        self._raw = _lines()

    def __len__(self) -> int:
        return len(self._raw)

    def __getitem__(self, asked: Any) -> Any:
        if isinstance(asked, slice):
            return [self[place] for place in range(*asked.indices(len(self)))]
        place = len(self) - 1 - range(len(self))[asked]
        line = _read(self._raw[place])
        return {
            "line": place + 1,
            "at": str(line.get("at", "")),
            "previous": str(line.get("previous", "")),
            "digest": _line_digest(self._raw[place]),
            "heads": sorted(digest for _seq, digest in _heads_of(self._raw[place]).values()),
        }


def signed(body: dict[str, Any]) -> dict[str, Any]:
    """Return a published line with the installation's signature."""
    return {**body, "signature": _key().sign(chain.canonical(body)).hex()}


def public_key() -> str:
    """Return the key that anyone can check the file with, in hexadecimal."""
    key: Ed25519PublicKey = _key().public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _lines() -> list[bytes]:
    path: Path = settings.ANCHOR_FILE
    return path.read_bytes().splitlines() if path.exists() else []


def _fold(lines: list[bytes]) -> Heads:
    known: Heads = {}
    for line in lines:
        known.update(_heads_of(line))
    return known


def _line_digest(line: bytes) -> str:
    return chain.digest(line.decode(errors="replace"))


def _key() -> Ed25519PrivateKey:
    """Return the signing key of this installation, made once beside the file with mode 600."""
    path: Path = settings.ANCHOR_FILE.parent / "signing_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        # linked under its name when it is whole: there is never a key half written
        whole = path.with_name(f"signing_key.{os.getpid()}")
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
            handle.write(raw)
            handle.flush()
            os.fsync(handle.fileno())
        with suppress(FileExistsError):
            os.link(whole, path)
        whole.unlink()
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def _lock(descriptor: int) -> None:
    """Let one writer append at a time (where the system knows file locks)."""
    try:
        import fcntl  # not on every system
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)
