"""The term of the whole intake: starts with the submission, stands still with the applicant, ends with acceptance."""

from datetime import timedelta

from applications import clock
from applications.actions import deadlines, intake, submission
from applications.models import Case, Deadline, Defect
from tests import road
from tests.cast import Cast


def whole(case: Case) -> Deadline:
    return Deadline.objects.get(case=case, term="intake")


def test_the_whole_intake_runs_thirty_working_days_from_the_submission(cast: Cast) -> None:
    case = road.to_street(cast)

    assert (whole(case).budget, whole(case).unit, whole(case).state) == (30, "working", "running")


def test_days_with_the_applicant_do_not_count(cast: Cast) -> None:
    case = road.to_street(cast)
    before = whole(case).due_on
    intake.send_back(case, opinion="请补正。", defects={"1.4.a": "缺照片。"}, by=cast.street, at=cast.at)
    assert whole(case).state == "paused"

    later = cast.at + timedelta(days=14)
    for defect in Defect.objects.filter(decision__case=case):
        submission.answer_defect(case, defect=defect.pk, answer="已补充照片。", by=cast.clerk, at=later)
    submission.resubmit(case, by=cast.head, at=later)

    after = whole(case)
    assert after.state == "running"
    assert (after.due_on - before).days == 14
    assert list(after.entries.values_list("kind", flat=True)) == ["pause", "resume"]


def test_a_batch_may_let_the_whole_term_begin_anew_after_a_correction(cast: Cast) -> None:
    cast.batch.terms["intake"]["on_return"] = "restart"
    cast.batch.save()
    case = road.to_street(cast)
    later = cast.at + timedelta(days=14)
    intake.send_back(
        case,
        opinion="请补正。",
        defects={"1.4.a": "缺照片。"},
        by=cast.street,
        at=cast.at + timedelta(days=7),
    )
    for defect in Defect.objects.filter(decision__case=case):
        submission.answer_defect(case, defect=defect.pk, answer="已补充照片。", by=cast.clerk, at=later)
    submission.resubmit(case, by=cast.head, at=later)

    after = whole(case)
    whole_anew = deadlines.due_date(clock.day_of(later), 30, "working")[0]
    assert (after.state, after.due_on) == ("running", whole_anew)
    assert list(after.entries.order_by("pk").values_list("kind", flat=True)) == ["pause", "resume", "restart"]


def test_acceptance_ends_the_term(cast: Cast) -> None:
    case = road.to_preparation(cast)

    assert whole(case).state == "met"
