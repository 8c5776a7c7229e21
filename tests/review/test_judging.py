"""Two reviewers judge, blind to each other; handing in, taking back, and who may do neither."""

from datetime import timedelta

import pytest

from applications.errors import AlreadyDone, Invalid, NotAllowed, Refused
from applications.models import Assignment, Deadline, Event, Recusal, StandIn, Todo
from review.actions import judging, settling, voting
from review.actions.judging import Answer
from review.models import HandIn, Judgement
from review.queries.judgements import items_to_judge, visible_judgements
from tests.cast import Cast
from tests.review.drive import REVIEWED, case_in_review, issue, judge_all


@pytest.fixture
def case(cast: Cast):
    return case_in_review(cast)


def open_steps(case) -> list[tuple[str, str]]:
    rows = Todo.objects.filter(case=case, state="open").order_by("pk")
    return [(row.node, row.assignee.username) for row in rows]


def test_each_reviewer_gets_the_step_and_nobody_else(cast: Cast, case) -> None:
    assert open_steps(case) == [("review.judge", "reviewer"), ("review.judge", "reviewer2")]
    for name in ("leader", "county", "unassigned", "auditor", "clerk"):
        with pytest.raises(NotAllowed):
            judging.judge(case, indicator="1.1.a", answer=Answer(True), by=cast[name], at=cast.at)


def test_what_is_judged_are_the_qualitative_indicators_only(case) -> None:
    ids = [item.id for item in items_to_judge(case)]
    assert len(ids) == 63
    assert "1.3.a" in ids  # a check beside the measure
    assert "3.1.a" not in ids  # measured only
    assert "5.3.a" not in ids  # every grid is within the bounds


def test_a_grid_out_of_bounds_is_left_to_a_reviewer_with_a_reason(cast: Cast) -> None:
    case = case_in_review(cast, facts={"grid_households": [220, 680, 480, 480]})
    item = next(item for item in items_to_judge(case) if item.id == "5.3.a")
    assert item.exception
    with pytest.raises(Invalid) as refused:
        judging.judge(case, indicator="5.3.a", answer=Answer(True), by=cast.reviewer, at=cast.at)
    assert [fault.field for fault in refused.value.faults] == ["note"]
    judging.judge(
        case, indicator="5.3.a", answer=Answer(True, "山地小区,居住分散"), by=cast.reviewer, at=cast.at
    )


def test_a_conclusion_against_the_claim_needs_a_reason(cast: Cast, case) -> None:
    with pytest.raises(Invalid) as refused:
        judging.judge(case, indicator="1.1.a", answer=Answer(False), by=cast.reviewer, at=cast.at)
    assert [fault.field for fault in refused.value.faults] == ["note"]
    judging.judge(
        case, indicator="1.1.a", answer=Answer(False, "无居务监督委员会"), by=cast.reviewer, at=cast.at
    )
    judging.judge(case, indicator="1.1.b", answer=Answer(True), by=cast.reviewer, at=cast.at)


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (Answer(None), ["reached"]),
        (Answer(True, suggestion="改进"), ["finding"]),
        (Answer(True, severity="fatal"), ["severity"]),
        (Answer(True, note="说" * 2001), ["note"]),
    ],
)
def test_an_answer_that_cannot_be_taken_names_its_field(
    cast: Cast, case, answer: Answer, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        judging.judge(case, indicator="1.1.a", answer=answer, by=cast.reviewer, at=cast.at)
    assert [fault.field for fault in refused.value.faults] == fields
    assert not Judgement.objects.exists()


def test_drafts_are_saved_over_and_keep_their_history(cast: Cast, case) -> None:
    for reached in (True, False):
        judging.judge(
            case, indicator="1.1.a", answer=Answer(reached, "依据会议记录"), by=cast.reviewer, at=cast.at
        )
    row = Judgement.objects.get()
    assert row.reached is False
    assert [old.history_change_reason for old in row.history.all()] == ["judge", "judge"]


def test_several_are_saved_as_one_by_one_or_not_at_all(cast: Cast, case) -> None:
    good = {"1.1.a": Answer(True, "依据会议记录"), "1.1.b": Answer(True)}
    judging.judge(case, indicator="1.1.b", answer=Answer(False, "没有"), by=cast.reviewer, at=cast.at)
    with pytest.raises(Invalid) as refused:
        judging.judge_several(case, answers={**good, "2.1.b": Answer(None)}, by=cast.reviewer, at=cast.at)
    assert [fault.field for fault in refused.value.faults] == ["2.1.b.reached"]
    with pytest.raises(Refused, match=r"9\.9\.z"):
        judging.judge_several(case, answers={**good, "9.9.z": Answer(True)}, by=cast.reviewer, at=cast.at)
    assert Judgement.objects.count() == 1

    assert judging.judge_several(case, answers=good, by=cast.reviewer, at=cast.at) == 2
    rows = {row.indicator: row for row in Judgement.objects.all()}
    assert {key: row.reached for key, row in rows.items()} == {"1.1.a": True, "1.1.b": True}
    assert [row.history.first().history_user for row in rows.values()] == [cast.reviewer] * 2
    assert [row.history.count() for row in (rows["1.1.a"], rows["1.1.b"])] == [1, 2]


def test_handing_in_names_what_is_missing(cast: Cast, case) -> None:
    judge_all(case, cast.reviewer, at=cast.at)
    Judgement.objects.filter(indicator__in=["2.1.b", "6.5.b"]).delete()
    with pytest.raises(Invalid, match=r"还有2项没有评完.*2\.1\.b、6\.5\.b"):
        judging.hand_in(case, by=cast.reviewer, at=cast.at)


def test_the_log_says_nothing_of_what_was_judged_before_both_are_in(cast: Cast, case) -> None:
    before = Event.objects.filter(case=case).count()
    judge_all(case, cast.reviewer, at=cast.at, missed=("1.1.a",))
    assert Event.objects.filter(case=case).count() == before  # a count of drafts would tell of progress
    judging.hand_in(case, by=cast.reviewer, at=cast.at)
    event = Event.objects.filter(case=case).order_by("seq").last()
    assert (event.verb, event.data) == ("hand_in_judgement", {})
    judge_all(case, cast.reviewer2, at=cast.at)
    judging.hand_in(case, by=cast.reviewer2, at=cast.at)
    event = Event.objects.filter(case=case).order_by("seq").last()
    assert event.verb == "complete_judging"
    assert event.data == {"digests": list(HandIn.objects.order_by("pk").values_list("digest", flat=True))}


def seen_by(cast: Cast, case) -> dict[str, set[str]]:
    """Whose judgements each person of the cast sees."""
    found = {}
    for name, user in cast.people.items():
        authors = {row.by.username for row in visible_judgements(type(user).objects.get(pk=user.pk), case)}
        if authors:
            found[name] = authors
    return found


def test_before_both_are_in_everybody_sees_their_own_only(cast: Cast, case) -> None:
    judge_all(case, cast.reviewer, at=cast.at)
    judge_all(case, cast.reviewer2, at=cast.at)
    own = {"reviewer": {"reviewer"}, "reviewer2": {"reviewer2"}}
    assert seen_by(cast, case) == own
    judging.hand_in(case, by=cast.reviewer, at=cast.at)
    assert seen_by(cast, case) == own


def test_when_both_are_in_the_leader_sees_them_and_others_once_nothing_can_be_taken_back(
    cast: Cast, case, monkeypatch
) -> None:
    both = {"reviewer", "reviewer2"}
    judge_all(case, cast.reviewer, at=cast.at, missed=("1.1.a",))
    judge_all(case, cast.reviewer2, at=cast.at)
    judging.hand_in(case, by=cast.reviewer, at=cast.at)
    judging.hand_in(case, by=cast.reviewer2, at=cast.at)
    monkeypatch.setattr("applications.clock.now", lambda: cast.at + timedelta(minutes=5))
    assert seen_by(cast, case) == {"leader": both, "reviewer": {"reviewer"}, "reviewer2": {"reviewer2"}}
    monkeypatch.setattr("applications.clock.now", lambda: cast.at + REVIEWED)
    seen = seen_by(cast, case)
    assert seen["county"] == seen["auditor"] == seen["reviewer"] == both
    assert not {"clerk", "head", "neighbour", "far_county", "unassigned", "sysadmin"} & set(seen)


def test_the_community_sees_judgements_after_the_decision_only(cast: Cast, case, monkeypatch) -> None:
    judge_all(case, cast.reviewer, at=cast.at)
    judge_all(case, cast.reviewer2, at=cast.at)
    judging.hand_in(case, by=cast.reviewer, at=cast.at)
    judging.hand_in(case, by=cast.reviewer2, at=cast.at)
    issue(cast, case, at=cast.at)
    assert "clerk" not in seen_by(cast, case)
    for name in ("member", "member2", "member3"):
        voting.cast_vote(case, choice="approve", reason="", by=cast[name], at=cast.at)
    assert seen_by(cast, case)["clerk"] == {"reviewer", "reviewer2"}
    assert "neighbour" not in seen_by(cast, case)


def test_a_recused_reviewer_sees_nothing_and_does_nothing(cast: Cast, case) -> None:
    judge_all(case, cast.reviewer, at=cast.at)
    Recusal.objects.create(case=case, user=cast.reviewer, reason="亲属在该社区任职", at=cast.at)
    assert not visible_judgements(cast.reviewer, case).exists()
    with pytest.raises(NotAllowed):
        judging.hand_in(case, by=cast.reviewer, at=cast.at)
    with pytest.raises(NotAllowed):
        judging.withdraw(case, by=cast.reviewer, at=cast.at)


def test_a_judgement_knows_no_stand_in(cast: Cast, case) -> None:
    day = cast.at.date()
    StandIn.objects.create(
        absent=cast.reviewer,
        substitute=cast.unassigned,
        starts_on=day - timedelta(days=400),
        ends_on=day + timedelta(days=4000),
        reason="出差",
        arranged_by=cast.manager,
    )
    with pytest.raises(NotAllowed):
        judging.judge(case, indicator="1.1.a", answer=Answer(True), by=cast.unassigned, at=cast.at)


def test_handing_in_twice_does_it_once(cast: Cast, case) -> None:
    judge_all(case, cast.reviewer, at=cast.at)
    judging.hand_in(case, by=cast.reviewer, at=cast.at)
    with pytest.raises(AlreadyDone, match="林若彤"):
        judging.hand_in(case, by=cast.reviewer, at=cast.at)
    with pytest.raises(AlreadyDone):
        judging.judge(case, indicator="1.1.a", answer=Answer(True), by=cast.reviewer, at=cast.at)
    assert HandIn.objects.count() == 1
    assert open_steps(case) == [("review.judge", "reviewer2")]


def test_where_nothing_differs_the_leader_goes_straight_to_the_opinion(cast: Cast, case) -> None:
    judge_all(case, cast.reviewer, at=cast.at)
    judge_all(case, cast.reviewer2, at=cast.at)
    assert judging.hand_in(case, by=cast.reviewer, at=cast.at) is False
    assert judging.hand_in(case, by=cast.reviewer2, at=cast.at) is True
    assert open_steps(case) == [("review.opinion", "leader")]


def test_what_was_handed_in_can_be_taken_back_for_ten_minutes_with_the_old_term(cast: Cast, case) -> None:
    judge_all(case, cast.reviewer, at=cast.at)
    later = cast.at + timedelta(days=3)
    judging.hand_in(case, by=cast.reviewer, at=later)
    judging.withdraw(case, by=cast.reviewer, at=later + timedelta(minutes=9))
    assert sorted(open_steps(case)) == [("review.judge", "reviewer"), ("review.judge", "reviewer2")]
    due = Deadline.objects.filter(case=case, state="running").values_list("started_on", "due_on")
    assert len(set(due)) == 1 and len(due) == 2  # both began on the same day
    judging.hand_in(case, by=cast.reviewer, at=later + timedelta(minutes=20))
    with pytest.raises(Refused, match="10分钟"):
        judging.withdraw(case, by=cast.reviewer, at=later + timedelta(minutes=30))


def test_the_first_cannot_take_back_when_the_other_has_handed_in(cast: Cast, case) -> None:
    for user in (cast.reviewer, cast.reviewer2):
        judge_all(case, user, at=cast.at)
        judging.hand_in(case, by=user, at=cast.at)
    with pytest.raises(Refused, match="两名评审员都已提交"):
        judging.withdraw(case, by=cast.reviewer, at=cast.at)


def test_the_last_can_take_back_until_the_leader_begins(cast: Cast, case) -> None:
    judge_all(case, cast.reviewer, at=cast.at, missed=("1.1.a",))
    judging.hand_in(case, by=cast.reviewer, at=cast.at)
    judge_all(case, cast.reviewer2, at=cast.at)
    judging.hand_in(case, by=cast.reviewer2, at=cast.at)
    assert open_steps(case) == [("review.settle", "leader")]
    judging.withdraw(case, by=cast.reviewer2, at=cast.at)
    assert open_steps(case) == [("review.judge", "reviewer2")]  # the other one's stays in
    assert seen_by(cast, case) == {"reviewer": {"reviewer"}, "reviewer2": {"reviewer2"}}
    judging.hand_in(case, by=cast.reviewer2, at=cast.at)
    settling.save(
        case, rulings={"1.1.a": settling.Ruling(True, "以现场核查为准")}, by=cast.leader, at=cast.at
    )
    with pytest.raises(Refused, match="组长已开始"):
        judging.withdraw(case, by=cast.reviewer2, at=cast.at)


def test_who_handed_nothing_in_has_nothing_to_take_back(cast: Cast, case) -> None:
    with pytest.raises(Refused):
        judging.withdraw(case, by=cast.reviewer, at=cast.at)
    with pytest.raises(NotAllowed):
        judging.withdraw(case, by=cast.leader, at=cast.at)
    assert Assignment.objects.filter(duty="reviewer").count() == 2
