"""The arithmetic of the event chain: what an entry's hash is made of and how a chain is checked."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

START = "0" * 64


@dataclass(frozen=True)
class Entry:
    """An entry of a case's log as it is hashed. ``at`` is an ISO timestamp in UTC."""

    case: str
    seq: int
    at: str
    actor: int | None
    actor_name: str
    verb: str
    data: Any
    previous: str
    hash: str = ""


def canonical(value: Any) -> bytes:
    """Return one byte string for one value: sorted keys, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def entry_hash(entry: Entry) -> str:
    """Return the hash an entry must carry, over everything it says and the hash of the one before."""
    return digest(
        [
            entry.previous,
            entry.case,
            entry.seq,
            entry.at,
            entry.actor,
            entry.actor_name,
            entry.verb,
            entry.data,
        ]
    )


@dataclass(frozen=True)
class Break:
    """The first place where a chain does not hold, and why."""

    seq: int
    why: str


def first_break(entries: Iterable[Entry]) -> Break | None:
    """Return the first broken place of one case's chain in order of ``seq``, or None where it holds."""
    previous, expected = START, 1
    for entry in entries:
        if entry.seq != expected:
            return Break(expected, f"缺少第{expected}条记录，下一条为第{entry.seq}条")
        if entry.previous != previous:
            return Break(entry.seq, "与上一条记录的摘要不衔接")
        if entry_hash(entry) != entry.hash:
            return Break(entry.seq, "内容与其摘要不符")
        previous, expected = entry.hash, expected + 1
    return None
