"""A rating's sentences for a reader of another language: told anew from the kept sheet, never by changing what is kept.

The sentences of a rating are stored in Chinese, as they were when it was made. Where the reader's language is another
one, the sheet is rated again; if the digest is the stored one, the sentences of that result say the same thing, and
they can be translated. Otherwise the stored Chinese is shown.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.core.faults import Faults, Sentence
from applications.core.rating import Result
from applications.words import words
from review.models import Rating
from review.queries.sheets import recomputed


def retold(rating: Rating) -> Result | None:
    """Return the rating worked out again for a reader of another language; None where the stored words are to stand."""
    if (get_language() or "zh").startswith("zh"):
        return None
    try:
        found = recomputed(rating)
    except Faults:
        return None
    return found if found.digest == rating.digest else None


def together(sentences: Iterable[Sentence]) -> str:
    """Return reasons in one line, in the reader's language."""
    return _("；").join(words(sentence) for sentence in sentences)


def result_words(rating: Rating, found: Result | None) -> Mapping[str, Any]:
    """Return a rating's stored result with its sentences in the reader's language, where they can be told anew."""
    if found is None:
        return rating.result
    reasons = {line.award.id: words(line.reason) for line in found.awards}
    return {
        **rating.result,
        "held_by": [words(sentence) for sentence in found.held_by],
        "warnings": [words(sentence) for sentence in found.warnings],
        "awards": [{**row, "reason": reasons[row["id"]]} for row in rating.result["awards"]],
    }
