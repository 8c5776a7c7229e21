"""What people type into a search box, and what it matches."""

import re
from collections.abc import Callable

from django.db.models import Q

from applications.queries.naming import few_communities, holding

Few = Callable[[Q], list[int] | None]

LONGEST = 60
MOST_WORDS = 5
CODE = re.compile(
    r"\d{4,}"
)  # so many digits in a row stand in a case's number for a division (or for the year)
YEAR = "XP"  # what stands before the year in a case's number


def cleaned(text: str) -> str:
    """Return what was typed without signs that no name has (a database refuses some of them), cut to a line."""
    return "".join(sign for sign in text if sign.isprintable())[:LONGEST].strip()


def words_in(text: str) -> list[str]:
    """Return the words of a search, the first few of them."""
    return cleaned(text).split()[:MOST_WORDS]


def matching(text: str, case: str = "", few: Few = few_communities) -> Q:
    """Return the filter for cases whose community's name or own number holds every word of the text.

    ``case`` is the path to the case (``case__``). A word of two Chinese characters is a word: no index is asked for
    three. A number is known by its beginning, with or without the letters before the year, or by four digits in a
    row of the community's code. One statement a lookup (``few``), over the communities: of the cases only those are
    read that match, or, where many communities do, the newest until a page is full.
    """
    query = Q()
    for word in words_in(text):
        query &= _named(word, case, few) | (
            _numbered(word.upper(), case, few) if word.isascii() else Q(pk__in=[])
        )
    return query


def lookups(text: str) -> list[Q]:
    """Return the lookups of communities that ``matching`` will ask for."""
    asked: list[Q] = []

    def noted(which: Q) -> list[int]:
        asked.append(which)
        return []

    matching(text, few=noted)
    return asked


def _named(word: str, case: str, few: Few) -> Q:
    found = few(holding(word, "name"))
    if found is None:
        return holding(word, f"{case}community__name")
    return Q(**{f"{case}community__in": found})


def _numbered(word: str, case: str, few: Few) -> Q:
    query = Q(**{f"{case}number__startswith": word}) | Q(**{f"{case}number__startswith": f"{YEAR}{word}"})
    digits = max(CODE.findall(word), key=len, default="")
    found = few(Q(code__contains=digits)) if digits else []
    inside = Q(**{f"{case}number__contains": word})
    return query | (inside if found is None else inside & Q(**{f"{case}community__in": found}))
