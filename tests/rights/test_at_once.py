"""A right that ends, ends at once: also for work already taken, by assignment, by name, and in an earlier round."""

from datetime import timedelta

import pytest

from applications.actions import accounts, claiming, intake
from applications.errors import NotAllowed
from applications.models import Assignment, Case, Todo
from applications.permissions import may_do, open_todos, visible_cases
from review.actions import gaps
from review.models import TeamMember
from tests import road
from tests.cast import Cast
from tests.review import assessing, drive


def now(cast: Cast, name: str):  # type: ignore[no-untyped-def]
    """The person as a new request finds them."""
    return type(cast[name]).objects.get(pk=cast[name].pk)


def dismiss(cast: Cast, name: str) -> None:
    for membership in cast[name].memberships.all():
        accounts.dismiss(membership, by=cast.sysadmin, at=cast.at)


@pytest.fixture
def taken(cast: Cast) -> Todo:
    """A street's check that one officer has taken for themselves."""
    case = road.to_street(cast)
    todo = Todo.objects.get(case=case, node="application.street_check")
    claiming.claim(todo, by=cast.street, at=cast.at)
    return Todo.objects.get(pk=todo.pk)


@pytest.mark.parametrize("how", ["dismissed", "deactivated", "expired"])
def test_a_taken_step_is_no_longer_theirs(cast: Cast, taken: Todo, how: str) -> None:
    assert open_todos(cast.street).filter(pk=taken.pk).exists()
    if how == "dismissed":
        dismiss(cast, "street")
    elif how == "deactivated":
        accounts.set_active(cast.street, active=False, by=cast.sysadmin, at=cast.at)
    else:
        cast.street.memberships.update(until=cast.at.date() - timedelta(days=1))
    street = now(cast, "street")
    assert not open_todos(street).exists()
    assert not may_do(street, Todo.objects.get(pk=taken.pk)).ok
    with pytest.raises(NotAllowed):
        intake.pass_on(taken.case, opinion="同意。", by=street, at=cast.at)


def test_it_lies_on_the_desk_of_the_office_again(cast: Cast, taken: Todo) -> None:
    dismiss(cast, "street")
    todo = Todo.objects.get(pk=taken.pk)
    assert (todo.assignee, todo.state) == (None, "open")
    event = todo.case.events.order_by("seq").last()
    assert event is not None
    assert (event.verb, event.actor) == ("release_task", cast.sysadmin)


def test_every_trace_of_who_was_deactivated_stays(cast: Cast) -> None:
    case = road.to_street(cast)
    intake.pass_on(case, opinion="同意。", by=cast.street, at=cast.at)
    accounts.set_active(cast.street, active=False, by=cast.sysadmin, at=cast.at)
    assert case.intake_decisions.get().by == cast.street
    assert case.events.filter(actor=cast.street).exists()
    assert cast.street.memberships.filter(active=True).exists()


def test_a_judge_who_left_the_agency_judges_no_more(cast: Cast) -> None:
    case = drive.case_in_review(cast)
    assert visible_cases(cast.reviewer).filter(pk=case.pk).exists()
    dismiss(cast, "reviewer")
    reviewer = now(cast, "reviewer")
    assert not visible_cases(reviewer).exists()
    assert not open_todos(reviewer).exists()
    todo = Todo.objects.get(case=case, node="review.judge", assignee=reviewer)
    assert not may_do(reviewer, todo).ok


def test_an_agency_manager_of_yesterday_sees_nothing_today(cast: Cast) -> None:
    case = assessing.collecting(cast)
    assert visible_cases(cast.manager).filter(pk=case.pk).exists()
    cast.manager.memberships.update(until=cast.at.date() - timedelta(days=1))
    assert not visible_cases(now(cast, "manager")).exists()


def second_round(cast: Cast) -> Case:
    """A case whose team goes on in a second round."""
    case = assessing.collecting(cast)
    run = case.runs.get(stage="collection")
    case.round = run.round = 2
    case.save(update_fields=["round"])
    gaps.carry_team(case, run=run, by=None, at=cast.at)
    return case


def test_who_goes_in_round_two_does_not_see_through_round_one(cast: Cast) -> None:
    case = second_round(cast)
    assert Assignment.objects.filter(case=case, user=cast.reviewer3, round=1, active=True).exists()
    assert visible_cases(cast.reviewer3).filter(pk=case.pk).exists()
    for row in Assignment.objects.filter(case=case, user=cast.reviewer3, round=2):
        row.active = False
        row.save()
    assert not visible_cases(now(cast, "reviewer3")).filter(pk=case.pk).exists()


def test_who_is_let_go_in_round_two_is_out(cast: Cast) -> None:
    case = second_round(cast)
    member = TeamMember.objects.get(case=case, round=2, user=cast.reviewer3)
    from_page = {"member": member, "reason": "调离", "by": cast.county, "at": cast.at}
    assessing.team.release_member(case, **from_page)
    assert not visible_cases(now(cast, "reviewer3")).filter(pk=case.pk).exists()
