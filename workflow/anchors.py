"""Anchors: the heads of all event chains, kept outside the database in a signed, append-only file.

A line holds the heads that changed since the line before, the SHA-256 of that line and an Ed25519 signature. A chain
that was cut or recomputed whole no longer carries the hash that stands in the file.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
from workflow import anchorfile

Heads = dict[str, list[Any]]
CHAINS = ("case", "matter")  # what a chain of events may belong to
SETTLED = timedelta(hours=1)  # after which no smaller number of an event is committed any more


@dataclass(frozen=True)
class Known:
    """What is anchored already, as far as an anchoring has to know it."""

    lines: int
    last: bytes  # the last line, empty in an empty file
    size: int  # of the file, in bytes
    heads: Heads
    strange: str = ""  # how the file is not the one that the database knows of


def anchor(at: datetime) -> int:
    """Append the heads that changed since the last line; return how many. Nothing changed: nothing is written.

    Only the end of the file is read, and only the events of the last hours are looked at, however old the installation
    is. A file that is not the one the database knows of is read whole and written on, but stays named as such until
    the true one is back: raises ``Exchanged``, so that the clock's step is seen as failed.
    """
    path: Path = settings.ANCHOR_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as handle:
        anchorfile.lock(handle.fileno())
        mark = AnchorMark.objects.first()
        newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0  # before the heads are read
        known = _known_at(handle, mark) if mark else None
        fresh = _fresh(known.heads, heads(mark.events)) if known and mark else {}
        if known is None:
            known = _known_whole(handle, mark)
            fresh = _fresh(known.heads, heads())
        after = _written(handle, known, fresh, at) if fresh else known
        if not known.strange and _to_be_noted(mark, after, newest, at):
            _remember(mark, after, newest, known.size, at)
        anchorfile.Index(path).keep()
        return _unless(known.strange, len(fresh))


def _fresh(known: Heads, now: Heads) -> Heads:
    return {number: head for number, head in now.items() if known.get(number) != head}


def _known_at(handle: BinaryIO, mark: AnchorMark) -> Known | None:
    """Return what the end of the file says, None where it has to be read whole: exchanged, or not known well enough."""
    last = anchorfile.line_before(handle, mark.size)
    if last is None or _line_digest(last) != mark.digest:
        return None
    handle.seek(mark.since)
    recent = anchorfile.whole_lines(handle, mark.since)
    beyond = anchorfile.whole_lines(handle, mark.size)  # written before a kill, not noted in the database
    size = mark.size + sum(len(line) + 1 for line in beyond)
    return Known(mark.lines + len(beyond), beyond[-1] if beyond else last, size, _fold(recent))


def _known_whole(handle: BinaryIO, mark: AnchorMark | None) -> Known:
    lines = anchorfile.whole_lines(handle)
    strange = _unlike_mark(mark, Found.among(lines, mark)) if mark else ""
    size = sum(len(line) + 1 for line in lines)
    return Known(len(lines), lines[-1] if lines else b"", size, _fold(lines), strange)


def _written(handle: BinaryIO, known: Known, fresh: Heads, at: datetime) -> Known:
    """Append a line with the fresh heads."""
    body = {
        "at": clock.iso(at),
        "previous": _line_digest(known.last) if known.lines else chain.START,
        "heads": fresh,
    }
    raw = chain.canonical({**body, "signature": _key().sign(chain.canonical(body)).hex()})
    size = anchorfile.append(handle, raw)
    return replace(known, lines=known.lines + 1, last=raw, size=size)


class Exchanged(Exception):
    """The anchor file is not the one that the database knows of: cut short, taken away or exchanged."""


def _unless(strange: str, done: int) -> int:
    if strange:
        raise Exchanged(strange)
    return done


def _to_be_noted(mark: AnchorMark | None, now: Known, newest: int, at: datetime) -> bool:
    """Whether the database does not know yet how long the file is, or could look at fewer events the next time."""
    if mark is None or mark.coming_at is None:
        return now.lines > 0
    return mark.lines != now.lines or (mark.events < newest and mark.coming_at <= at - SETTLED)


def _remember(mark: AnchorMark | None, now: Known, newest: int, before: int, at: datetime) -> None:
    """Let the database know how long the file is: one that was cut short, taken away or exchanged is told by it.

    Beside it stands from which event on the next anchoring looks. A number may be committed after a higher one, so
    that this trails the present by an hour: ``coming`` is what it will be then, with the length of the file ``before``
    the events that came later were anchored.
    """
    values: dict[str, Any] = {
        "lines": now.lines,
        "digest": _line_digest(now.last),
        "size": now.size,
        "at": at,
    }
    settled = mark is not None and mark.coming_at is not None and mark.coming_at <= at - SETTLED
    if mark is not None and settled:
        values |= {"events": mark.coming, "since": mark.coming_since}
    if mark is None or mark.coming_at is None or settled:
        values |= {"coming": newest, "coming_since": before, "coming_at": at}
    AnchorMark.objects.update_or_create(pk=1, defaults=values)


def remember_the_file(at: datetime) -> None:
    """Take the file as it is for the true one: after a restore, whose backup vouches for it."""
    AnchorMark.objects.all().delete()
    if settings.ANCHOR_FILE.exists():
        with open(settings.ANCHOR_FILE, "r+b") as handle:
            known = _known_whole(handle, None)
        if known.lines:
            _remember(None, known, 0, 0, at)


def heads(after: int = 0) -> Heads:
    """Return the head of every chain that has events above a number (0: of every chain): its number -> [seq, hash].

    A chain belongs to a case or to a matter; their numbers never meet.
    """
    found: Heads = {}
    for of in CHAINS:
        some = Event.objects.filter(**{"pk__gt": after, f"{of}__isnull": False})
        newest = some.values(of).annotate(newest=Max("pk")).values("newest")
        rows = Event.objects.filter(pk__in=newest).values_list(f"{of}__number", "seq", "hash")
        found |= {number: [seq, digest] for number, seq, digest in rows}
    return found


def anchored() -> Iterator[tuple[int, Heads]]:
    """Yield the anchored heads, a line each, with the line's number."""
    for number, line in enumerate(anchorfile.lines_of(settings.ANCHOR_FILE), start=1):
        yield number, _heads_of(line)


def digests() -> Iterator[tuple[int, str]]:
    """Yield the digest of every line, with the line's number."""
    for number, line in enumerate(anchorfile.lines_of(settings.ANCHOR_FILE), start=1):
        yield number, _line_digest(line)


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
    faults, previous, mark, found = [], chain.START, AnchorMark.objects.first(), Found()
    public = _key().public_key()
    for number, raw in enumerate(anchorfile.lines_of(settings.ANCHOR_FILE), start=1):
        found.add(raw, mark)
        try:
            line = json.loads(raw)
            body = {key: line[key] for key in ("at", "previous", "heads")}
            public.verify(bytes.fromhex(line["signature"]), chain.canonical(body))
        except (ValueError, KeyError, TypeError, InvalidSignature):
            faults.append(f"锚定文件第{number}行的签名不符")
            continue
        if line["previous"] != previous:
            faults.append(f"锚定文件第{number}行与上一行不衔接")
        previous = _line_digest(raw)
    strange = _unlike_mark(mark, found, named=bool(faults)) if mark else ""
    return [*faults, strange] if strange else faults


def not_anchored() -> list[str]:
    """Return the cases and matters with an event that the database calls anchored although the file does not hold it.

    Somebody who moves the mark forward would keep what comes from being anchored at all.
    """
    mark = AnchorMark.objects.first()
    if mark is None or not mark.events:
        return []
    held: dict[str, int] = {}
    for _number, line in anchored():
        held.update({number: max(seq, held.get(number, 0)) for number, (seq, _digest) in line.items()})
    longest = [
        Event.objects.filter(**{"pk__lte": mark.events, f"{of}__isnull": False})
        .order_by()
        .values_list(f"{of}__number")
        .annotate(Max("seq"))
        for of in CHAINS
    ]
    return sorted(number for rows in longest for number, seq in rows if seq > held.get(number, 0))


@dataclass
class Found:
    """How much of the file there is, and what stands where the database knows a line of."""

    lines: int = 0
    size: int = 0
    size_then: int = 0
    digest_then: str = ""

    @classmethod
    def among(cls, lines: Iterable[bytes], mark: AnchorMark | None) -> "Found":
        """Go through the lines."""
        found = cls()
        for line in lines:
            found.add(line, mark)
        return found

    def add(self, line: bytes, mark: AnchorMark | None) -> None:
        """Go past a line."""
        self.lines += 1
        self.size += len(line) + 1
        if mark is not None and self.lines == mark.lines:
            self.size_then, self.digest_then = self.size, _line_digest(line)


def _unlike_mark(mark: AnchorMark, found: Found, *, named: bool = False) -> str:
    """Return how the file is not the one that the database knows of; an edited line that was ``named`` is not told twice."""
    if found.lines < mark.lines:
        return f"锚定文件只有{found.lines}行，应至少有{mark.lines}行：已被截短、删除或替换"
    other = found.digest_then != mark.digest or mark.size not in (0, found.size_then)
    if other and not named:
        return f"锚定文件第{mark.lines}行与数据库的登记不符：已被替换"
    return ""


class Published(Sequence[dict[str, Any]]):
    """What everybody may know of the lines, newest first: the same heads without their cases.

    A case's number names a community, and who applies is not told before it is published. ``digest`` is the digest of
    the whole line, which the next line carries: a copy that anyone kept proves both this file and the database. A page
    reads only its own lines.
    """

    def __init__(self) -> None:
        self._index = anchorfile.Index(settings.ANCHOR_FILE)

    def __len__(self) -> int:
        return self._index.count

    def __getitem__(self, asked: Any) -> Any:
        if not isinstance(asked, slice):
            place = range(len(self))[asked]
            return self[place : place + 1][0]
        start, stop, _step = asked.indices(len(self))
        return self.some(len(self) - stop + 1, stop - start)[::-1]

    def some(self, first: int, count: int) -> list[dict[str, Any]]:
        """Return lines in the order of the file, from a line number (1 is the oldest) on."""
        lines = self._index.lines(first - 1, count)
        return [_told(number, raw) for number, raw in enumerate(lines, start=first)]


def _told(number: int, raw: bytes) -> dict[str, Any]:
    line = _read(raw)
    return {
        "line": number,
        "at": str(line.get("at", "")),
        "previous": str(line.get("previous", "")),
        "digest": _line_digest(raw),
        "heads": sorted(digest for _seq, digest in _heads_of(raw).values()),
    }


def signed(body: dict[str, Any]) -> dict[str, Any]:
    """Return a published line with the installation's signature."""
    return next(all_signed([body]))


def all_signed(bodies: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield published lines with the installation's signature."""
    key = _key()
    for body in bodies:
        yield {**body, "signature": key.sign(chain.canonical(body)).hex()}


def public_key() -> str:
    """Return the key that anyone can check the file with, in hexadecimal."""
    key: Ed25519PublicKey = _key().public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _fold(lines: Iterable[bytes]) -> Heads:
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
