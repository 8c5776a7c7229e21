"""What people type into a search box, and what it matches."""

from django.db.models import Q

LONGEST = 60
MOST_WORDS = 5


def cleaned(text: str) -> str:
    """Return what was typed without signs that no name has (a database refuses some of them), cut to a line."""
    return "".join(sign for sign in text if sign.isprintable())[:LONGEST].strip()


def holding(word: str, field: str) -> Q:
    """Return the filter for fields that hold a word.

    Chinese has no capitals: without UPPER() PostgreSQL knows from its statistics how many rows will match.
    """
    return Q(**{f"{field}__{'icontains' if word.isascii() else 'contains'}": word})


def words_in(text: str) -> list[str]:
    """Return the words of a search, the first few of them."""
    return cleaned(text).split()[:MOST_WORDS]


def matching(text: str, case: str = "") -> Q:
    """Return the filter for cases whose community's name or own number holds every word of the text.

    ``case`` is the path to the case (``case__``). A word of two Chinese characters is a word: no index is asked for
    three.
    """
    query = Q()
    for word in words_in(text):
        found = holding(word, f"{case}community__name")
        if word.isascii():
            found |= Q(**{f"{case}number__contains": word.upper()})
        query &= found
    return query
