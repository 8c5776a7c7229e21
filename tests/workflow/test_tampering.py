"""Every row that the log vouches for, changed, added or taken away by SQL, is named; so is a file of anchors that is not ours."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from applications.actions import intake
from applications.models import Case, Deadline, DeadlineEntry
from review.models import Rating
from tests import road
from tests.cast import AT, Cast
from workflow import anchors
from workflow.verification import broken_anchors, broken_chains, broken_rows


def run(sql: str, *values: object) -> None:
    """Do what somebody with the database's password could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(sql, values)


def found() -> list[str]:
    """What is named."""
    return [finding.why for finding in (*broken_chains(), *broken_rows())]


def change(table: str, setting: str) -> Callable[[Case], None]:
    """A column of every row of a table, set to something else."""
    return lambda case: run(f"UPDATE {table} SET {setting}")


TAMPERINGS: dict[str, tuple[Callable[[Case], None], str]] = {
    "rating": (change("review_rating", "star = 3"), "计分结果与其摘要不符"),
    "rating's result": (change("review_rating", "result = '{}'"), "计分结果与其摘要不符"),
    "line of a rating": (change("review_ratingline", "points = '9'"), "计分结果与其摘要不符"),
    "evidence of a line": (change("review_ratingline", "evidence = '[]'"), "计分结果与其摘要不符"),
    "line taken away": (
        lambda case: run("DELETE FROM review_ratingline WHERE position = 7"),
        "计分结果与其摘要不符",
    ),
    "decision": (change("review_decision", "star = 3"), "评定决定与其摘要不符"),
    "minutes": (change("review_decision", "minutes = '全票通过'"), "评定决定与其摘要不符"),
    "vote": (
        lambda case: run("UPDATE review_vote SET choice = 'approve' WHERE choice = 'abstain'"),
        "表决票与公布的记名表决不符",
    ),
    "vote taken away": (
        lambda case: run("DELETE FROM review_vote WHERE choice = 'abstain'"),
        "表决票与公布的记名表决不符",
    ),
    "publication": (change("review_publication", "text = 'x'"), "发布件与其摘要不符"),
    "publication's star": (change("review_publication", "star = 3"), "发布件的星级或社区与其正文不符"),
    "award": (change("review_staraward", "star = 3"), "所授星级与公告不符"),
    "award's end": (change("review_staraward", "valid_until = '2099-01-01'"), "所授星级与公告不符"),
    "paper": (change("applications_officialpaper", "content = '{}'"), "文书与其摘要不符"),
    "star of the case": (change("applications_case", "star = 3"), "案卷的星级3与有效计分结果的5不符"),
    "public record": (change("review_publicrecord", "star = 3"), "公开查询中社区360102002901的结果与发布件"),
    "due date": (
        lambda case: run("UPDATE applications_deadline SET due_on = '2030-01-01' WHERE state = 'running'"),
        "（2030-01-01）与其记录推算的",
    ),
    "pause": (
        lambda case: run(
            'INSERT INTO applications_deadlineentry (deadline_id, kind, "on", days, reason, at) '
            "SELECT id, 'extension', started_on, 90, '', '2026-03-02 09:00:00+00:00' "
            "FROM applications_deadline WHERE state = 'running'"
        ),
        "的延期记录没有相应的事件记录",
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_what_was_changed_in_the_database_is_named(cast: Cast, how: str) -> None:
    case = road.to_rectification(cast)
    assert found() == []
    spoil, said = TAMPERINGS[how]
    spoil(case)
    assert any(said in why for why in found()), found()


def test_a_row_that_no_entry_vouches_for_is_named(cast: Cast) -> None:
    road.to_rectification(cast)
    row = Rating.objects.get()
    row.pk, row.number, row.supersedes, row._state.adding = None, 2, row, True
    row.supersedes = Rating.objects.get()
    row.save()
    assert f"计分结果{row.pk}没有相应的事件记录" in found()


def test_a_case_whose_whole_log_is_gone_is_named(
    cast: Cast, capsys: pytest.CaptureFixture[str], settings: Any, tmp_path: Path
) -> None:
    settings.ANCHOR_FILE = tmp_path / "heads.jsonl"  # nothing was anchored yet
    case = road.open_case(cast)
    run("DELETE FROM applications_event")
    assert found() == ["案卷没有任何事件记录"]
    with pytest.raises(SystemExit):
        call_command("verify_events")
    assert capsys.readouterr().err == f"{case.number}：案卷没有任何事件记录\n"


def test_a_pause_that_was_taken_away_is_named_although_the_due_date_was_changed_with_it(cast: Cast) -> None:
    case = road.to_street(cast)
    intake.send_back(case, opinion="请补正。", defects={"1.1.a": "缺少名册"}, by=cast.street, at=cast.at)
    assert found() == []
    deadline = Deadline.objects.get(case=case, term="intake")
    assert deadline.state == "paused" and DeadlineEntry.objects.count() == 1
    run("DELETE FROM applications_deadlineentry")
    run("UPDATE applications_deadline SET state = 'running' WHERE id = %s", deadline.pk)
    assert any("的暂停记录与退回补正的次数不符" in why for why in found()), found()


@pytest.fixture
def anchored(cast: Cast, settings: Any, tmp_path: Path) -> Path:
    """A file of two lines."""
    settings.ANCHOR_FILE = tmp_path / "anchors" / "heads.jsonl"
    case = road.open_case(cast)
    anchors.anchor(cast.at)
    road.to_street(cast, case)
    anchors.anchor(cast.at + timedelta(minutes=1))
    assert anchors.file_faults() == [] and len(settings.ANCHOR_FILE.read_bytes().splitlines()) == 2
    return Path(settings.ANCHOR_FILE)


def test_an_anchor_file_cut_short_taken_away_or_exchanged_is_named(anchored: Path) -> None:
    whole = anchored.read_bytes()
    lines = whole.splitlines(keepends=True)
    anchored.write_bytes(lines[0])
    assert anchors.file_faults() == ["锚定文件只有1行，应至少有2行：已被截短、删除或替换"]
    anchored.unlink()
    assert anchors.file_faults() == ["锚定文件只有0行，应至少有2行：已被截短、删除或替换"]
    body = {key: value for key, value in json.loads(lines[1]).items() if key != "signature"}
    forged = anchors.chain.canonical(anchors.signed({**body, "at": "2026-01-01T00:00:00Z"})) + b"\n"
    anchored.write_bytes(lines[0] + forged)
    assert anchors.file_faults() == ["锚定文件第2行与数据库的登记不符：已被替换"]
    anchored.write_bytes(whole)
    assert anchors.file_faults() == []


def test_a_clock_that_goes_on_writing_does_not_cover_what_was_done_to_the_file(anchored: Path) -> None:
    whole = anchored.read_bytes()
    for left in (whole.splitlines(keepends=True)[0], b""):
        anchored.write_bytes(left)
        for day in (1, 2):
            with pytest.raises(anchors.Exchanged, match=r"已被截短、删除或替换|已被替换"):
                anchors.anchor(AT + timedelta(days=day))
        assert anchors.file_faults()
    anchored.write_bytes(whole)
    assert anchors.anchor(AT + timedelta(days=3)) == 0
    assert anchors.file_faults() == []


def test_anchors_signed_with_another_key_are_named(anchored: Path) -> None:
    (anchored.parent / "signing_key").unlink()
    assert anchors.file_faults() == ["锚定文件第1行的签名不符", "锚定文件第2行的签名不符"]


@pytest.mark.parametrize(
    "junk", [b"junk\n", b"[]\n", b'{"heads": 5}\n', b'{"heads": {"a": 1}}\n', b"\xff\xfe\n", b"\n"]
)
def test_a_line_that_nobody_can_read_is_named_and_stops_nothing(
    anchored: Path, junk: bytes, capsys: pytest.CaptureFixture[str], client: Any
) -> None:
    anchored.write_bytes(anchored.read_bytes() + junk)
    with pytest.raises(SystemExit):
        call_command("verify_events")
    assert capsys.readouterr().err == "锚定文件第3行的签名不符\n"
    assert list(broken_anchors()) == [] and client.get("/public/heads/").status_code == 200
