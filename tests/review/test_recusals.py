"""Recusal: declared or detected; out of sight and not assigned; overridden only by a superior without a conflict."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from applications.actions import claiming, people
from applications.errors import Hidden, Invalid, NotAllowed, Refused
from applications.models import Assignment, Case, Recusal, Todo, TodoBar
from applications.permissions import open_todos, visible_cases
from notifications.models import Notification
from notifications.outbox import drain
from review.actions import recusals, team
from review.models import TeamMember
from review.queries.objections import eligible_reassessors
from review.queries.votes import committee
from tests import road
from tests.cast import Cast
from tests.review import assessing, drive
from workflow.audience import doers

SignIn = Callable[[str], Client]


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case that lies with the street, whose officer has taken it."""
    case = road.to_street(cast)
    claiming.claim(Todo.objects.get(case=case, state="open"), by=cast.street, at=cast.at)
    return case


def kept_away(cast: Cast, case: Case, who: str = "street") -> Recusal:
    return recusals.recuse_self(case, reason="亲属在该社区任职", by=cast[who], at=cast.at)


def test_an_official_who_keeps_away_loses_sight_and_the_office_gets_the_work(cast: Cast, case: Case) -> None:
    kept_away(cast, case)
    todo = Todo.objects.get(case=case, state="open")
    assert todo.assignee is None
    assert not visible_cases(cast.street).filter(pk=case.pk).exists()
    assert not open_todos(cast.street).exists()
    assert cast.street not in doers(todo)
    with pytest.raises(Hidden):
        kept_away(cast, case)


def test_only_who_acts_on_the_case_declares_here(cast: Cast, case: Case) -> None:
    with pytest.raises(NotAllowed):
        kept_away(cast, case, "auditor")
    for stranger in ("neighbour", "far_county", "unassigned"):
        with pytest.raises(Hidden):
            kept_away(cast, case, stranger)
    with pytest.raises(Invalid):
        recusals.recuse_self(case, reason="无", by=cast.street, at=cast.at)


def test_a_superior_overrides_with_a_reason_that_stands_in_the_log(cast: Cast, case: Case) -> None:
    row = kept_away(cast, case)
    for who in ("street", "county", "city", "auditor", "far_county"):
        with pytest.raises(NotAllowed):
            recusals.lift(row, reason="情况已经消除", by=cast[who], at=cast.at)
    with pytest.raises(Invalid):
        recusals.lift(row, reason=" ", by=cast.province, at=cast.at)
    recusals.lift(row, reason="亲属已离职，情况消除", by=cast.province, at=cast.at)
    event = case.events.order_by("seq").last()
    assert event is not None
    assert (event.verb, event.actor, event.data["reason"]) == (
        "lift_recusal",
        cast.province,
        "亲属已离职，情况消除",
    )
    assert visible_cases(type(cast.street).objects.get(pk=cast.street.pk)).filter(pk=case.pk).exists()
    with pytest.raises(Refused, match="已经撤销"):
        recusals.lift(row, reason="再来一次", by=cast.province2, at=cast.at)


def test_who_is_recused_or_tied_does_not_override(cast: Cast, case: Case) -> None:
    row = kept_away(cast, case)
    kept_away(cast, case, "province")
    with pytest.raises(NotAllowed):
        recusals.lift(row, reason="情况已经消除", by=cast.province, at=cast.at)
    people.grant(
        cast.province2,
        role="street_officer",
        organisation=cast.street.memberships.get().organisation,
        region=cast.regions["360102002"],
        since=date(2025, 1, 1),
        by=None,
        at=cast.at,
    )
    with pytest.raises(NotAllowed, match="利害关系"):
        recusals.lift(row, reason="情况已经消除", by=cast.province2, at=cast.at)


@pytest.mark.parametrize("who", ["member", "unassigned"])
def test_ties_to_the_community_keep_from_voting_and_from_judging_again(
    cast: Cast, case: Case, who: str
) -> None:
    """Detected, not declared: a post in the community within two years."""
    asked = (lambda: committee(case)) if who == "member" else (lambda: eligible_reassessors(case, cast.at))
    assert cast[who] in asked()
    held = people.grant(
        cast[who],
        role="community_clerk",
        organisation=cast.clerk.memberships.get().organisation,
        region=cast.community.region,
        since=date(2023, 1, 1),
        by=None,
        at=cast.at,
    )
    held.active, held.until = False, date(2025, 6, 30)
    held.save()
    assert cast[who] not in asked()


def test_the_page_lets_one_declare_and_the_province_override(cast: Cast, case: Case, sign_in: SignIn) -> None:
    where = f"/cases/{case.pk}/recusals/"
    street, province = sign_in("street"), sign_in("province")
    assert sign_in("auditor").get(where).status_code == 403
    assert sign_in("neighbour").get(where).status_code == 404
    assert street.post(where, {"verb": "recuse", "reason": ""}).status_code == 422
    assert street.post(where, {"verb": "lift", "recusal": "1", "reason": "情况消除"}).status_code in {
        403,
        409,
    }
    assert (
        street.post(where, {"verb": "recuse", "reason": "亲属在该社区任职"}).headers["Location"] == "/desk/"
    )
    assert street.get(where).status_code == 404
    row = Recusal.objects.get(case=case)
    page = province.get(where).content.decode()
    assert "亲属在该社区任职" in page and "胡建军" in page
    assert "亲属在该社区任职" not in sign_in("county").get(where).content.decode()
    wrong = province.post(where, {"verb": "lift", "recusal": row.pk, "reason": "短"})
    assert wrong.status_code == 422 and "写明理由" in wrong.content.decode()
    assert (
        province.post(where, {"verb": "lift", "recusal": row.pk, "reason": "亲属已离职"}).status_code == 302
    )
    assert street.get(where).status_code == 200


WHY = "群众反映其近亲属在该社区任职"


def ordered(cast: Cast, case: Case, who: str, by: str = "province") -> Recusal:
    return recusals.order(case, person=cast[who], reason=WHY, by=cast[by], at=cast.at)


def test_a_superior_orders_an_official_to_keep_away_at_once(cast: Cast, case: Case, sign_in: SignIn) -> None:
    street = sign_in("street")
    assert street.get(f"/cases/{case.pk}/").status_code == 200
    row = ordered(cast, case, "street")
    todo = Todo.objects.get(case=case, state="open")
    assert (row.declared, todo.assignee, cast.street in doers(todo)) == (False, None, False)
    assert not open_todos(cast.street).exists()
    assert street.get(f"/cases/{case.pk}/").status_code == 404
    event = case.events.get(verb="order_recusal")
    assert (event.actor, event.data) == (cast.province, {"name": "胡建军", "reason": WHY})


def test_the_person_hears_of_the_order_and_of_nothing_else(cast: Cast, case: Case, sign_in: SignIn) -> None:
    ordered(cast, case, "street")
    while drain(now=cast.at):
        pass
    (note,) = Notification.objects.filter(user=cast.street, kind="recusal.ordered")
    shown = sign_in("street").get("/notifications/").content.decode()
    assert note.subject is None and WHY in shown and "上级责令您回避“翠湖社区”一案" in shown
    assert case.number not in shown
    assert not Notification.objects.filter(kind="recusal.ordered").exclude(user=cast.street).exists()


def test_who_may_order_it_and_against_whom(cast: Cast, case: Case) -> None:
    for who in ("street", "county", "city", "auditor", "sysadmin", "far_county"):
        with pytest.raises(NotAllowed):
            ordered(cast, case, "county2", by=who)
    with pytest.raises(Refused, match="针对他人"):
        ordered(cast, case, "province")
    for who in ("far_county", "clerk", "head", "unassigned", "auditor"):
        with pytest.raises(Refused, match="无须责令回避"):
            ordered(cast, case, who)
    with pytest.raises(Invalid):
        recusals.order(case, person=cast.street, reason="无", by=cast.province, at=cast.at)
    ordered(cast, case, "street")
    with pytest.raises(Refused, match="已经回避"):
        ordered(cast, case, "street")
    assert Recusal.objects.filter(case=case).count() == 1


def test_a_reviewer_ordered_away_leaves_the_team_and_what_was_handed_in_with_it(cast: Cast) -> None:
    case = road.to_review(cast)
    drive.judge_each(case, cast.reviewer, at=cast.at, missed=())
    ordered(cast, case, "reviewer")
    assert not TeamMember.objects.filter(case=case, user=cast.reviewer, active=True).exists()
    assert not Assignment.objects.filter(case=case, user=cast.reviewer, active=True).exists()
    assert not visible_cases(cast.reviewer).filter(pk=case.pk).exists()
    waiting = Todo.objects.get(case=case, node="review.judge", state="open", assignee=cast.reviewer)
    assert TodoBar.objects.filter(todo=waiting, user=cast.reviewer).exists()
    assert case.events.filter(verb="withdraw_judgement").exists()


def test_the_last_one_to_declare_ordered_away_lets_the_team_go_on(cast: Cast) -> None:
    case = road.to_preparation(cast)
    assessing.form_team(cast, case, cast.at)
    ordered(cast, case, "surveyor")
    assert not Todo.objects.filter(case=case, assignee=cast.surveyor, state="open").exists()
    for name in ("leader", "reviewer", "reviewer2", "reviewer3"):
        assert Todo.objects.filter(case=case, node="preparation.declare", state="open").exists()
        team.declare(case, conflict=False, confidentiality=True, integrity=True, by=cast[name], at=cast.at)
    assert Todo.objects.get(case=case, state="open").node == "preparation.form_team"


def test_the_page_offers_the_order_to_the_superior_and_keeps_what_was_typed(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    where, province = f"/cases/{case.pk}/recusals/", sign_in("province")
    page = province.get(where).content.decode()
    assert "责令他人回避" in page and "胡建军（公园街道办事处）" in page
    assert "周桂兰" not in page and "黄敏（" not in page
    assert "责令他人回避" not in sign_in("county").get(where).content.decode()
    short = province.post(where, {"verb": "order", "person": cast.street.pk, "why": "短"})
    assert short.status_code == 422
    assert (
        "写明理由" in short.content.decode()
        and f'value="{cast.street.pk}" selected' in short.content.decode()
    )
    stranger = province.post(where, {"verb": "order", "person": cast.far_county.pk, "why": WHY})
    assert stranger.status_code == 422 and WHY in stranger.content.decode()
    assert province.post(where, {"verb": "order", "person": cast.street.pk, "why": WHY}).status_code == 302
    page = province.get(where).content.decode()
    assert "上级责令" in page and WHY in page
    assert sign_in("street").get(where).status_code == 404
    row = Recusal.objects.get(case=case)
    said = {"verb": "lift", "recusal": row.pk, "reason": "查无此事，恢复办理"}
    assert province.post(where, said).status_code == 302
    assert sign_in("street").get(where).status_code == 200
