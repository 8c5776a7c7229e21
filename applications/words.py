"""The core's sentences in the reader's language, and the names of stars."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from applications.core.faults import Sentence, translate

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
    """Return the names and short texts of the standards in a language: the twin files of ``standards/<language>/``."""
    found: dict[str, str] = {}
    for path in sorted((TWINS / language).glob("*.yaml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def data_words(text: str) -> str:
    """Return a name or short text of a standard in the reader's language; itself where its twin does not have it."""
    language = (get_language() or "").partition("-")[0]
    return text if language == "zh" else twin(language).get(text, text)


def words(text: object) -> str:
    """Return a sentence of the core through the catalogue, the names in it through the twins of the standards."""
    return translate(_with_names(text), gettext) if isinstance(text, Sentence) else data_words(str(text))


def _with_names(sentence: Sentence) -> Sentence:
    params = {
        key: _with_names(value)
        if isinstance(value, Sentence)
        else data_words(value)
        if isinstance(value, str)
        else value
        for key, value in sentence.params.items()
    }
    return Sentence(sentence.template, params)


def star_words(stars: int) -> str:
    """Return the name of a star level."""
    return str(STARS.get(stars, stars))
