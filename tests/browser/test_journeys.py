"""The road walked in a real Chromium by the people whose turn it is: twice, with the journeys of residents beside it.

Each kind of step is done once through its page, reached from the desk; what only repeats it is left to the actions. The
walk with every single step in the browser is in ``test_journeys_whole.py``.
"""

from pathlib import Path

import pytest

from applications.models import Case
from review.actions import announcement
from review.models import Publication, Rating
from tests import road
from tests.browser import scenes_assessment as assessment
from tests.browser import scenes_decision as decision
from tests.browser import scenes_intake as intake
from tests.browser import scenes_mending as mending
from tests.browser.walking import Walk
from tests.review import assessing, drive, publishing

pytestmark = pytest.mark.django_db(transaction=True)
DISPUTED = drive.MISSED[-1]  # missed for the first reviewer alone; a resident objects to it


def test_a_community_applies_and_four_levels_pass_it_on(walk: Walk, tmp_path: Path) -> None:
    with walk.scene("the province opens a batch"):
        intake.open_batch(walk)
    with walk.scene("a community applies"):
        case = intake.apply(walk, tmp_path)
    with walk.scene("the street returns it, by keyboard alone"):
        intake.return_by_keys(walk, DISPUTED)
    with walk.scene("the community corrects"):
        intake.correct(walk, case, DISPUTED, tmp_path)
    with walk.scene("four levels pass it on"):
        intake.pass_on(walk, case)
    assert walk.unsound() == []


def test_a_team_collects_and_judges(walk: Walk, tmp_path: Path) -> None:
    case = road.to_preparation(walk.cast, at=walk.now())
    with walk.scene("preparation"):
        assessment.prepare(walk, case, tmp_path)
    with walk.scene("collection"):
        assessment.collect(walk, case, tmp_path)
    with walk.scene("review, one of the two by keyboard alone"):
        assessment.review(walk, case, drive.MISSED, [DISPUTED])
    assert walk.unsound() == []


def test_a_star_is_voted_disputed_and_published(walk: Walk) -> None:
    case = road.to_review(walk.cast, at=walk.now())
    drive.review(walk.cast, case, at=walk.now())
    with walk.scene("the committee votes"):
        decision.vote(walk, case)
    with walk.scene("notice, objection, second notice, announcement"):
        row = decision.publish_with_objection(walk, case, DISPUTED)
    with walk.scene("a resident looks it up"):
        decision.look_up(walk, row)
    case.refresh_from_db()
    assert (case.state, case.star) == (Case.State.RECTIFICATION, row.star)
    assert [rating.number for rating in Rating.objects.filter(case=case).order_by("pk")] == [1, 2]
    assert walk.unsound() == []


def test_failed_put_right_and_rated_again(walk: Walk, tmp_path: Path) -> None:
    cast = walk.cast
    case = road.to_review(cast, at=walk.now())
    drive.review(cast, case, missed=drive.missed_for(case, 0), at=walk.now())
    road.through_scoring(cast, case, at=walk.now())
    assert (case.state, case.star) == (Case.State.RECTIFICATION, 0)
    with walk.scene("items put right and verified"):
        mending.put_all_right(walk, case, tmp_path)
        mending.ledger(walk)
    with walk.scene("round 2 opens"):
        mending.next_round(walk, case)
    with walk.scene("round 2"):
        assessing.look(cast, case, walk.now())
        assessing.ask(cast, case, walk.now())
        assessing.serve(cast, case, walk.now())
        case.refresh_from_db()
        drive.review(cast, case, missed=(), at=walk.now())
        road.through_scoring(cast, case, at=walk.now())
    with walk.scene("published"):
        publishing.on_notice(cast, case, walk.now(), publishing.number_for("notice"))
        walk.days(decision.NOTICE_DAYS)
        decision.announce(walk)
        decision.look_up(walk, Publication.objects.get(case=case, kind=Publication.Kind.ANNOUNCEMENT))
    with walk.scene("what is left of round 2 put right: the case is closed"):
        for item in mending.open_items(case):
            mending.put_right_by_action(walk, item)
    case.refresh_from_db()
    assert (case.state, case.round, case.star) == (Case.State.CLOSED, 2, 5)
    assert walk.unsound() == []


def test_a_star_is_revoked_after_the_award(walk: Walk) -> None:
    case = publishing.at_publication(walk.cast, walk.now())
    notice = publishing.on_notice(walk.cast, case, walk.now())
    walk.days(decision.NOTICE_DAYS)
    row = announcement.announce(
        case, number=publishing.number_for("announcement"), by=walk.cast.publisher2, at=walk.now()
    )
    assert row.star == notice.star
    with walk.scene("revoked"):
        decision.revoke(walk, row)
    assert walk.unsound() == []
