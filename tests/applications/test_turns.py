"""Whose turn it is: to-dos on the desk of exactly those who may do it, one effect, refusals that explain."""

from datetime import date, timedelta

import pytest

from applications.actions.turns import take
from applications.errors import AlreadyDone, NotAllowed, Refused
from applications.models import Case, Deadline, Recusal, StandIn, Todo, TodoBar
from applications.permissions import may_do, open_todos, visible_cases
from tests import road
from tests.cast import Cast, shares_an_office

EVERYBODY = (
    "clerk clerk2 head neighbour neighbour_head far_clerk street other_street far_street county county2 far_county city "
    "far_city province publisher manager reviewer unassigned member recon supervisor auditor sysadmin"
).split()


def with_open_todo(cast: Cast) -> set[str]:
    return {name for name in EVERYBODY if open_todos(cast[name]).exists()}


def at_street(cast: Cast) -> Case:
    case = road.open_case(cast)
    take(case, "application.fill", by=cast.head, at=cast.at).finish("submit")
    return case


def test_a_new_case_is_on_the_desk_of_its_community_only(cast: Cast) -> None:
    road.open_case(cast)

    assert with_open_todo(cast) == {"clerk", "clerk2", "head"}


def test_a_submitted_application_is_on_the_desk_of_its_street_only(cast: Cast) -> None:
    at_street(cast)

    assert with_open_todo(cast) == {"street"}


def test_a_case_is_seen_along_its_branch_of_the_tree_only(cast: Cast) -> None:
    road.open_case(cast)

    seen = {name for name in EVERYBODY if visible_cases(cast[name]).exists()}

    assert seen == {
        "clerk",
        "clerk2",
        "head",
        "street",
        "county",
        "county2",
        "city",
        "province",
        "publisher",
        "member",
        "recon",
        "supervisor",
        "auditor",
    }


def test_the_four_levels_follow_each_other_and_open_the_preparation(cast: Cast) -> None:
    case = at_street(cast)
    for level in ("street", "county", "city", "province"):
        take(case, f"application.{level}_check", by=cast[level], at=cast.at).finish("pass")

    case.refresh_from_db()
    assert case.state == "preparation"
    assert list(Todo.objects.filter(case=case, state="open").values_list("node", flat=True)) == [
        "preparation.form_team"
    ]


def test_the_loser_of_a_race_reads_who_did_it_and_when(cast: Cast) -> None:
    case = at_street(cast)
    take(case, "application.street_check", by=cast.street, at=cast.at).finish("pass")

    with pytest.raises(AlreadyDone, match="胡建军于2026年3月2日 09:00"):
        take(case, "application.street_check", by=cast.street, at=cast.at)


def test_a_step_that_has_not_begun_says_where_the_case_stands(cast: Cast) -> None:
    case = road.open_case(cast)

    with pytest.raises(Refused, match="申报审核"):
        take(case, "scoring.vote", by=cast.member, at=cast.at)


@pytest.mark.parametrize(
    "name", ["other_street", "far_street", "county", "province", "clerk", "sysadmin", "auditor"]
)
def test_nobody_else_may_check_for_the_street(cast: Cast, name: str) -> None:
    case = at_street(cast)

    with pytest.raises(NotAllowed, match="没有在该地区办理此事项的权限"):
        take(case, "application.street_check", by=cast[name], at=cast.at)


def test_a_recused_person_neither_sees_nor_does_nor_is_offered_the_case(cast: Cast) -> None:
    case = at_street(cast)
    Recusal.objects.create(case=case, user=cast.street, reason="亲属", at=cast.at)

    assert not visible_cases(cast.street).exists()
    assert not open_todos(cast.street).exists()
    with pytest.raises(NotAllowed, match="您已回避该案卷"):
        take(case, "application.street_check", by=cast.street, at=cast.at)


def test_a_barred_person_reads_the_reason_and_has_no_to_do(cast: Cast) -> None:
    case = at_street(cast)
    todo = Todo.objects.get(case=case, state="open")
    TodoBar.objects.create(todo=todo, user=cast.street, reason="您提交了本案申报。")

    assert not open_todos(cast.street).exists()
    assert may_do(cast.street, todo).reason == "您提交了本案申报。"


def test_a_dismissed_officer_loses_the_right_at_once(cast: Cast) -> None:
    case = at_street(cast)
    membership = cast.street.memberships.get()
    membership.active = False
    membership.save()
    fresh = type(cast.street).objects.get(pk=cast.street.pk)

    with pytest.raises(NotAllowed):
        take(case, "application.street_check", by=fresh, at=cast.at)


def test_a_stand_in_acts_for_an_absent_officer_on_the_days_arranged(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = at_street(cast)
    shares_an_office(cast)
    monkeypatch.setattr("applications.clock.today", lambda: date(2026, 3, 2))
    substitute = cast.other_street
    StandIn.objects.create(
        absent=cast.street,
        substitute=substitute,
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 3),
        reason="出差",
        arranged_by=cast.street,
    )

    take(case, "application.street_check", by=substitute, at=cast.at).finish("pass")

    todo = Todo.objects.get(case=case, node="application.street_check")
    assert todo.closed_by == substitute


def test_a_stand_in_has_no_right_before_and_after_the_days_arranged(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_street(cast)
    shares_an_office(cast)
    StandIn.objects.create(
        absent=cast.street,
        substitute=cast.other_street,
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 3),
        reason="出差",
        arranged_by=cast.street,
    )
    for day in (date(2026, 3, 1), date(2026, 3, 4)):
        monkeypatch.setattr("applications.clock.today", lambda day=day: day)
        user = type(cast.street).objects.get(pk=cast.other_street.pk)
        assert not open_todos(user).exists()


def test_the_first_check_is_due_after_five_working_days(cast: Cast) -> None:
    case = at_street(cast)

    todo = Todo.objects.get(case=case, state="open")
    assert (todo.due_on, todo.due_provisional) == (date(2026, 3, 9), False)
    assert todo.deadline.source == "服务流程与规范 2-1.5"


def test_a_deadline_over_a_year_without_notice_is_provisional(cast: Cast) -> None:
    late = cast.at.replace(month=12, day=29)
    cast.batch.closes_on = date(2027, 6, 30)
    cast.batch.save()
    case = road.open_case(cast, at=late)

    deadline = Deadline.objects.get(case=case)
    assert deadline.provisional
    assert Todo.objects.get(case=case).due_provisional


def test_a_step_done_on_its_last_day_is_met_and_on_the_next_late(cast: Cast) -> None:
    case = at_street(cast)
    evening = cast.at.replace(day=9, hour=15, minute=59)
    take(case, "application.street_check", by=cast.street, at=evening).finish("pass")
    take(case, "application.county_check", by=cast.county, at=evening + timedelta(days=60)).finish("pass")

    states = dict(Deadline.objects.filter(case=case).values_list("todo__node", "state"))
    assert states["application.street_check"] == "met"
    assert states["application.county_check"] == "late"
