"""Self-assessment of an indicator together with the facts on its page."""

import pytest

from applications.actions import claims, intake
from applications.actions.claims import Entry
from applications.errors import Refused
from applications.models import Case, Claim, DeclaredFact
from tests import road
from tests.cast import Cast


@pytest.fixture
def case(cast: Cast) -> Case:
    """An application that is being filled in."""
    return road.open_case(cast)


def test_a_claim_and_the_facts_of_its_page_are_saved_together(cast: Cast, case: Case) -> None:
    entry = Entry(
        reached=True, note=" 已落实。 ", facts={"county_leader_visits": "1", "street_leader_visits": "2"}
    )
    assert claims.save_indicator(case, indicator="1.3.a", entry=entry, by=cast.clerk, at=cast.at).ok
    claim = Claim.objects.get(case=case)
    assert (claim.indicator, claim.reached, claim.note, claim.revision) == ("1.3.a", True, "已落实。", 1)
    assert DeclaredFact.objects.filter(case=case).count() == 2


def test_a_measured_only_indicator_is_computed_and_never_claimed(cast: Cast, case: Case) -> None:
    entry = Entry(reached=True, facts={"office_service_area_m2": "520"})
    assert claims.save_indicator(case, indicator="2.1.a", entry=entry, by=cast.clerk, at=cast.at).ok
    assert not Claim.objects.filter(case=case).exists()
    assert DeclaredFact.objects.get(case=case).value == 520


def test_facts_may_be_saved_before_a_verdict_is_chosen_but_a_note_asks_for_one(
    cast: Cast, case: Case
) -> None:
    entry = Entry(facts={"county_leader_visits": "1"})
    assert claims.save_indicator(case, indicator="1.3.a", entry=entry, by=cast.clerk, at=cast.at).ok
    saved = claims.save_indicator(
        case, indicator="1.3.a", entry=Entry(note="写了"), by=cast.clerk, at=cast.at
    )
    assert [fault.field for fault in saved.faults] == ["reached"]


def test_two_clerks_who_judge_one_indicator_differently_read_both_judgements(cast: Cast, case: Case) -> None:
    first = Entry(reached=True, note="齐全")
    claims.save_indicator(case, indicator="1.1.a", entry=first, by=cast.clerk, at=cast.at)
    second = Entry(reached=False, note="缺监督委员会", revision=1)
    claims.save_indicator(case, indicator="1.1.a", entry=second, by=cast.clerk2, at=cast.at)
    third = Entry(reached=True, note="齐全，附名册", revision=1)
    saved = claims.save_indicator(case, indicator="1.1.a", entry=third, by=cast.clerk, at=cast.at)
    assert "未达到；缺监督委员会" in saved.conflicts[0].sentence
    assert "达到；齐全，附名册" in saved.conflicts[0].sentence
    assert Claim.objects.get(case=case).reached is False
    untouched = Entry(reached=True, note="齐全", revision=1)
    assert claims.save_indicator(case, indicator="1.1.a", entry=untouched, by=cast.clerk, at=cast.at).ok
    assert Claim.objects.get(case=case).reached is False


def test_a_note_beyond_measure_is_told_with_its_length(cast: Cast, case: Case) -> None:
    entry = Entry(reached=True, note="好" * 2001)
    saved = claims.save_indicator(case, indicator="1.1.a", entry=entry, by=cast.clerk, at=cast.at)
    assert "2001" in saved.faults[0].sentence
    assert not Claim.objects.filter(case=case).exists()


def test_an_indicator_that_does_not_exist_is_refused(cast: Cast, case: Case) -> None:
    with pytest.raises(Refused, match=r"9\.9\.z"):
        claims.save_indicator(case, indicator="9.9.z", entry=Entry(reached=True), by=cast.clerk, at=cast.at)


def test_only_returned_indicators_can_be_claimed_again(cast: Cast, case: Case) -> None:
    road.to_street(cast, case)
    defects = {"1.1.a": "缺名册。", "county_leader_visits": "次数不符。"}
    intake.send_back(case, opinion="请补正。", defects=defects, by=cast.street, at=cast.at)
    entry = Entry(reached=False, note="改", revision=1)
    assert claims.save_indicator(case, indicator="1.1.a", entry=entry, by=cast.clerk, at=cast.at).ok
    for other in (
        "1.1.b",
        "1.3.a",
    ):  # 1.3.a rests on a returned fact: its proof may change, its claim may not
        with pytest.raises(Refused, match="不在本次退回补正的范围内"):
            claims.save_indicator(case, indicator=other, entry=entry, by=cast.clerk, at=cast.at)
