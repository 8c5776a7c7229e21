"""A stand-in acts for an absent colleague: in the office they share, while they work there, never against four eyes."""

from datetime import timedelta
from typing import Any

import pytest

from applications.actions import accounts, batches, claiming, intake
from applications.errors import NotAllowed, Refused
from applications.models import Batch, Membership, StandIn, Todo, User
from applications.permissions import grants, holds, may_do, may_see, open_todos, visible_cases
from applications.queries.mfa import is_required
from rectification.actions import items
from rectification.models import RectificationItem
from review.actions import publication
from tests import road
from tests.cast import Cast, also_works, shares_an_office
from tests.review import publishing
from tests.rights.byways import PLAN, Byways
from workflow.desk import Desk

OPINION = "材料齐全，符合条件，同意。"


def stands_in(cast: Cast, substitute: str, absent: str, days: int = 3) -> StandIn:
    """Let a person stand in for another from today."""
    today = cast.at.date()
    return StandIn.objects.create(
        absent=cast[absent],
        substitute=cast[substitute],
        starts_on=today,
        ends_on=today + timedelta(days=days),
        reason="出差",
        arranged_by=cast[absent],
    )


def now(person: User) -> User:
    """Return a person with the rights of this moment."""
    return User.objects.get(pk=person.pk)


@pytest.fixture(autouse=True)
def still(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still."""
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)
    monkeypatch.setattr("applications.clock.today", lambda: cast.at.date())


@pytest.fixture
def colleague(cast: Cast) -> Membership:
    """The office that the officer of the next street shares with the one of 公园街道."""
    return shares_an_office(cast)


def test_who_left_the_office_stands_in_for_nobody_there(cast: Cast, colleague: Membership) -> None:
    case = road.to_street(cast)
    stands_in(cast, "other_street", "street")
    before = now(cast.other_street)
    assert may_see(before, case) and open_todos(before).filter(case=case).exists()

    accounts.dismiss(colleague, by=cast.sysadmin, at=cast.at)

    after = now(cast.other_street)
    assert not may_see(after, case) and not visible_cases(after).exists()
    assert not open_todos(after).exists()
    with pytest.raises(NotAllowed):
        intake.pass_on(case, opinion=OPINION, by=after, at=cast.at)


def test_what_a_stand_in_had_taken_is_done_by_nobody_who_left(cast: Cast, colleague: Membership) -> None:
    case = road.to_street(cast)
    stands_in(cast, "other_street", "street")
    Todo.objects.filter(case=case, state="open").update(assignee=cast.street)
    assert may_do(now(cast.other_street), Todo.objects.get(case=case, state="open")).ok

    accounts.dismiss(colleague, by=cast.sysadmin, at=cast.at)

    assert not may_do(now(cast.other_street), Todo.objects.get(case=case, state="open")).ok


def test_what_a_stand_in_had_taken_goes_back_when_the_stand_in_is_ended(
    cast: Cast, colleague: Membership
) -> None:
    case = road.to_street(cast)
    row = stands_in(cast, "other_street", "street")
    todo = Todo.objects.get(case=case, state="open")
    claiming.claim(todo, by=now(cast.other_street), at=cast.at)
    assert not may_do(now(cast.street), Todo.objects.get(pk=todo.pk)).ok

    accounts.end_stand_in(row, by=cast.street, at=cast.at)

    todo.refresh_from_db()
    assert todo.assignee is None and may_do(now(cast.street), todo).ok


def test_what_a_stand_in_had_taken_goes_back_when_the_last_day_is_over(
    cast: Cast, colleague: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = road.to_street(cast)
    stands_in(cast, "other_street", "street", days=3)
    todo = Todo.objects.get(case=case, state="open")
    claiming.claim(todo, by=now(cast.other_street), at=cast.at)
    for days, kept in ((3, cast.other_street), (4, None)):
        later = cast.at + timedelta(days=days)
        monkeypatch.setattr("applications.clock.today", later.date)
        assert accounts.release_lost(at=later) == (0 if kept else 1)
        todo.refresh_from_db()
        assert todo.assignee == kept
    assert accounts.release_lost(at=later) == 0
    assert may_do(now(cast.street), todo).ok


def test_an_office_that_the_two_do_not_share_is_not_lent(cast: Cast, colleague: Membership) -> None:
    also_works(cast, "street", "county_officer", "360102", "东湖区民政局")
    stands_in(cast, "other_street", "street")

    person = now(cast.other_street)

    assert holds(person, "street_check", cast.regions["360102002"].path)
    assert not holds(person, "county_check", cast.regions["360102002"].path)


def test_a_chain_of_stand_ins_lends_nothing_on(cast: Cast) -> None:
    for name in ("county", "county2"):
        also_works(cast, name, "county_officer", "360102", "江西省民政厅")
    stands_in(cast, "province2", "publisher")
    stands_in(cast, "county", "province2")

    assert holds(now(cast.province2), "approve_publication", "36/")
    assert holds(now(cast.county), "approve_batch", "36/")
    assert not grants(now(cast.county)).get("approve_publication")


def test_a_stand_in_with_borrowed_rights_does_not_approve_what_the_absent_prepared(cast: Cast) -> None:
    case = publishing.at_publication(cast)
    publishing.to_approve(cast, case)
    stands_in(cast, "province2", "publisher")
    todo = Todo.objects.get(case=case, node="publication.approve", state="open")

    person = now(cast.province2)

    assert "代理" in may_do(person, todo).reason
    assert not open_todos(person).filter(pk=todo.pk).exists()
    desk = Desk(person, {}, cast.at.date())
    assert todo not in desk.listed(50) and desk.count == len(desk.listed(50))
    with pytest.raises(NotAllowed, match="代理"):
        publication.approve(case, opinion="同意", by=person, at=cast.at)


def test_a_stand_in_for_the_second_person_approves(cast: Cast) -> None:
    case = publishing.at_publication(cast)
    publishing.to_approve(cast, case)
    stands_in(cast, "province2", "publisher2")
    todo = Todo.objects.get(case=case, node="publication.approve", state="open")

    person = now(cast.province2)

    assert may_do(person, todo).ok and open_todos(person).filter(pk=todo.pk).exists()
    assert publication.approve(case, opinion="同意", by=person, at=cast.at).approver == person


def test_who_has_the_right_themselves_approves_although_they_stand_in_too(cast: Cast) -> None:
    case = publishing.at_publication(cast)
    publishing.to_approve(cast, case)
    stands_in(cast, "publisher2", "publisher")

    done = publication.approve(case, opinion="同意", by=now(cast.publisher2), at=cast.at)

    assert done.approver == cast.publisher2


def test_a_batch_is_not_approved_with_the_right_of_who_prepared_it(cast: Cast) -> None:
    offices = Byways(cast, lambda name, known: None)
    offices.batch()
    batch = Batch.objects.get(pk=offices.known["batch"])
    assert batch.prepared_by is not None
    stands_in(cast, "publisher", batch.prepared_by.username)
    assert holds(now(cast.publisher), "approve_batch", batch.scope.path)

    with pytest.raises(NotAllowed, match="批次由"):
        batches.approve(batch, by=now(cast.publisher), at=cast.at)


def test_an_extension_is_not_granted_with_the_right_of_who_asked(cast: Cast) -> None:
    case = road.to_publication(cast, star=0)
    item = RectificationItem.objects.filter(case=case).order_by("pk")[0]
    items.plan(item, content=PLAN, by=cast.clerk, at=cast.at)
    items.confirm(item, days=30, by=cast.county, at=cast.at)
    also_works(cast, "county2", "community_clerk", "360102002901", "东湖区民政局")
    also_works(cast, "far_county", "county_officer", "360402", "东湖区民政局")
    asked = items.ask_extension(item, days=10, reason="雨季", by=now(cast.county2), at=cast.at)
    stands_in(cast, "far_county", "county2")

    with pytest.raises(Refused, match="申请人以外"):
        items.decide_extension(asked, granted=True, opinion="同意", by=now(cast.far_county), at=cast.at)


def test_a_role_that_asks_for_a_second_factor_asks_its_stand_in_too(
    cast: Cast, settings: Any, colleague: Membership
) -> None:
    settings.MFA_ROLES = ["publisher"]
    assert not is_required(now(cast.province2))
    row = stands_in(cast, "province2", "publisher")
    assert is_required(now(cast.province2))

    accounts.end_stand_in(row, by=cast.publisher, at=cast.at)
    assert not is_required(now(cast.province2))
