"""Short ways to a place on the road, without papers: what is tested here is the desk, not the application."""

from datetime import date, timedelta

from django.db import transaction

from applications.actions.turns import take
from applications.models import Assignment, Case, Recusal, Todo
from tests import road
from tests.cast import Cast
from tests.kept import kept


@kept
def at_street(cast: Cast) -> Case:
    """Return a case that lies with the street."""
    case = road.open_case(cast)
    with transaction.atomic():
        take(case, "application.fill", by=cast.clerk, at=cast.at).finish("pass")
    case.refresh_from_db()
    return case


@kept
def recuse(cast: Cast, who: str, case: Case) -> None:
    """Keep a person away from the case."""
    Recusal.objects.create(case=case, user=cast[who], reason="亲属在该社区任职", at=cast.at)


def open_todo(case: Case) -> Todo:
    """Return the one open to-do of a case."""
    return Todo.objects.select_related("run", "task").get(case=case, state="open")


def first_todo(case: Case) -> Todo:
    """Return the oldest open to-do of a case."""
    return Todo.objects.select_related("run", "task").filter(case=case, state="open").order_by("pk")[0]


def another(todo: Todo, due: date | None, **changes: object) -> Todo:
    """Return another open to-do like this one, with a task of its own."""
    task = todo.task
    task.pk, task._state.adding = None, True
    task.save()
    values = {"node": todo.node, "permission": todo.permission, "assignee": None, **changes}
    return Todo.objects.create(
        case=todo.case,
        run=todo.run,
        task=task,
        path=todo.path,
        due_on=due,
        created_at=todo.created_at,
        **values,
    )


def with_judges(cast: Cast, case: Case) -> dict[str, Todo]:
    """Give a case two judges whose work is open, by name."""
    first, made = open_todo(case), {}
    for name in ("reviewer", "reviewer2"):
        Assignment.objects.create(
            case=case, user=cast[name], duty="reviewer", assigned_by=cast.county, assigned_at=cast.at
        )
        due = cast.at.date() + timedelta(days=7)
        made[name] = another(first, due, node="review.judge", permission="", assignee=cast[name])
    return made
