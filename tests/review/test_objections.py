"""An objection: taken in time, decided by others than who judged, judged again blind, never public with a name."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Assignment, Event, StageRun, Todo
from applications.permissions import visible_cases
from notifications.models import Outbox
from review.actions import notice, objections, publication, reconsideration
from review.models import Ballot, Objection, ObjectionRuling, Publication, Rejudgement, Vote
from review.queries.ratings import rating_in_force
from tests.cast import Cast
from tests.review.publishing import (
    FULL,
    announced,
    object_to,
    on_notice,
    photo,
    rejudged,
    upheld,
)

pytestmark = pytest.mark.django_db
REJUDGED = {"2.1.b": False}


def people_of(node: str, key: str) -> set[str]:
    rows = Todo.objects.filter(node=node, run__key=key, state="open")
    return set(rows.values_list("assignee__username", flat=True))


def test_an_objection_is_taken_until_midnight_of_the_last_day(cast: Cast) -> None:
    row = on_notice(cast)
    last = datetime(2026, 3, 8, 15, 59, 59, tzinfo=UTC)
    objection = object_to(row, at=last)
    assert (objection.kind, len(objection.code)) == ("resident", 19)
    assert people_of("publication.receive", objection.key) == {None}
    with pytest.raises(Refused, match="公示期为2026-03-02至2026-03-08"):
        object_to(row, at=last + timedelta(seconds=1))
    assert Objection.objects.count() == 1


def test_an_objection_needs_a_name_a_contact_and_words(cast: Cast) -> None:
    row = on_notice(cast)
    with pytest.raises(Invalid) as caught:
        object_to(row, at=cast.at, name=" ", contact="", text="不服")
    assert [fault.field for fault in caught.value.faults] == ["name", "contact", "text"]


def test_nothing_of_the_person_reaches_log_or_messages(cast: Cast) -> None:
    row = on_notice(cast)
    objection = object_to(row, at=cast.at, files=[photo()])
    written = json.dumps(
        [list(Event.objects.values_list("data", "actor_name")), list(Outbox.objects.values_list("payload"))],
        ensure_ascii=False,
    )
    assert "file_objection" in Event.objects.filter(case=row.case).values_list("verb", flat=True)
    for secret in (objection.name, objection.contact, objection.code, objection.text):
        assert secret not in written
    assert objection.files.get().sensitive


def test_the_community_objects_for_itself_and_nobody_else(cast: Cast) -> None:
    row = on_notice(cast)
    assert object_to(row, at=cast.at, by=cast.head).kind == "community"
    for stranger in ("neighbour", "county", "publisher"):
        with pytest.raises(NotAllowed):
            object_to(row, at=cast.at, by=cast[stranger])


def test_an_objection_may_be_withdrawn_for_ten_minutes_until_somebody_acts(cast: Cast) -> None:
    row = on_notice(cast)
    first, second, third = (object_to(row, at=cast.at) for _count in range(3))
    objections.withdraw(first, by=None, at=cast.at + timedelta(minutes=10))
    assert StageRun.objects.get(key=first.key).finished_at
    with pytest.raises(Refused, match="超过10分钟"):
        objections.withdraw(second, by=None, at=cast.at + timedelta(minutes=10, seconds=1))
    objections.receive(third, accepted=True, reason="", by=cast.province, at=cast.at)
    with pytest.raises(Refused, match="已经开始办理"):
        objections.withdraw(third, by=None, at=cast.at)


def test_a_reason_the_product_writes_does_not_depend_on_who_clicked(cast: Cast) -> None:
    row = on_notice(cast)
    objection = object_to(row, at=cast.at)
    with override("en"):
        objections.receive(objection, accepted=True, reason="", by=cast.province, at=cast.at)
        page = Client().get(f"/public/objections/{objection.code}/", headers={"accept-language": "en"}).text
    assert ObjectionRuling.objects.get(objection=objection).reason == "符合受理条件。"
    assert "符合受理条件" not in page


def test_a_dismissed_objection_lets_the_case_go_on(cast: Cast) -> None:
    row = on_notice(cast)
    objection = object_to(row, at=cast.at)
    objections.receive(objection, accepted=True, reason="", by=cast.province, at=cast.at)
    with pytest.raises(Invalid):
        reconsideration.dismiss(objection, reason="", heard="", by=cast.recon, at=cast.at)
    reconsideration.dismiss(objection, reason="面积属实", heard="双方已陈述", by=cast.recon, at=cast.at)
    later = cast.at + timedelta(days=8)
    assert notice.close_notices(at=later) == 0
    objections.serve(objection, how="电话告知", by=cast.province, at=later)
    assert notice.close_notices(at=later) == 1
    assert Todo.objects.filter(case=row.case, node="publication.announce", state="open").exists()


@pytest.mark.parametrize("username", ["recon", "recon2"])
def test_who_judged_or_voted_does_not_decide(cast: Cast, username: str) -> None:
    row = on_notice(cast)
    Assignment.objects.create(
        case=row.case, user=cast.recon, duty="reviewer", assigned_by=cast.county, assigned_at=cast.at
    )
    ballot = Ballot.objects.create(case=row.case, round=1, rating=row.rating, opened_at=cast.at)
    Vote.objects.create(ballot=ballot, by=cast.recon2, choice="approve", at=cast.at)
    objection = object_to(row, at=cast.at)
    objections.receive(objection, accepted=True, reason="", by=cast.province, at=cast.at)
    with pytest.raises(NotAllowed, match="您参"):
        reconsideration.dismiss(objection, reason="不成立", heard="已陈述", by=cast[username], at=cast.at)
    reconsideration.dismiss(objection, reason="不成立", heard="已陈述", by=cast.recon3, at=cast.at)


def test_original_reviewers_do_not_judge_again(cast: Cast) -> None:
    row = on_notice(cast)
    Assignment.objects.create(
        case=row.case, user=cast.reviewer3, duty="reviewer", assigned_by=cast.county, assigned_at=cast.at
    )
    with pytest.raises(Invalid, match="参与过本案"):
        upheld(cast, object_to(row, at=cast.at), cast.at)


def test_two_others_judge_blind_and_a_changed_result_gets_a_new_notice(cast: Cast) -> None:
    row = on_notice(cast)
    objection = upheld(cast, object_to(row, at=cast.at), cast.at, ["2.1.b", "4.5.a"])
    assert people_of("publication.reassess", objection.key) == {"reviewer3", "unassigned"}
    assert visible_cases(cast.reviewer3).filter(pk=row.case_id).exists()
    before = rating_in_force(row.case, 1)
    rejudged(cast, objection, cast.at, REJUDGED)
    rating = reconsideration.conclude(
        objection, reason="重新评审完成", settlements={}, notes={}, by=cast.recon, at=cast.at
    )
    assert rating.pk != before.pk and not visible_cases(cast.reviewer3).filter(pk=row.case_id).exists()
    objections.serve(objection, how="电话告知", by=cast.province, at=cast.at)
    later = cast.at + timedelta(days=8)
    assert notice.close_notices(at=later) == 1
    assert Todo.objects.get(case=row.case, state="open").node == "publication.prepare"
    fresh = _again(cast, row, later)
    assert fresh.supersedes == row and fresh.content["dimensions"][1]["points"] == "9.5"
    told = announced(cast, fresh)
    assert (told.star, told.content["notice"]["number"]) == (5, fresh.number)


def _again(cast: Cast, row: Publication, at: datetime) -> Publication:
    text = FULL.__class__(**{**vars(FULL), "number": "幸评示〔2026〕2号"})
    publication.submit(row.case, content=text, revision=0, by=cast.publisher, at=at)
    return publication.approve(row.case, opinion="", by=cast.publisher2, at=at)


def test_an_unchanged_result_goes_on_with_the_new_rating(cast: Cast) -> None:
    row = on_notice(cast)
    objection = rejudged(
        cast, upheld(cast, object_to(row, at=cast.at), cast.at, ["2.1.b"]), cast.at, {"2.1.b": True}
    )
    rating = reconsideration.conclude(
        objection, reason="维持", settlements={}, notes={}, by=cast.recon, at=cast.at
    )
    objections.serve(objection, how="电话告知", by=cast.province, at=cast.at)
    assert announced(cast, row).rating == rating


def test_a_difference_between_the_two_is_settled_with_a_reason(cast: Cast) -> None:
    row = on_notice(cast)
    objection = rejudged(
        cast,
        upheld(cast, object_to(row, at=cast.at), cast.at, ["2.1.b"]),
        cast.at,
        {"2.1.b": True},
        {"2.1.b": False},
    )
    with pytest.raises(Invalid, match="意见不一致"):
        reconsideration.conclude(
            objection, reason="完成", settlements={}, notes={}, by=cast.recon, at=cast.at
        )
    reconsideration.conclude(
        objection,
        reason="完成",
        settlements={"2.1.b": False},
        notes={"2.1.b": "照片可证"},
        by=cast.recon,
        at=cast.at,
    )
    assert Rejudgement.objects.get(settled=True).note == "照片可证"


def test_objections_to_one_notice_are_handled_side_by_side(cast: Cast) -> None:
    row = on_notice(cast)
    one, two = object_to(row, at=cast.at), object_to(row, at=cast.at, by=cast.head)
    for objection, indicator in ((one, "2.1.b"), (two, "1.1.a")):
        upheld(cast, objection, cast.at, [indicator])
        rejudged(cast, objection, cast.at, {indicator: False})
        reconsideration.conclude(
            objection, reason="完成", settlements={}, notes={}, by=cast.recon, at=cast.at
        )
    later = cast.at + timedelta(days=8)
    objections.serve(one, how="电话", by=cast.province, at=later)
    assert notice.close_notices(at=later) == 0
    objections.serve(two, how="系统", by=cast.province, at=later)
    assert notice.close_notices(at=later) == 1
    points = {row["id"]: row["points"] for row in _result(row)}
    assert (points["1"], points["2"]) == ("6", "9.5")
    assert ObjectionRuling.objects.filter(verb="conclude").count() == 2


def _result(row: Publication) -> list[dict[str, str]]:
    points = rating_in_force(row.case, 1).result["points_by_dimension"]
    return [{"id": key, "points": value} for key, value in points.items()]
