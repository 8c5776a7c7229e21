"""Every page of every role with ten thousand cases: statements, size, and how often a trivial page would fit into it.

The stories of the visits (``tests/browser/visits.py``) are told once and copied 370 times; then every page that a
role's own table or the list of pages without a parameter gives is opened. Each is measured in turns with a trivial one
of the same person. What is over ``KIB`` or ``RATIO``, or is no page, is named at the end.

Run with ``DATABASE_URL=postgres://… python -m tests.bench.pages_bench [REQUESTS] [COPIES]``.
"""

# isort: off
from tests.bench.desk_bench import seconds
# isort: on

import statistics
import sys
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext, get_runner, setup_test_environment
from django.urls import reverse

from applications import clock
from applications.models import User
from tests import cast as stage
from tests.bench import thousands
from tests.bench.search_bench import Passer
from tests.browser import province, visits

COPIES = 370  # of 27 stories
REQUESTS = 7
KIB, RATIO = 60, 15
WALKERS = ("province", "city", "county", "clerk-filling", "reviewer", "member", "auditor", "sysadmin", "")
MORE = {  # pages with a question, by the name of their page
    "desk": ("?tab=office", "?tab=done", "?due=late", "?q=示例", "?tab=office&page=20"),
    "cases": ("?tab=all", "?q=示例", "?q=示例01", "?q=XP2026", "?q=360102002", "?stage=review", "?page=20"),
    "search": ("?q=示例", "?q=示例01"),
    "palette": ("?q=示例",),
    "ledger": ("?state=late", "?q=示例", "?all=1"),
    "dashboard": ("?view=map", "?region=3601", "?region=360102"),
    "deadline_calendar": ("?whose=office", "?day=2026-12-01", "?day=2026-12-01&whose=office"),
    "notifications": ("?show=all",),
    "communities": ("?q=示例", "?page=50"),
    "people": ("?q=周", "?page=50"),
    "portal_results": ("?q=示例", "?star=5", "?page=100"),
    "portal_notices": ("?state=over",),
}
DATA = {
    "palette",
    "api_results",
    "api_notices",
    "portal_csv",
    "portal_heads_file",
}  # no pages, but opened as well


@dataclass(frozen=True)
class Line:
    """A page as it was found."""

    person: str
    path: str
    status: int
    statements: int
    kib: float
    ratio: float

    @property
    def over(self) -> bool:
        """Whether it is larger or slower than a page ought to be."""
        return self.kib > KIB or self.ratio > RATIO

    def __str__(self) -> str:
        said = f"{self.status} {self.statements:3} statements {self.kib:7.1f} KiB {self.ratio:6.1f} x trivial"
        return f"{self.person:14} {self.path:58} {said}{'  <<<' if self.over else ''}"


def client_of(person: str) -> Client:
    """Return a client signed in as a person, or one of many residents."""
    if not person:
        return Passer()
    client = Client()
    who = User.objects.get(username=person)
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def line_of(client: Client, person: str, path: str, requests: int) -> Line:
    """Measure a page in turns with the trivial one."""
    trivially = "/trivial/" if person else "/public/trivial/"
    answer = client.get(path)
    if answer.status_code != 200:
        return Line(person, path, answer.status_code, 0, 0, 0)
    seconds(client, trivially)
    with CaptureQueriesContext(connection) as asked:
        size = len(b"".join(answer) if answer.streaming else client.get(path).content)
    statements = len(asked)
    page, trivial = [], []
    for _turn in range(requests):
        page.append(seconds(client, path))
        trivial.append(seconds(client, trivially))
    ratio = statistics.median(page) / statistics.median(trivial)
    return Line(person, path, 200, statements, size / 1024, ratio)


def addresses(told: province.Province) -> dict[str, list[str]]:
    """Return whom to send where: the pages of the table for their own people, those without a parameter for everybody."""
    found: dict[str, list[str]] = {person: [] for person in WALKERS}
    for seed in visits.SEEDS:
        found.setdefault(visits.account(seed), []).append(visits.address(seed, told))
    names = {name for name, parameter in visits.pages().items() if not parameter} | DATA
    for person in WALKERS:
        for name in sorted(names):
            role = person.partition("-")[0]
            if name not in DATA and not visits.wanted(name, role):
                continue
            if bool(person) == name.startswith(("portal_", "api_")):
                continue
            path = reverse(name)
            found[person] += [path, *(f"{path}{question}" for question in MORE.get(name, ()))]
    return {person: list(dict.fromkeys(paths)) for person, paths in found.items()}


def walk(told: province.Province, requests: int) -> list[Line]:
    """Open everything; print and return the lines."""
    lines = []
    for person, paths in addresses(told).items():
        if person and not User.objects.filter(username=person).exists():
            continue  # somebody whom only a browser's story needs
        client = client_of(person)
        for path in paths:
            line = line_of(client, person, path, requests)
            print(line, flush=True)
            lines.append(line)
    return lines


def main() -> None:
    """Measure on a database of its own that is thrown away."""
    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    runner: Any = get_runner(settings)(verbosity=0, interactive=False)
    old = runner.setup_databases()
    try:
        asked = [int(word) for word in sys.argv[1:3]]
        requests, copies = [*asked, *(REQUESTS, COPIES)[len(asked) :]]
        cast = stage.build()
        told = province.build(cast, clock.now())
        print(f"{connection.vendor}, {thousands.build(cast, copies):,} cases")
        with override_settings(ROOT_URLCONF="tests.bench.desk_urls"):
            lines = walk(told, requests)
        over = [line for line in lines if line.over]
        print(f"{len(lines)} pages, {len(over)} over {KIB} KiB or {RATIO} times the trivial page:")
        for line in over:
            print(line)
    finally:
        runner.teardown_databases(old)


if __name__ == "__main__":
    main()
