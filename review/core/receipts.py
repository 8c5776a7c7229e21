"""Codes that people copy by hand: without letters that look alike, in groups of four."""

from collections.abc import Callable, Sequence

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U
GROUPS, SIZE = 4, 4


def compose(choose: Callable[[Sequence[str]], str]) -> str:
    """Return a code of sixteen characters (78 bits) drawn by ``choose``, a cryptographic choice."""
    return "-".join("".join(choose(ALPHABET) for _sign in range(SIZE)) for _group in range(GROUPS))


def tidy(typed: str) -> str:
    """Return a typed code in its written form: capitals, groups of four, whatever stood between them."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return "-".join(signs[at : at + SIZE] for at in range(0, len(signs), SIZE))
