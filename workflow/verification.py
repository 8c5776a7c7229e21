"""Proving the chains: every event, every digest an event vouches for, every anchored head."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from applications import clock
from applications.actions import deadlines, intake_clock
from applications.core import chain
from applications.core.faults import Faults
from applications.core.working_days import Calendar
from applications.models import Deadline, Event
from applications.queries.papers import broken_paper
from applications.workdays import calendar
from rectification.queries.complaint_proofs import broken_complaint, complaints_outside_the_log
from review.queries.vouching import (
    broken_announcement,
    broken_rating,
    broken_votes,
    outside_the_log,
    unlike_its_source,
)
from workflow import anchors

FIRST_YEAR, YEARS = date(2000, 1, 1), 200  # every calendar there can be, read once
HEADS = 400  # of an anchored line that are compared with one statement


@dataclass(frozen=True)
class Finding:
    """A broken place: the case, the position in its chain (0 for a row that no entry vouches for) and why."""

    case: str
    seq: int
    why: str

    @property
    def sentence(self) -> str:
        """The place and why; a row that stands outside the log has no position in it."""
        return f"{self.case} 第{self.seq}条：{self.why}" if self.seq else f"{self.case}：{self.why}"


# verb -> a check of what the event vouches for; it returns a sentence where the record no longer matches.
VOUCHED: dict[str, Callable[[Event], str | None]] = {
    "rate": broken_rating,
    "decide": broken_rating,
    "close_vote": broken_votes,
    "publish_notice": broken_announcement,
    "announce": broken_announcement,
    "revoke_award": broken_announcement,
    "lower_award": broken_announcement,
    "issue_paper": broken_paper,
    "file_complaint": broken_complaint,
}


def broken_chains() -> Iterator[Finding]:
    """Yield the first broken entry of every chain that does not hold."""
    rows = Event.objects.select_related("case", "matter").order_by("case_id", "matter_id", "seq")
    for _of, events in groupby(rows.iterator(chunk_size=2000), key=lambda row: (row.case_id, row.matter_id)):
        listed = list(events)
        number = listed[0].of
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


def broken_rows() -> Iterator[Finding]:
    """Yield the rows that no entry of the log vouches for, and what says something else than what it comes from."""
    for number, why in (*outside_the_log(), *unlike_its_source(), *complaints_outside_the_log()):
        yield Finding(number, 0, why)
    yield from broken_deadlines()


def broken_deadlines() -> Iterator[Finding]:
    """Yield the open terms whose due date is not what their ledger comes to, or whose ledger the log knows nothing of."""
    days = calendar(FIRST_YEAR, YEARS, before=0)
    rows = (
        Deadline.objects.filter(state__in=deadlines.OPEN)
        .select_related("case", "matter")
        .prefetch_related("entries")
    )
    for deadline in rows.order_by("case_id", "matter_id", "pk").iterator(chunk_size=500):
        why = _unlike_ledger(deadline, days)
        if why:
            yield Finding(deadline.of, 0, f"期限 {deadline.term}（{deadline.due_on}）{why}")


def _unlike_ledger(deadline: Deadline, days: Calendar) -> str | None:
    lines = list(deadline.entries.all())
    if lines:
        told = Event.objects.filter(
            case=deadline.case_id, matter=deadline.matter_id, at__in=[line.at for line in lines]
        )
        known = set(told.values_list("at", "actor_id"))
        strange = [
            line for line in lines if (line.at, line.by_id) not in known or clock.day_of(line.at) != line.on
        ]
        if strange:
            return f"的{strange[0].get_kind_display()}记录没有相应的事件记录"
    if deadline.term == intake_clock.TERM and deadline.todo_id is None:
        returned = Event.objects.filter(case=deadline.case_id, verb="return_application").count()
        if returned != sum(line.kind == "pause" for line in lines):
            return "的暂停记录与退回补正的次数不符"
    try:
        due = deadlines.account(deadline, days).due
    except Faults as error:
        return f"的记录自相矛盾：{error.faults[0].sentence}"
    return None if due in (None, deadline.due_on) else f"与其记录推算的{due}不符"


def broken_anchors() -> Iterator[Finding]:
    """Yield the cases whose chain no longer carries an anchored head: cut, or recomputed as a whole."""
    seen: set[str] = set()
    for line, heads in anchors.anchored():
        for number, seq, digest, hashes in _beside_the_log(heads):
            if number in seen or hashes.get((number, seq)) == digest:
                continue
            seen.add(number)
            why = "记录链已被整体改写" if (number, seq) in hashes else "记录已被截去"
            yield Finding(number, seq, f"{why}:与锚定文件第{line}行不符")
    for number in anchors.not_anchored():
        if number not in seen:
            yield Finding(number, 0, "有记录登记为已锚定，锚定文件中却没有：登记已被改动")


def _beside_the_log(heads: anchors.Heads) -> Iterator[tuple[str, int, str, dict[tuple[str, int], str]]]:
    """Yield the heads of a line, each with the hashes that the log has at these places.

    A few hundred heads are looked up at a time: a province's whole log is not read into memory.
    """
    listed = [(number, int(seq), str(digest)) for number, (seq, digest) in heads.items()]
    for first in range(0, len(listed), HEADS):
        some = listed[first : first + HEADS]
        numbers, places = [number for number, _seq, _digest in some], {seq for _number, seq, _digest in some}
        hashes: dict[tuple[str, int], str] = {}
        for of in ("case__number", "matter__number"):
            rows = Event.objects.filter(**{f"{of}__in": numbers}, seq__in=places)
            hashes |= {(number, seq): digest for number, seq, digest in rows.values_list(of, "seq", "hash")}
        for number, seq, digest in some:
            yield number, seq, digest, hashes


def broken_copy(path: Path) -> Iterator[str]:
    """Yield where a copy of the public heads that somebody kept no longer holds against the file and the database."""
    ours = dict(anchors.digests())
    hashes = set(Event.objects.values_list("hash", flat=True))
    for place, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            line = json.loads(raw)
            number, digest, heads = line["line"], line["digest"], line["heads"]
        except (ValueError, KeyError, TypeError):
            yield f"留存文件第{place}行无法读取"
            continue
        if ours.get(number) != digest:
            yield f"锚定文件第{number}行与留存的不一致"
        if any(head not in hashes for head in heads):
            yield f"留存文件第{place}行的锚定值在数据库中已不存在：记录已被截去或整体改写"


def _entry(event: Event) -> chain.Entry:
    return chain.Entry(
        case=event.of,
        seq=event.seq,
        at=clock.iso(event.at),
        actor=event.actor_id,
        actor_name=event.actor_name,
        verb=event.verb,
        data=event.data,
        previous=event.previous,
        hash=event.hash,
    )
