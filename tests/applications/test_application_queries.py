"""How many queries the application pages make: the same with one row and with three."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.actions import awards, evidence, intake, submission
from applications.models import Batch, Case
from applications.queries.dossier import dossier_of
from applications.queries.intake import defects_of, last_return
from applications.queries.record import application_summary, record_of
from tests import papers, road
from tests.cast import Cast

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def on_the_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages live on the day of the story, with the standard already read."""
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)
    papers.plan_of(cast.batch)


def queries(client: Client, url: str) -> int:
    """How many queries a page makes (the second time: whatever a process reads once is read)."""
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def add_file(cast: Cast, case: Case, number: int) -> None:
    """One more file of the first indicator."""
    file = papers.upload(f"{number}.pdf", papers.pdf(str(number)))
    evidence.upload(case, files=[file], indicators=["1.1.a"], by=cast.clerk, at=cast.at)


def add_award(cast: Cast, case: Case, number: int) -> None:
    """One more award with a certificate of its own."""
    file = papers.upload(f"证{number}.pdf", papers.pdf(f"award{number}"))
    (row,) = evidence.upload(case, files=[file], indicators=[], by=cast.clerk, at=cast.at).rows
    entry = awards.AwardEntry(**{**papers.AWARDS[0].__dict__, "matter": f"M{number}", "evidence": row.pk})
    awards.add_award(case, entry=entry, by=cast.clerk, at=cast.at)


@pytest.mark.parametrize(
    ("page", "count"),
    [
        ("apply/", 17),
        ("apply/form/", 15),
        ("apply/facts/base/", 15),
        ("apply/dimensions/1/", 15),
        ("apply/indicators/1.1.a/", 15),
        ("apply/evidence/", 15),
        ("apply/awards/", 15),
        ("apply/check/", 16),
    ],
)
def test_the_papers_make_the_same_queries_with_one_file_and_with_three(
    cast: Cast, sign_in: SignIn, page: str, count: int
) -> None:
    case = road.open_case(cast)
    client, url = sign_in("clerk"), f"/cases/{case.pk}/{page}"
    add_file(cast, case, 1)
    add_award(cast, case, 1)
    assert queries(client, url) == count
    for number in (2, 3):
        add_file(cast, case, number)
        add_award(cast, case, number)
    assert queries(client, url) == count


def test_the_start_makes_the_same_queries_with_one_batch_and_with_three(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("clerk")
    assert queries(client, "/apply/") == 8
    for number in (2, 3):
        more = Batch.objects.get(pk=cast.batch.pk)
        more.pk, more.name = None, f"批次{number}"
        more.save()
    assert queries(client, "/apply/") == 8


def test_the_correction_makes_the_same_queries_with_one_defect_and_with_three(
    cast: Cast, sign_in: SignIn
) -> None:
    counts = []
    for defects in ({"1.1.a": "甲"}, {"1.1.a": "甲", "households": "乙", "awards": "丙"}):
        case = road.to_street(cast) if not counts else again(cast)
        intake.send_back(case, opinion="请补正。", defects=defects, by=cast.street, at=cast.at)
        counts.append(queries(sign_in("clerk"), f"/cases/{case.pk}/correct/"))
    assert counts == [20, 20]


def again(cast: Cast) -> Case:
    """Hand the corrected application in: it lies with the street once more."""
    case = Case.objects.get()
    decision = last_return(case)
    assert decision is not None
    for defect in defects_of(decision):
        submission.answer_defect(case, defect=defect.pk, answer="已补。", by=cast.clerk, at=cast.at)
    submission.resubmit(case, by=cast.head, at=cast.at)
    return case


def test_a_check_and_the_papers_make_the_same_queries_after_one_return_and_after_three(
    cast: Cast, sign_in: SignIn
) -> None:
    case, counts = road.to_street(cast), []
    for turn in range(3):
        intake.send_back(case, opinion="请补正。", defects={"1.1.a": f"{turn}"}, by=cast.street, at=cast.at)
        again(cast)
        pages = (("street", "check"), ("clerk", "application"))
        counts.append([queries(sign_in(who), f"/cases/{case.pk}/{page}/") for who, page in pages])
    assert counts == [[13, 14]] * 3


def test_the_reads_make_as_many_queries_as_they_say(cast: Cast, django_assert_num_queries: Any) -> None:
    case = Case.objects.select_related("batch__standard").get(pk=road.to_street(cast).pk)
    with django_assert_num_queries(6):
        dossier_of(case, on=cast.at.date()).result.total  # noqa: B018
    with django_assert_num_queries(2):
        record = record_of(case)
        assert record is not None
        assert record.result().total == 87
    with django_assert_num_queries(3):
        application_summary(case)


def test_the_day_of_application_is_the_local_one(cast: Cast) -> None:
    case = road.to_street(cast, at=datetime(2026, 3, 1, 17, 0, tzinfo=UTC))  # 01:00 of the second in Shanghai
    record = record_of(case)
    assert record is not None
    assert record.result().sheet.values["application_date"] == date(2026, 3, 2)
