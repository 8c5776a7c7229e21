"""A reviewer or the leader leaves while the case is judged: a newcomer takes the place, and blind stays blind."""

import pytest

from applications.errors import NotAllowed
from applications.models import Assignment, Case, Todo
from applications.permissions import may_do, open_todos, visible_cases
from review.actions import gaps, judging, settling, team
from review.actions.team import NewMember
from review.models import TeamMember
from review.queries.judgements import complete, visible_judgements
from review.queries.teams import open_duties
from tests import road
from tests.cast import Cast
from tests.review.drive import issue, judge_all


@pytest.fixture
def case(cast: Cast) -> Case:
    return road.to_review(cast)


def joins(cast: Cast, case: Case, duty: str) -> None:
    """The county takes somebody in, who declares."""
    gaps.fill_gap(case, members=[NewMember("expert", (duty,), cast.reviewer4)], by=cast.county, at=cast.at)
    with pytest.raises(NotAllowed, match="声明"):
        judging.hand_in(case, by=cast.reviewer4, at=cast.at) if duty == "reviewer" else settling.finish(
            case, rulings={}, by=cast.reviewer4, at=cast.at
        )
    team.declare(case, conflict=False, confidentiality=True, integrity=True, by=cast.reviewer4, at=cast.at)


def judges(cast: Cast, case: Case, *names: str, missed: tuple[str, ...] = ()) -> None:
    for name in names:
        judge_all(case, cast[name], at=cast.at, missed=missed)
        judging.hand_in(case, by=cast[name], at=cast.at)


@pytest.mark.parametrize("handed_in", [False, True])
@pytest.mark.parametrize("how", ["recused", "released"])
def test_another_judges_in_the_place_of_a_reviewer_who_left(
    cast: Cast, case: Case, how: str, handed_in: bool
) -> None:
    judge_all(case, cast.reviewer, at=cast.at, missed=("1.1.a",))
    if handed_in:
        judging.hand_in(case, by=cast.reviewer, at=cast.at)
    if how == "recused":
        gaps.step_down(case, reason="亲属到社区任职", by=cast.reviewer, at=cast.at)
    else:
        member = TeamMember.objects.get(case=case, user=cast.reviewer)
        team.release_member(case, member=member, reason="病假", by=cast.county, at=cast.at)
    gone = type(cast.reviewer).objects.get(pk=cast.reviewer.pk)
    assert not visible_cases(gone).filter(pk=case.pk).exists()
    assert not open_todos(gone).exists()
    assert open_duties(case) == ["reviewer"]
    assert Todo.objects.filter(case=case, node="review.judge", state="open").count() == 2
    joins(cast, case, "reviewer")
    judges(cast, case, "reviewer2")
    assert not complete(case, 1)
    assert not visible_judgements(cast.reviewer4, case).exists()
    judges(cast, case, "reviewer4")
    assert complete(case, 1)
    assert not visible_judgements(cast.leader, case).filter(by=cast.reviewer).exists()
    assert Todo.objects.get(case=case, state="open").node == "review.opinion"
    issue(cast, case, at=cast.at)
    case.refresh_from_db()
    assert case.state == "scoring"


@pytest.mark.parametrize("before", ["judging", "settling"])
def test_a_new_leader_settles_in_the_place_of_one_who_left(cast: Cast, case: Case, before: str) -> None:
    if before == "judging":
        gaps.step_down(case, reason="新任亲属", by=cast.leader, at=cast.at)
    judges(cast, case, "reviewer", missed=("1.1.a",))
    judges(cast, case, "reviewer2")
    if before == "settling":
        gaps.step_down(case, reason="新任亲属", by=cast.leader, at=cast.at)
    todo = Todo.objects.get(case=case, state="open")
    assert todo.node == "review.settle"
    assert not may_do(type(cast.leader).objects.get(pk=cast.leader.pk), todo).ok
    joins(cast, case, "leader")
    ruling = {"1.1.a": settling.Ruling(True, "以现场记录为准。")}
    settling.finish(case, rulings=ruling, by=cast.reviewer4, at=cast.at)
    assert Todo.objects.get(case=case, state="open").assignee == cast.reviewer4


def test_who_reviews_cannot_become_the_leader(cast: Cast, case: Case) -> None:
    gaps.step_down(case, reason="新任亲属", by=cast.leader, at=cast.at)
    with pytest.raises(Exception, match="兼任"):
        gaps.fill_gap(
            case, members=[NewMember("expert", ("leader",), cast.reviewer)], by=cast.county, at=cast.at
        )
    assert not Assignment.objects.filter(case=case, duty="leader", active=True).exists()
