"""The figures of a survey round and of service records, exact (R2-023 to R2-027, R4-068)."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from math import sqrt

from review.core.questionnaire import LEVELS

QUICK = timedelta(minutes=30)  # R2-026: response within 30 minutes
SOLVED_PCT = 90  # R2-027
EXCLUDED_PCT = (
    10  # more than this left out of the denominator is pointed out (inference; see ``Tally.distributed``)
)
CHECK_PCT = 10  # share of face-to-face forms to be checked (R3-131, R3-144: the ratio is data; inference)
MOST_SERIALS = 5000


@dataclass(frozen=True)
class Tally:
    """A round in figures.

    ``distributed``: links issued less those that never reached a respondent (address empty, sheet spoilt, issued
    twice). A refusal or nobody at home stays in: only what could not be answered by anybody leaves the denominator.
    ``returned``: every answer given; ``valid``: those neither voided nor from outside the community (R4-066).
    """

    issued: int
    excluded: int
    returned: int
    voided: int
    outsiders: int
    levels: Mapping[str, int]
    face: int
    face_checked: int

    @property
    def distributed(self) -> int:
        """Forms that reached a respondent."""
        return self.issued - self.excluded

    @property
    def valid(self) -> int:
        """Answers that count."""
        return self.returned - self.voided - self.outsiders

    @property
    def online(self) -> int:
        """Answers given through a link."""
        return self.returned - self.face

    @property
    def return_pct(self) -> Fraction | None:
        """The return rate in percent, None while nothing was distributed."""
        return Fraction(self.returned * 100, self.distributed) if self.distributed else None

    @property
    def valid_pct(self) -> Fraction | None:
        """The share of valid answers among those returned."""
        return Fraction(self.valid * 100, self.returned) if self.returned else None

    @property
    def satisfied_pct(self) -> Fraction | None:
        """The share of 非常满意 and 满意 among the valid answers, for information (the engine computes its own)."""
        top = self.levels.get("very_satisfied", 0) + self.levels.get("satisfied", 0)
        return Fraction(top * 100, self.valid) if self.valid else None

    @property
    def checked_pct(self) -> Fraction | None:
        """The share of face-to-face forms that were checked."""
        return Fraction(self.face_checked * 100, self.face) if self.face else None

    def enough(self, needed: int | Fraction) -> bool:
        """Whether the return rate reaches ``needed`` percent; exactly is enough (R4-068)."""
        return self.distributed > 0 and self.returned * 100 >= self.distributed * needed

    def lacking(self, needed: int | Fraction) -> int:
        """How many more answers of those distributed would reach ``needed`` percent."""
        wanted = -(-Fraction(needed) * self.distributed // 100)
        return max(0, int(wanted) - self.returned)

    def fact(self) -> dict[str, int]:
        """The value of the survey fact, as the fact sheet has it."""
        counts = {level: self.levels.get(level, 0) for level in LEVELS}
        return {
            "distributed": self.distributed,
            "returned": self.returned,
            "valid": self.valid,
            **counts,
        }


@dataclass(frozen=True)
class Service:
    """The times of one service: asked for, answered, solved (None where it was not)."""

    category: str
    requested: datetime
    responded: datetime | None
    resolved: datetime | None


@dataclass(frozen=True)
class ServiceFigures:
    """Services in figures; rates are None where there is nothing to divide by."""

    count: int
    responded: int
    quick: int
    resolved: int
    mean_minutes: Fraction | None
    by_category: Mapping[str, int]

    @property
    def quick_pct(self) -> Fraction | None:
        """The share answered within 30 minutes, of all that were asked for."""
        return Fraction(self.quick * 100, self.count) if self.count else None

    @property
    def resolved_pct(self) -> Fraction | None:
        """The share solved, of all that were asked for."""
        return Fraction(self.resolved * 100, self.count) if self.count else None


def service_figures(services: Iterable[Service]) -> ServiceFigures:
    """Return count, mean time to the response, share within 30 minutes and share solved (R2-024)."""
    rows = list(services)
    waits = [row.responded - row.requested for row in rows if row.responded is not None]
    total = sum(waits, timedelta())
    mean = Fraction(total // timedelta(seconds=1), 60 * len(waits)) if waits else None
    by_category: dict[str, int] = {}
    for row in rows:
        by_category[row.category] = by_category.get(row.category, 0) + 1
    return ServiceFigures(
        count=len(rows),
        responded=len(waits),
        quick=sum(wait <= QUICK for wait in waits),
        resolved=sum(row.resolved is not None for row in rows),
        mean_minutes=mean,
        by_category=by_category,
    )


def margin_pct(valid: int, frame: int) -> float | None:
    """Return the sampling error in percentage points at 95 % for the worst case, for information (R3-094)."""
    if valid <= 0 or frame <= 1 or valid > frame:
        return None
    return 98.0 * sqrt((frame - valid) / (frame - 1)) / sqrt(valid)


def draw(ids: Iterable[str], share_pct: int, seed: str) -> list[str]:
    """Return a random sample of at least ``share_pct`` percent: those whose digest with the seed comes first.

    Anybody with the seed, which goes into the log, draws the same again (R3-131).
    """
    known = sorted(ids)
    wanted = -(-len(known) * share_pct // 100)
    return sorted(known, key=lambda item: sha256(f"{seed}:{item}".encode()).hexdigest())[:wanted]


def serial_numbers(text: str) -> list[int]:
    """Return the numbers of a list such as ``12、15-18``; raises ``ValueError`` with the part that is none."""
    plain = unicodedata.normalize("NFKC", text).replace("、", ",").replace("至", "-").replace("—", "-")
    found: list[int] = []
    for part in plain.replace(" ", ",").split(","):
        first, dash, last = part.partition("-")
        if not part:
            continue
        numbers = [first, last] if dash else [first]
        if not all(number.isascii() and number.isdigit() and len(number) <= 6 for number in numbers):
            raise ValueError(part[:20])
        low, high = int(first), int(last if dash else first)
        if high < low or high - low > MOST_SERIALS:
            raise ValueError(part[:20])
        found += range(low, high + 1)
    return list(dict.fromkeys(found))
