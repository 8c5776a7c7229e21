"""The case page: whose turn it is and why not mine, what was done, and nothing that is blind to the reader."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions.events import record
from applications.actions.turns import take
from applications.models import Assignment, Case, Event, Organisation, Watch
from tests import road
from tests.cast import Cast
from tests.house.source import ROOT
from tests.workflow import short
from workflow import timeline
from workflow.blind import VERBS as BLIND_VERBS
from workflow.blind import is_blind, visible_events
from workflow.casepage import CasePicture
from workflow.links import CASE_LINKS, CaseLink, links_of
from workflow.urgency import Horizon
from workflow.verbs import VERBS

SignIn = Callable[[str], Client]
MOST_STATEMENTS = 40


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case that lies with the street."""
    return short.at_street(cast)


def page(client: Client, case: Case) -> str:
    answer = client.get(reverse("case", args=[case.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_strangers_and_the_recused_find_no_case(cast: Cast, sign_in: SignIn, case: Case) -> None:
    short.recuse(cast, "county2", case)
    for other in ("neighbour", "other_street", "far_county", "unassigned", "county2"):
        for name in ("case", "case_log"):
            assert sign_in(other).get(reverse(name, args=[case.pk])).status_code == 404, (other, name)


def test_each_role_reads_its_own_primary_action(cast: Cast, sign_in: SignIn, case: Case) -> None:
    street = sign_in("street").get(reverse("case", args=[case.pk])).context
    assert street["primary"].url == reverse("intake_check", args=[case.pk])
    for other in ("clerk", "county", "auditor"):
        assert sign_in(other).get(reverse("case", args=[case.pk])).context["primary"] is None, other


def test_others_read_which_office_has_it_and_until_when(cast: Cast, sign_in: SignIn, case: Case) -> None:
    (turn,) = sign_in("clerk").get(reverse("case", args=[case.pk])).context["turns"]

    assert (turn.mine, turn.who) == (False, "公园街道办事处")
    assert turn.todo.due_on is not None


def test_who_is_barred_reads_the_reason_on_the_closed_button(cast: Cast, sign_in: SignIn, case: Case) -> None:
    short.open_todo(case).bars.create(user=cast.street, reason="您签署提交了本案申报，不能再审核本案。")

    text = page(sign_in("street"), case)

    assert 'aria-disabled="true"' in text
    assert "您签署提交了本案申报，不能再审核本案。" in text


def test_a_third_partys_work_is_named_by_its_agency(cast: Cast, sign_in: SignIn, case: Case) -> None:
    case.agency = Organisation.objects.get(name="赣江社区评估中心")
    case.save()
    short.with_judges(cast, case)

    text = page(sign_in("clerk"), case)

    assert "赣江社区评估中心" in text
    for name in ("林若彤", "赵启明"):
        assert name not in text


def test_a_judge_learns_nothing_of_the_other(cast: Cast, sign_in: SignIn, case: Case) -> None:
    todos = short.with_judges(cast, case)
    assert is_blind(cast.reviewer, case)
    record(case, "hand_in_judgement", by=cast.reviewer2, at=cast.at, data={"count": 41})
    client = sign_in("reviewer")
    before = client.get(reverse("case", args=[case.pk])).context

    assert [turn.todo.pk for turn in before["turns"] if turn.todo.node == "review.judge"] == [
        todos["reviewer"].pk
    ]
    assert "hand_in_judgement" not in visible_events(cast.reviewer, case).values_list("verb", flat=True)
    text = client.get(reverse("case_log", args=[case.pk])).content.decode()
    assert "提交评审意见" not in text
    assert "提交评审意见" in page(sign_in("county"), case)
    assert (
        before["live"]["since"] == Event.objects.filter(case=case).exclude(verb="hand_in_judgement").count()
    )


def test_after_both_have_handed_in_nothing_is_hidden(cast: Cast, case: Case) -> None:
    for todo in short.with_judges(cast, case).values():
        record(case, "hand_in_judgement", by=todo.assignee, at=cast.at)
        todo.state = "done"
        todo.save()

    assert not is_blind(cast.reviewer, case)
    assert visible_events(cast.reviewer, case).filter(verb="hand_in_judgement").count() == 2


def test_the_log_names_a_judges_office_and_not_the_judge(cast: Cast, case: Case) -> None:
    event = record(case, "hand_in_judgement", by=cast.reviewer, at=cast.at)

    assert timeline.entry(event, cast.county)["who"] == "第三方评审员"
    assert timeline.entry(event, cast.reviewer)["who"] == "林若彤"


def test_data_of_an_event_is_shown_only_where_a_verb_names_it(cast: Cast, case: Case) -> None:
    """Scores, votes and objectors' words stand in the log's data; its page shows none of them."""
    for verb in (
        *BLIND_VERBS,
        "rate",
        "decide",
        "cast_vote",
        "settle_indicator",
        "file_objection",
        "unknown",
    ):
        event = record(
            case, verb, by=cast.county, at=cast.at, data={"total": "秘密", "reason": "秘密", "star": 5}
        )
        shown = timeline.entry(event, cast.county)
        assert "秘密" not in str(shown), verb
        assert shown["detail"] == ""


def test_events_read_as_plain_words(cast: Cast, case: Case) -> None:
    opened = Event.objects.get(case=case, verb="open_case")
    assert timeline.entry(opened, cast.clerk)["text"] == "建立案卷"
    entered = record(case, "enter", by=None, at=cast.at, data={"from": "application", "to": "preparation"})
    shown = timeline.entry(entered, cast.clerk)
    assert (shown["detail"], shown["who"]) == ("由“申报审核”进入“评估准备”", "系统")


def test_every_verb_that_an_action_records_has_its_words() -> None:
    found: set[str] = set()
    for app in ("applications", "review", "rectification", "workflow"):
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r"\brecord\(\s*[\w.]+,\s*\"(\w+)\"", text))
    assert "open_case" in found
    assert found - set(VERBS) == set()


def test_every_detail_belongs_to_a_verb_in_words() -> None:
    assert set(timeline.DETAILS) - set(VERBS) == set()
    assert set(BLIND_VERBS) - {"judge"} - set(VERBS) == set()


def test_the_stepper_tells_dates_and_people(cast: Cast, case: Case) -> None:
    for level in ("street", "county", "city", "province"):
        take(case, f"application.{level}_check", by=cast[level], at=cast.at).finish("pass")
    case.refresh_from_db()
    steps = CasePicture(cast.county, case, Horizon.of(cast.at.date())).steps()

    assert [step["state"] for step in steps] == ["done", "now", *["next"] * 5]
    assert (steps[0]["who"], steps[0]["when"].isoformat()) == ("黄敏", "2026-03-02")


def test_links_hold_back_what_the_stage_has_not_reached_or_the_person_may_not_open(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = [
        CaseLink("case_log", "甲", "file"),
        CaseLink("case_log", "乙", "file", since="review"),
        CaseLink("case_log", "丙", "file", shown=lambda user, case: user.username == "county"),
        CaseLink("no_such_page", "丁", "file"),
    ]
    monkeypatch.setattr("workflow.links.CASE_LINKS", links)

    assert [link["label"] for link in links_of(cast.county, case)] == ["甲", "丙"]
    assert [link["label"] for link in links_of(cast.clerk, case)] == ["甲"]


def test_every_link_of_a_case_is_a_page_of_it() -> None:
    for link in CASE_LINKS:
        assert reverse(link.url_name, kwargs={"case": 1}).startswith("/cases/1/")


def test_the_team_is_shown_to_the_community_without_its_members(
    cast: Cast, sign_in: SignIn, case: Case
) -> None:
    for name, duty in (("leader", "leader"), ("reviewer", "reviewer")):
        Assignment.objects.create(
            case=case, user=cast[name], duty=duty, assigned_by=cast.county, assigned_at=cast.at
        )
    assert "林若彤" not in page(sign_in("clerk"), case)
    assert "陶然" in page(sign_in("clerk"), case)
    assert "林若彤" in page(sign_in("county"), case)


def test_a_case_is_watched_and_forgotten(cast: Cast, sign_in: SignIn, case: Case) -> None:
    client = sign_in("auditor")
    for on, count in (("1", 1), ("1", 1), ("0", 0)):
        assert client.post(reverse("watch", args=[case.pk]), {"on": on}).status_code == 302
        assert Watch.objects.count() == count
    assert sign_in("far_county").post(reverse("watch", args=[case.pk]), {"on": "1"}).status_code == 404
    away = client.post(reverse("watch", args=[case.pk]), {"on": "1", "next": "https://elsewhere.invalid/"})
    assert away["Location"] == f"/cases/{case.pk}/"


def statements(client: Client, case: Case) -> int:
    with CaptureQueriesContext(connection) as found:
        page(client, case)
    return len(found)


def test_the_case_page_takes_as_many_statements_for_three_rows_as_for_one(
    cast: Cast, sign_in: SignIn, case: Case
) -> None:
    """The pages that stages add to the links may ask for their own rights; nothing may ask once a row."""
    client = sign_in("street")
    record(case, "brief_residents", by=cast.clerk, at=cast.at)
    page(client, case)
    one = statements(client, case)
    for number in range(2):
        short.another(short.first_todo(case), cast.at.date() + timedelta(days=number))
        record(case, "brief_residents", by=cast.clerk, at=cast.at)

    assert statements(client, case) == one
    assert one <= MOST_STATEMENTS


def test_a_case_that_was_filled_in_shows_its_own_score_on_the_ruler(cast: Cast, sign_in: SignIn) -> None:
    full = road.to_street(cast)
    context = sign_in("street").get(reverse("case", args=[full.pk])).context

    assert float(context["scores"]["own"]) > 0
    assert context["scores"]["reviewed"] is None
    assert context["scores"]["bands"][0] == (0, "0", "不定星级")
