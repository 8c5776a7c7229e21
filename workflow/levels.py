"""The standards in use and the levels they award: what the public pages name, offer and count by.

In use is a standard that some batch has opened under; before the first batch, the newest that was published.
"""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from applications.core.standard import Standard as Rules
from applications.models import Batch, Standard
from applications.queries.standards import standard_of
from applications.words import grade_words, printed, star_words

KEPT = 60  # seconds, as long as a page itself is kept
KEY = "portal-standards"


@dataclass(frozen=True)
class Level:
    """A level as the public pages offer it: its number, and what the standards in use call it."""

    star: int
    name: str


def in_use() -> list[Rules]:
    """Return the standards in use, newest first (one statement in a minute)."""
    known: list[tuple[int, str]] | None = cache.get(KEY)
    if known is None:
        opened = Batch.objects.filter(standard=OuterRef("pk"), state__in=("open", "closed"))
        rows = Standard.objects.exclude(state=Standard.State.DRAFT).annotate(used=Exists(opened))
        found = list(rows.order_by("-used", "-registered_at", "-pk").values_list("pk", "digest", "used"))
        known = [(pk, digest) for pk, digest, used in found if used] or [row[:2] for row in found[:1]]
        cache.set(KEY, known, KEPT)
    return [standard_of(Standard(pk=pk, digest=digest)) for pk, digest in known]


def levels() -> list[Level]:
    """Return every level that the standards in use award, the highest first and the one below the table last."""
    names: dict[int, list[str]] = {}
    for rules in in_use():
        for row in (*rules.stars, rules.below):
            name = grade_words(rules, row.stars)
            if name not in names.setdefault(row.stars, []):
                names[row.stars].append(name)
    named = [Level(star, _("、").join(names[star])) for star in sorted(names, reverse=True)]
    return named or [Level(star, star_words(star)) for star in (5, 4, 3, 0)]


def basis() -> str:
    """Return the standards in use as a reader cites them: DB36/T 1609-2022《……》."""
    cited = [
        _("%(code)s《%(title)s》") % {"code": rules.code, "title": printed(rules.title)} for rules in in_use()
    ]
    return _("；").join(cited)


def title() -> str:
    """Return the title of the standard in use; nothing where there are several or none."""
    rules = in_use()
    return printed(rules[0].title) if len(rules) == 1 else ""
