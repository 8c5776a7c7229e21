"""Who is to be told: exactly those who may act or see, asked of the rights when the message is delivered."""

from collections.abc import Iterable

from applications import clock
from applications.core.roles import ROLES
from applications.models import Case, Deadline, StandIn, Todo, User, Watch
from applications.permissions import holders, may_do, visible_cases
from applications.permissions_matter import away
from rectification.models import Complaint
from rectification.models.complaint import OFFICES
from rectification.permissions import owner_is_gone

LEVELS = ("community", "street", "county", "city", "province")
OFFICERS = {
    "street": "street_check",
    "county": "county_check",
    "city": "city_check",
    "province": "province_check",
}


def who_see(people: Iterable[User], case: Case) -> list[User]:
    """Return those of the people who may see the case now: neither strangers nor the recused."""
    found = {person.pk: person for person in people if person.is_active}
    return [person for person in found.values() if visible_cases(person).filter(pk=case.pk).exists()]


def doers(todo: Todo) -> list[User]:
    """Return exactly those who may do an open to-do now: not the barred, not the recused, stand-ins included."""
    if todo.state != Todo.State.OPEN:
        return []
    asked = [todo.assignee] if todo.assignee else list(holders(todo.permission, todo.path))
    candidates = [*asked, *substitutes(asked)]
    return who_see([person for person in candidates if may_do(person, todo).ok], todo.case)


def substitutes(people: Iterable[User]) -> list[User]:
    """Return who stands in for one of these people today; whether they may is asked separately."""
    today = clock.today()
    rows = StandIn.objects.filter(
        absent__in=[person.pk for person in people],
        ended_at__isnull=True,
        starts_on__lte=today,
        ends_on__gte=today,
    )
    return [row.substitute for row in rows.select_related("substitute")]


def with_right(right: str, case: Case) -> list[User]:
    """Return who holds a right on the case's region and may see the case."""
    return who_see(holders(right, case.path), case)


def community(case: Case) -> list[User]:
    """Return the people of the community itself."""
    return with_right("fill_application", case)


def officers(level: str, case: Case) -> list[User]:
    """Return the officers of a level for the case's region."""
    return with_right(OFFICERS[level], case)


def watchers(case: Case) -> list[User]:
    """Return who follows the case and may still see it."""
    rows = Watch.objects.filter(case=case).select_related("user")
    return who_see([row.user for row in rows], case)


def level_of(todo: Todo) -> str:
    """Return the level on which a to-do is done: the lowest one with a role that has its right, else the county's.

    What a third party does by assignment is watched over by the county that engaged it.
    """
    levels = [role.level for role in ROLES.values() if todo.permission and todo.permission in role.rights]
    if not levels:
        return "street"
    return min(levels, key=LEVELS.index)


def level_above(todo: Todo, case: Case) -> list[User]:
    """Return who gets the order when a to-do is long overdue: the next level's officers, above them the supervisors."""
    place = LEVELS.index(level_of(todo)) + 1
    if place >= len(LEVELS):
        return with_right("supervise", case)
    return officers(LEVELS[place], case)


def office(level: str, complaint: Complaint) -> list[User]:
    """Return the officers of a level for a complaint, but nobody who is kept away from it."""
    found = list(holders(OFFICERS[level], complaint.path))
    kept_off = away([person.pk for person in found], complaint.community)
    return [person for person in found if person.pk not in kept_off]


def having(complaint: Complaint) -> list[User]:
    """Return who has an open complaint: its owner, else the office that has not taken it yet."""
    if not complaint.is_open:
        return []
    if complaint.owner is not None and not owner_is_gone(complaint):
        return [complaint.owner]
    return office(complaint.level, complaint)


def above(complaint: Complaint) -> list[User]:
    """Return who is told of a complaint that is long overdue: the level above, above the last one the supervisors."""
    place = OFFICES.index(complaint.level) + 1
    if place < len(OFFICES):
        return office(OFFICES[place], complaint)
    return list(holders("supervise", complaint.path))


def concerned(deadline: Deadline) -> list[User]:
    """Return whom a deadline concerns: who may do its to-do, else who may do anything open of its case or matter."""
    if deadline.matter is not None:
        return having(Complaint.objects.select_related("owner", "community").get(matter=deadline.matter))
    if deadline.todo is not None:
        return doers(deadline.todo)
    todos = Todo.objects.filter(case=deadline.case, state=Todo.State.OPEN).select_related("assignee", "case")
    return [person for todo in todos for person in doers(todo)]
