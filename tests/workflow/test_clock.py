"""The clock and the due command: each rung once, failures seen, terms explained."""

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError

from applications.actions import deadlines
from applications.models import Batch, CalendarDay, CalendarYear, Case, ClockStep, DeadlineRung, StageRun
from notifications.models import Outbox
from tests import road
from tests.cast import Cast
from workflow import clock, ladder
from workflow.ladder import climb

VECTORS = Path(__file__).parent.parent / "vectors" / "cn_working_days.json"


def test_each_rung_of_an_overdue_term_fires_once(cast: Cast) -> None:
    case = road.open_case(cast)  # due on 14 April 2026 after 30 working days
    due = case.deadlines.get().due_on

    fired = {}
    for offset in (-10, -2, -2, 0, 1, 1, 7, 20):
        moment = cast.at + (due - cast.at.date()) + timedelta(days=offset)
        fired[offset] = fired.get(offset, 0) + climb(moment)

    assert fired == {-10: 0, -2: 1, 0: 0, 1: 1, 7: 0, 20: 1}
    assert list(DeadlineRung.objects.order_by("pk").values_list("rung", flat=True)) == [
        "amber",
        "red",
        "order",
    ]
    assert Outbox.objects.filter(topic__startswith="deadline.").count() == 3


def test_a_clock_that_stood_still_fires_every_missed_rung_once(cast: Cast) -> None:
    road.open_case(cast)

    assert climb(cast.at + timedelta(days=90)) == 3
    assert climb(cast.at + timedelta(days=91)) == 0


def test_a_failing_step_is_noted_and_the_others_go_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(at: Any) -> int:
        raise RuntimeError("broken")

    monkeypatch.setitem(clock.STEPS, "ladder", fails)
    monkeypatch.setattr(clock.log, "exception", lambda *args: None)

    done = clock.tick(cast.at)

    assert "anchor" in done
    row = ClockStep.objects.get(name="ladder")
    assert (row.failures, row.error) == (1, "RuntimeError")


def test_a_batch_closes_the_day_after_its_last_day(cast: Cast) -> None:
    clock.close_batches(cast.at.replace(month=12, day=31))
    assert Batch.objects.get().state == "open"

    clock.close_batches(cast.at.replace(year=2027, month=1, day=1))
    assert Batch.objects.get().state == "closed"


def test_the_sweep_opens_what_a_kill_left_unopened(cast: Cast) -> None:
    case = road.open_case(cast)
    case.todos.get().bars.all().delete()
    case.deadlines.all().delete()
    case.todos.all().delete()
    run = case.runs.get()
    run.delete()

    assert clock.sweep_cases(cast.at) == 1
    assert case.todos.get().node == "application.fill"


def test_the_vectors_pass_whole_against_the_seeded_calendar(
    cast: Cast, capsys: Any, monkeypatch: Any
) -> None:
    vectors = json.loads(VECTORS.read_text())["vectors"]
    lines = [f"{item['start']} {item['working_days']}\n" for item in vectors]
    monkeypatch.setattr("sys.stdin", iter(lines))

    call_command("due", "-", json=True)

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["due"] for answer in answers] == [item["due"] for item in vectors]


def test_the_mark_that_windows_puts_before_a_file_is_no_part_of_its_first_line(
    cast: Cast, capsys: Any, monkeypatch: Any
) -> None:
    raw = io.BytesIO("\ufeff2026-09-28 5\r\n".encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(raw))

    call_command("due", "-", json=True)

    assert json.loads(capsys.readouterr().out)["due"] == "2026-10-10"


def test_a_term_over_a_year_without_notice_is_refused(cast: Cast, capsys: Any) -> None:
    with pytest.raises(SystemExit) as stopped:
        call_command("due", "2026-12-30", "5")

    assert stopped.value.code == 2
    assert "2027年的放假通知尚未录入" in capsys.readouterr().err


def test_without_a_calendar_the_one_that_comes_with_the_product_is_asked(
    capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda *args: False)
    call_command("due", "2026-09-28", "5", json=True)

    said = capsys.readouterr()
    assert json.loads(said.out)["due"] == "2026-10-10"
    assert "按随附的节假日安排计算" in said.err


def test_without_a_database_too(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_table(*args: Any) -> bool:
        raise OperationalError("no such table: applications_calendaryear")

    monkeypatch.setattr("django.db.models.query.QuerySet.exists", no_table)
    call_command("due", "2026-09-28", "5", json=True)
    assert json.loads(capsys.readouterr().out)["due"] == "2026-10-10"


@pytest.mark.parametrize(
    "pair",
    [("heute", "5"), ("2026-03-02", "viele"), ("2026-03-02", "-1"), ("9999-12-31", "5"), ("x", "9" * 5000)],
)
def test_nonsense_is_refused_as_json(cast: Cast, capsys: Any, pair: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        call_command("due", *pair, json=True)

    answer = json.loads(capsys.readouterr().out)
    assert answer["due"] is None
    assert answer["error"]


def test_one_case_that_cannot_be_advanced_keeps_no_other_from_its_turn(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = road.open_case(cast)
    StageRun.objects.filter(case=broken).update(finished_at=cast.at)
    other = Case.objects.create(
        number="XP2026-2",
        community=cast.communities["莲塘社区"],
        batch=cast.batch,
        path=cast.communities["莲塘社区"].path,
        applied_star=4,
        opened_at=cast.at,
    )
    advance = clock.advance

    def fails(case: Case, **more: Any) -> None:
        if case.pk == broken.pk:
            raise RuntimeError("broken")
        advance(case, **more)

    monkeypatch.setattr(clock, "advance", fails)
    monkeypatch.setattr(clock.log, "exception", lambda *args: None)

    clock.tick(cast.at)

    assert StageRun.objects.filter(case=other).exists()
    assert ClockStep.objects.get(name="sweep_cases").failures == 1


def test_a_term_that_ended_since_the_list_was_read_gets_no_rung(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = road.open_case(cast)
    late = cast.at + timedelta(days=90)
    stale = list(ladder._near(late.date()))
    deadlines.end(case.deadlines.get(), at=cast.at)
    monkeypatch.setattr(ladder, "_near", lambda today: iter(stale))

    assert climb(late) == 0
    assert not DeadlineRung.objects.exists()


def test_a_newer_version_that_knows_a_notice_derives_the_open_terms_anew(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    CalendarDay.objects.filter(year__year=2026).delete()
    CalendarYear.objects.filter(year=2026).delete()
    case = road.open_case(cast)
    before = case.deadlines.get()
    assert before.provisional

    call_command("basics", stdout=io.StringIO())

    after = case.deadlines.get()
    assert not after.provisional and after.due_on > before.due_on  # 清明 lies in between
    assert Outbox.objects.filter(topic="deadline.recomputed").count() == 1
    assert case.events.filter(verb="recompute_deadline").exists()


@pytest.mark.parametrize(("hour", "minute", "state"), [(15, 59, "met"), (16, 0, "late")])
def test_a_term_ends_at_midnight_of_shanghai_whatever_day_it_is_in_utc(
    cast: Cast, hour: int, minute: int, state: str
) -> None:
    deadline = road.open_case(cast).deadlines.get()
    moment = datetime.combine(deadline.due_on, time(hour, minute), tzinfo=UTC)

    deadlines.end(deadline, at=moment)

    assert deadline.state == state


@pytest.mark.parametrize(
    ("given", "starts"),
    [(b"\xff\n2026-09-28 5\n", ["�", "2026-09-28"]), (b"", []), (b"\r\n2026-09-28 1_0\r\n", ["2026-09-28"])],
)
def test_whatever_bytes_are_piped_in_each_line_is_answered(given: bytes, starts: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "due", "-", "--json"],
        input=given,
        capture_output=True,
        timeout=60,
        env=os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"},
    )
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert ([row["start"] for row in rows], done.returncode) == (starts, 0)
    assert all((row["due"] is None) == ("error" in row) for row in rows)
    assert not any("1_0" in str(row) and row["due"] for row in rows)


def test_a_closed_standard_input_is_no_line() -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} manage.py due - --json <&-"], capture_output=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, b"")
