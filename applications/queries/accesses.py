"""Who opened what, for those who answer for it."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from applications.models import Access, Evidence, User
from applications.permissions import grants, not_recused, scope
from applications.permissions_evidence import shown_to
from applications.queries.intake import LEVELS

READERS = ("audit", *(f"{level}_check" for level in LEVELS))  # the auditor and the offices that own the case


def may_read(user: User) -> bool:
    """Whether the person reads such a record anywhere."""
    return any(right in grants(user) for right in READERS)


def accesses(user: User) -> QuerySet[Access]:
    """Return the openings on the cases that the person's office owns or audits, newest first.

    Nothing of a case that a recusal keeps them from, and nothing of a file that is hidden from them for a time.
    """
    ours = reduce(or_, (scope(user, right, "case__path") for right in READERS))
    known = Q(evidence__isnull=True) | Q(evidence__in=Evidence.objects.filter(shown_to(user)).values("pk"))
    rows = Access.objects.filter(ours, known).filter(not_recused(user, "case"))
    return rows.select_related("user", "case__community").order_by("-pk")
