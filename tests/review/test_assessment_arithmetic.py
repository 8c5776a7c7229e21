"""The pure parts of preparation and collection: tallies, draws, serial numbers, ties."""

from datetime import date
from fractions import Fraction

import pytest

from applications.core import standard as core
from applications.core.plan import compile_plan
from applications.core.years import years_before
from review.core import conflicts, questionnaire, tally, team
from review.core.streams import sights, stream_of_facts
from review.core.tally import Tally
from tests.house.source import ROOT


def figures(**changes: int) -> Tally:
    fields = {
        "issued": 10,
        "excluded": 0,
        "returned": 9,
        "voided": 0,
        "outsiders": 0,
        "face": 0,
        "face_checked": 0,
    }
    return Tally(**{**fields, **changes}, levels={"satisfied": 6, "neutral": 3})  # type: ignore[arg-type]


def test_rates_are_exact_and_none_where_there_is_nothing_to_divide_by() -> None:
    assert figures().return_pct == 90 and figures().enough(90)
    assert figures(issued=11).return_pct == Fraction(900, 11) and not figures(issued=11).enough(90)
    assert figures(issued=12, excluded=2).enough(90)
    assert figures(voided=3).satisfied_pct == 100
    empty = figures(issued=0, returned=0)
    assert empty.return_pct is None and empty.valid_pct is None and not empty.enough(90)
    assert figures(face=4, face_checked=1).checked_pct == 25 and figures().checked_pct is None


@pytest.mark.parametrize(
    ("issued", "returned", "lacking"), [(10, 0, 9), (10, 9, 0), (11, 9, 1), (1, 0, 1), (0, 0, 0)]
)
def test_how_many_are_lacking_is_rounded_up(issued: int, returned: int, lacking: int) -> None:
    assert figures(issued=issued, returned=returned).lacking(90) == lacking


def test_the_fact_has_the_fields_of_the_standard() -> None:
    spec = core.default().survey
    assert spec is not None and list(figures().fact()) == list(spec.fields)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("12、15-18", [12, 15, 16, 17, 18]), ("１，２ 2", [1, 2]), ("3至4", [3, 4]), ("", [])],
)
def test_serial_numbers_are_read_as_people_write_them(text: str, numbers: list[int]) -> None:
    assert tally.serial_numbers(text) == numbers


@pytest.mark.parametrize("text", ["a", "5-3", "1-99999", "-", "1--2", "9999999"])
def test_serial_numbers_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".?"):
        tally.serial_numbers(text)


def test_a_draw_is_the_same_again_with_its_seed_and_covers_the_share() -> None:
    ids = [f"id{place}" for place in range(41)]
    first = tally.draw(ids, 10, "seed")
    assert len(first) == 5 and first == tally.draw(reversed(ids), 10, "seed") != tally.draw(ids, 10, "other")
    assert tally.draw([], 10, "seed") == []


def test_the_sampling_error_shrinks_with_the_sample() -> None:
    assert tally.margin_pct(400, 100_000) == pytest.approx(4.89, abs=0.01)
    assert tally.margin_pct(1860, 1860) == 0
    assert tally.margin_pct(0, 100) is None and tally.margin_pct(10, 5) is None


def test_the_leap_day_two_years_before_is_the_twenty_eighth() -> None:
    assert years_before(date(2024, 2, 29), 2) == date(2022, 2, 28)


def test_a_post_without_an_end_counts_as_recent_and_a_foreign_one_never() -> None:
    place = conflicts.Place("36/1/2/3/4/", "36/1/2/3/", "36/1/2/")
    today = date(2026, 3, 2)
    former = conflicts.Post("甲", "36/1/2/3/4/", False, None)
    assert len(conflicts.ties([former], place, today)) == 1
    for path in ("36/1/2/", "36/1/2/9/"):
        assert conflicts.ties([conflicts.Post("乙", path, False, date(2026, 1, 1))], place, today) == []
        assert len(conflicts.ties([conflicts.Post("乙", path, True, None)], place, today)) == 1
    for path in ("36/", "36/1/", "36/5/6/"):
        assert conflicts.ties([conflicts.Post("丙", path, True, None)], place, today) == []


def test_an_even_or_one_sided_team_is_remarked_not_refused() -> None:
    seats = [team.Seat(str(place), team.EXPERT, frozenset()) for place in range(3)]
    seats.append(team.Seat("d", team.RESIDENT, frozenset()))
    told = [str(remark) for remark in team.remarks(seats)]
    assert told == [
        "小组共4人，为偶数；建议为单数，便于形成多数意见。",
        "“第三方专家”有3人，超过小组4人的半数，建议成员背景更加多元。",
    ]
    assert team.remarks([]) == []


def test_every_answer_is_asked_for_but_the_optional_ones() -> None:
    questions = questionnaire.snapshot()
    missing = [key for key, _fault in questionnaire.answer_faults(questions, {})]
    assert missing == ["resident", "overall", "content", "attitude", "efficiency", "environment"]
    assert tuple(questionnaire.LEVEL_NAMES) == questionnaire.LEVELS


def test_streams_hold_for_another_standard() -> None:
    path = ROOT / "tests" / "standards" / "weighted.yaml"
    plan = compile_plan(core.load(path), {})
    facts = stream_of_facts(plan)
    shown = [
        spec.key for stream in ("documents", "site") for page in sights(plan, stream) for spec in page.facts
    ]
    assert sorted(shown) == sorted(facts)
