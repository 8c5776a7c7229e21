"""The direction of imports."""

import ast

import pytest
from importlinter.cli import lint_imports

from tests.house.source import ROOT, functions, named, python_files, tree

# Everything else is imported at the top of its file. Each entry: file, module, and why it cannot stand there.
INSIDE_FUNCTIONS = {
    (
        "applications/errors.py",
        "applications.clock",
    ): "the clock reads models, and models' actions raise these errors",
    (
        "notifications/robots.py",
        "notifications.apprised",
    ): "apprise takes a second to load: only a worker that speaks to a robot needs it",
    ("workflow/anchorfile.py", "fcntl"): "file locks are not on every system",
}
READY = "only ready() runs late enough: models, flows and receivers need the app registry"

# core is given the moment and the data; it never asks the world for them.
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
WORLD = {
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "time",
    "sqlite3",
    "urllib.request",
    "tempfile",
    "shutil",
}
READS_THE_STANDARD = {"applications/core/standard.py"}


def test_import_contracts_of_the_architecture_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    # its own logging would switch off every logger of this process, and a later test listens to them
    monkeypatch.setattr("importlinter.cli._configure_logging", lambda verbose: None)
    assert lint_imports(no_cache=True) == 0, "run .venv/bin/lint-imports to see the chain of imports"


def test_imports_inside_functions_are_those_with_a_reason() -> None:
    found = set()
    for path in python_files():
        for function in functions(path):
            if path.name == "apps.py" and function.name == "ready":
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom):
                    found.add((named(path), node.module or "."))
                elif isinstance(node, ast.Import):
                    found |= {(named(path), alias.name) for alias in node.names}
    assert found - INSIDE_FUNCTIONS.keys() == set()
    assert INSIDE_FUNCTIONS.keys() - found == set(), "these reasons are needed no more"


def test_core_reads_no_clock() -> None:
    calls = [
        f"{named(path)}:{node.lineno} {ast.unparse(node.func)}()"
        for path in python_files("applications/core")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]
    assert calls == []


def test_core_reads_no_file_but_the_standard() -> None:
    found = []
    for path in python_files("applications/core"):
        if named(path) in READS_THE_STANDARD:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {node.module or ""}
            else:
                names = set()
            opens = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
            if names & WORLD or opens:
                found.append(f"{named(path)}:{node.lineno}")  # type: ignore[attr-defined]
    assert found == []
