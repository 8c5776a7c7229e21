"""``manage.py rate`` and ``manage.py standard check``: the contract of the command line, without a database."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.core.samples import FOLDER, SAMPLE_FILE, sample

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command as somebody would type it, with a database that nobody answers at."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        input=given,
        capture_output=True,
        timeout=60,
        env=os.environ
        | {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none", "REDIS_URL": ""}
        | environment,
    )


def called(*arguments: str) -> tuple[str, str, int]:
    """Standard output, standard error and exit status of a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except SystemExit as ending:
        return out.getvalue(), err.getvalue(), int(str(ending.code))
    return out.getvalue(), err.getvalue(), 0


def test_the_worked_example_gives_its_expected_values_without_a_database() -> None:
    done = run("rate", str(SAMPLE_FILE), "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    found, expected = json.loads(done.stdout), sample()["expected"]
    assert {key: found[key] for key in expected} == expected
    assert set(found["indicators"]["1.1.a"]) >= {"points", "level", "reason", "measures"}


def test_a_sheet_comes_from_standard_input_as_yaml_or_json() -> None:
    text = json.dumps(sample()).encode()
    done = run("rate", "-", "--json", given=text, PYTHONIOENCODING="ascii")
    assert (done.returncode, json.loads(done.stdout)["star"], json.loads(done.stdout)["star_label"]) == (
        0,
        5,
        "五星",
    )


def test_a_fault_ends_with_status_2_one_line_each_and_no_score() -> None:
    sheet = sample({"certified_workers": 12, "cats": 1, "households": "\n"})
    done = run("rate", "-", "--json", given=json.dumps(sheet).encode())
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout) == (2, b"")
    assert [line.partition(":")[0] for line in lines] == ["households", "cats", "certified_workers"]


def test_the_text_form_reads_by_dimension_with_reasons() -> None:
    out, err, status = called("rate", str(SAMPLE_FILE))
    assert (err, status) == ("", 0)
    assert "3 人才队伍  15.5/19" in out
    assert (
        "  4.4.a 关系营造与集体文体活动  0/1  每季度居民集体文体活动次数为0次/季度，不满足“不低于1次/季度”"
        in out
    )
    assert "基础得分 90，加分 5，总分 95" in out and "星级 五星" in out and "未达到的基础项 4.4.a" in out


def test_another_standard_is_rated_by_the_same_command(tmp_path: Path) -> None:
    sheet: dict[str, Any] = {
        "standard": "TEST/L 1",
        "facts": {"green_area": 7, "area": 10},
        "not_met": ["water"],
    }
    file = tmp_path / "sheet.json"
    file.write_text(json.dumps(sheet), encoding="utf-8")
    out, err, status = called("rate", str(file), "--json", "--standard", str(FOLDER / "limited.yaml"))
    assert (json.loads(out)["star"], err, status) == (2, "", 0)
    assert json.loads(out)["limiters"][0]["label"] == "安全有缺项"
    out, err, status = called("rate", str(SAMPLE_FILE), "--standard", str(FOLDER / "limited.yaml"))
    assert (out, status) == ("", 2) and err.startswith("standard: 评分表依据的标准为“DB36/T 1609-2022”")


@pytest.mark.parametrize(
    "content", [b"", b"[", b"\xff", b"a: &a [*a]", b"{" * 100_000, b"5", b"standard: [1]"]
)
def test_what_is_no_sheet_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "sheet"
    file.write_bytes(content)
    out, err, status = called("rate", str(file))
    assert (out, status) == ("", 2)
    assert all(": " in line and line.endswith("。") for line in err.splitlines())


def test_an_id_written_as_a_number_is_the_same_id_in_the_standard_and_on_the_sheet(tmp_path: Path) -> None:
    file, sheet = tmp_path / "s.yaml", tmp_path / "sheet.yaml"
    text = (FOLDER / "limited.yaml").read_text(encoding="utf-8")
    text = text.replace("id: water,", "id: 1.10,").replace(
        "when_missed: [fire, water]", "when_missed: [1.10]"
    )
    file.write_text(text, encoding="utf-8")
    sheet.write_text("{standard: TEST/L 1, facts: {green_area: 7, area: 10}, not_met: [1.10]}")
    out, err, status = called("rate", str(sheet), "--json", "--standard", str(file))
    found = json.loads(out)
    assert (err, status, found["star"], found["limiters"][0]["missed"]) == ("", 0, 2, ["1.10"])


def test_a_standard_input_that_is_closed_is_an_empty_sheet() -> None:
    command = f"{sys.executable} manage.py rate - <&-"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == "document: 评分表应为一组键值，请检查文件内容。\n"


def test_a_file_that_is_not_there_is_a_sentence() -> None:
    assert called("rate", "/nowhere") == ("", "document: 读不到文件/nowhere，请检查路径和权限。\n", 2)


def test_a_standard_is_checked_and_its_faults_named(tmp_path: Path) -> None:
    good = (FOLDER / "limited.yaml").read_text(encoding="utf-8")
    out, err, status = called("standard", "check", str(FOLDER / "limited.yaml"))
    assert (err, status) == ("", 0) and "指标3个，满分 10，加分上限 0" in out
    bad = tmp_path / "bad.yaml"
    bad.write_text(good.replace('total_points: "10"', "total_points: 11"), encoding="utf-8")
    out, err, status = called("standard", "check", str(bad))
    assert (out, status) == ("", 2)
    assert err == "total_points: 标准标明11分，其下各项合计为10分，请改正其中之一。\n"
