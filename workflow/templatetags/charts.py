"""Filters of the figures: measures as SVG attributes and cells as people read them."""

from datetime import date

from django import template
from django.utils.formats import date_format

from applications.words import number_words

register = template.Library()


@register.filter
def rem(value: float) -> str:
    """A length for an SVG attribute, with a decimal point whatever the language: ``2.5rem``."""
    return f"{round(float(value), 3):g}rem"


@register.filter
def units(value: float) -> str:
    """A measure in a drawing's own units, with a decimal point whatever the language."""
    return f"{round(float(value), 1):g}"


@register.filter
def cell(value: object) -> str:
    """A table's cell: dates and numbers as the language writes them, nothing as a dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, int | float):
        return number_words(value)
    return str(value)
