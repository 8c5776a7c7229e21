"""The process drawn: complete, in words, readable, and blind where the reader has to be."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from viewflow.workflow.nodes import Switch

from applications.actions.move import move
from applications.models import Case
from tests import road
from tests.cast import Cast
from tests.pages import text
from tests.review import publishing
from tests.workflow import short
from workflow import process
from workflow.charts import flowgraph, flowlayout
from workflow.charts.flowgraph import Edge, Graph, Node

SignIn = Callable[[str], Client]
FLOWS = [flow for stage in Case.STAGES for flow in process.flows_of(stage)]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
def test_every_place_and_every_way_of_a_flow_is_in_words(flow: Any) -> None:
    graph = process.graph_of(flow)
    names = {node.name for node in flow.instance.nodes()}
    assert {node.key for node in graph.nodes} <= names
    with translation.override("zh-hans"):
        labels = [node.label for node in process.graph_of(flow).nodes]
        assert not any(label.isascii() for label in labels)
    for node in flow.instance.nodes():
        if isinstance(node, Switch):
            asked = [condition for _target, condition in node._branches if condition]
            assert [name for name in asked if not process.condition(name)] == []
        elif isinstance(node, process.Step) and node.people:
            assert node.name in process.DUTIES


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_drawing_holds_everything_and_nothing_lies_on_anything(flow: Any, language: str) -> None:
    with translation.override(language):
        graph = process.graph_of(flow)
        drawing = flowlayout.drawn(graph)
    assert [box.node for box in drawing.boxes] == graph.nodes
    for upper, lower in pairwise(drawing.boxes):
        assert upper.y + upper.height < lower.y
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.x + box.width <= drawing.width
        for line in box.texts:
            room = box.width - 2 * flowlayout.PAD
            assert flowlayout.wide(line.words, 13 if line.look else 15) <= room + 16, line.words
    assert drawing.boxes[-1].y + drawing.boxes[-1].height <= drawing.height


def test_the_application_reads_from_the_street_upwards_with_the_correction_below() -> None:
    graph = process.graph_of(process.FLOWS["application"])
    assert [node.key for node in graph.nodes] == [
        *("fill", "street_check", "county_check", "city_check", "province_check"),
        *("correct", "accepted", "declined", "withdrawn"),
    ]
    words = {goal.key: words for words, goal in graph.ways("street_check")}
    assert words["county_check"] == ""
    assert words["correct"] == "退回、撤回补正"
    assert words["declined"] == "不予受理"


def test_what_runs_side_by_side_stands_in_one_frame() -> None:
    graph = process.graph_of(process.FLOWS["collection"])
    keys = [node.key for node in graph.nodes]
    inside = keys[keys.index("split") + 1 : keys.index("join")]
    assert inside == ["documents", "site", "survey", "interviews", "services"]
    assert len(flowlayout.drawn(graph).frames) == 1


def test_the_road_is_that_of_the_lifecycle() -> None:
    ways = {(edge.source, edge.target) for edge in process.road().edges}
    allowed = {(stage, goal) for stage, goals in Case.TRANSITIONS.items() for goal in goals}
    assert ways == allowed


def test_a_way_back_is_on_the_left_and_a_way_that_skips_on_the_right() -> None:
    nodes = [Node(key, flowgraph.STEP, key) for key in "abcd"]
    edges = [Edge("a", "b"), Edge("b", "c"), Edge("c", "d"), Edge("a", "d", "跳"), Edge("c", "a", "回")]
    drawing = flowlayout.drawn(Graph("图", nodes, edges))
    assert len(drawing.heads) == 5
    first = drawing.boxes[0]
    assert any(line.startswith(f"M{first.x + first.width:g} ") for line in drawing.lines)
    assert {
        text.words: text.anchor for box in drawing.boxes for text in box.texts if text.look == "exit"
    } == {
        "跳": "end",
        "回": "start",
    }


def standing(client: Client, case: Case, stage: str = "") -> dict[str, str]:
    answer = client.get(reverse("case_process", args=[case.pk]), {"stage": stage} if stage else {})
    assert answer.status_code == 200
    assert len(answer.content) < 60 * 1024
    return {
        row["node"].key: row["state"].words for drawing in answer.context["drawings"] for row in drawing.rows
    }


def test_the_case_stands_where_its_to_do_is(cast: Cast, sign_in: SignIn) -> None:
    found = standing(sign_in("clerk"), short.at_street(cast))
    assert {key: word for key, word in found.items() if word != "尚未到"} == {
        "fill": "已办理",
        "street_check": "办理中",
    }
    whole = standing(sign_in("clerk"), Case.objects.get(), "road")
    assert (whole["application"], whole["review"], whole["closed"]) == ("办理中", "尚未到", "尚未到")
    assert set(standing(sign_in("clerk"), Case.objects.get(), "scoring").values()) == {"尚未到"}


def test_what_was_not_needed_was_not_passed(cast: Cast, sign_in: SignIn) -> None:
    case = road.to_preparation(cast)
    found = standing(sign_in("county"), case, "application")
    assert (found["accepted"], found["correct"], found["declined"]) == ("已办理", "未经过", "未经过")


def test_a_notice_and_its_objection_are_both_drawn(cast: Cast, sign_in: SignIn) -> None:
    case = publishing.at_publication(cast, cast.at)
    row = publishing.on_notice(cast, case, cast.at, "示1")
    found = standing(sign_in("county"), case)
    assert found["notice"] == "办理中"
    assert "receive" not in found
    publishing.object_to(row, at=cast.at + timedelta(days=1))
    found = standing(sign_in("county"), case)
    assert (found["notice"], found["receive"], found["decide"]) == ("办理中", "办理中", "尚未到")


def test_a_judge_does_not_learn_that_the_other_is_done(cast: Cast, sign_in: SignIn) -> None:
    case = short.at_street(cast)
    judges = short.with_judges(cast, case)
    move(judges["reviewer"], "done")

    def counted(who: str) -> tuple[int, int]:
        waiting, done = process.Standing(cast[who], case, "review")._counted([judges["reviewer"].run])
        return waiting["judge"], done["judge"]

    assert counted("county") == (1, 1)
    assert counted("reviewer") == (0, 1)  # their own is done; of the other they see nothing
    assert counted("reviewer2") == (1, 0)


@pytest.mark.parametrize("who", ["neighbour", "far_county", "unassigned", "sysadmin", "other_street"])
def test_strangers_find_nothing(cast: Cast, sign_in: SignIn, who: str) -> None:
    case = short.at_street(cast)
    assert sign_in(who).get(reverse("case_process", args=[case.pk])).status_code == 404


def test_the_recused_find_nothing_and_nobody_without_an_account(cast: Cast, sign_in: SignIn) -> None:
    case = short.at_street(cast)
    short.recuse(cast, "county", case)
    assert sign_in("county").get(reverse("case_process", args=[case.pk])).status_code == 404
    assert Client().get(reverse("case_process", args=[case.pk])).url.startswith("/accounts/login/")


def test_the_case_page_leads_to_its_process(cast: Cast, sign_in: SignIn) -> None:
    case = short.at_street(cast)
    page = sign_in("clerk").get(reverse("case", args=[case.pk])).text
    assert reverse("case_process", args=[case.pk]) in page


def test_the_process_takes_as_many_statements_with_one_to_do_as_with_three(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: Callable[[int], Any]
) -> None:
    case = short.at_street(cast)
    client = sign_in("county")
    for extra in (0, 2):
        for _number in range(extra):
            short.another(short.first_todo(case), None)
        with django_assert_num_queries(10):
            client.get(reverse("case_process", args=[case.pk]))


def test_the_public_page_asks_for_the_standards_in_use_alone_and_may_be_kept(
    client: Client, db: None, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(1):
        answer = client.get("/public/process/")
    assert "public" in answer["Cache-Control"]
    assert "sessionid" not in answer.cookies
    assert len(answer.content) < 60 * 1024
    for word in ("街道初审", "5个工作日", "回到退回的一级", "以下各项同时进行", "撤销星级"):
        assert word in text(answer)
