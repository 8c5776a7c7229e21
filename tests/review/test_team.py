"""Forming the team, declaring, recusal, and carrying the team into the next round."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.actions.cases import open_case
from applications.errors import AlreadyDone, Invalid, NotAllowed, Refused
from applications.models import (
    Assignment,
    Batch,
    Case,
    Event,
    IntakeDecision,
    Membership,
    Recusal,
    Submission,
    Todo,
)
from applications.permissions import visible_cases
from review.actions import gaps, team
from review.actions.team import NewMember
from review.models import Declaration, TeamMember
from review.queries import teams
from tests.cast import Cast
from tests.review import assessing


@pytest.fixture
def case(cast: Cast) -> Case:
    return assessing.accepted(cast)


def form(cast: Cast, case: Case, members: list[NewMember]) -> None:
    team.form_team(case, agency=assessing.agency(cast), members=members, by=cast.county, at=cast.at)


def sentences(caught: Any) -> str:
    return " ".join(fault.sentence for fault in caught.value.faults)


def open_nodes(case: Case) -> list[tuple[str, str]]:
    rows = Todo.objects.filter(case=case, state="open").select_related("assignee").order_by("pk")
    return [(row.node, row.assignee.username if row.assignee else "") for row in rows]


def test_a_team_of_all_kinds_with_all_duties_goes_on_to_the_declarations(cast: Cast, case: Case) -> None:
    assessing.form_team(cast, case, cast.at)
    case.refresh_from_db()
    assert case.agency == assessing.agency(cast)
    assert open_nodes(case) == [
        ("preparation.declare", name) for name in ("leader", "reviewer", "reviewer2", "reviewer3", "surveyor")
    ]
    held = Assignment.objects.filter(case=case, active=True).order_by("pk")
    assert [(row.user.username, row.duty) for row in held] == [
        ("leader", "leader"),
        ("reviewer", "reviewer"),
        ("reviewer2", "reviewer"),
        ("reviewer3", "documents"),
        ("reviewer3", "site"),
        ("surveyor", "surveyor"),
    ]
    assert TeamMember.objects.filter(case=case, user=None).count() == 2
    assert Event.objects.filter(case=case, verb="form_team").count() == 1


def test_everything_that_a_team_lacks_is_told_at_once(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid) as caught:
        form(cast, case, [NewMember("expert", ("leader", "reviewer"), cast.leader)])
    told = sentences(caught)
    for part in (
        "只有1人",
        "缺少“社区管理人员”",
        "缺少“居民代表”",
        "评审员现为1人",
        "组长陶然不能兼任评审员",
        "“查阅资料”尚无人负责",
        "“实地考察”尚无人负责",
        "“问卷调查”尚无人负责",
    ):
        assert part in told
    assert not TeamMember.objects.filter(case=case).exists()
    assert not Assignment.objects.filter(case=case).exists()


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        (NewMember("expert", ("leader",), name="某专家"), "没有系统账号，不能承担“组长”"),
        (NewMember("resident", name="王居民"), "居民代表王居民须写明产生方式"),
        (NewMember("wizard", name="王居民"), "成员类别“wizard”不在可选范围内"),
        (NewMember("expert", name="  "), "没有填写姓名"),
    ],
)
def test_a_member_who_does_not_fit_is_refused(cast: Cast, case: Case, extra: NewMember, told: str) -> None:
    with pytest.raises(Invalid) as caught:
        form(cast, case, [*assessing.members(cast), extra])
    assert told in sentences(caught)


def test_two_leaders_are_refused(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid) as caught:
        form(cast, case, [*assessing.members(cast), NewMember("expert", ("leader",), cast.reviewer4)])
    assert "指定了2名组长（陶然、彭远）" in sentences(caught)


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("clerk", "2年内任职于被评社区（翠湖社区居民委员会）"),
        ("street", "2年内任职于社区所属街道（公园街道办事处）"),
        ("county2", "现任职于社区所在县（市、区）（东湖区民政局）"),
        ("neighbour", "现任职于社区所在县（市、区）（莲塘社区居民委员会）"),
    ],
)
def test_ties_bar_a_person_with_the_reason(cast: Cast, case: Case, who: str, told: str) -> None:
    found = teams.candidates(case, agency=None, also=[cast[who].pk], today=date(2026, 3, 2))
    assert told in [str(reason) for reason in found[0].reasons]
    with pytest.raises(Invalid) as caught:
        form(cast, case, [*assessing.members(cast), NewMember("consultant", (), cast[who])])
    assert f"{cast[who].name}不能参加：" in sentences(caught) and told in sentences(caught)


def test_who_decided_on_the_application_is_barred(cast: Cast, case: Case) -> None:
    submission = Submission.objects.create(
        case=case,
        receipt="R1",
        applied_star=4,
        undertaking="",
        content={},
        digest="",
        signed_by=cast.head,
        submitted_at=cast.at,
    )
    IntakeDecision.objects.create(
        case=case, submission=submission, level="city", verb="pass", opinion="同意", by=cast.city, at=cast.at
    )
    found = teams.bars(case, [cast.city.pk, cast.far_city.pk], today=date(2026, 3, 2))
    assert [str(reason) for reason in found[cast.city.pk].reasons] == ["参与过本案的申报审核"]
    assert found[cast.far_city.pk].reasons == []


@pytest.mark.parametrize(("until", "barred"), [(date(2024, 3, 2), True), (date(2024, 3, 1), False)])
def test_work_in_the_community_bars_for_two_years_to_the_day(
    cast: Cast, case: Case, until: date, barred: bool
) -> None:
    own = cast.clerk.memberships.get()
    Membership.objects.create(
        user=cast.reviewer4,
        role="community_clerk",
        organisation=own.organisation,
        region=own.region,
        group=own.group,
        active=False,
        since=date(2020, 1, 1),
        until=until,
    )
    found = teams.bars(case, [cast.reviewer4.pk], today=date(2026, 3, 2))
    assert bool(found[cast.reviewer4.pk].reasons) is barred


def test_who_assessed_the_community_in_the_last_batch_is_barred(cast: Cast, case: Case) -> None:
    other = Batch.objects.get(pk=cast.batch.pk)
    other.pk, other.name, other._state.adding = None, "2023年度", True
    other.save()
    earlier = open_case(other, community=cast.community, applied_star=3, by=cast.clerk, at=cast.at)
    Assignment.objects.create(
        case=earlier, user=cast.reviewer4, duty="site", assigned_by=cast.county, assigned_at=cast.at
    )
    later = Case(pk=earlier.pk + 100, community=case.community, batch=case.batch, path=case.path)
    found = teams.bars(later, [cast.reviewer4.pk, cast.reviewer.pk], today=date(2026, 3, 2))
    assert [str(reason) for reason in found[cast.reviewer4.pk].reasons] == [
        "上一批次“2023年度”参加过本社区的评估"
    ]
    assert found[cast.reviewer.pk].reasons == []


def test_candidates_are_read_with_the_same_number_of_queries(
    cast: Cast, case: Case, django_assert_num_queries: Any
) -> None:
    for also in ([cast.clerk.pk], [cast.clerk.pk, cast.county.pk, cast.far_clerk.pk]):
        with django_assert_num_queries(7):
            found = teams.candidates(case, agency=None, q="陶", also=also, today=date(2026, 3, 2))
        assert len(found) == len(also) + 1


def test_the_agency_lists_its_active_people_only(cast: Cast, case: Case) -> None:
    cast.reviewer4.is_active = False
    cast.reviewer4.save()
    found = teams.candidates(case, agency=assessing.agency(cast).pk, today=date(2026, 3, 2))
    names = {who.user.username for who in found}
    assert names == {*("manager", "leader", "reviewer", "reviewer2", "reviewer3", "unassigned", "surveyor")}


@pytest.mark.parametrize("who", ["far_county", "city", "leader", "clerk"])
def test_only_the_county_of_the_community_forms_the_team(cast: Cast, case: Case, who: str) -> None:
    with pytest.raises(NotAllowed):
        team.form_team(
            case,
            agency=assessing.agency(cast),
            members=assessing.members(cast),
            by=cast[who],
            at=cast.at,
        )


def test_a_second_forming_is_told_who_was_faster(cast: Cast, case: Case) -> None:
    assessing.form_team(cast, case, cast.at)
    with pytest.raises(AlreadyDone, match="陈思远"):
        assessing.form_team(cast, case, cast.at)


def declare(cast: Cast, case: Case, who: str, **changes: Any) -> Declaration:
    said = {"conflict": False, "confidentiality": True, "integrity": True, **changes}
    return team.declare(case, **said, by=cast[who], at=cast.at)


def test_all_declare_before_the_plan_is_written(cast: Cast, case: Case) -> None:
    assessing.form_team(cast, case, cast.at)
    for who in ("leader", "reviewer", "reviewer2", "reviewer3"):
        declare(cast, case, who)
    assert open_nodes(case) == [("preparation.declare", "surveyor")]
    declare(cast, case, "surveyor")
    assert open_nodes(case) == [("preparation.write_plan", "")]
    with pytest.raises(AlreadyDone):
        declare(cast, case, "surveyor")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"confidentiality": False}, ["confidentiality"]),
        ({"integrity": False, "confidentiality": False}, ["confidentiality", "integrity"]),
        ({"conflict": True, "reason": " "}, ["reason"]),
    ],
)
def test_a_declaration_needs_both_undertakings_or_the_reason(
    cast: Cast, case: Case, changes: dict[str, Any], fields: list[str]
) -> None:
    assessing.form_team(cast, case, cast.at)
    with pytest.raises(Invalid) as caught:
        declare(cast, case, "leader", **changes)
    assert [fault.field for fault in caught.value.faults] == fields
    assert not Declaration.objects.exists()


def test_a_conflict_takes_the_case_out_of_sight_at_once_and_only_the_gap_is_filled(
    cast: Cast, case: Case
) -> None:
    assessing.form_team(cast, case, cast.at)
    declare(cast, case, "reviewer2", conflict=True, reason="配偶在该社区工作")
    assert not visible_cases(cast.reviewer2).filter(pk=case.pk).exists()
    assert Recusal.objects.get(case=case).user == cast.reviewer2
    assert not Assignment.objects.filter(case=case, user=cast.reviewer2, active=True).exists()
    for who in ("leader", "reviewer", "reviewer3", "surveyor"):
        declare(cast, case, who)
    assert open_nodes(case) == [("preparation.form_team", "")]
    assert teams.open_duties(case) == ["reviewer"]
    with pytest.raises(Invalid, match="赵启明不能参加：已对本案回避"):
        form(cast, case, [NewMember("expert", ("reviewer",), cast.reviewer2)])
    form(cast, case, [NewMember("expert", ("reviewer",), cast.reviewer4)])
    assert open_nodes(case) == [("preparation.declare", "reviewer4")]
    declare(cast, case, "reviewer4")
    assert open_nodes(case) == [("preparation.write_plan", "")]
    assert Declaration.objects.filter(member__case=case).count() == 6


def test_a_replacement_without_an_account_leaves_nobody_to_declare(cast: Cast, case: Case) -> None:
    members = [
        *assessing.members(cast)[:-2],
        NewMember("community_manager", (), cast.far_clerk),
        NewMember("resident", name="刘建国", elected="议事会选举"),
    ]
    form(cast, case, members)
    declare(cast, case, "far_clerk", conflict=True, reason="亲属")
    assessing.declare_all(cast, case, cast.at)
    assert open_nodes(case) == [("preparation.form_team", "")]
    form(cast, case, [NewMember("community_manager", name="胡月英")])
    assert open_nodes(case) == [("preparation.write_plan", "")]


def test_a_serving_member_may_take_over_an_open_duty_without_declaring_again(cast: Cast, case: Case) -> None:
    form(cast, case, [*assessing.members(cast), NewMember("expert", ("observer",), cast.reviewer4)])
    declare(cast, case, "reviewer4")
    declare(cast, case, "leader", conflict=True, reason="亲属")
    for who in ("reviewer", "reviewer2", "reviewer3", "surveyor"):
        declare(cast, case, who)
    form(cast, case, [NewMember("expert", ("leader",), cast.reviewer4)])
    assert open_nodes(case) == [("preparation.write_plan", "")]
    row = next(row for row in teams.team_of(case) if row.member.user == cast.reviewer4)
    assert row.duties == ["observer", "leader"]


def test_the_county_lets_a_silent_member_go(cast: Cast, case: Case) -> None:
    assessing.form_team(cast, case, cast.at)
    for who in ("leader", "reviewer", "reviewer2", "reviewer3"):
        declare(cast, case, who)
    member = TeamMember.objects.get(case=case, user=cast.surveyor)
    with pytest.raises(NotAllowed):
        team.release_member(case, member=member, reason="病假", by=cast.far_county, at=cast.at)
    with pytest.raises(Invalid):
        team.release_member(case, member=member, reason=" ", by=cast.county, at=cast.at)
    team.release_member(case, member=member, reason="病假", by=cast.county, at=cast.at)
    assert open_nodes(case) == [("preparation.form_team", "")]
    assert not visible_cases(cast.surveyor).filter(pk=case.pk).exists()
    assert not Recusal.objects.exists()
    done = TeamMember.objects.get(case=case, user=cast.leader)
    with pytest.raises(Refused):
        team.release_member(case, member=done, reason="病假", by=cast.county, at=cast.at)


def test_a_stranger_sees_nothing_and_a_colleague_reads_the_reason(
    cast: Cast, case: Case, sign_in: Any
) -> None:
    url = f"/cases/{case.pk}/team/"
    assert sign_in("far_county").get(url).status_code == 404
    assert sign_in("unassigned").get(url).status_code == 404
    assert sign_in("neighbour").get(url).status_code == 404
    page = sign_in("street").get(url)
    assert page.status_code == 200 and "您没有在该地区办理此事项的权限" in page.content.decode()
    posted = sign_in("street").post(url, {"verb": "form"})
    assert posted.status_code == 403


def test_the_page_lists_bars_and_keeps_what_was_ticked(cast: Cast, case: Case, sign_in: Any) -> None:
    client = sign_in("county")
    agency = assessing.agency(cast).pk
    typed = {"agency": agency, f"duty-{cast.leader.pk}": "leader", f"kind-{cast.leader.pk}": "expert"}
    page = client.post(f"/cases/{case.pk}/team/", {**typed, "verb": "look", "q": "周桂兰"}).content.decode()
    assert "任职于被评社区" in page
    assert f'value="leader" id="id_duty-{cast.leader.pk}_0" checked' in page
    wrong = client.post(f"/cases/{case.pk}/team/", {**typed, "verb": "form"})
    assert wrong.status_code == 422
    assert "缺少“居民代表”" in wrong.content.decode()
    assert f'value="leader" id="id_duty-{cast.leader.pk}_0" checked' in wrong.content.decode()


def test_the_page_forms_a_team(cast: Cast, case: Case, sign_in: Any) -> None:
    data: dict[str, Any] = {"verb": "form", "agency": assessing.agency(cast).pk}
    for new in assessing.members(cast):
        if new.user:
            data[f"duty-{new.user.pk}"] = list(new.duties)
            data[f"kind-{new.user.pk}"] = new.kind
    for place, new in enumerate(assessing.NAMED):
        data |= {f"name_{place}": new.name, f"named_kind_{place}": new.kind, f"elected_{place}": new.elected}
    answer = sign_in("county").post(f"/cases/{case.pk}/team/", data)
    assert answer.status_code == 302
    assert len(teams.team_of(case)) == 7


def test_the_declaration_is_the_members_own(cast: Cast, case: Case, sign_in: Any) -> None:
    assessing.form_team(cast, case, cast.at)
    url = f"/cases/{case.pk}/declaration/"
    assert sign_in("leader").get(url).status_code == 200
    assert sign_in("county").get(url).status_code == 403
    assert sign_in("manager").get(url).status_code == 403
    gone = sign_in("reviewer").post(url, {"verb": "send", "conflict": "yes", "reason": "亲属"})
    assert gone.status_code == 302 and gone.url == "/desk/"
    assert sign_in("reviewer").get(url).status_code == 404


def test_the_team_page_asks_the_same_number_of_queries_however_large_the_team(
    cast: Cast, case: Case, sign_in: Any
) -> None:
    client = sign_in("county2")
    url = f"/cases/{case.pk}/team/"
    form(cast, case, assessing.members(cast))
    client.get(url)
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        counts.append(len(seen))
        for place in range(3):
            TeamMember.objects.create(
                case=case, round=1, name=f"顾问{place}", kind="consultant", added_at=cast.at
            )
    assert counts[0] == counts[1]


def test_the_next_round_takes_the_team_over_without_those_who_recused(cast: Cast, case: Case) -> None:
    assessing.form_team(cast, case, cast.at)
    assessing.declare_all(cast, case, cast.at)
    Recusal.objects.create(case=case, user=cast.reviewer2, reason="亲属", at=cast.at)
    case.round = 2
    run = type("Run", (), {"round": 2})()
    gaps.carry_team(case, run=run, by=cast.county, at=cast.at + timedelta(days=90))
    held = Assignment.objects.filter(case=case, round=2, active=True)
    assert {row.user.username for row in held} == {"leader", "reviewer", "reviewer3", "surveyor"}
    assert teams.open_duties(case) == ["reviewer"]
    rows = teams.team_of(case)
    assert all(row.declared for row in rows) and len(rows) == 6
    gaps.carry_team(case, run=run, by=cast.county, at=cast.at)
    assert Assignment.objects.filter(case=case, round=2).count() == held.count()
    assert Assignment.objects.filter(case=case, round=1, active=True).count() == 6
