"""Rating sheets against reading the same sheets from SQLite, in one process and one run.

The yardstick is the least anybody must do to get at a sheet: read its facts and judgements, a row each, and parse their
values. The engine gets the same sheets as mappings, checks each whole, and rates it; ``with ledger`` also makes every
line of the ledger with its reason, ``with digest`` hashes the result. Goal: rating at most five times the reading, with
memory that does not grow with the number of sheets.

Run with ``python -m tests.bench.rating_bench [SHEETS]`` (100,000 unless told).
"""

from __future__ import annotations

import json
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from applications.core import standard
from applications.core.faults import Faults
from applications.core.rating import Result, rate_many

GOAL = 5.0
CHUNK = 2_000
USED = standard.default()
JUDGED = [key for key, item in USED.indicators.items() if item.qualitative]


def make_survey(chance: random.Random) -> dict[str, int]:
    """A valid survey round."""
    valid = chance.randint(200, 400)
    very = chance.randint(0, valid)
    satisfied = chance.randint(0, valid - very)
    return {
        "distributed": valid,
        "returned": valid,
        "valid": valid,
        "very_satisfied": very,
        "satisfied": satisfied,
        "neutral": valid - very - satisfied,
        "dissatisfied": 0,
        "very_dissatisfied": 0,
    }


def make_facts(chance: random.Random) -> dict[str, Any]:
    """Facts that agree with each other, around the thresholds of the standard."""
    grids = [chance.randint(280, 520) for _ in range(chance.randint(3, 8))]
    workers = chance.randint(6, 30)
    few = chance.randint
    return {
        "households": sum(grids),
        "urban_residents": sum(grids) * 3,
        "community_workers": workers,
        "certified_workers": few(0, workers),
        "college_workers": few(0, workers),
        "registered_volunteers": few(50, 1200),
        "office_service_area_m2": f"{few(200, 900)}.{few(0, 99):02}",
        "elderly_service_area_m2": f"{few(150, 400)}.5",
        "worker_avg_pay_yuan": few(40_000, 80_000),
        "local_avg_wage_yuan": few(50_000, 70_000),
        "county_leader_visits": few(0, 2),
        "street_leader_visits": few(1, 3),
        "cobuild_activities_by_quarter": [few(0, 3) for _ in range(4)],
        "cobuild_urgent_issues_solved": few(0, 2),
        "smart_featured_services": few(0, 2),
        "grid_households": grids,
        "grid_fulltime_workers": [1] * len(grids),
        "party_member_services_min": few(0, 2),
        "elderly_visit_pct_by_month": [100] * 11 + [few(99, 100)],
        "collective_activities_by_quarter": [few(0, 3) for _ in range(4)],
        "service_brand_projects": few(0, 1),
        "registered_community_social_orgs": few(8, 16),
        "worker_consultation_items": few(1, 3),
        "resident_consultation_items": few(1, 3),
        "consultations_by_quarter": [few(0, 2) for _ in range(4)],
        "survey": make_survey(chance),
    }


def fill(database: sqlite3.Connection, sheets: int) -> int:
    """Write the sheets, a row for each fact and each judgement; returns the number of rows."""
    database.execute(
        "CREATE TABLE entry (sheet INTEGER, place INTEGER, kind TEXT, key TEXT, value TEXT, PRIMARY KEY (sheet, place)) WITHOUT ROWID"
    )
    chance = random.Random(1609)

    def rows() -> Iterator[tuple[int, int, str, str, str]]:
        for sheet in range(sheets):
            missed = set(chance.sample(JUDGED, chance.randint(0, 8)))
            entries = [("fact", key, json.dumps(value)) for key, value in make_facts(chance).items()]
            entries += [("judgement", key, json.dumps(key not in missed)) for key in JUDGED]
            for place, (kind, key, value) in enumerate(entries):
                yield sheet, place, kind, key, value

    database.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", rows())
    database.commit()
    found: int = database.execute("SELECT count(*) FROM entry").fetchone()[0]
    return found


def read(database: sqlite3.Connection, first: int, last: int) -> Iterator[dict[str, Any]]:
    """The sheets from ``first`` up to ``last``, each gathered from its rows with their values parsed."""
    facts: dict[str, Any] = {}
    not_met: list[str] = []
    current = first
    loads = json.loads
    for sheet, kind, key, value in database.execute(
        "SELECT sheet, kind, key, value FROM entry WHERE sheet >= ? AND sheet < ? ORDER BY sheet, place",
        (first, last),
    ):
        if sheet != current:
            yield {"standard": USED.code, "application_year": 2026, "facts": facts, "not_met": not_met}
            facts, not_met, current = {}, [], sheet
        parsed = loads(value)
        if kind == "fact":
            facts[key] = parsed
        elif not parsed:
            not_met.append(key)
    yield {"standard": USED.code, "application_year": 2026, "facts": facts, "not_met": not_met}


def star(result: Result) -> int:
    """What a list of stars needs of a result."""
    return result.star


def ledger(result: Result) -> int:
    """Every line of the ledger with its reason."""
    return sum(len(line.reason) > 0 for line in result.indicators.values())


def hashed(result: Result) -> int:
    """The digest that pins the result."""
    return len(result.digest)


@dataclass
class Spent:
    """Seconds by part of the work, and the stars counted."""

    reading: float = 0.0
    rating: float = 0.0
    faulty: int = 0


def pass_over(database: sqlite3.Connection, sheets: int, use: Callable[[Result], int]) -> Spent:
    """Read and rate chunk by chunk, timing the two apart; the memory of one chunk is all that is held."""
    spent = Spent()
    for first in range(0, sheets, CHUNK):
        started = time.perf_counter()
        chunk = list(read(database, first, min(first + CHUNK, sheets)))
        read_at = time.perf_counter()
        for result in rate_many(USED, {}, chunk):
            if isinstance(result, Faults):
                spent.faulty += 1
            else:
                use(result)
        spent.reading += read_at - started
        spent.rating += time.perf_counter() - read_at
    return spent


def peak_mib() -> float:
    """The most memory this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(sheets: int) -> dict[str, Any]:
    """Fill a database, go over it, and return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "sheets.sqlite3")
        database.execute("PRAGMA synchronous=OFF")
        rows = fill(database, sheets)
        tenth = pass_over(database, max(sheets // 10, 1), star)
        early = peak_mib()
        whole = pass_over(database, sheets, star)
        late = peak_mib()
        part = max(sheets // 10, 1)
        lines, digests = pass_over(database, part, ledger), pass_over(database, part, hashed)
        database.close()
    assert whole.faulty == tenth.faulty == 0
    return {
        "sheets": sheets,
        "rows": rows,
        "reading_s": whole.reading,
        "rating_s": whole.rating,
        "ratio": whole.rating / whole.reading,
        "ratio_with_ledger": lines.rating / lines.reading,
        "ratio_with_digest": digests.rating / digests.reading,
        "peak_mib": late,
        "grown_mib": late - early,
    }


def main() -> int:
    """Print the figures; status 1 where the goal is missed."""
    sheets = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    found = measure(sheets)
    each = 1e6 / sheets
    print(f"{sheets} sheets, {found['rows']} rows, standard {USED.code} {USED.digest[:12]}")
    print(f"reading  {found['reading_s']:.2f} s  ({found['reading_s'] * each:.0f} us a sheet)")
    print(f"rating   {found['rating_s']:.2f} s  ({found['rating_s'] * each:.0f} us a sheet)")
    print(f"ratio    {found['ratio']:.2f}  (goal: at most {GOAL:.0f})")
    print(
        f"ratio with every ledger line {found['ratio_with_ledger']:.2f}, with the digest {found['ratio_with_digest']:.2f}"
    )
    print(
        f"memory   peak {found['peak_mib']:.0f} MiB, {found['grown_mib']:.1f} MiB more than after a tenth of the sheets"
    )
    return 0 if found["ratio"] <= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
