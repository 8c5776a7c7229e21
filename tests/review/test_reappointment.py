"""One of the two who judge an objection again must keep away: somebody else is appointed, and nothing lies still."""

from typing import Any

import pytest

from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Assignment, Recusal, Todo
from applications.permissions import visible_cases
from notifications.models import Notification
from notifications.outbox import drain
from review.actions import reappointment, reconsideration, recusals
from review.models import Objection
from review.queries import objections as queries
from tests.cast import Cast
from tests.review.publishing import object_to, on_notice, upheld

pytestmark = pytest.mark.django_db
WHY = "亲属在该社区任职"


@pytest.fixture
def objection(cast: Cast) -> Objection:
    """An objection of which ``reviewer3`` and ``unassigned`` judge 2.1.b again."""
    return upheld(cast, object_to(on_notice(cast), at=cast.at), cast.at, ["2.1.b"])


def rejudge(cast: Cast, objection: Objection, person: str, value: bool = True) -> None:
    said: dict[str, Any] = {"values": {"2.1.b": value}, "notes": {"2.1.b": "现场复核"}}
    reconsideration.rejudge(objection, **said, by=cast[person], at=cast.at)


def open_steps(objection: Objection) -> set[tuple[str, str | None]]:
    rows = Todo.objects.filter(run__key=objection.key, state=Todo.State.OPEN)
    return {(node.split(".")[1], name) for node, name in rows.values_list("node", "assignee__username")}


def away(cast: Cast, objection: Objection, person: str = "unassigned") -> None:
    recusals.recuse_self(objection.case, reason=WHY, by=cast[person], at=cast.at)


def test_the_other_goes_on_undisturbed_and_then_somebody_is_appointed(
    cast: Cast, objection: Objection
) -> None:
    away(cast, objection)
    assert open_steps(objection) == {("reassess", "reviewer3")}
    assert not visible_cases(cast.unassigned).filter(pk=objection.case_id).exists()
    rejudge(cast, objection, "reviewer3")
    assert open_steps(objection) == {("reappoint", None)}
    reappointment.replace(objection, reviewers=[cast.reviewer4], by=cast.recon, at=cast.at)
    assert open_steps(objection) == {("reassess", "reviewer4")}
    assert visible_cases(cast.reviewer4).filter(pk=objection.case_id).exists()
    rejudge(cast, objection, "reviewer4")
    assert open_steps(objection) == {("conclude", None)}
    assert set(queries.handed_in(objection)) == {cast.reviewer3.pk, cast.reviewer4.pk}


def test_whoever_is_last_and_leaves_sends_it_back_at_once(cast: Cast, objection: Objection) -> None:
    rejudge(cast, objection, "reviewer3")
    recusals.order(objection.case, person=cast.unassigned, reason=WHY, by=cast.province, at=cast.at)
    assert open_steps(objection) == {("reappoint", None)}


def test_what_was_handed_in_counts_no_longer_where_its_author_left_before_the_other(
    cast: Cast, objection: Objection
) -> None:
    rejudge(cast, objection, "unassigned", value=False)
    away(cast, objection)
    rejudge(cast, objection, "reviewer3")
    reappointment.replace(objection, reviewers=[cast.reviewer4], by=cast.recon, at=cast.at)
    rejudge(cast, objection, "reviewer4")
    targets = reconsideration.targets_of(objection.case, ["2.1.b"])
    assert reconsideration.agreement(objection, targets) == ({"2.1.b": True}, [])


def test_after_both_have_handed_in_it_stands(cast: Cast, objection: Objection) -> None:
    for person in ("reviewer3", "unassigned"):
        rejudge(cast, objection, person)
    away(cast, objection)
    assert open_steps(objection) == {("conclude", None)}
    assert len(queries.handed_in(objection)) == 2


def test_both_may_leave_and_two_are_appointed(cast: Cast, objection: Objection) -> None:
    for person in ("reviewer3", "unassigned"):
        away(cast, objection, person)
    assert open_steps(objection) == {("reappoint", None)}
    with pytest.raises(Invalid, match="请选择2名评审员，您选择了1名"):
        reappointment.replace(objection, reviewers=[cast.reviewer4], by=cast.recon, at=cast.at)


def test_only_the_untouched_are_appointed_and_only_by_who_may_decide(
    cast: Cast, objection: Objection
) -> None:
    rejudge(cast, objection, "reviewer3")
    away(cast, objection)
    Recusal.objects.filter(user=cast.unassigned).delete()  # the recusal itself may be overridden later
    for person in (cast.unassigned, cast.reviewer3):
        with pytest.raises(Invalid, match="参与过本案"):
            reappointment.replace(objection, reviewers=[person], by=cast.recon, at=cast.at)
    for name in ("province", "county", "publisher", "reviewer3"):
        with pytest.raises((NotAllowed, Refused)):
            reappointment.replace(objection, reviewers=[cast.reviewer4], by=cast[name], at=cast.at)


def test_a_closed_account_does_not_hold_the_objection_up(cast: Cast, objection: Objection) -> None:
    rejudge(cast, objection, "reviewer3")
    cast.unassigned.is_active = False
    cast.unassigned.save(update_fields=["is_active"])
    recusals.order(
        objection.case, person=cast.unassigned, reason="已调离评审岗位", by=cast.province, at=cast.at
    )
    assert open_steps(objection) == {("reappoint", None)}


def test_who_decides_is_told_and_who_judges_again_sees_no_name_of_the_other(
    cast: Cast, objection: Objection
) -> None:
    rejudge(cast, objection, "reviewer3")
    away(cast, objection)
    drain(limit=1000, now=cast.at)
    told = Notification.objects.filter(user=cast.recon, url__contains="/reviewers/")
    assert told.exists()
    assert not Notification.objects.filter(user=cast.unassigned, url__contains="/reviewers/").exists()


def test_sight_ends_with_the_last_objection_that_needs_it(cast: Cast) -> None:
    notice = on_notice(cast)
    first, second = (upheld(cast, object_to(notice, at=cast.at), cast.at, ["2.1.b"]) for _each in range(2))
    for person in ("reviewer3", "unassigned"):
        rejudge(cast, first, person)
    reconsideration.conclude(first, reason="维持", settlements={}, notes={}, by=cast.recon, at=cast.at)
    assert visible_cases(cast.reviewer3).filter(pk=notice.case_id).exists()
    for person in ("reviewer3", "unassigned"):
        rejudge(cast, second, person)
    reconsideration.conclude(second, reason="维持", settlements={}, notes={}, by=cast.recon, at=cast.at)
    assert not Assignment.objects.filter(duty="reassessor", active=True).exists()
