"""How a measure comes from facts: a definition compiled to a function from flat facts to an exact (top, bottom) pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from applications.core.elements import Definition
from applications.core.facts import Values

Flat = Mapping[str, Any]  # numbers and tuples of numbers; ``survey.valid`` stands beside ``survey``
Pair = tuple[int, int]
Compute = Callable[[Flat], Pair]


def flatten(values: Values) -> dict[str, Any]:
    """The values with every field of a survey under ``fact.field``, so that one lookup finds anything."""
    flat: dict[str, Any] = dict(values)
    for key, value in values.items():
        if isinstance(value, Mapping):
            for field, count in value.items():
                flat[f"{key}.{field}"] = count
    return flat


def compile_definition(definition: Definition) -> Compute:
    """The function that computes a definition; its divisor must have been found positive before it is called."""
    times = Fraction(definition.times)
    top, bottom, per = times.numerator, times.denominator, definition.per
    inner = _compile_terms(definition)
    if not per and times == 1:
        return inner

    def plain(values: Flat) -> Pair:
        a, b = inner(values)
        return a * top, b * bottom

    def divided(values: Flat) -> Pair:
        a, b = inner(values)
        divisor = values[per]
        return a * divisor.denominator * top, b * divisor.numerator * bottom

    return divided if per else plain


def _compile_terms(definition: Definition) -> Compute:
    first = definition.terms[0][0]
    if definition.how == "value":

        def value(values: Flat) -> Pair:
            found = values[first]
            return found.numerator, found.denominator

        return value
    if definition.how in ("min", "max"):
        pick: Callable[[Any], Any] = min if definition.how == "min" else max

        def extreme(values: Flat) -> Pair:
            found = pick(values[first])
            return found.numerator, found.denominator

        return extreme
    if definition.how == "mean":

        def mean(values: Flat) -> Pair:
            entries = values[first]
            total = sum(entries)
            return total.numerator, total.denominator * len(entries)

        return mean
    return _compile_sum(definition)


def _compile_sum(definition: Definition) -> Compute:
    terms = definition.terms

    def total(values: Flat) -> Pair:
        found: Any = 0
        for ref, weight in terms:
            value = values[ref]
            found += (sum(value) if isinstance(value, tuple) else value) * weight
        return found.numerator, found.denominator

    return total


def substituted(definition: Definition, swaps: Mapping[str, str]) -> Definition:
    """The definition with some facts taken in place of others."""
    if not swaps:
        return definition
    terms = tuple((swaps.get(ref, ref), weight) for ref, weight in definition.terms)
    return replace(definition, terms=terms, per=swaps.get(definition.per, definition.per))


AS_IS, ROUNDED, TRUNCATED = 0, 1, 2
OPS = {">=": 0, ">": 1, "<": 2, "<=": 3, "==": 4}


def adjusted(pair: Pair, how: int) -> Pair:
    """The pair as it is, rounded half up to a whole number, or with its decimals dropped (A01)."""
    top, bottom = pair
    if how == ROUNDED:
        return (2 * top + bottom) // (2 * bottom), 1
    return (top // bottom, 1) if how == TRUNCATED else pair


def holds(op: int, pair: Pair, top: int, bottom: int) -> bool:
    """Whether ``pair`` stands in relation ``op`` to ``top``/``bottom``; by cross-multiplication, so exactly."""
    difference = pair[0] * bottom - top * pair[1]
    if op == 0:
        return difference >= 0
    if op == 1:
        return difference > 0
    if op == 2:
        return difference < 0
    return difference <= 0 if op == 3 else difference == 0
