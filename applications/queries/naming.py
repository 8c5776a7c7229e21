"""Communities by name or code, for lists that are searched."""

from django.db.models import Q

from applications.models import Community

FEW = 500  # communities that a statement names one by one; where more match, the list itself is read until a page is full


def holding(word: str, field: str) -> Q:
    """Return the filter for fields that hold a word.

    Chinese has no capitals: without UPPER() PostgreSQL knows from its statistics how many rows will match.
    """
    return Q(**{f"{field}__{'icontains' if word.isascii() else 'contains'}": word})


def few_communities(which: Q) -> list[int] | None:
    """Return the communities of a filter, None where they are too many to be named (one statement).

    A list of cases that is searched through a join reads all its rows; with the communities named it reads theirs.
    """
    found = list(Community.objects.filter(which).order_by().values_list("pk", flat=True)[: FEW + 1])
    return found if len(found) <= FEW else None
