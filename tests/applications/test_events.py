"""The event chain: every way of tampering is found, at its place."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection

from applications.actions.events import lock_case, record
from applications.models import Case, Event
from tests import road
from tests.cast import Cast
from workflow import anchors
from workflow.verification import broken_anchors, broken_chains


@pytest.fixture
def case(cast: Cast, settings: LazySettings, tmp_path: Path) -> Case:
    settings.ANCHOR_FILE = tmp_path / "anchors" / "heads.jsonl"
    case = road.open_case(cast)
    for number in range(4):
        record(lock_case(case), "note", by=cast.county, at=cast.at, data={"n": number})
    return case


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_an_untouched_chain_holds(case: Case) -> None:
    anchors.anchor(case.opened_at)

    assert [*broken_chains(), *broken_anchors(), *anchors.file_faults()] == []


TAMPERINGS: dict[str, Callable[[Case], None]] = {
    "data": lambda case: run(
        "UPDATE applications_event SET data=%s WHERE case_id=%s AND seq=3", json.dumps({"n": 9}), case.pk
    ),
    "name": lambda case: run(
        "UPDATE applications_event SET actor_name='别人' WHERE case_id=%s AND seq=3", case.pk
    ),
    "verb": lambda case: run(
        "UPDATE applications_event SET verb='score' WHERE case_id=%s AND seq=3", case.pk
    ),
    "actor": lambda case: run(
        "UPDATE applications_event SET actor_id=NULL WHERE case_id=%s AND seq=3", case.pk
    ),
    "removed": lambda case: run("DELETE FROM applications_event WHERE case_id=%s AND seq=3", case.pk),
    "hash": lambda case: run(
        "UPDATE applications_event SET hash=%s WHERE case_id=%s AND seq=3", "f" * 64, case.pk
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_a_tampered_entry_is_named(case: Case, how: str) -> None:
    TAMPERINGS[how](case)

    found = list(broken_chains())
    assert [(item.case, item.seq) for item in found] == [(case.number, 3)]


def test_reordered_entries_are_named(case: Case) -> None:
    for before, after in ((3, 99), (4, 3), (99, 4)):
        run("UPDATE applications_event SET seq=%s WHERE case_id=%s AND seq=%s", after, case.pk, before)

    assert next(broken_chains()).seq == 3


def test_a_cut_tail_is_found_against_the_anchored_head(case: Case) -> None:
    anchors.anchor(case.opened_at)
    run("DELETE FROM applications_event WHERE case_id=%s AND seq=5", case.pk)

    assert list(broken_chains()) == []
    assert [(item.seq, "截去" in item.why) for item in broken_anchors()] == [(5, True)]


def test_a_chain_recomputed_whole_is_found_against_the_anchored_head(case: Case, cast: Cast) -> None:
    anchors.anchor(case.opened_at)
    Event.objects.filter(case=case).delete()
    for number in range(5):
        record(lock_case(case), "forged", by=cast.county, at=cast.at, data={"n": number})

    assert list(broken_chains()) == []
    assert ["改写" in item.why for item in broken_anchors()] == [True]


def test_an_edited_anchor_line_is_found(case: Case) -> None:
    anchors.anchor(case.opened_at)
    path = anchors.settings.ANCHOR_FILE
    path.write_text(path.read_text().replace('"at":"2026', '"at":"2025'))

    assert anchors.file_faults() == ["锚定文件第1行的签名不符"]


def test_anchoring_twice_writes_one_line(case: Case) -> None:
    assert anchors.anchor(case.opened_at) == 1
    assert anchors.anchor(case.opened_at) == 0


def test_the_command_names_the_broken_entry_and_fails(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    TAMPERINGS["data"](case)

    with pytest.raises(SystemExit) as stopped:
        call_command("verify_events")

    assert stopped.value.code == 1
    assert f"{case.number} 第3条" in capsys.readouterr().err
