"""Drawing a team by lot: from whom nothing bars, repeatable by its seed, every draw in the log."""

from collections.abc import Callable

import pytest
from django.test import Client

from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Assignment, Case, Event, Recusal
from review.actions.drawing import draw_team
from review.core.team import draw
from review.queries import teams
from tests.cast import Cast
from tests.pages import post, text
from tests.review import assessing

SignIn = Callable[[str], Client]
RESIDENT = {"name_0": "李秀兰", "named_kind_0": "resident", "elected_0": "社区议事会选举", "unit_0": ""}
MANAGER = {"name_1": "王主任", "named_kind_1": "community_manager", "elected_1": "", "unit_1": ""}


@pytest.fixture(autouse=True)
def on_the_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages live on the day of the story."""
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case whose team is to be formed."""
    return assessing.accepted(cast, cast.at)


def drawn(cast: Cast, case: Case, reason: str = "") -> Event:
    """Draw from the agency."""
    return draw_team(case, agency=assessing.agency(cast), reason=reason, by=cast.county, at=cast.at)


def test_a_draw_gives_every_duty_and_the_leader_does_not_judge() -> None:
    found = draw(range(1, 7), [9], "a1")
    duties = [duty for held in found.values() for duty in held]
    assert sorted(duties) == sorted(["leader", "reviewer", "reviewer", "documents", "site", "surveyor"])
    assert found[9] == ("surveyor",)
    assert all(len(held) == 1 for held in found.values())
    assert found == draw(range(6, 0, -1), [9], "a1") and found != draw(range(1, 7), [9], "a2")


def test_three_reviewers_are_enough_and_two_are_not() -> None:
    found = draw([1, 2, 3], [], "a1")
    assert sorted(duty for held in found.values() for duty in held) == sorted(
        ["leader", "reviewer", "reviewer", "documents", "site", "surveyor"]
    )
    assert next(held for held in found.values() if "leader" in held) == ("leader",)
    with pytest.raises(ValueError, match="2"):
        draw([1, 2], [], "a1")


def test_the_draw_stands_in_the_log_and_can_be_repeated_by_its_seed(cast: Cast, case: Case) -> None:
    event = drawn(cast, case)
    people = {row["name"]: row["person"] for row in event.data["pool"]}
    roster = [people[cast[name].name] for name in ("leader", "reviewer", "reviewer2", "reviewer3")]
    roster += [people[cast[name].name] for name in ("reviewer4", "unassigned")]
    again = draw(roster, [people[cast.surveyor.name]], event.data["seed"])
    assert [(row["person"], tuple(row["duties"])) for row in event.data["drawn"]] == list(again.items())
    assert not Assignment.objects.filter(case=case).exists()


def test_who_is_barred_is_not_drawn(cast: Cast, case: Case) -> None:
    names = ("leader", "reviewer", "reviewer2", "reviewer3")

    for name in names:
        Recusal.objects.create(case=case, user=cast[name], reason="亲属任职", at=cast.at)
    with pytest.raises(Invalid, match="只有2人，至少须有3人"):
        drawn(cast, case)


def test_another_draw_needs_a_reason_and_the_first_one_stays(cast: Cast, case: Case) -> None:
    first = drawn(cast, case)
    with pytest.raises(Invalid, match="再次抽取须写明理由"):
        drawn(cast, case)
    second = drawn(cast, case, "组长因病不能参加。")
    assert teams.draws_of(case) == [first, second]
    assert second.data["reason"] == "组长因病不能参加。"


def test_only_the_county_whose_turn_it_is_draws_and_only_for_a_new_team(cast: Cast, case: Case) -> None:
    for who in (cast.clerk, cast.manager, cast.far_county, cast.province):
        with pytest.raises(NotAllowed):
            draw_team(case, agency=assessing.agency(cast), by=who, at=cast.at)
    with pytest.raises(Invalid):
        draw_team(case, agency=None, by=cast.county, at=cast.at)
    assessing.form_team(cast, case, cast.at)
    with pytest.raises(Refused):
        drawn(cast, case)


def test_the_page_draws_ticks_what_was_drawn_and_forms_it(cast: Cast, case: Case, sign_in: SignIn) -> None:
    county, url = sign_in("county"), f"/cases/{case.pk}/team/"
    agency = {"agency": str(assessing.agency(cast).pk)}
    assert "随机抽取" in text(county.get(url))
    assert "在办0件" in text(county.get(url))
    assert post(county, url, "draw", **agency).status_code == 302
    (event,) = teams.draws_of(case)
    page = county.get(url)
    assert event.data["seed"] in text(page) and "第1次抽取" in text(page)
    assert page.content.decode().count(" checked") == 6
    refused = post(county, url, "draw", **agency)
    assert refused.status_code == 422
    assert "再次抽取须写明理由" in text(refused)
    boxes = {f"duty-{row['person']}": row["duties"] for row in event.data["drawn"]}
    formed = post(county, url, "form", **agency, **RESIDENT, **MANAGER, fields=boxes)
    assert formed.status_code == 302
    assert Event.objects.get(case=case, verb="form_team").data["as_drawn"] is True
    log = text(sign_in("county").get(f"/cases/{case.pk}/log/"))
    assert "与抽取结果一致" in log and event.data["seed"] in log


def test_a_team_other_than_drawn_is_noted_as_such(cast: Cast, case: Case) -> None:
    drawn(cast, case)
    assessing.form_team(cast, case, cast.at)
    data = Event.objects.get(case=case, verb="form_team").data
    people = {row["person"]: set(row["duties"]) for row in teams.draws_of(case)[-1].data["drawn"]}
    held: dict[int, set[str]] = {}
    for user, duty in Assignment.objects.filter(case=case).values_list("user", "duty"):
        held.setdefault(user, set()).add(duty)
    held.pop(cast.clerk.pk, None)
    assert data["as_drawn"] is (held == people)
