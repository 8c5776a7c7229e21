"""``manage.py verify_todos``: the projection agrees with the engine, and is mended where somebody changed it by hand."""

from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from viewflow.workflow.models import Task

from applications.models import Deadline, Todo
from tests.cast import Cast
from tests.workflow import short
from workflow.projection import differences


def found() -> list[tuple[str, str]]:
    return [(difference.kind, difference.field) for difference in differences()]


def test_the_projection_of_a_case_on_its_road_agrees(cast: Cast, capsys: Any) -> None:
    short.at_street(cast)

    call_command("verify_todos")

    assert "agrees" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("path", "36/"),
        ("permission", "county_check"),
        ("node", "application.fill"),
        ("due_on", date(2030, 1, 1)),
    ],
)
def test_a_to_do_that_was_changed_by_hand_is_named_and_mended(
    cast: Cast, capsys: Any, field: str, value: Any
) -> None:
    todo = short.open_todo(short.at_street(cast))
    Todo.objects.filter(pk=todo.pk).update(**{field: value})

    assert found() == [("wrong", field)]
    with pytest.raises(CommandError):
        call_command("verify_todos")
    call_command("verify_todos", repair=True)

    assert f"to-do {todo.pk}: {field} is" in capsys.readouterr().out
    assert found() == []
    todo.refresh_from_db()
    assert getattr(todo, field) != value


def test_a_task_without_a_to_do_gets_one(cast: Cast) -> None:
    todo = short.open_todo(short.at_street(cast))
    Deadline.objects.filter(todo=todo).delete()
    todo.delete()
    assert found() == [("missing", "")]

    call_command("verify_todos", repair=True)

    again = short.open_todo(todo.case)
    assert (again.node, again.permission, again.due_on) == (todo.node, todo.permission, again.deadline.due_on)
    assert found() == []


def test_a_to_do_whose_task_is_over_is_cancelled(cast: Cast) -> None:
    todo = short.open_todo(short.at_street(cast))
    Task.objects.filter(pk=todo.task_id).update(status="DONE")
    assert found() == [("orphan", "")]

    call_command("verify_todos", repair=True)

    assert Todo.objects.get(pk=todo.pk).state == "cancelled"
