"""How residents find a community: text brought to one form, so that blanks and a missing “社区” do no harm.

What was typed is looked for as it stands, then word by word; what is still not found (a wrong character, a district
before a name) is found by the pieces of two characters that it has in common with a community's names.
"""

import unicodedata

# What people leave out or add: it tells no community from another.
COMMON = ("社区居民委员会", "居民委员会", "社区居委会", "居委会", "社区")
LONGEST = 60  # characters of a search


def normalise(text: str) -> str:
    """Return a text without blanks and punctuation, full-width and upper case brought to one form."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LN")


def core_of(text: str) -> str:
    """Return the normalised text without the words common to all communities, unless nothing else is left."""
    plain = normalise(text)
    for word in COMMON:
        plain = plain.replace(word, "") or plain
    return plain


def pieces(text: str) -> set[str]:
    """Return the single characters and pairs of neighbours of a text, by which it is found."""
    plain = core_of(text)
    return set(plain) | {plain[at : at + 2] for at in range(len(plain) - 1)}


def asked(text: str) -> list[str]:
    """Return the pieces a search asks for: pairs, or the one character where only one was typed."""
    plain = core_of(text[:LONGEST])
    if len(plain) < 2:
        return list(plain)
    return sorted({plain[at : at + 2] for at in range(len(plain) - 1)})


def words_of(text: str) -> list[str]:
    """Return the single words of what was typed, in the form they are compared."""
    return [word for word in map(core_of, text[:LONGEST].split()) if word]


def enough(wanted: int) -> int:
    """Return how many of the wanted pieces a community must have to be shown at all: half of them, rounded up."""
    return -(-wanted // 2)


def says_nothing(text: str) -> bool:
    """Whether a text holds only what all communities have in common (“社区”), so that it narrows nothing."""
    return normalise(text) in COMMON
