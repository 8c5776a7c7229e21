"""A step over HTTP with everything it writes, against a bare viewflow step of the same graph and middleware.

Ours: a county officer passes an application on: rights, decision, event of the chain, to-dos with deadline, outbox,
history. Bare: the same node of the same graph by viewflow's own view. Same client, session, middleware and database,
in turns in one run. Goal: at most 2.5 times the time, and a constant number of queries.

Run with ``python -m tests.bench.step_bench [STEPS]``; ``DATABASE_URL`` chooses PostgreSQL.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="xingping-bench-"))
os.environ.setdefault("SECRET_KEY", "a key for the bench, of no use to anybody, but long enough")

import django

django.setup()

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import get_runner, setup_test_environment
from django.urls import reverse
from viewflow.workflow.models import Task

from applications.actions import cases, people
from applications.actions.turns import take
from applications.models import Case, Submission
from tests import cast as stage
from tests.bench.bare.flows import BareFlow
from tests.cast import Cast

GOAL = 2.5
WARM = 5


def our_cases(cast: Cast, count: int) -> list[Case]:
    """Make cases that wait for the county's check."""
    street = cast.regions["360102002"]
    made = []
    for number in range(count):
        community = people.register_community(
            street,
            code=f"3601020028{number:02d}",
            name=f"例{number}社区",
            households=1,
            population=1,
            by=None,
            at=cast.at,
        )
        role = cast.head.memberships.order_by("pk")[0]
        people.grant(
            cast.head,
            role="community_head",
            organisation=role.organisation,
            region=community.region,
            since=role.since,
            by=None,
            at=cast.at,
        )
        head = type(cast.head).objects.get(pk=cast.head.pk)
        case = cases.open_case(cast.batch, community=community, applied_star=3, by=head, at=cast.at)
        hand_in(case, head, cast)
        made.append(case)
    return made


def hand_in(case: Case, head: Any, cast: Cast) -> None:
    """Bring a case to the county: submitted with an empty snapshot, passed by the street."""
    Submission.objects.create(
        case=case,
        receipt=f"R{case.pk}",
        applied_star=3,
        undertaking="",
        content={},
        digest="0" * 64,
        signed_by=head,
        submitted_at=cast.at,
    )
    take(case, "application.fill", by=head, at=cast.at).finish("submit")
    take(case, "application.street_check", by=cast.street, at=cast.at).finish("pass")


def bare_tasks(cast: Cast, count: int) -> list[Task]:
    """Make bare processes that wait for the same node, taken by the same person."""
    waiting = []
    for _number in range(count):
        process = BareFlow.start.run()
        for node in ("fill", "street_check"):
            with Task.objects.get(
                process=process, flow_task=getattr(BareFlow, node)
            ).activation() as activation:
                activation.assign(cast.street)
                activation.start(None)
                activation.execute()
        task = Task.objects.get(process=process, flow_task=BareFlow.county_check)
        with task.activation() as activation:
            activation.assign(cast.county)
        waiting.append(task)
    return waiting


def timed(call: Callable[[], Any]) -> tuple[float, int]:
    """Return seconds and queries of one request; it must have been taken (302).

    Queries are counted by a wrapper that does nothing else: Django's query log would render each statement's values
    (on SQLite by a statement of its own) and so measure itself.
    """
    count = 0

    def counted(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*args)

    with connection.execute_wrapper(counted):
        began = time.perf_counter()
        answer = call()
        seconds = time.perf_counter() - began
    if answer.status_code != 302:
        raise SystemExit(f"the step was not taken: {answer.status_code} {answer.content[:600]!r}")
    return seconds, count


def measure(count: int) -> None:
    """Take the steps in turns and print medians, queries and the ratio."""
    cast = stage.build()
    with transaction.atomic():
        ours, bare = our_cases(cast, count + WARM), bare_tasks(cast, count + WARM)
    client = Client()
    client.force_login(cast.county, backend="django.contrib.auth.backends.ModelBackend")
    rows: dict[str, list[tuple[float, int]]] = {"ours": [], "bare": []}
    for case, task in zip(ours, bare, strict=True):
        url = reverse("intake_check", kwargs={"case": case.pk})
        data = {"verb": "pass", "opinion": "同意推荐", "answers": ["complete", "well_formed", "acceptable"]}
        bare_url = BareFlow.county_check.reverse("execute", args=[task.process_id, task.pk])
        rows["ours"].append(timed(lambda url=url, data=data: client.post(url, data)))
        rows["bare"].append(timed(lambda url=bare_url: client.post(url, {})))
    report({name: values[WARM:] for name, values in rows.items()})


def report(rows: dict[str, list[tuple[float, int]]]) -> None:
    """Print what was measured."""
    medians = {name: statistics.median(seconds for seconds, _n in values) for name, values in rows.items()}
    for name, values in rows.items():
        queries = sorted({n for _seconds, n in values})
        print(f"{connection.vendor} {name}: median {medians[name] * 1000:.1f} ms, queries {queries}")
    ratio = medians["ours"] / medians["bare"]
    print(f"{connection.vendor} step over bare viewflow step: {ratio:.2f} (goal at most {GOAL})")


def main() -> None:
    """Measure on a database of its own that is thrown away."""
    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    old = runner.setup_databases()
    try:
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
    finally:
        runner.teardown_databases(old)


if __name__ == "__main__":
    main()
