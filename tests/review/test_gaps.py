"""A team at work loses members: the work goes to a colleague or waits for a newcomer, who declares first."""

from typing import Any

import pytest

from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Assignment, Case, Recusal, Todo
from applications.permissions import open_todos, visible_cases
from notifications.models import Outbox
from review.actions import fact_checks, gaps, survey_answers, team
from review.actions.team import NewMember
from review.models import TeamMember
from review.queries import teams
from tests import road
from tests.cast import Cast
from tests.review import assessing


@pytest.fixture
def case(cast: Cast) -> Case:
    return assessing.collecting(cast)


def desk(case: Case) -> list[tuple[str, str]]:
    rows = Todo.objects.filter(case=case, state="open", assignee__isnull=False).select_related("assignee")
    return sorted((row.node.split(".")[1], row.assignee.username) for row in rows if row.assignee)


def member(cast: Cast, case: Case, who: str) -> TeamMember:
    return TeamMember.objects.get(case=case, user=cast[who], active=True)


def release(cast: Cast, case: Case, who: str) -> None:
    team.release_member(case, member=member(cast, case, who), reason="调离", by=cast.county, at=cast.at)


def test_a_conflict_that_comes_up_later_takes_the_case_away_and_leaves_a_gap(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid):
        gaps.step_down(case, reason=" ", by=cast.reviewer3, at=cast.at)
    gaps.step_down(case, reason="新任亲属", by=cast.reviewer3, at=cast.at)
    assert not visible_cases(cast.reviewer3).filter(pk=case.pk).exists()
    assert Recusal.objects.get(case=case).reason == "新任亲属"
    assert teams.open_duties(case) == ["documents", "site"]
    assert open_todos(cast.reviewer3).count() == 0
    with pytest.raises(Refused):
        gaps.step_down(case, reason="再来", by=cast.reviewer3, at=cast.at)
    with pytest.raises(Refused):
        gaps.step_down(case, reason="不相干", by=cast.county, at=cast.at)


def test_a_newcomer_takes_the_waiting_work_over_and_declares_before_working(cast: Cast, case: Case) -> None:
    gaps.step_down(case, reason="亲属", by=cast.reviewer3, at=cast.at)
    new = [NewMember("expert", ("documents", "site"), cast.reviewer4)]
    with pytest.raises(NotAllowed):
        gaps.fill_gap(case, members=new, by=cast.far_county, at=cast.at)
    with pytest.raises(Invalid, match="“实地考察”尚无人负责"):
        gaps.fill_gap(
            case, members=[NewMember("expert", ("documents",), cast.reviewer4)], by=cast.county, at=cast.at
        )
    gaps.fill_gap(case, members=new, by=cast.county, at=cast.at)
    assert desk(case) == [("documents", "reviewer4"), ("interviews", "surveyor"), ("site", "reviewer4")]
    assert Outbox.objects.filter(topic="todo.reassigned", payload__event__gt=0).count() == 2
    with pytest.raises(NotAllowed, match="请先作出回避与保密声明"):
        fact_checks.confirm_declared(case, stream="site", keys=["households"], by=cast.reviewer4, at=cast.at)
    team.declare(case, conflict=False, confidentiality=True, integrity=True, by=cast.reviewer4, at=cast.at)
    fact_checks.confirm_declared(case, stream="site", keys=["households"], by=cast.reviewer4, at=cast.at)
    with pytest.raises(Refused, match="没有空缺"):
        gaps.fill_gap(case, members=new, by=cast.county, at=cast.at)


def test_the_county_lets_a_member_go_and_a_colleague_takes_over_at_once(cast: Cast, case: Case) -> None:
    Assignment.objects.create(
        case=case, user=cast.leader, duty="site", assigned_by=cast.county, assigned_at=cast.at
    )
    release(cast, case, "reviewer3")
    assert ("site", "leader") in desk(case) and ("documents", "reviewer3") in desk(case)
    assert teams.open_duties(case) == ["documents"]
    gaps.fill_gap(
        case, members=[NewMember("expert", ("documents",), cast.leader)], by=cast.county, at=cast.at
    )
    assert ("documents", "leader") in desk(case)
    fact_checks.confirm_declared(
        case, stream="documents", keys=["certified_workers"], by=cast.leader, at=cast.at
    )
    assert not Recusal.objects.exists()


def test_the_review_does_not_begin_with_a_gap(cast: Cast, case: Case) -> None:
    release(cast, case, "reviewer2")
    road.through_collection(cast, case)
    assert case.state == "collection"
    open_ones = Todo.objects.filter(case=case, state="open")
    assert [row.node for row in open_ones] == ["collection.mend_team"]
    new = [NewMember("expert", ("reviewer",), cast.reviewer4)]
    team.form_team(case, agency=None, members=new, by=cast.county, at=cast.at)
    team.declare(case, conflict=False, confidentiality=True, integrity=True, by=cast.reviewer4, at=cast.at)
    case.refresh_from_db()
    assert case.state == "review"
    judges = Todo.objects.filter(case=case, node="review.judge", state="open")
    assert {row.assignee.username for row in judges if row.assignee} == {"reviewer", "reviewer4"}


def test_the_review_does_not_begin_with_somebody_undeclared(cast: Cast, case: Case) -> None:
    release(cast, case, "reviewer2")
    new = [NewMember("expert", ("reviewer",), cast.reviewer4)]
    gaps.fill_gap(case, members=new, by=cast.county, at=cast.at)
    road.through_collection(cast, case)
    assert [(row.node, row.assignee) for row in Todo.objects.filter(case=case, state="open")] == [
        ("collection.declare_again", cast.reviewer4)
    ]


def test_once_the_result_is_decided_nobody_is_let_go_any_more(cast: Cast, case: Case) -> None:
    road.through_scoring(cast, road.through_review(cast, road.through_collection(cast, case)))
    case.refresh_from_db()
    with pytest.raises(Refused):
        release(cast, case, "reviewer2")


def test_pages_lead_a_newcomer_to_the_declaration_and_let_a_member_step_down(
    cast: Cast, case: Case, sign_in: Any
) -> None:
    url = f"/cases/{case.pk}/declaration/"
    page = sign_in("reviewer3").get(url)
    assert page.status_code == 200 and "您已作出声明" in page.content.decode()
    assert sign_in("county").get(url).status_code == 403
    gone = sign_in("reviewer3").post(url, {"verb": "recuse", "reason": "亲属"})
    assert gone.status_code == 302 and gone.url == "/desk/"
    county = sign_in("county")
    team_url = f"/cases/{case.pk}/team/"
    assert "职责空缺" in county.get(team_url).content.decode()
    key = cast.reviewer4.pk
    data = {"verb": "form", f"duty-{key}": ["documents", "site"], f"kind-{key}": "expert"}
    assert county.post(team_url, data).status_code == 302
    led = sign_in("reviewer4").get(f"/cases/{case.pk}/site/")
    assert led.status_code == 302 and led.url == url
    said = {"verb": "send", "conflict": "no", "confidentiality": "on", "integrity": "on"}
    assert sign_in("reviewer4").post(url, said).status_code == 302
    assert sign_in("reviewer4").get(f"/cases/{case.pk}/site/").status_code == 200
    assert sign_in("clerk").post(team_url, {"verb": "release", "member": "1"}).status_code == 403
    leaver = member(cast, case, "surveyor")
    assert (
        county.post(team_url, {"verb": "release", "member": leaver.pk, "reason": "病假"}).status_code == 302
    )
    assessing.open_survey(cast, case, cast.at, 1)
    assert open_todos(cast.surveyor).count() == 0
    with pytest.raises(NotAllowed, match="您已退出本案的评估小组"):
        survey_answers.enter_answer(case, serial=1, answers=assessing.answers(), by=cast.surveyor, at=cast.at)
