"""Sentences that name field, value and remedy, and the exception that carries several of them at once.

The core knows no translation machinery. A sentence is a Chinese template with named fields and its parameters; the Django
side hands ``translate`` its own gettext. ``N_`` does nothing but mark a template so that extraction finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

LONGEST_QUOTE = 40


def N_(message: str) -> str:
    """Mark ``message`` for extraction and return it unchanged."""
    return message


@dataclass(frozen=True)
class Sentence:
    """A Chinese template (the msgid) and what stands in its fields; a parameter may be a sentence itself."""

    template: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format_map(self.params) if self.params else self.template


def translate(sentence: Sentence, gettext: Callable[[str], str]) -> str:
    """The sentence in another language: its template through ``gettext``, nested sentences likewise."""
    params = {
        name: translate(value, gettext) if isinstance(value, Sentence) else value
        for name, value in sentence.params.items()
    }
    template = gettext(sentence.template)
    return template.format_map(params) if params else template


@dataclass(frozen=True)
class Fault:
    """What is wrong with one key of a sheet, a form or a standard file."""

    key: str
    template: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> Sentence:
        """The sentence as template and parameters, for translation."""
        return Sentence(self.template, self.params)

    @property
    def sentence(self) -> str:
        """The Chinese sentence."""
        return str(self.text)

    def line(self) -> str:
        """One line for a terminal: the key, then the sentence."""
        return " ".join(f"{self.key}: {self.sentence}".split())


class Faults(Exception):
    """One or more faults, all told at once (the rule 一次性告知 holds for machines too)."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(fault.line() for fault in self.faults))

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.faults)

    def __len__(self) -> int:
        return len(self.faults)


def one(key: str, template: str, /, **params: object) -> Faults:
    """The exception for a single fault."""
    return Faults([Fault(key, template, params)])


def quoted(value: object) -> object:
    """A value as it may stand inside a sentence: short, on one line, and safe however hostile it is."""
    if value is None:
        return Sentence(N_("空值"))
    if isinstance(value, bool):
        return Sentence(N_("“是”") if value else N_("“否”"))
    if isinstance(value, int) and value.bit_length() > 100:
        return Sentence(N_("一个超过30位的整数"))
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) > LONGEST_QUOTE:
        return Sentence(N_("一个大小离谱的数"))
    if isinstance(value, Fraction):
        value = f"{value.numerator}/{value.denominator}"
    if isinstance(value, (str, int, float, Decimal)):
        text = str(value)
        cut = text[:LONGEST_QUOTE] + ("…" if len(text) > LONGEST_QUOTE else "")
        return "“" + "".join(char if char.isprintable() else "�" for char in cut) + "”"
    if isinstance(value, (list, tuple)):
        return Sentence(N_("一个列表（{count}项）"), {"count": len(value)})
    if isinstance(value, Mapping):
        return Sentence(N_("一组键值（{count}项）"), {"count": len(value)})
    return Sentence(N_("一个不认识的值"))


def safe_key(value: object) -> str:
    """A hostile mapping key as it may stand before the colon of a fault line."""
    text = value if isinstance(value, str) else str(quoted(value))
    cut = text[:LONGEST_QUOTE]
    return "".join(char if char.isprintable() else "�" for char in cut) or "(空)"
