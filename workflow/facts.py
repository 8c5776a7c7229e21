"""Everything a page counts, in one statement: tiles, tabs, the unread badge, and who the reader is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

from django.db.models import CharField, IntegerField, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from applications.core.roles import ROLES
from applications.models import Membership, User
from applications.permissions import todo_branches
from notifications.models import Notification
from notifications.queries import unread

MOST = 1000  # rows that are counted; beyond, a page says 999+
MOST_UNREAD = 100


class Many(int):
    """A number that says ``999+`` where counting stopped."""

    most = MOST

    def __str__(self) -> str:
        return f"{self.most - 1}+" if self >= self.most else int.__repr__(self)


class Capped(Subquery):
    """How many rows a query has, counted up to a limit: a county's 4,000 to-dos cost no more than 1,000."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    empty_result_set_value = 0  # a query that finds nothing for certain is not asked at all

    def __init__(self, rows: QuerySet[Any], most: int | None = MOST) -> None:
        super().__init__(rows.order_by().values("pk")[:most])


@dataclass
class Facts:
    """What the shell shows of a reader, and the counts that a page asked for along with it."""

    unread: int = 0
    told: int = 0
    mine: Many = field(default_factory=Many)
    role: str = ""
    counts: dict[str, Many] = field(default_factory=dict)


def counted(parts: Iterable[QuerySet[Any]], most: int = MOST) -> Combinable:
    """Return the number of rows of queries that have none in common."""
    return reduce(add, (Capped(part, most) for part in parts), Value(0, output_field=IntegerField()))


def facts_of(user: Any, *, count_mine: bool = True, **asked: list[QuerySet[Any]]) -> Facts:
    """Return the shell's facts and the counts of the given queries, each in parts without common rows; one statement.

    A page that counts the person's to-dos in groups leaves out their number and sums the groups.
    """
    if not isinstance(user, User):
        return Facts()
    first = Membership.objects.filter(user=user, active=True).order_by("pk")
    row = (
        User.objects.filter(pk=user.pk)
        .values(
            shell_unread=Capped(unread(user), MOST_UNREAD),
            shell_told=Capped(Notification.objects.filter(user=user), None),
            shell_mine=counted(todo_branches(user) if count_mine else []),
            shell_role=Subquery(first.values("role")[:1], output_field=CharField()),
            shell_office=Subquery(first.values("organisation__name")[:1], output_field=CharField()),
            **{f"of_{name}": counted(parts) for name, parts in asked.items()},
        )
        .get()
    )
    role = ROLES.get(row["shell_role"] or "")
    return Facts(
        unread=row["shell_unread"],
        told=row["shell_told"],
        mine=Many(row["shell_mine"]),
        role=f"{row['shell_office']} · {_(role.name)}" if role else "",
        counts={name: Many(row[f"of_{name}"]) for name in asked},
    )
