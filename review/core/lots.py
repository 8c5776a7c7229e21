"""Drawing a sample that anybody can draw again: who is drawn follows from the seed and the codes alone."""

from collections.abc import Iterable
from hashlib import sha256

LEAST_SHARE = 10  # per cent a year (practice 3.3)


def size(number: int, share: int) -> int:
    """Return how many of a number a share in per cent is, rounded up: at least one where there is any."""
    return -(-number * share // 100)


def drawn(codes: Iterable[str], share: int, seed: str) -> list[str]:
    """Return the codes that a seed draws, in the order of SHA-256 over seed and code; their order before is of no matter."""
    ordered = sorted(codes, key=lambda code: sha256(f"{seed}:{code}".encode()).hexdigest())
    return ordered[: size(len(ordered), share)]
