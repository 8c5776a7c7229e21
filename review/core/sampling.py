"""Stratified sampling of households: sample size, proportional allocation, a draw that anybody can repeat (R4-067, R3-125)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil

MOST_STRATA, LARGEST = 200, 100_000
RESERVE_PCT = (
    20  # households drawn beyond the sample, for addresses that turn out to be empty or wrong (inference)
)
MARGIN_PCT = 5  # the sampling error a proposal aims at, at 95 % and in the worst case (practice 4.1)
_LINE = re.compile(r"(?P<name>.*?)[\s,:、]+(?P<size>[0-9]+)(?:户)?")


@dataclass(frozen=True)
class Stratum:
    """A part of the frame, such as a grid, and how many households it has."""

    name: str
    households: int


def read_strata(text: str) -> list[Stratum]:
    """Return the strata of a text, one a line as ``网格1 410``; raises ``ValueError`` with the line that is none."""
    found = []
    for raw in unicodedata.normalize("NFKC", text).splitlines():
        line = raw.strip()
        if not line:
            continue
        match = _LINE.fullmatch(line)
        if match is None or not match["name"].strip() or not 1 <= int(match["size"][:9]) <= LARGEST:
            raise ValueError(line[:40])
        found.append(Stratum(match["name"].strip()[:40], int(match["size"])))
    return found


def proposed(households: int) -> int:
    """Return the sample that keeps the error within ``MARGIN_PCT`` points for a frame of this size; at least 1."""
    if households < 1:
        return 1
    wanted = 0.25 * (1.96 / (MARGIN_PCT / 100)) ** 2
    return min(households, ceil(wanted / (1 + (wanted - 1) / households)))


def allocate(sizes: Sequence[int], sample: int) -> list[int]:
    """Return how many of ``sample`` fall to each part, in proportion to its size (largest remainders, ties in order).

    No part gets more than it has; where there are enough, every part gets at least one.
    """
    total = sum(sizes)
    if not total:
        return [0 for _size in sizes]
    sample = min(sample, total)
    shares = [size * sample // total for size in sizes]
    order = sorted(range(len(sizes)), key=lambda place: (-(sizes[place] * sample % total), place))
    for place in order[: sample - sum(shares)]:
        shares[place] += 1
    if sample >= sum(size > 0 for size in sizes):
        for place, size in enumerate(sizes):
            if size and not shares[place]:
                shares[max(range(len(shares)), key=shares.__getitem__)] -= 1
                shares[place] = 1
    return shares


def drawn(seed: str, place: int, households: int, wanted: int) -> list[int]:
    """Return the numbers of the households drawn in a stratum, in the order of the draw.

    A household's number is its line in the register of the stratum. Anybody with the seed draws the same again.
    """
    numbers = range(1, households + 1)
    order = sorted(numbers, key=lambda number: sha256(f"{seed}:{place}:{number}".encode()).hexdigest())
    return order[:wanted]


def with_reserve(sample: int, households: int) -> int:
    """Return how many are drawn for a sample of a stratum, the reserve included."""
    return min(households, sample + ceil(sample * RESERVE_PCT / 100))
