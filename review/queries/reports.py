"""Reads behind the team's opinion: the record of the process and what the reviewers found (R3-095 to R3-098)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from applications import clock
from applications.models import Case, Evidence, StageRun, Todo
from review.models import Finding, HandIn, Judgement, Opinion
from review.queries.judgements import handed_in_judgements, items_to_judge, newest_settlements

STAGES = ("application", "preparation", "collection", "review")


def process_record(case: Case, *, at: datetime) -> list[dict[str, Any]]:
    """Return the record of the process up to now, from what was done and not from what anybody typed (R3-095).

    A line for each stage: ``stage``, ``from`` and ``until`` as days, ``people`` who did something, ``done`` how many
    things. Stages of earlier rounds are not part of a round's record, its application and preparation are.
    """
    runs = StageRun.objects.filter(case=case, stage__in=STAGES, started_at__lte=at).order_by("pk")
    people: dict[int, dict[str, None]] = defaultdict(dict)
    done: dict[int, int] = defaultdict(int)
    todos = (
        Todo.objects.filter(case=case, state=Todo.State.DONE)
        .select_related("closed_by")
        .order_by("closed_at")
    )
    for todo in todos:
        done[todo.run_id] += 1
        if todo.closed_by is not None:
            people[todo.run_id][todo.closed_by.name] = None
    lines = []
    for run in runs:
        if run.stage in ("collection", "review") and run.round != case.round:
            continue
        until = run.finished_at or at
        lines.append(
            {
                "stage": run.stage,
                "from": clock.day_of(run.started_at).isoformat(),
                "until": clock.day_of(until).isoformat(),
                "people": list(people[run.pk]),
                "done": done[run.pk],
            }
        )
    return lines


def with_days(record: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the stored record with its days as dates (``start``, ``end``), for pages that write them out."""
    return [
        {**line, "start": date.fromisoformat(line["from"]), "end": date.fromisoformat(line["until"])}
        for line in record
    ]


def process_figures(case: Case) -> dict[str, int]:
    """Return how much was looked at in the round: files, judged indicators, judgements, settled differences."""
    judgements = handed_in_judgements(case)
    return {
        "files": Evidence.objects.filter(case=case, removed_at__isnull=True).count(),
        "indicators": len(items_to_judge(case)),
        "judgements": len(judgements),
        "reviewers": HandIn.objects.filter(case=case, round=case.round, withdrawn_at__isnull=True).count(),
        "settled": len(newest_settlements(case, case.round)),
    }


def noted(case: Case) -> list[Judgement]:
    """Return the judgements of the round in which a reviewer noted a problem, in the order of the table."""
    order = {item.id: place for place, item in enumerate(items_to_judge(case))}
    rows = [row for row in handed_in_judgements(case) if row.finding]
    return sorted(rows, key=lambda row: (order.get(row.indicator, len(order)), row.pk))


def findings(case: Case, round_number: int) -> list[Finding]:
    """Return the problems that the team's opinion of a round adopted, as rectification takes them up (R2-032)."""
    return list(Finding.objects.filter(case=case, round=round_number).select_related("by").order_by("pk"))


def opinion_of(case: Case, round_number: int) -> Opinion | None:
    """Return the team's opinion of a round, a draft or as it was issued."""
    return Opinion.objects.filter(case=case, round=round_number).select_related("by").first()


def issued_opinion(case: Case, round_number: int) -> Opinion | None:
    """Return the opinion of a round once it was issued; a draft is nobody's but the leader's."""
    row = opinion_of(case, round_number)
    return row if row is not None and row.issued_at is not None else None
