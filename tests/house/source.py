"""What the house rules read: the project's own files, and their syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("applications", "notifications", "rectification", "review", "workflow")
BUILT = {".git", ".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}


@cache
def project_files() -> tuple[Path, ...]:
    """Return every file that belongs to the project: what git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listing.returncode == 0:
        found = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    else:  # unpacked from an archive
        found = [path for path in ROOT.rglob("*") if not BUILT & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def named(path: Path) -> str:
    """Return a path as the messages show it."""
    return path.relative_to(ROOT).as_posix()


def python_files(*folders: str, migrations: bool = False) -> Iterator[Path]:
    """Yield the Python files below the folders (all of them where none is named)."""
    for path in project_files():
        parts = path.relative_to(ROOT).parts
        inside = not folders or any(named(path).startswith(f"{folder}/") for folder in folders)
        if path.suffix == ".py" and inside and (migrations or "migrations" not in parts):
            yield path


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), named(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a file, methods and inner functions too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
