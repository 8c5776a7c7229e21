"""The pages of review, scoring and decision: who may open them, what they do, and what they never show."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Assignment, Todo
from review.actions import judging, voting
from review.models import Ballot, Decision, Judgement, Rating, Settlement, Vote
from review.queries.judgements import items_to_judge
from review.queries.ratings import rating_in_force
from tests.cast import Cast
from tests.review.drive import SHEET, case_in_review, judge_all, review

PARTS = {
    "conclusion": "社区服务质量总体良好。",
    "problems": "个别指标未达到要求。",
    "suggestions": "对照标准逐项整改到位。",
}


@pytest.fixture
def case(cast: Cast):
    return case_in_review(cast)


@pytest.fixture
def clock(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """A clock that stands still at the cast's moment until it is moved."""

    class Hands:
        now = cast.at

    monkeypatch.setattr("applications.clock.now", lambda: Hands.now)
    return Hands


def url(name: str, case, **kwargs) -> str:
    return reverse(name, kwargs={"case": case.pk, **kwargs})


def text(answer) -> str:
    return answer.content.decode()


def test_a_reviewer_goes_through_the_sheet_and_hands_in(cast: Cast, case, sign_in, clock) -> None:
    client = sign_in("reviewer")
    page = client.get(url("judge", case))
    assert page.status_code == 200
    assert "还有63项没有评完" in text(page)
    first = url("judge_item", case, indicator="1.1.a")
    page = client.get(first)
    assert "社区党组织、居委会、居务监督委员会组织机构健全" in text(page)
    assert "居务监督委员会健全" in text(page)  # a check
    answer = client.post(first, {"verb": "judge", "reached": "yes", "note": "核对了任命文件", "next": "1"})
    assert answer.status_code == 302 and answer["Location"] == url("judge_item", case, indicator="1.1.b")
    assert Judgement.objects.get().note == "核对了任命文件"
    judge_others(case, cast.reviewer, cast.at)
    answer = client.post(url("judge", case), {"verb": "hand_in"})
    assert answer["Location"] == url("judge", case)
    assert "您于" in text(client.get(url("judge", case)))
    answer = client.post(url("judge", case), {"verb": "withdraw"})
    assert answer.status_code == 302
    assert Todo.objects.filter(case=case, state="open", assignee=cast.reviewer).exists()


def judge_others(case, user, at) -> None:
    done = set(Judgement.objects.filter(case=case, by=user).values_list("indicator", flat=True))
    Judgement.objects.bulk_create(
        Judgement(case=case, round=1, indicator=item.id, by=user, reached=True, note="说明", at=at)
        for item in items_to_judge(case)
        if item.id not in done
    )


def test_an_answer_against_the_claim_without_a_reason_comes_back_with_what_was_typed(
    cast, case, sign_in
) -> None:
    client = sign_in("reviewer")
    address = url("judge_item", case, indicator="1.1.a")
    page = client.post(address, {"verb": "judge", "reached": "no", "finding": "缺监督委员会"})
    assert page.status_code == 422
    assert "社区自评为“达到”，您的结论与其不同，请写明理由" in text(page)
    assert "缺监督委员会" in text(page)
    assert 'value="no" id="id_reached_1" checked' in text(page)


def test_autosave_answers_with_nothing_or_with_the_sentence(cast, case, sign_in) -> None:
    client = sign_in("reviewer")
    address = url("judge_item", case, indicator="1.1.a")
    answer = client.post(address, {"verb": "judge", "reached": "yes", "autosave": "1"})
    assert (answer.status_code, answer.content) == (204, b"")
    answer = client.post(address, {"verb": "judge", "reached": "no", "autosave": "1"})
    assert answer.status_code == 422
    assert "请写明理由" in text(answer) and "<html" not in text(answer)


@pytest.mark.parametrize("indicator", ["3.1.a", "9.9.z", "<script>"])
def test_an_indicator_that_nobody_judges_has_no_page(cast, case, sign_in, indicator: str) -> None:
    assert sign_in("reviewer").get(url("judge_item", case, indicator=indicator)).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [("neighbour", 404), ("far_county", 404), ("unassigned", 404), ("county", 403), ("leader", 403)],
)
def test_strangers_find_nothing_and_colleagues_read_why_not(
    cast, case, sign_in, name: str, status: int
) -> None:
    client = sign_in(name)
    for address in (url("judge", case), url("judge_item", case, indicator="1.1.a")):
        assert client.get(address).status_code == status
        assert client.post(address, {"verb": "judge", "reached": "yes"}).status_code == status


SECRET = "缺少居务监督委员会成员两名"


@pytest.fixture
def differing(cast: Cast, case, clock):
    """One reviewer has handed in with three missed and a problem noted; the other has judged and will hand in."""
    judge_all(case, cast.reviewer, at=cast.at, missed=("1.1.a", "2.1.b", "6.3.b"), findings={"1.1.a": SECRET})
    judging.hand_in(case, by=cast.reviewer, at=cast.at)
    judge_all(case, cast.reviewer2, at=cast.at)
    return case


def test_the_leader_settles_on_one_page_and_issues_the_opinion(cast, differing, sign_in, clock) -> None:
    judging.hand_in(differing, by=cast.reviewer2, at=cast.at)
    client = sign_in("leader")
    page = text(client.get(url("settle", differing)))
    assert "林若彤" in page and "赵启明" in page
    data = {"verb": "save", "reached_1_1_a": "no", "reason_1_1_a": "缺员属实"}
    assert client.post(url("settle", differing), data).status_code == 302
    page = client.post(url("settle", differing), {**data, "verb": "finish", "reached_2_1_b": "yes"})
    assert page.status_code == 422
    assert "请写明对指标2.1.b的合议理由" in text(page)
    apart = [row for row in ("1.1.a", "2.1.b", "4.2.j") if f'id="i{row}"' in text(page)]
    rulings = {}
    for key in apart:
        field = key.replace(".", "_")
        rulings |= {f"reached_{field}": "yes", f"reason_{field}": "经核对认定"}
    answer = client.post(url("settle", differing), {"verb": "finish", **rulings})
    assert answer["Location"] == url("opinion", differing)
    page = text(client.get(url("opinion", differing)))
    assert SECRET in page  # noted problems are proposed
    assert client.post(url("opinion", differing), {"verb": "issue", "conclusion": "好"}).status_code == 422
    noted = Judgement.objects.exclude(finding="").get()
    answer = client.post(url("opinion", differing), {"verb": "issue", **PARTS, "adopted": [noted.pk]})
    assert answer.status_code == 302
    assert rating_in_force(differing, 1) is not None


def test_reviewers_cannot_open_the_leaders_pages(cast, differing, sign_in, clock) -> None:
    judging.hand_in(differing, by=cast.reviewer2, at=cast.at)
    for name in ("reviewer", "reviewer2", "county"):
        client = sign_in(name)
        assert client.get(url("settle", differing)).status_code == 403
        assert client.post(url("settle", differing), {"verb": "finish"}).status_code == 403


@pytest.fixture
def scored(cast: Cast, case, clock):
    return review(cast, case, findings={"4.2.j": "没有文体活动场地"})


def test_the_county_is_shown_what_is_missing_and_supplies_it(cast, sign_in, clock) -> None:
    case = review(cast, case_in_review(cast, facts={"certified_workers": None}))
    client = sign_in("county")
    page = text(client.get(url("supplement", case)))
    assert "缺少" in page and "社会工作" in page
    assert client.post(url("supplement", case), {"verb": "resume"}).status_code == 422
    wrong = client.post(
        url("supplement", case),
        {"verb": "supplement", "key": "certified_workers", "value": "两个", "reason": "核"},
    )
    assert wrong.status_code == 422 and "两个" in text(wrong)
    answer = client.post(
        url("supplement", case),
        {"verb": "supplement", "key": "certified_workers", "value": "2", "reason": "补录证书"},
    )
    assert answer.status_code == 302
    assert client.post(url("supplement", case), {"verb": "resume"}).status_code == 302
    assert Rating.objects.get().star == 5


def test_a_member_sees_the_case_on_one_page_and_votes(cast, scored, sign_in) -> None:
    client = sign_in("member")
    page = text(client.get(url("vote", scored)))
    assert "高于五星线3分" in page and "没有文体活动场地" not in page.split("评审意见")[0]
    assert client.post(url("vote", scored), {"verb": "vote", "choice": "reject"}).status_code == 422
    answer = client.post(url("vote", scored), {"verb": "vote", "choice": "reject", "reason": "独有理由丁"})
    assert answer.status_code == 302
    assert "独有理由丁" in text(client.get(url("vote", scored)))
    for name in ("member2", "member3", "province"):
        assert "独有理由丁" not in text(sign_in(name).get(url("vote", scored)))
    for name in ("county", "leader", "recon", "auditor"):
        assert sign_in(name).get(url("vote", scored)).status_code == 403


def test_after_the_vote_the_decision_names_every_vote(cast, scored, sign_in) -> None:
    for name, choice in (("member", "reject"), ("member2", "approve"), ("member3", "approve")):
        data = {"verb": "vote", "choice": choice, "reason": "独有理由丁" if choice == "reject" else ""}
        sign_in(name).post(url("vote", scored), data)
    decision = Decision.objects.get()
    address = url("decision", scored, pk=decision.pk)
    for name in ("member", "county", "clerk", "auditor", "leader"):
        page = text(sign_in(name).get(address))
        assert "独有理由丁" in page and "五星级" in page
    assert sign_in("neighbour").get(address).status_code == 404
    assert sign_in("member").get(url("vote", scored)).status_code == 403


def test_the_chair_closes_on_the_page(cast, scored, sign_in) -> None:
    for name in ("member2", "member3"):
        sign_in(name).post(url("vote", scored), {"verb": "vote", "choice": "approve"})
    assert sign_in("member2").post(url("vote", scored), {"verb": "close"}).status_code == 403
    answer = sign_in("member").post(url("vote", scored), {"verb": "close", "note": "邹平委员请假。"})
    assert answer["Location"] == url("decision", scored, pk=Decision.objects.get().pk)
    assert "邹平委员请假" in Decision.objects.get().minutes


def test_the_leader_reads_the_reasons_and_settles_anew(cast, scored, sign_in) -> None:
    for name, choice in (("member", "reject"), ("member2", "reject"), ("member3", "approve")):
        sign_in(name).post(url("vote", scored), {"verb": "vote", "choice": choice, "reason": "证据不足丙"})
    client = sign_in("leader")
    assert "证据不足丙" in text(client.get(url("resettle", scored)))
    assert client.post(url("resettle", scored), {"verb": "resettle"}).status_code == 422
    data = {
        "verb": "resettle",
        "reply": "已逐项核对并重新认定。",
        "reached_1_1_a": "no",
        "reason_1_1_a": "缺员",
    }
    assert client.post(url("resettle", scored), data).status_code == 302
    assert [row.indicator for row in Settlement.objects.all()] == ["1.1.a"]
    assert rating_in_force(scored, 1).number == 2
    page = text(sign_in("member").get(url("vote", scored)))
    assert "已逐项核对并重新认定" in page and "证据不足丙" in page


def test_the_rating_page_traces_every_point_and_recomputes(cast, scored, sign_in) -> None:
    rating = Rating.objects.get()
    address = url("rating", scored, pk=rating.pk)
    page = text(sign_in("county").get(address))
    for indicator in rating.result["indicators"]:
        assert f'id="i{indicator}"' in page
    assert "林若彤的说明4.2.j" in page and rating.digest in page
    assert len(page.encode()) < 120 * 1024
    page = text(sign_in("county").get(address, {"recompute": "1"}))
    assert "重算一致" in page
    with connection.cursor() as cursor:
        changed = {**rating.sheet, "not_met": []}
        cursor.execute(
            "update review_rating set sheet = %s where id = %s",
            [json.dumps(changed, ensure_ascii=False), rating.pk],
        )
    page = text(sign_in("county").get(address, {"recompute": "1"}))
    assert "重算不一致" in page and "重算一致" not in page


def test_the_sheet_can_be_taken_away(cast, scored, sign_in) -> None:
    rating = Rating.objects.get()
    answer = sign_in("auditor").get(url("rating_sheet", scored, pk=rating.pk))
    assert json.loads(answer.content) == rating.sheet
    assert sign_in("neighbour").get(url("rating_sheet", scored, pk=rating.pk)).status_code == 404


def test_the_community_sees_the_rating_after_the_decision_only(cast, scored, sign_in) -> None:
    address = url("rating", scored, pk=Rating.objects.get().pk)
    client: Client = sign_in("clerk")
    refused = client.get(address)
    assert refused.status_code == 403 and "作出决定后" in text(refused)
    assert client.get(url("rating_sheet", scored, pk=Rating.objects.get().pk)).status_code == 403
    for name in ("member", "member2", "member3"):
        voting.cast_vote(scored, choice="approve", reason="", by=cast[name], at=cast.at)
    assert client.get(address).status_code == 200


def test_a_rating_of_another_case_is_not_found_under_this_one(cast, scored, sign_in) -> None:
    assert sign_in("county").get(url("rating", scored, pk=Rating.objects.get().pk + 1)).status_code == 404
    assert sign_in("county").get(url("decision", scored, pk=99)).status_code == 404
    assert sign_in("county").post(url("rating", scored, pk=Rating.objects.get().pk)).status_code == 405


def test_a_small_committee_is_called_by_the_province(cast, case, sign_in, clock) -> None:
    Assignment.objects.create(
        case=case, user=cast.member2, duty="observer", assigned_by=cast.county, assigned_at=cast.at
    )
    case = review(cast, case)
    page = text(sign_in("province").get(url("convene", case)))
    assert "邹平" in page and "袁慧" not in page and "不足三人" in page
    assert sign_in("province").post(url("convene", case), {"verb": "convene"}).status_code == 409
    assert not Ballot.objects.exists() and not Vote.objects.exists()


def test_an_invalid_survey_is_named_to_the_county(cast, sign_in, clock) -> None:
    survey = {**SHEET["facts"]["survey"], "distributed": 480}
    case = review(cast, case_in_review(cast, facts={"survey": survey}))
    page = text(sign_in("county").get(url("supplement", case)))
    assert "回收率" in page and "满意度不能直接填写" in page


@pytest.mark.parametrize(
    ("name", "who", "most"),
    [("judge", "reviewer", 30), ("judge_item", "reviewer", 34)],
)
def test_pages_of_the_review_ask_the_database_a_constant_number_of_times(
    cast, case, sign_in, name: str, who: str, most: int
) -> None:
    address = url(name, case, **({"indicator": "1.1.a"} if name == "judge_item" else {}))
    client = sign_in(who)
    few = queries_of(client, address)
    judge_all(case, cast[who], at=cast.at)
    assert queries_of(client, address) == few <= most


def test_pages_of_the_result_ask_the_database_a_constant_number_of_times(cast, case, sign_in, clock) -> None:
    scored = review(cast, case)
    address = url("rating", scored, pk=Rating.objects.get().pk)
    few = queries_of(sign_in("county"), address)
    Judgement.objects.all().delete()
    other = case_in_review(cast, community=cast.communities["莲塘社区"])
    problems = {"4.2.j": "甲", "6.3.b": "乙", "1.1.a": "丙"}
    rated = review(cast, other, missed=("4.2.j", "6.3.b", "1.1.a"), other_missed=(), findings=problems)
    assert queries_of(sign_in("county"), url("rating", rated, pk=Rating.objects.latest("pk").pk)) == few <= 34
    votes = queries_of(sign_in("member"), url("vote", scored))
    assert queries_of(sign_in("member"), url("vote", rated)) == votes <= 60


def queries_of(client: Client, address: str) -> int:
    """How many queries a page makes once it was visited: the fewest of three visits, one of which may note the sign-in."""
    client.get(address)
    counts = []
    for _visit in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    return min(counts)
