"""Points as people read them: exact fractions of the core as decimal text."""

from fractions import Fraction

from django import template

from applications.core.canonical import decimal_text

register = template.Library()


@register.filter
def points(value: object) -> str:
    """``Fraction(3, 2)`` -> ``1.5``; anything else as its text."""
    return decimal_text(value) if isinstance(value, (int, Fraction)) else str(value)
