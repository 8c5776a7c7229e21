"""The four levels: pass on, return with all defects at once, decline; and the correction of what was returned."""

from datetime import date

import pytest

from applications.actions import evidence, facts, intake, submission, withdrawal
from applications.actions.people import grant
from applications.core.papers import AWARDS, FORM
from applications.errors import AlreadyDone, Hidden, Invalid, NotAllowed, Refused
from applications.models import (
    Case,
    CheckDraft,
    Defect,
    Event,
    IntakeDecision,
    Membership,
    Organisation,
    Submission,
    Todo,
)
from applications.permissions import open_todos
from applications.queries.intake import defects_of, last_return
from applications.queries.record import application_summary, record_of
from notifications.models import Outbox
from tests import papers, road
from tests.cast import Cast

LEVELS = ("street", "county", "city", "province")
DEFECTS = {"1.4.a": "第三季度缺照片。", "households": "与台账不符。"}


@pytest.fixture
def case(cast: Cast) -> Case:
    """An application that lies with the street."""
    return road.to_street(cast)


def bring_to(cast: Cast, case: Case, level: str) -> None:
    """Let the levels before this one pass the application on."""
    for before in LEVELS[: LEVELS.index(level)]:
        intake.pass_on(case, opinion="同意上报。", by=cast[before], at=cast.at)


def waits_at(case: Case) -> str:
    """The one open step."""
    return Todo.objects.get(case=case, state="open", run__stage="application").node


def send_back(
    cast: Cast, case: Case, level: str = "street", defects: dict[str, str] | None = None
) -> list[Defect]:
    """Return the application; the defects in the order they were told."""
    intake.send_back(case, opinion="请一次补正。", defects=defects or DEFECTS, by=cast[level], at=cast.at)
    decision = last_return(case)
    assert decision is not None
    return defects_of(decision)


def correct(cast: Cast, case: Case) -> Submission:
    """Mend the two defects, answer them and hand in again."""
    new = papers.upload("三季度照片.jpg", papers.picture((1, 2, 3)))
    evidence.upload(case, files=[new], indicators=["1.4.a"], by=cast.clerk, at=cast.at)
    values = {"households": "1850"}
    assert facts.save_facts(case, values=values, revisions={}, by=cast.clerk, at=cast.at).ok
    for defect in Defect.objects.filter(decision=last_return(case)):
        submission.answer_defect(case, defect=defect.pk, answer="已更正。", by=cast.clerk, at=cast.at)
    return submission.resubmit(case, by=cast.head, at=cast.at)


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_passes_declines_and_returns(cast: Cast, case: Case, level: str) -> None:
    bring_to(cast, case, level)
    assert waits_at(case) == f"application.{level}_check"
    intake.decline(case, opinion="不属于城市社区。", by=cast[level], at=cast.at)
    case.refresh_from_db()
    assert case.state == Case.State.DECLINED
    decision = IntakeDecision.objects.filter(case=case).last()
    assert decision is not None
    assert (decision.level, decision.verb, decision.opinion) == (level, "decline", "不属于城市社区。")
    assert Outbox.objects.filter(key=f"application.decided:{decision.pk}").exists()


@pytest.mark.parametrize("level", LEVELS)
def test_a_corrected_application_goes_back_to_the_level_that_returned_it(
    cast: Cast, case: Case, level: str
) -> None:
    bring_to(cast, case, level)
    send_back(cast, case, level, {"1.4.a": "缺照片。"})
    assert waits_at(case) == "application.correct"
    (defect,) = Defect.objects.all()
    submission.answer_defect(case, defect=defect.pk, answer="已补。", by=cast.clerk, at=cast.at)
    submission.resubmit(case, by=cast.head, at=cast.at)
    assert waits_at(case) == f"application.{level}_check"


@pytest.mark.parametrize("level", LEVELS)
def test_nobody_else_checks(cast: Cast, case: Case, level: str) -> None:
    bring_to(cast, case, level)
    for who in ("clerk", "head", "neighbour", "other_street", "far_county", "far_city", "auditor"):
        with pytest.raises(NotAllowed):
            intake.pass_on(case, opinion="同意。", by=cast[who], at=cast.at)
    assert waits_at(case) == f"application.{level}_check"


def test_the_second_of_two_colleagues_reads_who_was_faster(cast: Cast, case: Case) -> None:
    bring_to(cast, case, "county")
    intake.pass_on(case, opinion="同意推荐。", by=cast.county, at=cast.at)
    with pytest.raises(AlreadyDone, match="陈思远"):  # though it is the city's turn now
        intake.pass_on(case, opinion="同意推荐。", by=cast.county2, at=cast.at)
    send_back(cast, case, "city")
    with pytest.raises(AlreadyDone, match="徐丽"):
        intake.decline(case, opinion="不予受理。", by=cast.city, at=cast.at)


def test_whoever_signed_the_application_does_not_check_it(cast: Cast) -> None:
    grant(
        cast.head,
        role="street_officer",
        organisation=cast.street.memberships.get().organisation,
        region=cast.regions["360102002"],
        since=cast.at.date(),
        by=None,
        at=cast.at,
    )
    case = road.to_street(cast)
    with pytest.raises(NotAllowed, match="您签署提交了本案申报"):
        intake.pass_on(case, opinion="同意。", by=cast.head, at=cast.at)


@pytest.mark.parametrize(("left", "barred"), [(date(2025, 6, 1), True), (date(2023, 6, 1), False)])
def test_an_officer_who_worked_in_the_community_within_two_years_does_not_check_it(
    cast: Cast, left: date, barred: bool
) -> None:
    region = cast.community.region
    before = {"organisation": Organisation.objects.get(region=region), "region": region}
    row = grant(cast.street, role="community_clerk", since=date(2020, 1, 1), by=None, at=cast.at, **before)
    Membership.objects.filter(pk=row.pk).update(active=False, until=left)
    case = road.to_street(cast)
    assert open_todos(cast.street).filter(case=case).exists() is not barred
    if barred:
        with pytest.raises(NotAllowed, match="两年内在该社区任职"):
            intake.pass_on(case, opinion="同意上报。", by=cast.street, at=cast.at)
    else:
        intake.pass_on(case, opinion="同意上报。", by=cast.street, at=cast.at)


def test_passing_on_asks_for_all_three_answers_and_an_opinion(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid, match="核对要点"):
        intake.pass_on(case, opinion="同意。", answers=["complete"], by=cast.street, at=cast.at)
    for opinion in ("", " 好 ", "好" * 2001):
        with pytest.raises(Invalid, match="审核意见"):
            intake.pass_on(case, opinion=opinion, by=cast.street, at=cast.at)
    assert not IntakeDecision.objects.exists()


def test_a_return_tells_every_defect_at_once_in_the_order_of_the_papers(cast: Cast, case: Case) -> None:
    told = send_back(
        cast,
        case,
        defects={"6.6.b": "末项", AWARDS: "缺证书", "1.1.a": "首项", FORM: "电话错", "households": "户数"},
    )
    assert [defect.target for defect in told] == [FORM, "households", "1.1.a", "6.6.b", AWARDS]
    event = Event.objects.get(case=case, verb="return_application")
    assert set(event.data["defects"]) == {FORM, "households", "1.1.a", "6.6.b", AWARDS}


@pytest.mark.parametrize("defects", [{}, {"1.1.a": "  "}])
def test_a_return_without_a_defect_is_refused(cast: Cast, case: Case, defects: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="一次性告知"):
        intake.send_back(case, opinion="请补正。", defects=defects, by=cast.street, at=cast.at)
    assert waits_at(case) == "application.street_check"


def test_a_defect_on_something_that_does_not_exist_is_refused(cast: Cast, case: Case) -> None:
    with pytest.raises(Hidden):
        intake.send_back(case, opinion="请补正。", defects={"9.9.z": "x"}, by=cast.street, at=cast.at)
    with pytest.raises(Invalid, match="2001"):
        intake.send_back(case, opinion="请补正。", defects={"1.1.a": "长" * 2001}, by=cast.street, at=cast.at)


def test_remarks_are_kept_until_they_are_told_and_shared_by_a_level(cast: Cast, case: Case) -> None:
    intake.save_draft(
        case, opinion="看到一半", remarks={"1.1.a": "缺名册", "1.1.b": ""}, by=cast.street, at=cast.at
    )
    draft = CheckDraft.objects.get(case=case)
    assert (draft.level, draft.remarks, draft.opinion) == ("street", {"1.1.a": "缺名册"}, "看到一半")
    assert not Defect.objects.exists()
    send_back(cast, case)
    assert not CheckDraft.objects.exists()


def test_handing_in_again_needs_every_answer_and_the_head(cast: Cast, case: Case) -> None:
    first, second = send_back(cast, case)
    submission.answer_defect(case, defect=first.pk, answer="已更正。", by=cast.clerk, at=cast.at)
    with pytest.raises(Invalid, match="还有1项"):
        submission.resubmit(case, by=cast.head, at=cast.at)
    with pytest.raises(Invalid, match="补正说明未填写"):
        submission.answer_defect(case, defect=second.pk, answer="  ", by=cast.clerk, at=cast.at)
    submission.answer_defect(case, defect=second.pk, answer="已补。", by=cast.clerk, at=cast.at)
    with pytest.raises(NotAllowed):
        submission.resubmit(case, by=cast.clerk, at=cast.at)
    submission.answer_defect(case, defect=second.pk, answer="已补照片。", by=cast.head, at=cast.at)
    submission.resubmit(case, by=cast.head, at=cast.at)
    second.refresh_from_db()
    assert (second.answer, second.answered_by) == ("已补照片。", cast.head)


def test_a_contradiction_with_a_fact_that_was_not_returned_is_told_by_the_fact_that_was(
    cast: Cast, case: Case
) -> None:
    """The sum of the grids stands at the grids; whoever returns the households must return the grids too."""
    for defect in send_back(cast, case, defects={"households": "不符。", "grid_households": "合计不符。"}):
        submission.answer_defect(case, defect=defect.pk, answer="已更正。", by=cast.clerk, at=cast.at)
    facts.save_facts(case, values={"households": "1850"}, revisions={}, by=cast.clerk, at=cast.at)
    with pytest.raises(Invalid, match="各网格户数"):
        submission.resubmit(case, by=cast.head, at=cast.at)
    values = {"grid_households": ["420", "480", "480", "470"]}
    facts.save_facts(case, values=values, revisions={}, by=cast.clerk, at=cast.at)
    submission.resubmit(case, by=cast.head, at=cast.at)


def test_differences_and_answers_stand_beside_what_was_returned(cast: Cast, case: Case) -> None:
    send_back(cast, case)
    again = correct(cast, case)
    record = record_of(case)
    assert record is not None
    assert record.submission == again
    assert dict(record.changes.facts) == {"households": ("1860", "1850")}
    assert dict(record.changes.evidence) == {"1.4.a": ((), ("三季度照片.jpg",))}
    assert not record.changes.claims
    assert record.changes.count == 2
    assert [defect.answer for defect in record.defects["1.4.a"]] == ["已更正。"]


def test_a_correction_can_be_taken_back_too(cast: Cast, case: Case) -> None:
    bring_to(cast, case, "county")
    send_back(cast, case, "county")
    again = correct(cast, case)
    assert waits_at(case) == "application.county_check"
    withdrawal.recall(case, submission=again.pk, by=cast.head, at=cast.at)
    assert waits_at(case) == "application.correct"
    assert facts.save_facts(case, values={"households": "1855"}, revisions={}, by=cast.clerk, at=cast.at).ok
    submission.resubmit(case, by=cast.head, at=cast.at)
    assert waits_at(case) == "application.county_check"


def test_the_summary_tells_what_happened(cast: Cast, case: Case) -> None:
    send_back(cast, case)
    correct(cast, case)
    intake.decline(case, opinion="不属于城市社区。", by=cast.street, at=cast.at)
    told = application_summary(case)
    assert [row.receipt[-2:] for row in told["submissions"]] == ["01", "02"]
    assert [row["decision"].verb for row in told["decisions"]] == ["return", "decline"]
    assert told["declined"].opinion == "不属于城市社区。"
    assert told["given_up"] is None


def test_nothing_happens_to_a_case_that_ended(cast: Cast, case: Case) -> None:
    intake.decline(case, opinion="不属于城市社区。", by=cast.street, at=cast.at)
    with pytest.raises(AlreadyDone):
        intake.pass_on(case, opinion="同意。", by=cast.street, at=cast.at)
    with pytest.raises(Refused):
        facts.save_facts(case, values={"households": "1"}, revisions={}, by=cast.clerk, at=cast.at)
