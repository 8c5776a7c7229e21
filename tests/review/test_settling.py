"""The leader settles differences with reasons and issues the opinion in four parts."""

import pytest

from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Assignment, Todo
from review.actions import judging, opinion, settling
from review.actions.settling import Ruling
from review.models import Finding, Opinion, Settlement
from review.queries.reports import findings, issued_opinion, noted
from tests.cast import Cast
from tests.review.drive import case_in_review, judge_all

PARTS = opinion.Parts(
    "结论：社区服务质量总体良好。", "问题：个别指标未达到要求。", "建议：对照标准逐项整改到位。"
)


@pytest.fixture
def case(cast: Cast):
    """A case on which the two reviewers differ at 1.1.a and 2.1.b; one noted a problem."""
    case = case_in_review(cast)
    judge_all(
        case, cast.reviewer, at=cast.at, missed=("1.1.a", "2.1.b"), findings={"1.1.a": "监督委员会缺员"}
    )
    judge_all(case, cast.reviewer2, at=cast.at, missed=(), findings={"3.5.a": "培训记录不全"})
    for user in (cast.reviewer, cast.reviewer2):
        judging.hand_in(case, by=user, at=cast.at)
    return case


def test_the_differences_go_to_the_leader_who_is_neither_of_the_two(cast: Cast, case) -> None:
    todo = Todo.objects.get(case=case, state="open")
    assert (todo.node, todo.assignee) == ("review.settle", cast.leader)
    assert {bar.user for bar in todo.bars.all()} == {cast.reviewer, cast.reviewer2}
    for name in ("reviewer", "reviewer2", "county", "manager"):
        with pytest.raises(NotAllowed):
            settling.finish(case, rulings={}, by=cast[name], at=cast.at)


def test_a_leader_who_judged_is_refused_even_where_the_assignment_was_wrong(cast: Cast) -> None:
    case = case_in_review(cast)
    Assignment.objects.filter(case=case, duty="leader").delete()
    Assignment.objects.create(
        case=case, user=cast.reviewer, duty="leader", assigned_by=cast.county, assigned_at=cast.at
    )
    for user, missed in ((cast.reviewer, ("1.1.a",)), (cast.reviewer2, ())):
        judge_all(case, user, at=cast.at, missed=missed)
        judging.hand_in(case, by=user, at=cast.at)
    with pytest.raises(NotAllowed):
        settling.finish(case, rulings={"1.1.a": Ruling(True, "我评的对")}, by=cast.reviewer, at=cast.at)


def test_every_difference_is_settled_with_a_reason_before_it_goes_on(cast: Cast, case) -> None:
    with pytest.raises(Invalid) as refused:
        settling.finish(case, rulings={"1.1.a": Ruling(True, "")}, by=cast.leader, at=cast.at)
    fields = {fault.field for fault in refused.value.faults}
    assert fields == {"reason_1_1_a", "reached_2_1_b", "reason_2_1_b"}
    assert not Settlement.objects.exists()


def test_settlements_may_be_saved_one_by_one_and_changed_by_a_new_row(cast: Cast, case) -> None:
    settling.save(case, rulings={"1.1.a": Ruling(True, "以任命文件为准")}, by=cast.leader, at=cast.at)
    settling.save(case, rulings={"1.1.a": Ruling(True, "以任命文件为准")}, by=cast.leader, at=cast.at)
    assert Settlement.objects.count() == 1
    settling.save(case, rulings={"1.1.a": Ruling(False, "文件已失效")}, by=cast.leader, at=cast.at)
    settling.finish(case, rulings={"2.1.b": Ruling(True, "标识齐全")}, by=cast.leader, at=cast.at)
    assert [(row.indicator, row.reached) for row in Settlement.objects.order_by("pk")] == [
        ("1.1.a", True),
        ("1.1.a", False),
        ("2.1.b", True),
    ]
    assert Todo.objects.get(case=case, state="open").node == "review.opinion"


def test_what_the_two_agree_on_is_not_the_leaders_to_change(cast: Cast, case) -> None:
    with pytest.raises(Refused, match="结论一致"):
        settling.save(case, rulings={"1.1.b": Ruling(False, "我不同意")}, by=cast.leader, at=cast.at)


def settled_case(cast: Cast, case):
    rulings = {"1.1.a": Ruling(False, "监督委员会缺员属实"), "2.1.b": Ruling(True, "标识齐全")}
    settling.finish(case, rulings=rulings, by=cast.leader, at=cast.at)
    return case


@pytest.mark.parametrize("part", ["conclusion", "problems", "suggestions"])
def test_an_opinion_with_a_part_missing_is_not_issued(cast: Cast, case, part: str) -> None:
    settled_case(cast, case)
    parts = opinion.Parts(**{**vars(PARTS), part: " "})
    with pytest.raises(Invalid) as refused:
        opinion.issue(case, parts=parts, adopted=[], by=cast.leader, at=cast.at)
    assert [fault.field for fault in refused.value.faults] == [part]
    assert issued_opinion(case, 1) is None


def test_a_draft_is_kept_and_is_nobodys_opinion_yet(cast: Cast, case) -> None:
    settled_case(cast, case)
    opinion.save(case, parts=opinion.Parts(conclusion="初稿"), by=cast.leader, at=cast.at)
    assert Opinion.objects.get().conclusion == "初稿"
    assert issued_opinion(case, 1) is None
    with pytest.raises(NotAllowed):
        opinion.save(case, parts=PARTS, by=cast.reviewer, at=cast.at)


def test_the_issued_opinion_carries_the_record_of_the_process_and_the_adopted_findings(
    cast: Cast, case
) -> None:
    settled_case(cast, case)
    assert not Finding.objects.exists()  # a finding is nobody's before the team adopts it
    first = noted(case)[0]
    opinion.issue(case, parts=PARTS, adopted=[first.pk], by=cast.leader, at=cast.at)
    row = issued_opinion(case, 1)
    assert row.process["figures"]["judgements"] == 126
    assert row.process["figures"]["settled"] == 2
    review = row.process["stages"][-1]
    assert (review["stage"], review["people"]) == ("review", ["林若彤", "赵启明", "陶然"])
    found = findings(case, 1)
    assert [(item.indicator, item.text, item.judgement_id) for item in found] == [
        ("1.1.a", "监督委员会缺员", first.pk)
    ]
    case.refresh_from_db()
    assert case.state == "scoring"


def test_findings_of_other_cases_cannot_be_adopted(cast: Cast, case) -> None:
    settled_case(cast, case)
    with pytest.raises(Refused):
        opinion.issue(case, parts=PARTS, adopted=[10_000_000], by=cast.leader, at=cast.at)
    assert Opinion.objects.count() == 0
