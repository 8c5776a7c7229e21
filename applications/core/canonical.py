"""One spelling for everything that is hashed or shown: canonical JSON, SHA-256, exact and shown numbers."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from fractions import Fraction

from applications.core.quantity import Number


def canonical_json(value: object) -> str:
    """JSON with sorted keys, no spaces and no escapes; the same content always gives the same text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(value: object) -> str:
    """SHA-256 (hex) over the canonical JSON of ``value``."""
    return hashlib.sha256(canonical_json(value).encode("utf-8", "backslashreplace")).hexdigest()


def exact(value: Number) -> str:
    """An exact rational as text: ``"30"`` or ``"200/11"``."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{value.numerator}/{value.denominator}"


def decimal_text(value: Number) -> str:
    """Points as a decimal string without trailing zeros (``"10.5"``); a value no decimal can hold stays a fraction."""
    top, bottom = value.numerator, value.denominator
    places = 0
    while bottom != 1:
        for factor in (10, 5, 2):
            if bottom % factor == 0:
                bottom //= factor
                top *= 10 // factor
                places += 1
                break
        else:
            return exact(value)
    if not places:
        return str(top)
    sign = "-" if top < 0 else ""
    digits = str(abs(top)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def round_half_up(value: Number, places: int) -> Number:
    """Half away from zero for the non-negative numbers of a rating (四舍五入)."""
    scale = 10**places
    whole = (value.numerator * scale * 2 + value.denominator) // (value.denominator * 2)
    return Fraction(whole, scale)


def round_half_even(value: Number, places: int) -> Number:
    """GB/T 8170 (四舍六入五成双): exactly half goes to the even neighbour, everything else to the nearest."""
    scale = 10**places
    return Fraction(round(Fraction(value) * scale), scale)


def shown(value: Number, places: int = 2) -> str:
    """A number for reading, half up to ``places`` decimals, without trailing zeros; never compared with anything."""
    return shown_pair(value.numerator, value.denominator, places)


def shown_pair(top: int, bottom: int, places: int = 2) -> str:
    """``shown`` of ``top``/``bottom``, which need not be reduced."""
    if bottom == 1:
        return str(top)
    scale = 10**places
    whole, rest = divmod((abs(top) * scale * 2 + bottom) // (bottom * 2), scale)
    sign = "-" if top < 0 else ""
    return f"{sign}{whole}.{rest:0{places}}".rstrip("0") if rest else f"{sign}{whole}"


def plain(value: object) -> object:
    """Content made JSON-safe for hashing and storing: every number as decimal text, everything else as it is.

    ``5``, ``5.0`` and ``"5"`` become the same text, so that a standard keeps its digest through any JSON store.
    """
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, float):
        return plain(Decimal(repr(value)))
    if isinstance(value, Decimal):
        return (
            decimal_text(Fraction(value)) if value.is_finite() and abs(value.adjusted()) < 100 else str(value)
        )
    if isinstance(value, (int, Fraction)):
        return decimal_text(value)
    return str(value)
