"""The raw file of anchors: lines that are only ever appended, and where each of them begins.

The file grows for as long as an installation works. What is done every minute or for everybody therefore reads only
its end, or the few lines that are asked for: their places stand in an index beside the file, which is no more than a
help to find them and is made anew from the file wherever the two do not agree.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from notifications.failpoints import failpoint

BLOCK = 512  # bytes first read backwards for the beginning of a line; then twice as many, and so on
PLACE = struct.Struct(">Q")  # where a line ends, in the index


def lock(descriptor: int) -> None:
    """Let one writer append at a time (where the system knows file locks)."""
    try:
        import fcntl  # not on every system
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file one by one, without their ends; nothing where there is no file."""
    if not path.exists():
        return
    with open(path, "rb") as handle:
        for line in handle:
            yield line.removesuffix(b"\n")


def whole_lines(handle: BinaryIO, start: int = 0) -> list[bytes]:
    """Return the lines from a place on; what a killed process left of a last one is taken away, it never counted."""
    handle.seek(start)
    tail = handle.read()
    end = tail.rfind(b"\n") + 1
    if end < len(tail):
        handle.truncate(start + end)
    return tail[:end].split(b"\n")[:-1]


def line_before(handle: BinaryIO, end: int) -> bytes | None:
    """Return the line that ends at a place, read backwards from there; None where no line ends there."""
    handle.seek(0, os.SEEK_END)
    if end < 1 or handle.tell() < end:
        return None
    found, place, step = b"", end, BLOCK
    while place:
        step = min(2 * step, place)
        place -= step
        handle.seek(place)
        found = handle.read(step) + found
        if not found.endswith(b"\n"):
            return None
        if b"\n" in found[:-1]:
            break
    return found[:-1].rpartition(b"\n")[2]


def append(handle: BinaryIO, line: bytes) -> int:
    """Append a line and bring it to the disk; return how long the file is then."""
    raw = line + b"\n"
    half = len(line) // 2
    failpoint("anchor.due")
    handle.seek(0, os.SEEK_END)
    handle.write(raw[:half])
    handle.flush()
    failpoint("anchor.torn")
    handle.write(raw[half:])
    handle.flush()
    os.fsync(handle.fileno())
    failpoint("anchor.written")
    return handle.tell()


class Index:
    """Where the lines of the file end. Lines that came after it was last written are found by reading those alone."""

    def __init__(self, path: Path) -> None:
        self.path, self.beside = path, path.with_name(f"{path.name}.index")
        self.size = path.stat().st_size if path.exists() else 0
        self.places = self.beside.stat().st_size // PLACE.size if self.beside.exists() else 0
        self.fresh: list[int] = []  # the ends of lines that the index does not know of
        self.count = 0
        if self.places and self._read(self.places - 1, 1) is None:
            self.places = 0  # of another file
        self._catch_up()

    def lines(self, first: int, count: int) -> list[bytes]:
        """Return some lines from a place on, counted from 0; an index that points between lines is made anew."""
        found = self._read(first, min(count, self.count - first))
        if found is None:
            self.places = 0
            self._catch_up()
            found = self._read(first, min(count, self.count - first))
        return found or []

    def keep(self) -> None:
        """Write down what was found out: for the writer of the file, who holds its lock."""
        if not self.fresh:
            return
        # a help only: a folder that cannot be written costs time, nothing else
        with suppress(OSError), open(self.beside, "r+b" if self.places else "wb") as handle:
            handle.seek(self.places * PLACE.size)
            handle.write(b"".join(PLACE.pack(end) for end in self.fresh))
            handle.truncate()

    def _catch_up(self) -> None:
        """Find the lines that the index does not know of; what has no end yet is no line."""
        start, self.fresh = self._end(self.places - 1), []
        if start < self.size:
            with open(self.path, "rb") as handle:
                handle.seek(start)
                for raw in handle:
                    start += len(raw)
                    if raw.endswith(b"\n"):
                        self.fresh.append(start)
        self.count = self.places + len(self.fresh)

    def _read(self, first: int, count: int) -> list[bytes] | None:
        """Return the lines between two places, None where these are not the ends of lines."""
        if count < 1:
            return []
        start, end = self._end(first - 1), self._end(first + count - 1)
        before = min(start, 1)
        if not start < end <= self.size:
            return None
        with open(self.path, "rb") as handle:
            handle.seek(start - before)
            raw = handle.read(end - start + before)
        if not (raw.startswith(b"\n") or not before) or not raw.endswith(b"\n"):
            return None
        found = raw[before:].split(b"\n")[:-1]
        return found if len(found) == count else None

    def _end(self, place: int) -> int:
        if place < 0:
            return 0
        if place >= self.places:
            return self.fresh[place - self.places]
        with open(self.beside, "rb") as handle:
            handle.seek(place * PLACE.size)
            raw = handle.read(PLACE.size)
        return int(PLACE.unpack(raw)[0]) if len(raw) == PLACE.size else 0
