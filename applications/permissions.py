"""Who may do what: one SQL scope filter and the verdicts built on it.

A right is held through memberships (``Membership`` -> group -> guardian permission on a ``Region``) of the person
and of those they stand in for today. Everything is read in one query and kept on the user object, which lives no
longer than a request, so that a revoked right ends at once.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Left
from django.db.models.lookups import Exact, IsNull
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermission

from applications import clock
from applications.core.roles import ROLES
from applications.core.verdict import YES, Verdict, no
from applications.kept import Kept
from applications.lookups import Plain
from applications.models import (
    Assignment,
    Case,
    Membership,
    Organisation,
    Recusal,
    StandIn,
    Todo,
    TodoBar,
    User,
)

Grants = dict[str, list[str]]


@dataclass(frozen=True)
class Lent:
    """A right that somebody holds on a path only because they stand in for an absent colleague (``lender``)."""

    right: str
    path: str
    lender: int


class Ties(NamedTuple):
    """Whether there is anything of a person that widens or narrows what the rights on regions give."""

    assigned: bool = True
    manages: bool = True
    recused: bool = True
    barred: bool = True
    stands_in: bool = True


STAND_IN_ROLES = [role.key for role in ROLES.values() if role.stand_in]
COUNTY_LENGTH = len("36/3601/360102/")  # every province numbers its divisions alike (GB/T 2260)
Person = User | AnonymousUser


def acting_for(user: User) -> QuerySet[StandIn]:
    """Return the stand-ins by which this person acts for somebody absent today."""
    today = clock.today()
    return StandIn.objects.filter(
        substitute=user,
        ended_at__isnull=True,
        starts_on__lte=today,
        ends_on__gte=today,
        absent__is_active=True,
    )


def in_force() -> QuerySet[Membership]:
    """Return the memberships that are good today."""
    today = clock.today()
    return Membership.objects.filter(active=True, since__lte=today, organisation__active=True).filter(
        Q(until__isnull=True) | Q(until__gte=today)
    )


def active_memberships(user: User) -> QuerySet[Membership]:
    """Return the memberships that give this person rights today, those of absent colleagues included.

    A stand-in acts for a colleague, in the office they share, and no longer than they themselves work there.
    """
    offices = in_force().filter(user=user).values("organisation")
    absent = Q(user__pk__in_array=acting_for(user).values("absent"))
    lent = absent & Q(role__in=STAND_IN_ROLES, organisation__pk__in_array=offices)
    return in_force().filter(Q(user=user) | lent)


def grants(user: Person) -> Grants:
    """Return for every right the region paths on which it is held (one query, then kept on the user object)."""
    if not isinstance(user, User) or not user.is_active:
        return {}
    kept: Grants | None = getattr(user, "_grants", None)
    if kept is None:
        rows = _GRANTS.rows(user.pk, given=(clock.today(),))
        found = dict.fromkeys(row[:3] for row in rows)
        kept = defaultdict(list)
        for right, path in dict.fromkeys(row[:2] for row in found if row[0]):
            kept[right].append(path)
        own = {row[:2] for row in found if row[2] == user.pk}
        lent = [Lent(*row) for row in found if row[0] and row[2] != user.pk and not _within(row, own)]
        user._grants, user._lent, user._in_office = dict(kept), lent, bool(found)  # type: ignore[attr-defined]
        user._ties = Ties(*map(bool, rows[0][3:])) if rows else Ties()  # type: ignore[attr-defined]
        kept = user._grants  # type: ignore[attr-defined]
    return kept


def lent_rights(user: Person) -> list[Lent]:
    """Return what the person may do only as somebody's stand-in."""
    grants(user)
    return list(getattr(user, "_lent", []))


def lenders(user: Person, right: str, path: str) -> set[int]:
    """Return for whom the person would use a right that is not their own there; nobody where it is their own."""
    return {row.lender for row in lent_rights(user) if row.right == right and path.startswith(row.path)}


def _within(row: tuple[str, str, int], own: Iterable[tuple[str, str]]) -> bool:
    """Whether a lent right is the person's own there anyway."""
    right, path, _lender = row
    return any(right == held and path.startswith(where) for held, where in own)


def in_office(user: Person) -> bool:
    """Whether the person holds any office today; who holds none works no longer, by assignment or by name either."""
    grants(user)
    return bool(getattr(user, "_in_office", False))


def ties(user: User) -> Ties:
    """Return what is known to be empty of a person, so that statements need not ask for it.

    A person of a request that only reads (``reads_only``, set by the middleware that finds out who asks) lives no
    longer than one page and changes nothing: there, what was read together with the rights stays true as they do. For
    anybody else all of it is asked anew in each statement.
    """
    if not getattr(user, "reads_only", False):
        return Ties()
    grants(user)
    found: Ties = user._ties  # type: ignore[attr-defined]
    return found


def _granted(_day: date, user: int) -> QuerySet[Membership, Any]:
    """Return the query of ``grants`` and ``ties``: right, path and whose membership; the day is in the statement."""
    own = Membership.objects.filter(user=user, active=True, role="agency_manager")
    return active_memberships(User(pk=user)).values_list(
        "group__groupobjectpermission__permission__codename",
        "region__path",
        "user",
        Exists(Assignment.objects.filter(user=user, active=True)),
        Exists(own),
        Exists(Recusal.objects.filter(user=user, lifted_at__isnull=True)),
        Exists(TodoBar.objects.filter(user=user)),
        Exists(acting_for(User(pk=user))),
    )


_GRANTS = Kept(_granted)


def paths(user: Person, right: str) -> list[str]:
    """Return the region paths on which the person holds a right."""
    return grants(user).get(right, [])


def below(path_list: Iterable[str], field: str) -> Q:
    """Return the filter "``field`` lies in one of these regions"; nothing matches an empty list."""
    query = Q(pk__in=[])
    for path in path_list:
        query |= Q(**{f"{field}__inside": path})
    return query


def scope(user: Person, right: str, field: str = "path") -> Q:
    """Return the one SQL filter of every list: rows whose ``field`` lies where the person holds the right."""
    return below(paths(user, right), field)


def holds(user: Person, right: str, path: str) -> bool:
    """Whether the person holds the right on this region or one above it."""
    return any(path.startswith(held) for held in paths(user, right))


def assigned_case(user: Person) -> Q:
    """Return the filter on cases that a person sees by assignment or as manager of the engaged agency.

    An assignment is good for its own round: who goes on takes it along, and who left does not see through the old one.
    """
    if not isinstance(user, User) or not user.is_active or not in_office(user):
        return Q(pk__in=[])
    tied, found = ties(user), Q(pk__in=[])
    if tied.assigned:
        assignments = Assignment.objects.filter(user=user, active=True, round=F("case__round"))
        found |= Q(pk__in_array=assignments.values("case"))
    if tied.manages:
        managed = active_memberships(user).filter(user=user, role="agency_manager")
        agencies = Organisation.objects.filter(kind=Organisation.Kind.AGENCY, memberships__in=managed)
        found |= Q(agency__pk__in_array=agencies.values("pk"))
    return found


def not_recused(user: Person, case: str = "pk") -> Q:
    """Return the filter that takes out what a recusal keeps the person from."""
    if not isinstance(user, User) or not ties(user).recused:
        return Q()
    return ~Q(Exists(Recusal.objects.filter(case=OuterRef(case), user=user, lifted_at__isnull=True)))


def visible_cases(user: Person) -> QuerySet[Case]:
    """Return the cases that a person may see: by region or by assignment, never where recused."""
    return Case.objects.filter(scope(user, "view_case") | assigned_case(user)).filter(not_recused(user))


def may_see(user: Person, case: Case) -> bool:
    """Whether a person may see one case that was read already: the same rule as ``visible_cases``."""
    if holds(user, "view_case", case.path):
        return isinstance(user, User) and not is_recused(user, case)
    return visible_cases(user).filter(pk=case.pk).exists()


def is_recused(user: User, case: Case) -> bool:
    """Whether a recusal in force keeps the person from the case."""
    return bool(_RECUSALS.rows(case.pk, user.pk))


def _recusals(case: int, user: int) -> QuerySet[Recusal, Any]:
    return Recusal.objects.filter(case=case, user=user, lifted_at__isnull=True).order_by().values_list("pk")


_RECUSALS = Kept(_recusals)


def may_on_case(user: Person, right: str, case: Case) -> Verdict:
    """Whether the person may use a right on this case: held on its region, not recused."""
    if not isinstance(user, User) or not user.is_active:
        return no(_("请先登录。"))
    if is_recused(user, case):
        return no(_("您已回避该案卷，不能查看或办理。"))
    if not holds(user, right, case.path):
        return no(_("您没有在该地区办理此事项的权限。"))
    return YES


def within(path: str, field: str = "path") -> Q:
    """Return the filter "lies in this region"; a county is one value of an index that keeps its rows in order."""
    if len(path) == COUNTY_LENGTH and connection.vendor == "postgresql":
        return Q(Exact(Left(field, COUNTY_LENGTH), path))
    return Q(**{f"{field}__inside": path})


def shares(user: Person) -> list[tuple[str, list[str]]]:
    """Return regions with the rights held on them, so that no right is named twice for one place."""
    by_path: dict[str, list[str]] = defaultdict(list)
    for right, held in grants(user).items():
        for path in set(held):
            if not any(path != wider and path.startswith(wider) for wider in held):
                by_path[path].append(right)
    return [(path, sorted(rights)) for path, rights in sorted(by_path.items())]


def todo_branches(user: Person) -> list[QuerySet[Todo]]:
    """Return the open to-dos of exactly what this person may do now, in parts that have none in common.

    Each part is one a database can read in order of the due date from an index; put together by OR they are not.
    """
    if not isinstance(user, User) or not user.is_active:
        return []
    if not in_office(user):
        return []
    # what was given to a person by name (a judgement, a vote) carries no right and is theirs alone; what was a shared
    # step is theirs as long as they hold its right
    tied, named = ties(user), Q(assignee=user)
    if tied.stands_in:
        named |= Q(assignee__pk__in_array=acting_for(user).values("absent"), permission__gt="")
    held = Q(permission="")
    for path, rights in shares(user):
        held |= Q(path__inside=path, permission__in=rights)
    parts = [named & held]
    for path, rights in shares(user):
        parts.append(Q(within(path), IsNull(Plain("assignee"), True), permission__in=rights))
    rows = Todo.objects.filter(not_recused(user, "case"), state=Todo.State.OPEN)
    if tied.barred:
        rows = rows.filter(~Exists(TodoBar.objects.filter(todo=OuterRef("pk"), user=user)))
    for row in lent_rights(user):
        lender = TodoBar.objects.filter(todo=OuterRef("pk"), user=row.lender)
        rows = rows.exclude(Exists(lender), permission=row.right, path__startswith=row.path)
    return [rows.filter(part) for part in parts]


def open_todos(user: Person) -> QuerySet[Todo]:
    """Return the open to-dos of exactly what this person may do now."""
    branches = todo_branches(user)
    return reduce(or_, branches) if branches else Todo.objects.none()


def may_do(user: Person, todo: Todo) -> Verdict:
    """Whether this person may do this to-do, and the reason where not."""
    if not isinstance(user, User) or not user.is_active:
        return no(_("请先登录。"))
    found = _HINDRANCES.rows(todo.pk, todo.case_id, user.pk)
    if found:
        return no(_(found[0][0]) if found[0][0] else _("您已回避该案卷，不能查看或办理。"))
    if not in_office(user):
        return no(_("您目前没有在任的职务，不能办理。"))
    if todo.assignee_id and todo.permission and not holds(user, todo.permission, todo.path):
        return no(_("您没有在该地区办理此事项的权限。"))
    if _lender_is_barred(user, todo):
        return no(
            _("您代理的人员经办过前一环节，不能由其代理人办理此事项；请由本单位其他有此职责的人员办理。")
        )
    if todo.assignee_id:
        if todo.assignee_id == user.pk:
            return YES
        if todo.permission and acting_for(user).filter(absent=todo.assignee_id).exists():
            return YES
        return no(_("该待办由%(name)s办理。") % {"name": todo.assignee})
    if holds(user, todo.permission, todo.path):
        return YES
    return no(_("您没有在该地区办理此事项的权限。"))


def _lender_is_barred(user: User, todo: Todo) -> bool:
    """Whether the person would act with the right of somebody who must not do it: four eyes, not four hands of one."""
    absent = lenders(user, todo.permission, todo.path)
    return bool(absent) and TodoBar.objects.filter(todo=todo, user__in=absent).exists()


def _hindrances(todo: int, case: int, user: int) -> QuerySet[TodoBar, Any]:
    """Return why a person may not do a to-do; a recusal sorts before a bar: it says no more than it must."""
    nothing = Value("", output_field=CharField())
    recused = Recusal.objects.filter(case=case, user=user, lifted_at__isnull=True)
    bars = TodoBar.objects.filter(todo=todo, user=user).annotate(why=F("reason")).values_list("why")
    return bars.union(recused.annotate(why=nothing).values_list("why"), all=True).order_by("why")


_HINDRANCES = Kept(_hindrances)


def holders(right: str, path: str) -> QuerySet[User]:
    """Return the active people who hold a right on this region or one above it, stand-ins not included."""
    return holders_of_any([right], path)


def holders_of_any(rights: Iterable[str], path: str) -> QuerySet[User]:
    """Return the active people who hold one of these rights on this region or one above it, stand-ins not included."""
    prefixes = [path[: index + 1] for index, sign in enumerate(path) if sign == "/"]
    return _in_office(rights, memberships__region__path__in=prefixes)


def holders_below(right: str, path: str) -> QuerySet[User]:
    """Return the active people who hold a right on this region or one below it, stand-ins not included."""
    return _in_office([right], memberships__region__path__startswith=path)


def _in_office(rights: Iterable[str], **place: Any) -> QuerySet[User]:
    today = clock.today()
    granted = GroupObjectPermission.objects.filter(permission__codename__in=list(rights)).values("group")
    in_office = Q(memberships__until__isnull=True) | Q(memberships__until__gte=today)
    return User.objects.filter(  # one filter call: one and the same membership has to meet all of it
        in_office,
        is_active=True,
        memberships__active=True,
        memberships__since__lte=today,
        memberships__organisation__active=True,
        memberships__group__in=granted,
        **place,
    ).distinct()
