"""The satisfaction survey: one answer a link, no identity, the return rate, checks, and what closes it."""

import re
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from applications.errors import AlreadyDone, Hidden, Invalid, NotAllowed, Refused
from applications.models import Case, Event, Todo
from review.actions import survey, survey_answers, survey_links
from review.actions.survey_answers import LinkSpent
from review.models import FactCheck, SurveyAnswer, SurveyLink, SurveyRound
from review.queries.facts import confirmed_facts
from review.queries.surveys import door_of, tally_of
from tests.cast import Cast
from tests.review import assessing
from tests.review.assessing import answers


@pytest.fixture
def case(cast: Cast) -> Case:
    return assessing.collecting(cast)


def give(cast: Cast, link: survey_links.Issued, level: str = "satisfied", **changes: str) -> None:
    survey_answers.answer(link.token, answers=answers(level, **changes), consent=True, by=None, at=cast.at)


def asked(cast: Cast, case: Case, count: int, back: int) -> list[survey_links.Issued]:
    """Open a survey, issue links, and have the first ``back`` answered."""
    links = assessing.open_survey(cast, case, cast.at, count)
    for link in links[:back]:
        give(cast, link)
    return links


def test_a_link_is_good_for_one_answer(cast: Cast, case: Case) -> None:
    link = assessing.open_survey(cast, case, cast.at, 2)[0]
    give(cast, link)
    with pytest.raises(LinkSpent):
        give(cast, link, "dissatisfied")
    assert list(SurveyAnswer.objects.values_list("overall", flat=True)) == ["satisfied"]
    with pytest.raises(Hidden):
        survey_answers.answer("no-such-link", answers=answers(), consent=True, by=None, at=cast.at)


def test_nothing_leads_from_an_answer_to_its_link_or_person(cast: Cast, case: Case) -> None:
    links = asked(cast, case, 3, 3)
    assert not hasattr(SurveyAnswer, "history") and not hasattr(SurveyLink, "history")
    row = SurveyAnswer.objects.first()
    assert row is not None
    named = {field.name for field in SurveyAnswer._meta.get_fields() if field.is_relation}
    assert named == {"survey", "entered_by", "checked_by", "voided_by"} and row.entered_by is None
    kinds = {field.get_internal_type() for field in SurveyAnswer._meta.get_fields()}
    moments = [
        field.name for field in SurveyAnswer._meta.fields if field.get_internal_type() == "DateTimeField"
    ]
    assert moments == ["voided_at"] and "UUIDField" in kinds
    for link in links:
        assert not SurveyLink.objects.filter(token_hash=link.token).exists(), "only the digest is kept"
    assert not Event.objects.filter(case=case, verb="answer_survey").exists()


def test_answers_are_checked_and_the_link_stays_good(cast: Cast, case: Case) -> None:
    link = assessing.open_survey(cast, case, cast.at, 1)[0]
    with pytest.raises(Invalid) as caught:
        survey_answers.answer(
            link.token,
            answers={**answers(), "overall": "", "content": "fine"},
            consent=False,
            by=None,
            at=cast.at,
        )
    assert [fault.field for fault in caught.value.faults] == ["overall", "content", "consent"]
    give(cast, link, age="")
    assert SurveyAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("distributed", "back", "enough"), [(1000, 899, False), (10, 9, True), (20, 18, True)]
)
def test_the_edge_of_the_return_rate(distributed: int, back: int, enough: bool) -> None:
    figures = survey.Tally(distributed, 0, back, 0, 0, {}, 0, 0)
    assert figures.enough(90) is enough
    assert figures.lacking(90) == (0 if enough else 1)


def test_below_ninety_percent_the_survey_cannot_be_closed_as_valid(cast: Cast, case: Case) -> None:
    links = asked(cast, case, 10, 8)
    with pytest.raises(Refused) as caught:
        survey.close_survey(case, by=cast.county, at=cast.at)
    for part in ("发放10份，回收8份，回收率80%，低于90%", "还需回收1份"):
        assert part in caught.value.sentence
    assert not FactCheck.objects.filter(case=case, stream="survey").exists()
    give(cast, links[8], "neutral")
    closed = survey.close_survey(case, by=cast.county, at=cast.at)
    assert closed.state == "closed" and closed.figures["return_pct"] == "90"
    assert confirmed_facts(case, 1)["survey"] == {
        "distributed": 10,
        "returned": 9,
        "valid": 9,
        "very_satisfied": 0,
        "satisfied": 8,
        "neutral": 1,
        "dissatisfied": 0,
        "very_dissatisfied": 0,
    }
    with pytest.raises(Refused, match="已经结束"):
        give(cast, links[9])
    states = {row.node: row.state for row in Todo.objects.filter(case=case, node__startswith="collection")}
    assert states["collection.survey"] == "done" and states["collection.interviews"] == "cancelled"
    with pytest.raises(AlreadyDone):
        survey.close_survey(case, by=cast.county2, at=cast.at)


@pytest.mark.parametrize("policy", ["warn", "zero"])
def test_other_policies_close_a_survey_with_few_answers(cast: Cast, case: Case, policy: str) -> None:
    asked(cast, case, 10, 5)
    case.batch.policy["survey_validity"] = policy
    case.batch.save()
    assert survey.close_survey(case, by=cast.county, at=cast.at).figures["return_pct"] == "50"


def test_without_a_valid_answer_nothing_is_closed(cast: Cast, case: Case) -> None:
    with pytest.raises(Refused, match="请先启动调查"):
        survey.close_survey(case, by=cast.county, at=cast.at)
    links = asked(cast, case, 1, 0)
    with pytest.raises(Refused, match="没有有效问卷"):
        survey.close_survey(case, by=cast.county, at=cast.at)
    give(cast, links[0], resident="no")
    with pytest.raises(Refused, match="没有有效问卷"):
        survey.close_survey(case, by=cast.county, at=cast.at)


def test_only_residents_count_and_void_forms_stay_returned(cast: Cast, case: Case) -> None:
    links = asked(cast, case, 10, 8)
    give(cast, links[8], resident="no")
    row = SurveyAnswer.objects.filter(resident=True).first()
    assert row is not None
    survey_answers.void_answers(
        case, answers=[str(row.pk)], reason="全同且未读题", by=cast.county, at=cast.at
    )
    tally = tally_of(SurveyRound.objects.get())
    assert (tally.distributed, tally.returned, tally.valid, tally.voided, tally.outsiders) == (10, 9, 7, 1, 1)
    assert tally.enough(90)
    row.refresh_from_db()
    assert (row.state, row.void_reason, row.voided_by) == ("void", "全同且未读题", cast.county)


def test_only_what_nobody_could_answer_leaves_the_denominator(cast: Cast, case: Case) -> None:
    links = asked(cast, case, 12, 9)
    with pytest.raises(Invalid, match="拒答、无人在家属于未回收"):
        survey_links.void_links(case, serials="10", reason="refused", by=cast.county, at=cast.at)
    for serials, told in (
        ("1", "编号1不存在、已使用"),
        ("99", "编号99不存在"),
        ("甲", "“甲”无法识别"),
        ("", "请填写"),
    ):
        with pytest.raises(Invalid, match=told):
            survey_links.void_links(case, serials=serials, reason="vacant", by=cast.county, at=cast.at)
    done = survey_links.void_links(
        case, serials="１０、11-11", reason="vacant", note="已拆迁", by=cast.county, at=cast.at
    )
    assert done == [10, 11]
    tally = tally_of(SurveyRound.objects.get())
    assert (tally.issued, tally.excluded, tally.distributed) == (12, 2, 10) and tally.enough(90)
    event = Event.objects.get(case=case, verb="void_links")
    assert event.data["serials"] == [10, 11] and event.actor == cast.county
    with pytest.raises(Refused, match="已作废"):
        give(cast, links[9])
    assert SurveyLink.objects.get(serial=10).void_note == "已拆迁"


def test_a_void_survey_is_repeated_and_its_answers_count_for_nothing(cast: Cast, case: Case) -> None:
    old = asked(cast, case, 10, 5)
    with pytest.raises(Refused, match="已有一次调查"):
        survey.open_survey(case, frame=assessing.FRAME, by=cast.county, at=cast.at)
    with pytest.raises(Invalid):
        survey.void_survey(case, reason=" ", by=cast.county, at=cast.at)
    survey.void_survey(case, reason="发放不规范", by=cast.county, at=cast.at)
    with pytest.raises(Refused):
        give(cast, old[9])
    links = asked(cast, case, 4, 4)
    survey.close_survey(case, by=cast.county, at=cast.at)
    rounds = SurveyRound.objects.filter(case=case).order_by("number")
    assert [(row.number, row.state) for row in rounds] == [(1, "void"), (2, "closed")]
    assert confirmed_facts(case, 1)["survey"]["returned"] == len(links)


def test_links_are_issued_once_for_a_form(cast: Cast, case: Case) -> None:
    survey.open_survey(case, frame=assessing.FRAME, by=cast.county, at=cast.at)
    first = survey_links.issue_links(case, count=3, once="form-1", by=cast.county, at=cast.at)
    assert len({link.token for link in first}) == 3 and [link.serial for link in first] == [1, 2, 3]
    with pytest.raises(Refused, match="清单只显示一次"):
        survey_links.issue_links(case, count=3, once="form-1", by=cast.county, at=cast.at)
    more = survey_links.issue_links(case, count=2, once="form-2", by=cast.county, at=cast.at)
    assert [link.serial for link in more] == [4, 5]
    for count in (0, 1001):
        with pytest.raises(Invalid):
            survey_links.issue_links(case, count=count, by=cast.county, at=cast.at)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"frame": " "}, "frame"),
        ({"sampling": ""}, "sampling"),
        ({"frame_size": 0}, "frame_size"),
        ({"sample_size": 1861}, "sample_size"),
        ({"sample_size": 0}, "sample_size"),
    ],
)
def test_a_survey_needs_a_frame_and_a_sample(
    cast: Cast, case: Case, changes: dict[str, Any], field: str
) -> None:
    frame = survey.Frame(**{**vars(assessing.FRAME), **changes})
    with pytest.raises(Invalid) as caught:
        survey.open_survey(case, frame=frame, by=cast.county, at=cast.at)
    assert field in [fault.field for fault in caught.value.faults]


def test_interviewers_enter_forms_by_their_numbers(cast: Cast, case: Case) -> None:
    links = asked(cast, case, 4, 1)
    survey_answers.enter_answer(case, serial=2, answers=answers(), by=cast.surveyor, at=cast.at)
    tally = tally_of(SurveyRound.objects.get())
    assert (tally.returned, tally.online, tally.face) == (2, 1, 1)
    for serial, told in ((1, "已使用"), (2, "已使用"), (77, "没有编号77")):
        with pytest.raises(Invalid, match=told):
            survey_answers.enter_answer(case, serial=serial, answers=answers(), by=cast.surveyor, at=cast.at)
    with pytest.raises(LinkSpent):
        give(cast, links[1])
    for who in ("county", "reviewer", "unassigned", "clerk"):
        with pytest.raises(NotAllowed):
            survey_answers.enter_answer(case, serial=3, answers=answers(), by=cast[who], at=cast.at)
    survey.finish_interviews(case, by=cast.surveyor, at=cast.at)
    with pytest.raises(AlreadyDone):
        survey_answers.enter_answer(case, serial=3, answers=answers(), by=cast.surveyor, at=cast.at)


@pytest.mark.parametrize("who", ["far_county", "clerk", "surveyor", "leader", "city"])
def test_only_the_county_runs_the_survey(cast: Cast, case: Case, who: str) -> None:
    with pytest.raises(NotAllowed):
        survey.open_survey(case, frame=assessing.FRAME, by=cast[who], at=cast.at)


def test_a_share_of_the_interviewers_forms_is_drawn_and_checked_by_another(cast: Cast, case: Case) -> None:
    assessing.open_survey(cast, case, cast.at, 15)
    with pytest.raises(Refused):
        survey_answers.draw_checks(case, by=cast.county, at=cast.at)
    for serial in range(1, 13):
        survey_answers.enter_answer(case, serial=serial, answers=answers(), by=cast.surveyor, at=cast.at)
    assert survey_answers.draw_checks(case, by=cast.county, at=cast.at) == 2
    with pytest.raises(Refused, match="抽足"):
        survey_answers.draw_checks(case, by=cast.county, at=cast.at)
    assert len(Event.objects.get(case=case, verb="draw_checks").data["seed"]) == 16
    good, bad = SurveyAnswer.objects.filter(quality="drawn").order_by("pk")
    survey_answers.check_answer(case, answer=good, passed=True, by=cast.county, at=cast.at)
    with pytest.raises(Invalid):
        survey_answers.check_answer(case, answer=bad, passed=False, by=cast.county, at=cast.at)
    survey_answers.check_answer(case, answer=bad, passed=False, reason="未入户", by=cast.county, at=cast.at)
    bad.refresh_from_db()
    assert (bad.state, bad.quality, bad.void_reason) == ("void", "failed", "未入户")
    tally = tally_of(SurveyRound.objects.get())
    assert (tally.returned, tally.valid, tally.face_checked) == (12, 11, 2)
    assert (
        survey_answers.void_answers(
            case, interviewer=cast.surveyor.pk, reason="核查不合格", by=cast.county, at=cast.at
        )
        == 11
    )
    assert tally_of(SurveyRound.objects.get()).valid == 0


def test_the_county_sees_no_answers_before_the_end_and_none_of_single_forms(
    cast: Cast, case: Case, sign_in: Any
) -> None:
    links = asked(cast, case, 10, 0)
    for place, link in enumerate(links[:9]):
        give(cast, link, "very_dissatisfied" if place < 4 else "satisfied")
    client = sign_in("county")
    page = client.get(f"/cases/{case.pk}/survey/").content.decode()
    assert "非常不满意" not in page and "回收率" in page
    listed = client.get(f"/cases/{case.pk}/survey/answers/").content.decode()
    assert "非常不满意" not in listed and "very_dissatisfied" not in listed
    assert client.post(f"/cases/{case.pk}/survey/", {"verb": "close"}).status_code == 302
    assert "非常不满意" in client.get(f"/cases/{case.pk}/survey/").content.decode()


def test_the_list_of_links_is_shown_once(cast: Cast, case: Case, sign_in: Any) -> None:
    survey.open_survey(case, frame=assessing.FRAME, by=cast.county, at=cast.at)
    client = sign_in("county")
    url = f"/cases/{case.pk}/survey/"
    once = re.search(r'name="once" value="(\w+)"', client.get(url).content.decode())
    assert once is not None
    data = {"verb": "issue", "count": "2", "output": "page", "once": once[1]}
    page = client.post(url, data)
    tokens = re.findall(r"/s/([\w-]+)/", page.content.decode())
    assert page.status_code == 200 and len(set(tokens)) == 2 and page["Cache-Control"] == "no-store"
    assert page.content.decode().count("<svg") >= 2 and " style=" not in page.content.decode()
    again = client.post(url, data)
    assert again.status_code == 409 and "清单只显示一次" in again.content.decode()
    sheet = client.post(url, {**data, "output": "csv", "once": "another"})
    assert sheet["Content-Type"].startswith("text/csv") and sheet.content.decode("utf-8-sig").startswith(
        "编号"
    )
    assert SurveyLink.objects.count() == 4
    wrong = client.post(url, {**data, "count": "两千", "once": "x"})
    assert wrong.status_code == 422 and "两千" in wrong.content.decode()
    door = door_of(tokens[0])
    assert door is not None and door.state == "open"
    assert sign_in("clerk").post(url, data).status_code == 403


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("county2", "survey/", 200),
        ("leader", "survey/", 200),
        ("clerk", "survey/", 403),
        ("far_county", "survey/", 404),
        ("unassigned", "survey/entry/", 404),
        ("surveyor", "survey/entry/", 200),
        ("reviewer", "survey/entry/", 200),
        ("clerk", "survey/entry/", 403),
        ("clerk", "survey/answers/", 403),
    ],
)
def test_the_pages_of_the_survey_are_not_the_communitys(
    cast: Cast, case: Case, sign_in: Any, who: str, path: str, status: int
) -> None:
    assessing.open_survey(cast, case, cast.at, 1)
    assert sign_in(who).get(f"/cases/{case.pk}/{path}").status_code == status


def test_the_interviewer_enters_a_form_on_the_page(cast: Cast, case: Case, sign_in: Any) -> None:
    client = sign_in("surveyor")
    url = f"/cases/{case.pk}/survey/entry/"
    assert "调查尚未启动" in client.get(url).content.decode()
    assessing.open_survey(cast, case, cast.at, 2)
    wrong = client.post(url, {"verb": "enter", "serial": "2", **answers(), "overall": ""})
    assert wrong.status_code == 422 and "尚未回答" in wrong.content.decode()
    assert client.post(url, {"verb": "enter", "serial": "2", **answers()}).status_code == 302
    assert SurveyAnswer.objects.get().entered_by == cast.surveyor


def test_the_answers_page_asks_the_same_number_of_queries(cast: Cast, case: Case, sign_in: Any) -> None:
    links = assessing.open_survey(cast, case, cast.at, 9)
    client = sign_in("county")
    counts = []
    for first, last in ((0, 1), (1, 4)):
        for link in links[first:last]:
            give(cast, link)
        survey_answers.enter_answer(case, serial=9 - first, answers=answers(), by=cast.surveyor, at=cast.at)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/cases/{case.pk}/survey/answers/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_one_link_used_twice_at_once_gives_exactly_one_answer(cast: Cast) -> None:
    case = assessing.collecting(cast)
    link = assessing.open_survey(cast, case, cast.at, 1)[0]
    start, told = Barrier(4), []

    def run(level: str) -> None:
        start.wait()
        try:
            give(cast, link, level)
            told.append("taken")
        except LinkSpent:
            told.append("spent")
        finally:
            connections.close_all()

    threads = [
        Thread(target=run, args=(level,)) for level in ("satisfied", "neutral", "satisfied", "neutral")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["spent", "spent", "spent", "taken"]
    assert SurveyAnswer.objects.count() == 1
