"""States are moved by the mover; what has a history is saved so that the history sees it."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

from tests.house.source import APPS, named, python_files, tree

MOVER = "applications/actions/move.py"
CHAIN = {"objects", "filter", "exclude", "all", "select_for_update", "order_by", "using"}
# Updates through a related manager or a query set in a variable, on a model without history: (file, start of the call).
UNTRACKED: set[tuple[str, str]] = set()


def tracked_models() -> set[str]:
    """Return the names of the models with a history."""
    return {m.__name__ for m in apps.get_models() if hasattr(m._meta, "simple_history_manager_attribute")}


def targets(node: ast.AST) -> list[ast.expr]:
    """Return what an assignment writes to."""
    if isinstance(node, ast.Assign):
        return [part for target in node.targets for part in getattr(target, "elts", [target])]
    if isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        return [node.target]
    return []


def writes_state(node: ast.AST) -> bool:
    """Whether the node writes an attribute named ``state``, also by ``setattr`` or by a query set's ``update``."""
    if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets(node)):
        return True
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id == "setattr":
        return isinstance(node.args[1], ast.Constant) and node.args[1].value == "state"
    updates = isinstance(node.func, ast.Attribute) and node.func.attr == "update"
    return updates and any(keyword.arg == "state" for keyword in node.keywords)


def chain(node: ast.expr) -> tuple[str, set[str]]:
    """Return the name an expression starts from, and the attributes it goes through."""
    names: set[str] = set()
    while isinstance(node, (ast.Attribute, ast.Call)):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            node = node.value
        else:
            node = node.func
    return (node.id if isinstance(node, ast.Name) else ""), names


def updates_of_query_sets(module: ast.AST, known: dict[str, str] | None = None) -> list[tuple[ast.Call, str]]:
    """Return each ``update`` of a query set with the name its chain starts from, looked up through local variables."""
    found, variables = [], dict(known or {})
    for node in ast.iter_child_nodes(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found += updates_of_query_sets(node, variables)
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name):
                root, names = chain(inner.value)
                if names & CHAIN:
                    variables[inner.targets[0].id] = variables.get(root, root)
            if (
                isinstance(inner, ast.Call)
                and isinstance(inner.func, ast.Attribute)
                and inner.func.attr == "update"
            ):
                root, names = chain(inner.func.value)
                if names & CHAIN or root in variables:
                    found.append((inner, variables.get(root, root)))
    return found


def test_state_is_written_only_by_the_mover() -> None:
    found = [
        f"{named(path)}:{node.lineno}"  # type: ignore[attr-defined]
        for path in python_files(*APPS)
        if named(path) != MOVER
        for node in ast.walk(tree(path))
        if writes_state(node)
    ]
    assert found == []
    assert any(writes_state(node) for node in ast.walk(tree(Path(__file__).resolve().parents[2] / MOVER)))


def test_what_has_a_history_is_never_updated_past_it() -> None:
    models, tracked = {model.__name__ for model in apps.get_models()}, tracked_models()
    found = []
    for path in python_files(*APPS):
        for call, root in updates_of_query_sets(tree(path)):
            text = ast.unparse(call)
            known = any(
                (named(path), text[: len(start)]) == (file, start)
                for file, start in UNTRACKED
                if file == named(path)
            )
            if root in tracked or (root not in models and not known):
                found.append(f"{named(path)}:{call.lineno} {text[:80]}")
    assert found == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("case.state = 'open'", True),
        ("a, case.state = 1, 2", True),
        ("setattr(case, 'state', 1)", True),
        ("Case.objects.filter(pk=1).update(state='x')", True),
        ("case.stage = 'open'", False),
        ("known = case.state == 'open'", False),
    ],
)
def test_the_rule_on_states_sees_every_way_of_writing(line: str, caught: bool) -> None:
    assert any(writes_state(node) for node in ast.walk(ast.parse(line))) is caught


@pytest.mark.parametrize(
    ("line", "roots"),
    [
        ("Case.objects.filter(pk=1).update(path='/')", ["Case"]),
        ("case.todos.filter(pk=1).update(path='/')", ["case"]),
        ("Case.objects.update(path='/')", ["Case"]),
        ("def f():\n    rows = Case.objects.all()\n    rows.update(path='/')", ["Case"]),
        ("if x:\n    some = Case.objects.filter(a=1)\n    some.filter(b=2).update(path='/')", ["Case"]),
        ("digest.update(b'')", []),
        ("self.kept.update(a=1)", []),
    ],
)
def test_the_rule_on_updates_tells_query_sets_from_other_things(line: str, roots: list[str]) -> None:
    assert [root for _call, root in updates_of_query_sets(ast.parse(line))] == roots
