"""Who opened what, for those who answer for it."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from applications.models import Access, Evidence, User
from applications.permissions import grants, not_recused, scope
from applications.permissions_evidence import shown_to
from applications.permissions_matter import not_kept_away
from applications.queries.intake import LEVELS

READERS = (
    "audit",
    *(f"{level}_check" for level in LEVELS),
)  # the auditor and the offices that own the region


def may_read(user: User) -> bool:
    """Whether the person reads such a record anywhere."""
    return any(right in grants(user) for right in READERS)


def accesses(user: User) -> QuerySet[Access]:
    """Return the openings on the cases and complaints that the person's office owns or audits, newest first.

    Nothing of a case that a recusal keeps them from, nothing of a complaint about a community that they are kept away
    from, and nothing of a file that is hidden from them for a time.
    """
    places = ("case__path", "matter__community__region__path")
    ours = reduce(or_, (scope(user, right, place) for right in READERS for place in places))
    known = Q(evidence__isnull=True) | Q(evidence__in=Evidence.objects.filter(shown_to(user)).values("pk"))
    rows = Access.objects.filter(ours, known).filter(not_recused(user, "case"))
    rows = rows.filter(not_kept_away(user, "matter__community"))
    joined = ("user", "case__community", "matter__community", "matter__complaint")
    return rows.select_related(*joined).order_by("-pk")
