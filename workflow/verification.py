"""Proving the chains: every event, every digest an event vouches for, every anchored head."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from applications import clock
from applications.core import chain
from applications.models import Event
from applications.queries.papers import broken_paper
from review.queries.publications import broken_publication
from workflow import anchors

HEADS = 400  # of an anchored line that are compared with one statement


@dataclass(frozen=True)
class Finding:
    """A broken place: the case, the position in its chain and why."""

    case: str
    seq: int
    why: str


# verb -> a check of what the event vouches for; it returns a sentence where the record no longer matches.
VOUCHED: dict[str, Callable[[Event], str | None]] = {
    "publish_notice": broken_publication,
    "announce": broken_publication,
    "revoke_award": broken_publication,
    "issue_paper": broken_paper,
}


def broken_chains() -> Iterator[Finding]:
    """Yield the first broken entry of every chain that does not hold."""
    rows = Event.objects.select_related("case").order_by("case_id", "seq").iterator(chunk_size=2000)
    for _case, events in groupby(rows, key=lambda event: event.case_id):
        listed = list(events)
        number = listed[0].case.number
        found = chain.first_break(_entry(event) for event in listed)
        if found:
            yield Finding(number, found.seq, found.why)
            continue
        for event in listed:
            check = VOUCHED.get(event.verb)
            why = check(event) if check else None
            if why:
                yield Finding(number, event.seq, why)
                break


def broken_anchors() -> Iterator[Finding]:
    """Yield the cases whose chain no longer carries an anchored head: cut, or recomputed as a whole."""
    seen: set[str] = set()
    for line, heads in anchors.anchored():
        for number, seq, digest, hashes in _beside_the_log(heads):
            if number in seen or hashes.get((number, seq)) == digest:
                continue
            seen.add(number)
            why = "记录链已被整体改写" if (number, seq) in hashes else "记录已被截去"
            yield Finding(number, seq, f"{why}:与锚定文件第 {line} 行不符")


def _beside_the_log(heads: anchors.Heads) -> Iterator[tuple[str, int, str, dict[tuple[str, int], str]]]:
    """Yield the heads of a line, each with the hashes that the log has at these places.

    A few hundred heads are looked up at a time: a province's whole log is not read into memory.
    """
    listed = [(number, int(seq), str(digest)) for number, (seq, digest) in heads.items()]
    for first in range(0, len(listed), HEADS):
        some = listed[first : first + HEADS]
        rows = Event.objects.filter(
            case__number__in=[number for number, _seq, _digest in some],
            seq__in={seq for _number, seq, _digest in some},
        )
        hashes = {
            (number, seq): digest for number, seq, digest in rows.values_list("case__number", "seq", "hash")
        }
        for number, seq, digest in some:
            yield number, seq, digest, hashes


def broken_copy(path: Path) -> Iterator[str]:
    """Yield where a copy of the public heads that somebody kept no longer holds against the file and the database."""
    ours = {line["line"]: line["digest"] for line in anchors.Published()}
    hashes = set(Event.objects.values_list("hash", flat=True))
    for place, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            line = json.loads(raw)
            number, digest, heads = line["line"], line["digest"], line["heads"]
        except (ValueError, KeyError, TypeError):
            yield f"留存文件第 {place} 行无法读取"
            continue
        if ours.get(number) != digest:
            yield f"锚定文件第 {number} 行与留存的不一致"
        if any(head not in hashes for head in heads):
            yield f"留存文件第 {place} 行的锚定值在数据库中已不存在：记录已被截去或整体改写"


def _entry(event: Event) -> chain.Entry:
    return chain.Entry(
        case=event.case.number,
        seq=event.seq,
        at=clock.iso(event.at),
        actor=event.actor_id,
        actor_name=event.actor_name,
        verb=event.verb,
        data=event.data,
        previous=event.previous,
        hash=event.hash,
    )
