"""A rating rests on reviewed facts, settled judgements and confirmed awards, and can be made again by anybody."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Award, Event, Todo
from applications.models.append_only import AppendOnlyError
from review.actions import scoring, supplement
from review.models import FactCheck, Rating, RatingLine
from review.queries.ratings import broken_seal, rating_in_force, seal_of_rating
from review.queries.sheets import recomputed
from tests.cast import Cast
from tests.review.drive import SHEET, case_in_review, review


@pytest.fixture
def case(cast: Cast):
    """A case that was reviewed like the worked example and scored."""
    return review(cast, case_in_review(cast), findings={"4.2.j": "没有文体活动场地"})


@pytest.fixture
def rating(case) -> Rating:
    return rating_in_force(case, 1)


def test_the_worked_example_gives_its_published_result(rating: Rating) -> None:
    expected = SHEET["expected"]
    assert {key: rating.result[key] for key in expected} == expected
    assert (rating.number, rating.reason, rating.star, rating.release) == (1, "initial", 5, "0.1.0")


def test_anybody_can_rate_the_stored_sheet_with_the_command(rating: Rating, tmp_path: Path, capsys) -> None:
    path = tmp_path / "sheet.json"
    path.write_text(json.dumps(rating.sheet, ensure_ascii=False), encoding="utf-8")
    out = StringIO()
    call_command("rate", str(path), "--json", stdout=out)
    printed = json.loads(out.getvalue())
    assert printed == rating.result
    assert printed["digest"] == rating.digest == recomputed(rating).digest
    assert printed["inputs_digest"] == rating.inputs_digest


def test_every_point_is_traced(cast: Cast, case, rating: Rating) -> None:
    lines = {line.indicator: line for line in rating.lines.all()}
    assert len(lines) == 79
    assert sum(float(line.points) for line in lines.values()) == 90
    missed = lines["4.2.j"]
    assert missed.points == "0"
    assert [row["name"] for row in missed.judgements] == ["林若彤", "赵启明"]
    assert {(row["name"], row["did"]) for row in missed.persons} == {("林若彤", "judge"), ("赵启明", "judge")}
    measured = lines["3.1.a"]
    assert {"exact": "55/26", "shown": "2.12"}.items() <= measured.measures[0].items() or measured.measures
    assert [row["key"] for row in measured.facts] == ["community_workers", "urban_residents"]
    assert {row["name"] for row in measured.persons} == {"孟琳"}
    assert lines["4.5.a"].facts[0]["name"] == "葛晓"


def test_a_settled_difference_stands_in_the_line_with_its_reason(cast: Cast) -> None:
    case = review(cast, case_in_review(cast), missed=("1.1.a",), other_missed=(), ruling=False)
    line = rating_in_force(case, 1).lines.get(indicator="1.1.a")
    assert (line.points, line.settlement["name"], line.settlement["reason"]) == ("0", "陶然", "经合议认定")
    assert line.persons[-1] == {"id": cast.leader.pk, "name": "陶然", "did": "settle"}


def test_only_confirmed_awards_count(cast: Cast) -> None:
    case = case_in_review(cast)
    row = Award.objects.get(case=case, title="W2")
    row.confirmed = None
    row.save()
    assert rating_in_force(review(cast, case), 1).result["bonus"] == "2"


@pytest.mark.parametrize(("missed", "points"), [((), "1"), (("5.3.a",), "0")])
def test_an_accepted_exception_gives_the_points_of_the_grid(
    cast: Cast, missed: tuple[str, ...], points: str
) -> None:
    case = case_in_review(cast, facts={"grid_households": [220, 680, 480, 480]})
    rating = rating_in_force(review(cast, case, missed=missed), 1)
    assert rating.sheet["grid_size_reason_accepted"] is (not missed)
    assert rating.lines.get(indicator="5.3.a").points == points


def test_the_log_carries_digest_and_seal_and_sees_a_row_changed_behind_its_back(case, rating: Rating) -> None:
    event = Event.objects.get(case=case, verb="rate")
    assert event.data["digest"] == rating.digest
    assert event.data["seal"] == rating.seal == seal_of_rating(rating)
    assert broken_seal("rate", event.data) is None
    with connection.cursor() as cursor:
        cursor.execute("update review_ratingline set points = '9' where indicator = '1.1.a'")
    assert broken_seal("rate", event.data) == "计分结果与其摘要不符"


def test_ratings_and_lines_are_never_changed(rating: Rating) -> None:
    line = rating.lines.first()
    for act in (
        rating.save,
        rating.delete,
        line.save,
        line.delete,
        Rating.objects.all().delete,
        lambda: Rating.objects.filter(pk=rating.pk).update(star=3),
        lambda: RatingLine.objects.filter(rating=rating).update(points="5"),
    ):
        with pytest.raises(AppendOnlyError):
            act()


def test_an_invalid_survey_leads_to_the_county_not_to_an_error(cast: Cast) -> None:
    survey = {**SHEET["facts"]["survey"], "distributed": 480}
    case = review(cast, case_in_review(cast, facts={"survey": survey}))
    assert case.state == "scoring"
    assert not Rating.objects.exists()
    todo = Todo.objects.get(case=case, state="open")
    assert (todo.node, todo.permission) == ("scoring.supplement", "confirm_facts")
    with pytest.raises(Invalid, match="回收率"):
        supplement.resume(case, by=cast.county, at=cast.at)
    with pytest.raises(Refused, match="问卷调查"):
        supplement.supplement(
            case, key="survey", value="1", reason="补录", proof=None, by=cast.county, at=cast.at
        )


def test_a_missing_fact_is_supplied_with_a_reason_and_the_round_is_scored(cast: Cast) -> None:
    case = review(cast, case_in_review(cast, facts={"certified_workers": None}))
    with pytest.raises(NotAllowed):
        supplement.resume(case, by=cast.far_county, at=cast.at)
    with pytest.raises(Invalid) as refused:
        supplement.supplement(
            case, key="certified_workers", value="两名", reason="", proof=None, by=cast.county, at=cast.at
        )
    assert [fault.field for fault in refused.value.faults] == ["value", "reason"]
    supplement.supplement(
        case, key="certified_workers", value="2", reason="证书复核", proof=None, by=cast.county, at=cast.at
    )
    assert FactCheck.objects.get(case=case, key="certified_workers").value == 2
    supplement.resume(case, by=cast.county, at=cast.at)
    assert rating_in_force(case, 1).result["total"] == "95"
    assert Todo.objects.filter(case=case, state="open", node="scoring.vote").count() == 3


def test_rescoring_appends_a_new_rating_and_leaves_the_old_one(cast: Cast, case, rating: Rating) -> None:
    again = scoring.rescore(
        case,
        changes={"4.2.j": True, "1.1.a": False, "fact:certified_workers": 1},
        reason="XP-Y1",
        by=cast.recon,
        at=cast.at,
    )
    assert (again.number, again.supersedes, again.reason, again.note) == (2, rating, "objection", "XP-Y1")
    assert set(again.sheet["not_met"]) == {"1.1.a", "6.3.b"}
    assert again.sheet["facts"]["certified_workers"] == 1
    assert rating_in_force(case, 1) == again
    assert Rating.objects.get(pk=rating.pk).sheet == rating.sheet
    assert again.lines.get(indicator="4.2.j").judgements == rating.lines.get(indicator="4.2.j").judgements
    unchanged = scoring.rescore(case, changes={}, reason="XP-Y2", by=cast.recon, at=cast.at)
    assert unchanged.digest == again.digest  # the earlier objection's result stays


def test_rescoring_with_impossible_facts_says_so(cast: Cast, case) -> None:
    with pytest.raises(Invalid, match="社区工作者"):
        scoring.rescore(case, changes={"fact:certified_workers": 40}, reason="", by=cast.recon, at=cast.at)
    assert Rating.objects.count() == 1
