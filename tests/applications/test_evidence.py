"""Evidence: kept once, linked to several indicators, handed out only to those who may see it."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.test import Client

from applications import permissions_evidence
from applications.actions import evidence, files, intake
from applications.errors import Hidden, Invalid, Refused
from applications.models import Case, Evidence, EvidenceLink, User
from tests import papers, road
from tests.cast import Cast
from tests.core import hostile

SignIn = Callable[[str], Client]


@pytest.fixture
def case(cast: Cast) -> Case:
    """An application that is being filled in."""
    return road.open_case(cast)


def keep(
    cast: Cast, case: Case, *parts: Any, to: tuple[str, ...] = (), sensitive: bool = False
) -> evidence.Uploaded:
    """Upload files as the clerk."""
    return evidence.upload(case, files=parts, indicators=to, sensitive=sensitive, by=cast.clerk, at=cast.at)


def opens(client: Client, row: Evidence, case: Case | None = None) -> int:
    """The status with which a file is handed out."""
    answer = client.get(f"/cases/{(case or row.case).pk}/evidence/{row.pk}/")
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return answer.status_code


def on_disk() -> list[Path]:
    """Every file below the evidence folder."""
    return [path for path in Path(settings.MEDIA_ROOT, "evidence").rglob("*") if path.is_file()]


def test_one_file_serves_several_indicators(cast: Cast, case: Case) -> None:
    (row,) = keep(cast, case, papers.upload("名册.pdf", papers.pdf()), to=("1.1.a", "1.1.b")).rows
    assert sorted(row.links.values_list("indicator", flat=True)) == ["1.1.a", "1.1.b"]
    assert evidence.link(case, evidence=[row.pk], indicator="1.2.a", by=cast.clerk, at=cast.at) == 1
    evidence.unlink(case, evidence=row.pk, indicator="1.1.a", by=cast.clerk, at=cast.at)
    live = EvidenceLink.objects.filter(evidence=row, removed_at__isnull=True)
    assert sorted(live.values_list("indicator", flat=True)) == ["1.1.b", "1.2.a"]


def test_the_same_content_is_kept_once_in_a_case(cast: Cast, case: Case) -> None:
    (first,) = keep(cast, case, papers.upload("甲.pdf", papers.pdf()), to=("1.1.a",)).rows
    (again,) = keep(cast, case, papers.upload("乙.pdf", papers.pdf()), to=("1.1.b",), sensitive=True).rows
    assert first == again
    again.refresh_from_db()
    assert (again.name, again.sensitive, again.links.count()) == ("甲.pdf", True, 2)
    assert Evidence.objects.filter(case=case).count() == 1


def test_a_file_is_stored_whole_under_a_name_that_tells_nothing(cast: Cast, case: Case) -> None:
    content = papers.picture()
    (row,) = keep(cast, case, papers.upload("../王某 身份证.png", content)).rows
    assert row.name == "王某 身份证.jpg"
    assert row.content_type == "image/jpeg"
    assert "王某" not in row.file.name
    with default_storage.open(row.file.name) as stored:
        assert stored.read() == content
    assert row.size == len(content)


def test_of_several_files_the_good_ones_are_kept_and_each_bad_one_is_named(cast: Cast, case: Case) -> None:
    done = keep(
        cast,
        case,
        papers.upload("好.pdf", papers.pdf()),
        papers.upload("空.pdf", b""),
        papers.upload("坏.exe", b"MZ\x90\0"),
    )
    assert [row.name for row in done.rows] == ["好.pdf"]
    assert ["空.pdf" in done.faults[0].sentence, "坏.exe" in done.faults[1].sentence] == [True, True]


@pytest.mark.parametrize(("name", "content", "word"), hostile.everything()[::4])
def test_a_refused_file_leaves_no_row_and_no_bytes(
    cast: Cast, case: Case, name: str, content: bytes, word: str
) -> None:
    before = len(on_disk())
    done = keep(cast, case, papers.upload(name, content))
    assert word in done.faults[0].sentence
    assert not Evidence.objects.filter(case=case).exists()
    assert len(on_disk()) == before


def test_a_file_over_the_limit_is_refused_with_both_sizes(cast: Cast, case: Case, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 1024
    done = keep(cast, case, papers.upload("大.pdf", papers.pdf() + b"x" * 2000))
    assert "超过上限" in done.faults[0].sentence
    assert "大.pdf" in done.faults[0].sentence


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_is_a_sentence_and_no_torn_file(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    before = len(on_disk())

    def full(_number: int) -> None:
        raise OSError(code, "no room")

    monkeypatch.setattr(files.os, "fsync", full)
    done = keep(cast, case, papers.upload("名册.pdf", papers.pdf()))
    assert "没有保存" in done.faults[0].sentence
    assert len(on_disk()) == before
    assert not Evidence.objects.filter(case=case).exists()


def test_a_removed_file_keeps_its_row_and_its_place_in_what_was_submitted(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    road.to_street(cast, case)
    row = Evidence.objects.get(case=case)
    intake.send_back(case, opinion="请补正。", defects={"1.1.a": "换材料。"}, by=cast.street, at=cast.at)
    with pytest.raises(
        Refused, match="不在本次退回补正的范围内"
    ):  # it serves indicators that were not returned
        evidence.remove(case, evidence=row.pk, by=cast.clerk, at=cast.at)
    evidence.unlink(case, evidence=row.pk, indicator="1.1.a", by=cast.clerk, at=cast.at)
    assert opens(sign_in("street"), row) == 200


def test_a_file_removed_before_it_was_submitted_is_gone_for_everybody(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    (row,) = keep(cast, case, papers.upload("误传.pdf", papers.pdf())).rows
    evidence.remove(case, evidence=row.pk, by=cast.clerk, at=cast.at)
    row.refresh_from_db()
    assert row.removed_by == cast.clerk
    assert opens(sign_in("clerk"), row) == 404
    with pytest.raises(Hidden):
        evidence.remove(case, evidence=row.pk, by=cast.clerk, at=cast.at)


def test_a_file_of_another_case_cannot_be_linked(cast: Cast, case: Case) -> None:
    other = road.cases.open_case(
        cast.batch, community=cast.communities["莲塘社区"], applied_star=3, by=cast.neighbour, at=cast.at
    )
    (row,) = evidence.upload(
        other, files=[papers.upload("a.pdf", papers.pdf())], indicators=[], by=cast.neighbour, at=cast.at
    ).rows
    with pytest.raises(Hidden):
        evidence.link(case, evidence=[row.pk], indicator="1.1.a", by=cast.clerk, at=cast.at)


def test_the_store_of_other_stages_refuses_by_raising(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid, match=r"a\.exe"):
        evidence.store(
            case, papers.upload("a.exe", b"MZ"), indicators=[], stage="collection", by=cast.clerk, at=cast.at
        )


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *(("clerk", 200), ("head", 200), ("street", 200), ("county", 200), ("city", 200), ("province", 200)),
        *(("member", 200), ("auditor", 200), ("supervisor", 200)),
        *(
            ("neighbour", 404),
            ("far_clerk", 404),
            ("other_street", 404),
            ("far_county", 404),
            ("far_city", 404),
        ),
        *(("unassigned", 404), ("sysadmin", 404)),
    ],
)
def test_who_opens_a_file(cast: Cast, case: Case, sign_in: SignIn, who: str, status: int) -> None:
    (row,) = keep(cast, case, papers.upload("名册.pdf", papers.pdf())).rows
    assert opens(sign_in(who), row) == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("clerk", 200),
        ("street", 200),
        ("member", 200),
        ("auditor", 403),
        ("supervisor", 403),
        ("publisher", 403),
    ],
)
def test_a_file_with_personal_data_is_only_for_those_who_work_on_the_case(
    cast: Cast, case: Case, sign_in: SignIn, who: str, status: int
) -> None:
    (row,) = keep(cast, case, papers.upload("名单.pdf", papers.pdf()), sensitive=True).rows
    client = sign_in(who)
    assert opens(client, row) == status
    if status == 403:
        answer = client.get(f"/cases/{case.pk}/evidence/{row.pk}/")
        assert "含个人信息" in answer.content.decode()


def test_nobody_without_an_account_opens_a_file(cast: Cast, case: Case, client: Client) -> None:
    (row,) = keep(cast, case, papers.upload("名册.pdf", papers.pdf())).rows
    assert opens(client, row) == 302


def test_a_file_does_not_leave_through_another_case(cast: Cast, case: Case, sign_in: SignIn) -> None:
    other = road.cases.open_case(
        cast.batch, community=cast.communities["莲塘社区"], applied_star=3, by=cast.neighbour, at=cast.at
    )
    (row,) = keep(cast, case, papers.upload("名册.pdf", papers.pdf())).rows
    assert opens(sign_in("neighbour"), row, other) == 404


@pytest.mark.parametrize(
    ("name", "content", "kind", "disposition"),
    [
        ("照片.jpg", papers.picture(), "image/jpeg", "inline"),
        ("报告.pdf", papers.pdf(), "application/pdf", "attachment"),
        ("笔记.txt", "<b>文字".encode()[3:], "text/plain; charset=utf-8", "attachment"),
    ],
)
def test_a_file_is_handed_out_so_that_no_browser_runs_it(
    cast: Cast, case: Case, sign_in: SignIn, name: str, content: bytes, kind: str, disposition: str
) -> None:
    (row,) = keep(cast, case, papers.upload(name, content)).rows
    client = sign_in("clerk")
    answer = client.get(f"/cases/{case.pk}/evidence/{row.pk}/")
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith(f"{disposition}; filename*=UTF-8''%")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]
    again = client.get(f"/cases/{case.pk}/evidence/{row.pk}/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_rule_from_above_hides_files_as_if_they_were_not_there(
    cast: Cast, case: Case, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = keep(cast, case, papers.upload("名册.pdf", papers.pdf())).rows

    def blind(user: User) -> Q:
        return Q(uploaded_by=cast.clerk) if user == cast.county else Q(pk__in=[])

    monkeypatch.setattr(permissions_evidence, "_rules", [])
    permissions_evidence.hide_evidence(blind)
    assert opens(sign_in("county"), row) == 404
    assert opens(sign_in("street"), row) == 200
