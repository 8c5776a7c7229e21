"""Exact numbers from whatever was written in a file, a store or a form: an int, a Fraction, or a sentence why not."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from applications.core.faults import N_, Sentence, quoted

Number = int | Fraction

LARGEST = 10**12
MOST_PLACES = 40
LONGEST = 200
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?\Z")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\Z")

NOT_A_NUMBER = N_("{value}不是数字，请改为数字。")
TOO_LARGE = N_("{value}大得不合常理（最大{largest}），请核对。")
TOO_FINE = N_("{value}的小数位数过多（最多{places}位），请缩短。")


def read_number(raw: object) -> Number | Sentence:
    """``raw`` as an exact number, or the sentence that says what is wrong with it."""
    if type(raw) is int:
        return raw if -LARGEST <= raw <= LARGEST else _too_large(raw)
    if isinstance(raw, bool):
        return Sentence(NOT_A_NUMBER, {"value": quoted(raw)})
    if isinstance(raw, str):
        text = raw.strip()
        if len(text) > LONGEST or not _PLAIN.match(text):
            return Sentence(NOT_A_NUMBER, {"value": quoted(raw)})
        return _bounded(Decimal(text), raw)
    if isinstance(raw, float):
        return _bounded(Decimal(repr(raw)), raw)
    if isinstance(raw, Decimal):
        return _bounded(raw, raw)
    if isinstance(raw, Fraction):
        return tidy_number(raw) if abs(raw) <= LARGEST else _too_large(raw)
    return Sentence(NOT_A_NUMBER, {"value": quoted(raw)})


def _bounded(value: Decimal, raw: object) -> Number | Sentence:
    """The exponent is looked at before anything is expanded: 1e999999999 must cost nothing."""
    if not value.is_finite():
        return Sentence(NOT_A_NUMBER, {"value": quoted(raw)})
    if not value:
        return 0
    if value.adjusted() > 12:
        return _too_large(raw)
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, str) and exponent < -MOST_PLACES:  # zeros at the end are no places
        exponent += next(count for count, digit in enumerate(reversed(digits)) if digit)
    if not isinstance(exponent, str) and exponent < -MOST_PLACES:
        return Sentence(TOO_FINE, {"value": quoted(raw), "places": MOST_PLACES})
    number = tidy_number(Fraction(value))
    return number if -LARGEST <= number <= LARGEST else _too_large(raw)


def tidy_number(value: Number) -> Number:
    """An int where the value is whole: ints are what the engine is fast with."""
    return value.numerator if value.denominator == 1 else value


def _too_large(raw: object) -> Sentence:
    return Sentence(TOO_LARGE, {"value": quoted(raw), "largest": LARGEST})


def typed_text(raw: str, unit: str = "") -> str:
    """What a person typed, made plain: full-width digits, thousand separators, spaces and a repeated unit removed."""
    text = raw.strip()
    if unit and text.endswith(unit):
        text = text[: -len(unit)]
    text = unicodedata.normalize("NFKC", text).strip()
    narrow_unit = unicodedata.normalize("NFKC", unit)
    if narrow_unit and text.endswith(narrow_unit):
        text = text[: -len(narrow_unit)].strip()
    if _GROUPED.match(text):
        text = text.replace(",", "")
    return text
