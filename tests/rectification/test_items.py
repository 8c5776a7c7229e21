"""Rectification: every shortfall an item, planned, worked on, verified by another person; then closed or round 2."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from applications import clock
from applications.actions.cases import enter
from applications.actions.evidence import store
from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Case, Deadline, StageRun
from applications.signals import road as sent
from rectification.actions import items
from rectification.actions.opening import open_items
from rectification.models import RectificationItem
from rectification.queries.items import counts, ledger
from tests import papers
from tests.cast import Cast
from tests.rectification.sample import MANY, PLAN
from tests.review import publishing

SignIn = Callable[[str], Client]


def at_rectification(cast: Cast, **changes: object) -> Case:
    """Put a rated case straight at the beginning of its rectification; the whole road is walked in its own test."""
    with transaction.atomic():
        case = Case.objects.create(
            number=f"XP2026-{cast.community.code}",
            community=cast.community,
            batch=cast.batch,
            path=cast.community.path,
            applied_star=4,
            opened_at=cast.at,
        )
        for stage in Case.STAGES[1:5]:
            enter(case, stage, by=None, at=cast.at)
        case.star = publishing.score(case, publishing.sheet(awards=[], **changes), cast.at).star
        enter(case, "rectification", by=None, at=cast.at)
        sent.send(sender=Case, case=case, by=None, at=cast.at)
    case.refresh_from_db()
    return case


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case without a star: its shortfalls are to be put right."""
    return at_rectification(cast, not_met=MANY)


def first(case: Case) -> RectificationItem:
    return RectificationItem.objects.filter(case=case).order_by("pk")[0]


def working(cast: Cast, item: RectificationItem, days: int = 30) -> None:
    items.plan(item, content=PLAN, by=cast.clerk, at=cast.at)
    items.confirm(item, days=days, by=cast.county, at=cast.at)


def proof(cast: Cast, item: RectificationItem):  # type: ignore[no-untyped-def]
    file = papers.upload("整改.jpg", papers.picture())
    return store(item.case, file, indicators=[], stage="rectification", by=cast.clerk, at=cast.at)


def closed(cast: Cast, item: RectificationItem) -> None:
    working(cast, item)
    items.apply(item, text="已完成", evidence=[proof(cast, item)], by=cast.clerk, at=cast.at)
    items.verify(item, outcome="close", method="site", opinion="属实", days=15, by=cast.county2, at=cast.at)


def test_every_missed_basic_item_opens_an_item_with_its_own_process(case: Case) -> None:
    missed = case.ratings.get().result["missed_basic_items"]
    opened = RectificationItem.objects.filter(case=case, source="basic")

    assert sorted(opened.values_list("indicator", flat=True)) == sorted(missed)
    runs = StageRun.objects.filter(case=case, stage="rectification").values_list("key", flat=True)
    assert sorted(runs) == sorted(str(item.pk) for item in RectificationItem.objects.filter(case=case))


def test_opening_twice_opens_nothing_more(case: Case, cast: Cast) -> None:
    before = RectificationItem.objects.count()
    open_items(case, by=None, at=cast.at)

    assert RectificationItem.objects.count() == before


def test_the_county_sets_the_time_within_the_bounds_of_the_term(case: Case, cast: Cast) -> None:
    item = first(case)
    items.plan(item, content=PLAN, by=cast.clerk, at=cast.at)
    for days in (6, 181):
        with pytest.raises(Invalid, match="请填写7至180天"):
            items.confirm(item, days=days, by=cast.county, at=cast.at)

    items.confirm(item, days=60, by=cast.county, at=cast.at)

    item.refresh_from_db()
    deadline = Deadline.objects.get(todo__node="rectification.work", case=case)
    assert (item.state, deadline.budget, item.due_on) == ("working", 60, deadline.due_on)


def test_verification_asks_for_a_proof(case: Case, cast: Cast) -> None:
    item = first(case)
    working(cast, item)

    with pytest.raises(Invalid, match="至少附一份整改佐证材料"):
        items.apply(item, text="已完成", evidence=[], by=cast.clerk, at=cast.at)


def test_who_was_responsible_does_not_verify(case: Case, cast: Cast) -> None:
    item = first(case)
    items.plan(item, content=PLAN, by=cast.clerk, at=cast.at)
    item.refresh_from_db()
    item.planned_by = cast.county2
    item.save()
    items.confirm(item, days=30, by=cast.county, at=cast.at)
    items.apply(item, text="已完成", evidence=[proof(cast, item)], by=cast.clerk, at=cast.at)

    with pytest.raises(NotAllowed, match="您参与了该整改项的落实"):
        items.verify(
            item, outcome="close", method="site", opinion="属实", days=15, by=cast.county2, at=cast.at
        )


def test_sent_back_it_is_worked_on_again_with_its_own_time(case: Case, cast: Cast) -> None:
    item = first(case)
    working(cast, item)
    items.apply(item, text="已完成", evidence=[proof(cast, item)], by=cast.clerk, at=cast.at)
    items.verify(
        item, outcome="back", method="papers", opinion="材料不足", days=20, by=cast.county, at=cast.at
    )

    item.refresh_from_db()
    assert item.state == "working"
    running = Deadline.objects.get(todo__node="rectification.work", case=case, state="running")
    assert (running.budget, running.due_on) == (20, item.due_on)


def test_more_time_is_granted_by_another_person_before_the_term_has_expired(case: Case, cast: Cast) -> None:
    item = first(case)
    working(cast, item)
    item.refresh_from_db()
    due = item.due_on
    request = items.ask_extension(item, days=15, reason="汛期施工受阻", by=cast.clerk, at=cast.at)
    items.decide_extension(request, granted=True, opinion="同意", by=cast.county, at=cast.at)

    item.refresh_from_db()
    assert due is not None and item.due_on is not None and item.due_on > due


def test_extensions_together_stay_within_the_bounds_of_the_term(case: Case, cast: Cast) -> None:
    item = first(case)
    working(cast, item)
    budget = Deadline.objects.get(todo__node="rectification.work", case=case, state="running").budget
    first_half = items.ask_extension(
        item, days=180 - budget, reason="汛期施工受阻", by=cast.clerk, at=cast.at
    )
    items.decide_extension(first_half, granted=True, opinion="同意", by=cast.county, at=cast.at)

    with pytest.raises(Invalid, match="“181天”超出允许范围"):
        items.ask_extension(item, days=1, reason="仍未完工", by=cast.clerk, at=cast.at)


def test_more_time_is_refused_once_the_term_has_expired(case: Case, cast: Cast) -> None:
    item = first(case)
    working(cast, item)
    late = cast.at + timedelta(days=60)

    with pytest.raises(Refused, match="整改期限已届满"):
        items.ask_extension(item, days=15, reason="来不及", by=cast.clerk, at=late)


def test_after_the_last_item_the_county_may_open_round_two_which_leaves_round_one_alone(
    case: Case, cast: Cast
) -> None:
    first_round = list(case.ratings.values_list("pk", "digest"))
    for item in RectificationItem.objects.filter(case=case):
        closed(cast, item)
    items.decide_round(case, again=True, reason="整改完成", by=cast.county, at=cast.at)

    case.refresh_from_db()
    assert (case.state, case.round) == ("collection", 2)
    assert list(case.ratings.values_list("pk", "digest")) == first_round
    assert StageRun.objects.get(case=case, stage="collection").round == 2


def test_the_county_may_also_end_the_case_without_a_star(case: Case, cast: Cast) -> None:
    for item in RectificationItem.objects.filter(case=case):
        closed(cast, item)
    items.decide_round(case, again=False, reason="下一批次再申报", by=cast.county, at=cast.at)

    case.refresh_from_db()
    assert (case.state, case.star) == ("closed", 0)


def test_with_a_star_the_case_closes_with_its_last_item(cast: Cast) -> None:
    case = at_rectification(cast)
    for item in RectificationItem.objects.filter(case=case):
        assert case.state == "rectification"
        closed(cast, item)

    case.refresh_from_db()
    assert (case.state, bool(case.star)) == ("closed", True)


def test_the_ledger_lists_and_counts_what_one_may_see_only(case: Case, cast: Cast) -> None:
    total = RectificationItem.objects.filter(case=case).count()

    seen = {
        name: ledger(cast[name]).count()
        for name in ("clerk", "county", "neighbour", "far_county", "sysadmin")
    }

    assert seen == {"clerk": total, "county": total, "neighbour": 0, "far_county": 0, "sysadmin": 0}
    assert counts(ledger(cast.far_county), clock.day_of(cast.at))["all"] == 0


def test_the_whole_ledger_is_listed_for_printing_up_to_a_limit_that_is_said(
    case: Case, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = RectificationItem.objects.filter(case=case).count()
    monkeypatch.setattr("rectification.views.ledger.ROWS", 3)
    client = sign_in("county")

    def rows(query: str = "") -> tuple[int, str]:
        page = client.get(f"/rectification/{query}").content.decode()
        return page.count('class="ttl"'), page

    shown, page = rows("?state=planning")
    assert shown == 3 and f"本页为第1至3项，共{total}项" in page and "?all=1&amp;state=planning" in page
    shown, page = rows("?all=1&state=planning")
    assert shown == total and f"已列出全部{total}项" in page
    monkeypatch.setattr("rectification.views.ledger.MOST_PRINTED", 5)
    shown, page = rows("?all=1")
    assert shown == 5 and f"共{total}项，这里只列出前5项" in page


def test_the_pages_let_each_do_their_part_over_http(case: Case, cast: Cast, sign_in: SignIn) -> None:
    item = first(case)
    url = f"/cases/{case.pk}/rectification/{item.pk}/"
    plan = {"verb": "plan", **vars(PLAN)}
    assert sign_in("neighbour").get(url).status_code == 404
    assert sign_in("auditor").post(url, plan).status_code == 409
    incomplete = sign_in("clerk").post(url, {**plan, "measure": ""})
    assert incomplete.status_code == 422
    assert "分工不清" in incomplete.content.decode()
    assert sign_in("clerk").post(url, plan).status_code == 302
    assert sign_in("county").post(url, {"verb": "confirm", "days": "30"}).status_code == 302
    file = papers.upload("整改.jpg", papers.picture())
    answer = sign_in("clerk").post(url, {"verb": "apply", "text": "已完成", "files": [file]})
    assert answer.status_code == 302
    verdict = {"verb": "verify", "outcome": "close", "method": "site", "opinion": "属实", "days": "15"}
    assert sign_in("county2").post(url, verdict).status_code == 302

    item.refresh_from_db()
    assert item.state == "closed"
    assert sign_in("county").get("/rectification/?state=closed").status_code == 200


def test_the_ledger_begins_with_what_is_due_and_ends_with_what_is_closed(cast: Cast, case: Case) -> None:
    rows = list(RectificationItem.objects.filter(case=case).order_by("pk"))
    closed(cast, rows[0])
    working(cast, rows[2])
    working(cast, rows[1], days=60)
    assert [item.pk for item in ledger(cast.county)] == [
        rows[2].pk,
        rows[1].pk,
        *(row.pk for row in rows[3:]),
        rows[0].pk,
    ]
