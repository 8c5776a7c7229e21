"""The core's sentences in the reader's language, and the names of stars."""

from django.utils.translation import gettext
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


def words(text: object) -> str:
    """Return a sentence of the core through the catalogue; anything else as its text."""
    return translate(text, gettext) if isinstance(text, Sentence) else str(text)


def star_words(stars: int) -> str:
    """Return the name of a star level."""
    return str(STARS.get(stars, stars))
