"""Both roads with every single step in the browser: each fact, each judgement, each questionnaire, each item by hand."""

from pathlib import Path

import pytest

from applications.models import Case
from review.models import Publication
from review.queries.judgements import items_to_judge
from tests.browser import scenes_assessment as assessment
from tests.browser import scenes_decision as decision
from tests.browser import scenes_intake as intake
from tests.browser import scenes_mending as mending
from tests.browser.walking import Walk
from tests.review import drive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nightly]
DISPUTED = drive.MISSED[-1]


def to_review(walk: Walk, folder: Path) -> Case:
    """From the opening of the batch to the review, by hand."""
    walk.whole = True
    with walk.scene("the province opens a batch"):
        intake.open_batch(walk)
    with walk.scene("a community applies"):
        case = intake.apply(walk, folder)
    with walk.scene("returned and corrected"):
        intake.return_by_keys(walk, DISPUTED)
        intake.correct(walk, case, DISPUTED, folder)
    with walk.scene("four levels pass it on"):
        intake.pass_on(walk, case)
    with walk.scene("preparation"):
        assessment.prepare(walk, case, folder)
    with walk.scene("collection"):
        assessment.collect(walk, case, folder)
    return case


def close_all(walk: Walk, case: Case, folder: Path) -> None:
    """Put every item right: the case is closed."""
    with walk.scene("items put right and verified"):
        mending.put_all_right(walk, case, folder)
        mending.ledger(walk)
    case.refresh_from_db()


def test_the_whole_road_to_a_star(walk: Walk, tmp_path: Path) -> None:
    case = to_review(walk, tmp_path)
    with walk.scene("review"):
        assessment.review(walk, case, drive.MISSED, [DISPUTED])
    with walk.scene("the committee votes"):
        decision.vote(walk, case)
    with walk.scene("notice, objection, second notice, announcement"):
        row = decision.publish_with_objection(walk, case, DISPUTED)
    with walk.scene("a resident looks it up"):
        decision.look_up(walk, row)
    close_all(walk, case, tmp_path)
    assert (case.state, case.star) == (Case.State.CLOSED, row.star)
    assert walk.unsound() == []


def test_the_whole_road_through_two_rounds(walk: Walk, tmp_path: Path) -> None:
    case = to_review(walk, tmp_path)
    missed = [item.id for item in items_to_judge(case)][: len(drive.missed_for(case, 0)) + 3]
    with walk.scene("review"):
        assessment.review(walk, case, missed, missed[-1:])
    with walk.scene("no star"):
        decision.vote(walk, case)
    assert (case.state, case.star) == (Case.State.RECTIFICATION, 0)
    close_all(walk, case, tmp_path)
    with walk.scene("round 2"):
        mending.next_round(walk, case)
        assessment.collect(walk, case, tmp_path)
        assessment.review(walk, case, [], [])
        decision.vote(walk, case)
    with walk.scene("published"):
        row = decision.publish(walk, case)
        decision.look_up(walk, row)
    assert row.kind == Publication.Kind.ANNOUNCEMENT
    close_all(walk, case, tmp_path)
    assert (case.state, case.round, case.star) == (Case.State.CLOSED, 2, 5)
    assert walk.unsound() == []
