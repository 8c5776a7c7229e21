"""A notice: its period to the minute, its clock, its end once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.errors import AlreadyDone, NotAllowed, Refused
from applications.models import Deadline, Event, Todo
from review.actions import announcement, notice, objections, publication
from review.models import Publication
from tests.cast import Cast
from tests.review.publishing import FULL, announced, at_publication, object_to, on_notice, to_approve

pytestmark = pytest.mark.django_db


def open_node(case) -> set[str]:
    return set(Todo.objects.filter(case=case, state="open").values_list("node", flat=True))


def test_a_notice_runs_seven_days_and_its_first_day_counts(cast: Cast) -> None:
    row = on_notice(cast)
    assert (str(row.notice_from), str(row.notice_until)) == ("2026-03-02", "2026-03-08")
    clock = Deadline.objects.get(case=row.case, term="notice")
    assert (clock.state, clock.due_on, clock.todo) == ("running", row.notice_until, None)
    assert open_node(row.case) == set()


def test_the_notice_ends_at_midnight_after_its_last_day_in_shanghai(cast: Cast) -> None:
    row = on_notice(cast)
    last_minute = datetime(2026, 3, 8, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert notice.close_notices(at=last_minute) == 0
    assert open_node(row.case) == set()
    assert notice.close_notices(at=last_minute + timedelta(minutes=1)) == 1
    assert open_node(row.case) == {"publication.announce"}
    assert notice.close_notices(at=last_minute + timedelta(days=1)) == 0
    clock = Deadline.objects.get(case=row.case, term="notice")
    assert (clock.state, clock.ended_at) == ("met", last_minute + timedelta(seconds=59, microseconds=999999))


def test_a_result_is_announced_and_the_star_is_valid_for_three_years(cast: Cast) -> None:
    row = announced(cast, on_notice(cast))
    assert (row.kind, row.star, row.author, row.approver) == (
        "announcement",
        5,
        cast.publisher,
        cast.publisher2,
    )
    assert (str(row.award.valid_from), str(row.award.valid_until)) == ("2026-03-09", "2029-03-08")
    row.case.refresh_from_db()
    assert row.case.state == "rectification" or row.case.closed_at
    kept = Event.objects.get(case=row.case, verb="announce").data
    assert kept["digest"] == row.digest


def test_an_objection_holds_the_notice_until_it_is_decided(cast: Cast) -> None:
    row = on_notice(cast)
    objection = object_to(row, at=cast.at + timedelta(days=6))
    later = cast.at + timedelta(days=8)
    assert notice.close_notices(at=later) == 0
    assert Deadline.objects.get(case=row.case, term="notice").state == "met"
    objections.receive(objection, accepted=False, reason="与评定无关", by=cast.province, at=later)
    assert notice.close_notices(at=later) == 1
    assert open_node(row.case) == {"publication.announce"}


def test_two_publishers_at_once_have_one_effect(cast: Cast) -> None:
    case = to_approve(cast, at_publication(cast))
    publication.approve(case, opinion="", by=cast.publisher2, at=cast.at)
    with pytest.raises(AlreadyDone, match="曾宇"):
        publication.approve(case, opinion="", by=cast.publisher2, at=cast.at)
    assert Publication.objects.count() == 1


def test_who_prepared_does_not_approve(cast: Cast) -> None:
    case = to_approve(cast, at_publication(cast))
    with pytest.raises(NotAllowed, match="由您拟制"):
        publication.approve(case, opinion="", by=cast.publisher, at=cast.at)
    assert not Publication.objects.exists()
    with pytest.raises(NotAllowed):
        publication.approve(case, opinion="", by=cast.county, at=cast.at)


def test_who_prepared_the_notice_does_not_announce(cast: Cast) -> None:
    row = on_notice(cast)
    later = cast.at + timedelta(days=8)
    notice.close_notices(at=later)
    with pytest.raises(NotAllowed, match="由您拟制"):
        announcement.announce(row.case, number="X", by=cast.publisher, at=later)


def test_a_returned_draft_is_put_right_by_who_prepared_it(cast: Cast) -> None:
    case = to_approve(cast, at_publication(cast))
    publication.return_draft(case, reason="标题有误", by=cast.publisher2, at=cast.at)
    assert open_node(case) == {"publication.prepare"}
    publication.submit(case, content=FULL, revision=1, by=cast.publisher, at=cast.at)
    with pytest.raises(Refused, match="办理"):
        publication.save_draft(case, content=FULL, revision=1, by=cast.publisher2, at=cast.at)


def test_the_clock_asks_one_question_while_no_notice_is_over(cast: Cast) -> None:
    on_notice(cast)
    with CaptureQueriesContext(connection) as seen:
        assert notice.close_notices(at=cast.at + timedelta(days=3)) == 0
    assert len(seen) == 1
