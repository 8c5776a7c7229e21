"""People, clocks and workers who meet at the same moment: exactly one effect, and the loser is told."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from applications.actions import cases, intake, withdrawal
from applications.models import Case, DeadlineRung, Event, IntakeDecision, StageRun, Todo
from notifications import outbox
from notifications.models import Notification, Outbox
from review.actions import announcement, fact_checks, judging, services
from review.models import Publication
from tests import cast as stage
from tests import invariants, papers, road
from tests.cast import Cast
from tests.forks import forked
from tests.races.running import DONE, race
from tests.review import assessing, drive, publishing
from tests.worlds import World
from workflow import anchors, clock

pytestmark = pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
TIMES = 3


@pytest.fixture
def cast(own_world: World) -> Cast:
    """The cast in the world of the test."""
    return stage.find() or stage.build()


@pytest.fixture
def scenes(own_world: World) -> Callable[[], Iterator[World]]:
    """Return a function that gives fresh copies of the world as it is now."""

    def each() -> Iterator[World]:
        for _number in range(TIMES if connection.vendor == "sqlite" else 2):
            scene = own_world.copy("scene")
            yield scene
            scene.drop()

    return each


def seen(scene: World, look: Callable[[], Any]) -> Any:
    """Look into a world after a race; nothing unsound may be in it."""

    def live() -> Any:
        scene.enter()
        return {"faults": invariants.unsound(), "seen": look()}

    said = forked(live).said
    assert said.get("faults") == [], said
    return said["seen"]


def at_level(cast: Cast, level: str) -> Case:
    """Return a case that waits for a level's check."""
    case = road.to_street(cast)
    for name in ("street", "county", "city", "province"):
        if name == level:
            break
        intake.pass_on(case, opinion="材料齐全，同意。", by=cast[name], at=cast.at)
    case.refresh_from_db()
    return case


def test_two_colleagues_on_one_todo(cast: Cast, scenes: Callable[[], Iterator[World]]) -> None:
    case = at_level(cast, "county")
    opinions = {"county": "东湖区同意推荐。", "county2": "材料齐全，拟推荐。"}
    for scene in scenes():
        outcomes = race(
            scene,
            [
                lambda name=name: intake.pass_on(case, opinion=opinions[name], by=cast[name], at=cast.at)  # type: ignore[misc]
                for name in opinions
            ],
        )
        assert outcomes.count(DONE) == 1
        winner = list(opinions)[outcomes.index(DONE)]
        loser = next(said for said in outcomes if said != DONE)
        assert loser.startswith(f"AlreadyDone: 该事项已由{cast[winner].name}于2026年3月2日 09:00办理"), loser
        decided = seen(
            scene,
            lambda: list(IntakeDecision.objects.filter(level="county").values_list("opinion", flat=True)),
        )
        assert decided == [opinions[winner]]


def test_the_same_form_sent_twice_over_http(cast: Cast, scenes: Callable[[], Iterator[World]]) -> None:
    case = at_level(cast, "county")
    url, typed = f"/cases/{case.pk}/check/", "双击提交的审核意见，同意推荐。"
    client = Client()
    client.force_login(cast.county, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/accounts/sign-ins/")

    def send() -> str:
        answers = ["complete", "well_formed", "acceptable"]
        answer = client.post(url, {"verb": "pass", "opinion": typed, "answers": answers})
        said = re.search(r"该事项已由[^<]*办理", answer.content.decode())
        return f"{answer.status_code} {typed in answer.content.decode()} {said.group()[:9] if said else ''}"

    for scene in scenes():
        outcomes = sorted(race(scene, [send, send]))
        assert outcomes == ["302 False ", "409 True 该事项已由陈思远于"]
        assert seen(scene, lambda: IntakeDecision.objects.filter(level="county").count()) == 1


def test_branches_reaching_the_join_together(cast: Cast, scenes: Callable[[], Iterator[World]]) -> None:
    case = road.to_collection(cast)
    for stream in ("documents", "site"):
        assessing.confirm_all(cast, case, cast.at, stream)
        photo = papers.upload("现场.jpg", papers.picture((90, 120, len(stream))))
        page = "1.4.a" if stream == "documents" else "1.1.a"
        noted = assessing.observations.Sighting("agrees", "与申报相符。", "社区办公楼")
        assessing.observations.observe(
            case, stream=stream, page=page, sighting=noted, photos=[photo], by=cast.reviewer3, at=cast.at
        )
    assessing.ask(cast, case, cast.at)
    begun = cast.at - timedelta(days=3)
    entry = services.Entry(
        "living", "上门维修", begun, begun + timedelta(minutes=9), begun + timedelta(hours=1)
    )
    services.add_service(case, entry=entry, by=cast.clerk, at=cast.at)
    ends = [
        lambda: fact_checks.finish_stream(case, stream="documents", by=cast.reviewer3, at=cast.at),
        lambda: fact_checks.finish_stream(case, stream="site", by=cast.reviewer3, at=cast.at),
        lambda: services.finish_services(case, by=cast.clerk, at=cast.at),
    ]
    for scene in scenes():
        outcomes = race(scene, ends)
        runs = seen(scene, lambda: list(StageRun.objects.order_by("pk").values_list("stage", "outcome")))
        assert outcomes == [DONE, DONE, DONE]
        assert [stage_of for stage_of, _outcome in runs].count("review") == 1


def test_both_reviewers_handing_in_together(cast: Cast, scenes: Callable[[], Iterator[World]]) -> None:
    case = drive.case_in_review(cast)
    for name in ("reviewer", "reviewer2"):
        drive.judge_all(case, cast[name], at=cast.at)
    hands = [
        lambda name=name: str(judging.hand_in(case, by=cast[name], at=cast.at))  # type: ignore[misc]
        for name in ("reviewer", "reviewer2")
    ]
    for scene in scenes():
        outcomes = race(scene, hands)
        verbs = seen(scene, lambda: list(Event.objects.order_by("seq").values_list("verb", flat=True)))
        assert sorted(outcomes) == ["False", "True"]
        assert verbs.count("hand_in_judgement") == 2
        assert verbs.count("complete_judging") == 1


def test_two_starts_of_one_community(cast: Cast, scenes: Callable[[], Iterator[World]]) -> None:
    def start(name: str) -> Callable[[], object]:
        return lambda: cases.open_case(
            cast.batch, community=cast.community, applied_star=4, by=cast[name], at=cast.at
        )

    for scene in scenes():
        outcomes = race(scene, [start("clerk"), start("clerk2"), start("clerk")])
        assert outcomes.count(DONE) == 1
        refused = [said for said in outcomes if said != DONE]
        assert all(said.startswith("Refused: “翠湖社区”在批次") for said in refused), refused
        assert seen(scene, Case.objects.count) == 1
        assert seen(scene, lambda: Todo.objects.filter(state="open").count()) == 1


def test_three_clocks(cast: Cast, scenes: Callable[[], Iterator[World]]) -> None:
    notice = publishing.on_notice(cast)
    late = publishing.after_notice(notice.published_at) + timedelta(days=60)
    alone = None
    for scene in scenes():
        outcomes = race(scene, [lambda: str(clock.tick(late)["close_notices"])] * 3)
        rungs, verbs, posts, lines = seen(
            scene,
            lambda: [
                sorted(DeadlineRung.objects.values_list("deadline", "rung")),
                list(Event.objects.order_by("seq").values_list("verb", flat=True)),
                Outbox.objects.count(),
                len(list(anchors.anchored())),
            ],
        )
        assert sorted(outcomes) == ["0", "0", "1"]
        assert verbs.count("close_notice") == 1
        assert lines >= 1
        assert alone in (None, (rungs, posts)), "three clocks did what one does, every time"
        alone = (rungs, posts)
        assert len({tuple(rung) for rung in rungs}) == len(rungs)


def test_an_action_against_a_cancel(cast: Cast, scenes: Callable[[], Iterator[World]]) -> None:
    case = at_level(cast, "street")
    for scene in scenes():
        outcomes = race(
            scene,
            [
                lambda: intake.pass_on(case, opinion="材料齐全，同意。", by=cast.street, at=cast.at),
                lambda: withdrawal.abandon(case, reason="社区撤并。", by=cast.head, at=cast.at),
            ],
        )
        state, open_nodes, passed = seen(
            scene,
            lambda: [
                Case.objects.get().state,
                list(Todo.objects.filter(state="open").values_list("node", flat=True)),
                IntakeDecision.objects.count(),
            ],
        )
        assert DONE in outcomes
        if outcomes[1] == DONE:  # the community may give up before and after the street's check
            assert (state, open_nodes) == ("withdrawn", [])
            assert passed == (outcomes[0] == DONE)
        else:
            assert (state, open_nodes, passed) == ("application", ["application.county_check"], 1)


def test_two_publishers(cast: Cast, scenes: Callable[[], Iterator[World]]) -> None:
    notice = publishing.on_notice(cast)
    over = publishing.after_notice(notice.published_at)
    clock.tick(over)
    for scene in scenes():
        outcomes = race(
            scene,
            [
                lambda name=name: announcement.announce(  # type: ignore[misc]
                    notice.case, number="幸评告〔2026〕1号", by=cast[name], at=over
                )
                for name in ("publisher", "publisher2")
            ],
        )
        kinds = seen(scene, lambda: list(Publication.objects.order_by("pk").values_list("kind", flat=True)))
        assert outcomes.count(DONE) == 1, outcomes
        assert kinds.count("announcement") == 1


def test_three_workers_on_one_outbox(cast: Cast, scenes: Callable[[], Iterator[World]]) -> None:
    at_level(cast, "county")
    at = cast.at + timedelta(minutes=1)

    def work() -> None:
        while outbox.drain(now=at):
            pass

    told = None
    for scene in scenes():
        race(scene, [work] * 3)
        left, notes = seen(
            scene,
            lambda: [
                Outbox.objects.filter(done_at__isnull=True, not_before__lte=at).count(),
                sorted(Notification.objects.values_list("kind", "key")),
            ],
        )
        assert left == 0
        assert told in (None, notes)
        told = notes
        assert len({tuple(note) for note in notes}) == len(notes) > 0
