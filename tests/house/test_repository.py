"""The top level, the locks, and what no file may name."""

import re
import subprocess
import tomllib

import pytest
from django.core.management import get_commands

from tests.house.source import ROOT, named, project_files

TOP = {
    *("manage.py", "pyproject.toml", "README.md", "Makefile", "LICENSE", "CHANGELOG.md"),
    *("requirements.lock", "requirements-dev.lock", "bootstrap.lock"),
    *("workflow", "applications", "review", "rectification", "notifications", "templates", "tests", "deploy"),
}
LOCKS = ("requirements.lock", "requirements-dev.lock", "bootstrap.lock")
# Written in pieces, so that this file does not name them either: package registries, and the workplace it was built in.
FORBIDDEN = [
    *(r"\.".join(host) for host in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"))),
    *(
        r"\.".join(host)
        for host in (("proxy", "golang", "org"), ("index", "crates", "io"), ("deb", "debian", "org"))
    ),
    "/work" + r"/(?:main|shared|\.library|\.mirror)",
]


def entries(lock: str) -> list[str]:
    """Return the requirements of a lock, each with its hashes on one line."""
    return (ROOT / lock).read_text().replace("\\\n", " ").splitlines()


def test_top_level_holds_nothing_unexpected() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in project_files()}
    assert {name for name in top if not name.startswith(".")} - TOP == set()
    assert TOP - top == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_versions_and_hashes_and_no_index(lock: str) -> None:
    lines = entries(lock)
    assert [line for line in lines if "://" in line or line.startswith("-")] == []
    pinned = re.compile(
        r"[a-z0-9._\-]+(\[[a-z0-9,\-]+\])?==[^\s;]+( ;[^\\]*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*"
    )
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def test_development_lock_holds_the_very_versions_that_are_served() -> None:
    served, developed = set(entries("requirements.lock")), set(entries("requirements-dev.lock"))
    assert {line.split(" ")[0] for line in served} - {line.split(" ")[0] for line in developed} == set()


def test_locks_hold_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {re.split(r"[\[=]", line)[0] for line in entries("requirements-dev.lock")}
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[=]", entry)[0].lower().replace("_", "-") for entry in declared}
    assert names - locked == set()


def test_no_file_names_a_package_registry_or_the_place_it_was_built_in() -> None:
    pattern = re.compile("|".join(FORBIDDEN))
    found = []
    for path in project_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{named(path)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


def test_every_command_the_readme_names_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))
    targets = set(re.findall(r"(?:^|`)make ([a-z][a-z\-]*)", text, re.MULTILINE))
    known = set(re.findall(r"^([a-z\-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert commands - get_commands().keys() == set()
    assert {"run", "test"} <= targets
    assert targets - known == set()


def test_shell_scripts_are_sound() -> None:
    for script in (ROOT / "deploy" / "install.sh", ROOT / ".ci" / "run"):
        shell = script.read_text().splitlines()[0].removeprefix("#!").split("/")[-1].split(" ")[-1]
        assert subprocess.run([shell, "-n", str(script)], check=False, capture_output=True).stderr == b""
        assert script.stat().st_mode & 0o100, f"{named(script)} cannot be executed"


def test_every_dependency_has_its_reason_in_the_decision_record() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    record = (ROOT / "workflow" / "decisions" / "0005-dependencies.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[A-Za-z0-9-]+", record))
    assert {re.split(r"[\[=]", entry)[0] for entry in declared} - words == set()


def test_every_decision_record_says_when_to_reconsider() -> None:
    records = [path for path in project_files() if "decisions" in path.parts and path.suffix == ".md"]
    assert records
    silent = [
        named(path) for path in records if "reconsider when" not in path.read_text(encoding="utf-8").lower()
    ]
    assert silent == []
