"""The core's sentences in the reader's language, and the names of stars."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, gettext_noop, ngettext, npgettext
from django.utils.translation import gettext_lazy as _

from applications.core.elements import FactSpec
from applications.core.faults import Sentence, translate
from applications.core.standard import Standard

STARS = {
    0: _("不定星级"),
    1: _("一星级"),
    2: _("二星级"),
    3: _("三星级"),
    4: _("四星级"),
    5: _("五星级"),
}


OFFICIAL_STARS = ("不定星级", "一星级", "二星级", "三星级", "四星级", "五星级")


def official_star(stars: int) -> str:
    """Return the name of a star level as official papers write it, whatever language the person reads."""
    return OFFICIAL_STARS[stars]


TWINS = Path(__file__).resolve().parent / "standards"


@cache
def twin(language: str) -> Mapping[str, str]:
    """Return the texts of the standards in a language: the twin files of ``standards/<language>/``."""
    found: dict[str, str] = {}
    for path in sorted((TWINS / language).glob("*.yaml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def data_words(text: str) -> str:
    """Return a text of a standard in the reader's language; itself where the language's twin does not have it."""
    return twin((get_language() or "zh").partition("-")[0]).get(text, text)


BETWEEN = re.compile(r"(?<=[\u3000-\u9fff”》）])([,;:])(?=[\u3000-\u9fff“《（])")
BRACKETS = re.compile(r"\(([^()]*[\u4e00-\u9fff][^()]*)\)")
WIDE = {",": "，", ";": "；", ":": "："}


MISSED_BASIC = gettext_noop("基础项未达到：%(content)s")  # stored in Chinese, with the standard's words
MISSED = MISSED_BASIC.partition("%")[0]


def printed(text: str) -> str:
    """Return a text of a standard as a page prints it: between Chinese characters the signs are Chinese, too."""
    if text.startswith(MISSED):
        return gettext(MISSED_BASIC) % {"content": printed(text.removeprefix(MISSED))}
    said = BRACKETS.sub(r"（\1）", data_words(text))
    return BETWEEN.sub(lambda found: WIDE[found[1]], said)


def words(text: object) -> str:
    """Return a sentence of the core through the catalogue, the names in it through the twins of the standards."""
    return translate(_with_names(text), gettext) if isinstance(text, Sentence) else data_words(str(text))


def _with_names(sentence: Sentence) -> Sentence:
    return Sentence(sentence.template, {key: _named(value) for key, value in sentence.params.items()})


def _named(value: object) -> object:
    """Return what stands in a sentence as its reader's language writes it: names, days, measured numbers."""
    if isinstance(value, Sentence):
        return _with_names(value)
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return (
        data_words(value) if isinstance(value, str) and not NUMBER.fullmatch(value) else number_words(value)
    )


NUMBER = re.compile(r"-?\d+(\.\d+)?")


def number_words(value: object) -> str:
    """Return a number as the reader's language writes it: 12,345 in English, 12345 in Chinese; other text as it is.

    Meant for amounts: never for codes, years and numbers of documents, and never for the value of an input.
    """
    text = str(value)
    if not NUMBER.fullmatch(text):
        return text
    whole, dot, rest = text.partition(".")
    return f"{number_format(int(whole), force_grouping=True)}{dot}{rest}" if abs(int(whole)) > 999 else text


def value_words(spec: FactSpec, value: object) -> str:
    """Return a declared value as its reader's language writes it, the unit behind: 1、1、2、1 次 or 1, 1, 2, 1 times."""
    if value is None or value == "":
        return ""
    if str(value) == "1":
        return data_words(f"1 {spec.unit}".rstrip())
    parts = value if isinstance(value, (list, tuple)) else [value]
    text, unit = gettext("、").join(number_words(part) for part in parts), data_words(spec.unit)
    return f"{text}{unit}" if unit == "%" else f"{text} {unit}".rstrip()


def own_grade(standard: Standard, stars: int) -> str:
    """Return the standard's own name of a level where that is not the usual one (“A级”), else nothing."""
    label = standard.star_label(stars)
    usual = OFFICIAL_STARS[stars] if stars < len(OFFICIAL_STARS) else ""
    return "" if label in (usual, usual.removesuffix("级")) else label


def official_grade(standard: Standard, stars: int) -> str:
    """Return the name of a level of this standard as official papers write it."""
    return own_grade(standard, stars) or official_star(stars)


def star_words(stars: int) -> str:
    """Return the name of a star level."""
    return str(STARS.get(stars, stars))


def grade_words(standard: Standard, stars: int) -> str:
    """Return the name of a level of this standard in the reader's language."""
    own = own_grade(standard, stars)
    return data_words(own) if own else star_words(stars)


def term_words(days: int, unit: str) -> str:
    """Return a term as people say it: 5个工作日, 7天, 1年."""
    if unit == "working":
        return ngettext("%(n)d个工作日", "%(n)d个工作日", days) % {"n": days}
    if unit == "year":
        return ngettext("%(n)d年", "%(n)d年", days) % {"n": days}
    return ngettext("%(n)d天", "%(n)d天", days) % {"n": days}


def points_words(points: object) -> str:
    """Return an amount of points: 1.5 分."""
    return npgettext("amount", "%(n)s 分", "%(n)s 分", 1 if str(points) == "1" else 2) % {"n": points}
