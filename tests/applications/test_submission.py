"""Handing in an application, taking it back, giving it up."""

from datetime import date, datetime, timedelta

import pytest

from applications.actions import awards, claims, evidence, facts, intake, particulars, submission, withdrawal
from applications.core import canonical
from applications.errors import AlreadyDone, Hidden, Invalid, NotAllowed, Refused
from applications.models import Case, DeclaredFact, Event, Submission, Todo
from notifications.models import Outbox
from tests import papers, road
from tests.cast import Cast

MINUTE = timedelta(minutes=1)


@pytest.fixture
def filled(cast: Cast) -> Case:
    """A complete application, not handed in yet."""
    case = road.open_case(cast)
    papers.fill_in(case, by=cast.clerk, at=cast.at)
    return case


def open_nodes(case: Case) -> list[str]:
    """Where the case waits."""
    return list(Todo.objects.filter(case=case, state="open").values_list("node", flat=True))


def verbs(case: Case) -> list[str]:
    """The log in order."""
    return list(Event.objects.filter(case=case).order_by("seq").values_list("verb", flat=True))


def test_an_application_goes_through_four_levels_into_preparation(cast: Cast) -> None:
    case = road.to_preparation(cast)
    assert case.state == Case.State.PREPARATION
    assert not Todo.objects.filter(case=case, state="open", run__stage="application").exists()
    submitted = Submission.objects.get(case=case)
    # 95 points of the sample without the 8 that only a survey gives
    assert submitted.content["forecast"]["total"] == "87"
    assert verbs(case)[:2] == ["open_case", "submit"]
    assert verbs(case).count("pass_application") == 4


def test_what_was_handed_in_is_kept_as_it_stood_with_its_digest(cast: Cast, filled: Case) -> None:
    done = submission.submit(filled, by=cast.head, at=cast.at)
    assert done.digest == canonical.digest(done.content)
    assert done.content["facts"]["households"] == "1860"
    assert done.content["claims"]["4.2.j"] == {"reached": False, "note": "见佐证材料。"}
    assert done.content["evidence"][0]["indicators"][:2] == ["1.1.a", "1.1.b"]
    assert [award["level"] for award in done.content["awards"]] == ["provincial", "national"]
    assert done.content["form"]["contact"] == "周桂兰"
    assert "不收取任何费用" in done.undertaking
    assert done.signed_by == cast.head
    assert done.receipt.startswith("SQ2026-")
    event = Event.objects.get(case=filled, verb="submit")
    assert (event.data["digest"], event.data["receipt"]) == (done.digest, done.receipt)
    assert Outbox.objects.filter(key=f"application.submitted:{done.pk}").count() == 1


def test_a_submission_is_never_changed(cast: Cast, filled: Case) -> None:
    done = submission.submit(filled, by=cast.head, at=cast.at)
    done.applied_star = 5
    with pytest.raises(TypeError):
        done.save()
    with pytest.raises(TypeError):
        done.delete()


def test_the_clerk_may_not_sign(cast: Cast, filled: Case) -> None:
    with pytest.raises(NotAllowed):
        submission.submit(filled, by=cast.clerk, at=cast.at)
    assert open_nodes(filled) == ["application.fill"]


def test_every_gap_is_told_at_once(cast: Cast) -> None:
    case = road.open_case(cast)
    with pytest.raises(Invalid) as refusal:
        submission.submit(case, by=cast.head, at=cast.at)
    told = [fault.sentence for fault in refusal.value.faults]
    assert len(told) == 1 + 25 + 63  # form, facts, claims; without points nobody asks for proof
    assert "“常住户数”未填写。" in told
    assert "“1.1.a 组织机构健全”未作自评。" in told
    assert not [sentence for sentence in told if "满意度" in sentence]


def test_facts_that_contradict_each_other_are_a_gap(cast: Cast, filled: Case) -> None:
    values = {"households": "2000", "certified_workers": "12"}
    facts.save_facts(filled, values=values, revisions={}, by=cast.clerk, at=cast.at)
    with pytest.raises(Invalid) as refusal:
        submission.submit(filled, by=cast.head, at=cast.at)
    told = " ".join(fault.sentence for fault in refusal.value.faults)
    assert len(refusal.value.faults) == 2
    assert "各网格户数" in told
    assert "不能超过社区工作者人数" in told


def test_a_document_indicator_with_points_needs_a_file_and_a_site_indicator_does_not(
    cast: Cast, filled: Case
) -> None:
    row = filled.evidence.get()
    for indicator in ("1.4.a", "1.1.a"):  # documents; site
        evidence.unlink(filled, evidence=row.pk, indicator=indicator, by=cast.clerk, at=cast.at)
    with pytest.raises(Invalid) as refusal:
        submission.submit(filled, by=cast.head, at=cast.at)
    (gap,) = refusal.value.faults
    assert "1.4.a" in gap.sentence


def test_an_award_without_certificate_is_a_gap(cast: Cast, filled: Case) -> None:
    awards.add_award(filled, entry=papers.AWARDS[0], by=cast.clerk, at=cast.at)
    with pytest.raises(Invalid, match="没有证书文件"):
        submission.submit(filled, by=cast.head, at=cast.at)


def test_after_the_closing_day_nothing_is_handed_in(cast: Cast, filled: Case) -> None:
    cast.batch.closes_on = date(2026, 3, 1)
    cast.batch.save()
    with pytest.raises(Refused, match="2026年3月1日截止"):
        submission.submit(Case.objects.get(pk=filled.pk), by=cast.head, at=cast.at)


def test_two_signatures_are_one_submission(cast: Cast, filled: Case) -> None:
    submission.submit(filled, by=cast.head, at=cast.at)
    with pytest.raises(AlreadyDone, match="万志强"):
        submission.submit(filled, by=cast.head, at=cast.at)
    assert Submission.objects.filter(case=filled).count() == 1


def test_facts_that_were_cleared_are_gone_after_handing_in(cast: Cast, filled: Case) -> None:
    DeclaredFact.objects.create(
        case=filled, key="roster_volunteers", value="", updated_by=cast.clerk, updated_at=cast.at
    )
    submission.submit(filled, by=cast.head, at=cast.at)
    assert not DeclaredFact.objects.filter(case=filled, value="").exists()


def test_a_submission_can_be_taken_back_within_ten_minutes(cast: Cast, filled: Case) -> None:
    done = submission.submit(filled, by=cast.head, at=cast.at)
    assert open_nodes(filled) == ["application.street_check"]
    withdrawal.recall(filled, submission=done.pk, by=cast.head, at=cast.at + 9 * MINUTE)
    assert open_nodes(filled) == ["application.fill"]
    assert verbs(filled)[-1] == "recall"
    assert not cast.street.todos.filter(state="open").exists()
    again = submission.submit(filled, by=cast.head, at=cast.at + 20 * MINUTE)
    assert again.receipt == done.receipt[:-1] + "2"


def test_taking_back_gives_no_new_term(cast: Cast, filled: Case) -> None:
    first = Todo.objects.get(case=filled, node="application.fill")
    later = cast.at + timedelta(days=10)
    done = submission.submit(filled, by=cast.head, at=later)
    withdrawal.recall(filled, submission=done.pk, by=cast.head, at=later + MINUTE)
    again = Todo.objects.get(case=filled, node="application.fill", state="open")
    assert (again.due_on, again.deadline.started_on) == (first.due_on, first.deadline.started_on)


@pytest.mark.parametrize("minutes", [10, 11, 600])
def test_after_ten_minutes_it_stays_handed_in(cast: Cast, filled: Case, minutes: int) -> None:
    done = submission.submit(filled, by=cast.head, at=cast.at)
    with pytest.raises(Refused, match="10分钟"):
        withdrawal.recall(filled, submission=done.pk, by=cast.head, at=cast.at + minutes * MINUTE)


def test_it_stays_handed_in_once_the_next_person_has_acted(cast: Cast, filled: Case) -> None:
    done = submission.submit(filled, by=cast.head, at=cast.at)
    intake.pass_on(filled, opinion="同意上报。", by=cast.street, at=cast.at + MINUTE)
    with pytest.raises(Refused, match="胡建军已开始办理"):
        withdrawal.recall(filled, submission=done.pk, by=cast.head, at=cast.at + 2 * MINUTE)


def test_only_the_head_takes_back_and_only_once(cast: Cast, filled: Case) -> None:
    done = submission.submit(filled, by=cast.head, at=cast.at)
    for who in ("clerk", "street", "neighbour_head"):
        with pytest.raises(NotAllowed):
            withdrawal.recall(filled, submission=done.pk, by=cast[who], at=cast.at)
    withdrawal.recall(filled, submission=done.pk, by=cast.head, at=cast.at)
    with pytest.raises(Refused, match="已经撤回"):
        withdrawal.recall(filled, submission=done.pk, by=cast.head, at=cast.at)


def stand_at_fill(cast: Cast, case: Case, at: datetime) -> None:
    """Leave the case where it is."""


def stand_at_street(cast: Cast, case: Case, at: datetime) -> None:
    """Hand the application in."""
    submission.submit(case, by=cast.head, at=at)


def stand_at_county(cast: Cast, case: Case, at: datetime) -> None:
    """Let the street pass it on."""
    stand_at_street(cast, case, at)
    intake.pass_on(case, opinion="同意。", by=cast.street, at=at)


def stand_at_correction(cast: Cast, case: Case, at: datetime) -> None:
    """Let the street return it."""
    stand_at_street(cast, case, at)
    intake.send_back(case, opinion="请补正。", defects={"1.1.a": "缺。"}, by=cast.street, at=at)


@pytest.mark.parametrize("stand", [stand_at_fill, stand_at_street, stand_at_county, stand_at_correction])
def test_the_head_may_give_up_from_any_step_of_the_application(
    cast: Cast, filled: Case, stand: object
) -> None:
    stand(cast, filled, cast.at)  # type: ignore[operator]
    withdrawal.abandon(filled, reason="社区拟撤并。", by=cast.head, at=cast.at)
    filled.refresh_from_db()
    assert filled.state == Case.State.WITHDRAWN
    assert filled.closed_at == cast.at
    assert open_nodes(filled) == []
    assert Event.objects.get(case=filled, verb="abandon").data == {"reason": "社区拟撤并。"}
    road.open_case(cast)  # and may apply again while the batch is open


def test_giving_up_asks_for_the_head_a_reason_and_a_case_under_way(cast: Cast, filled: Case) -> None:
    with pytest.raises(NotAllowed):
        withdrawal.abandon(filled, reason="不想办了", by=cast.clerk, at=cast.at)
    with pytest.raises(Invalid):
        withdrawal.abandon(filled, reason=" 无 ", by=cast.head, at=cast.at)
    withdrawal.abandon(filled, reason="社区拟撤并。", by=cast.head, at=cast.at)
    with pytest.raises(Refused, match="已撤回"):
        withdrawal.abandon(filled, reason="社区拟撤并。", by=cast.head, at=cast.at)


def test_the_form_is_checked_and_guarded_like_the_facts(cast: Cast) -> None:
    case = road.open_case(cast)
    bad = particulars.FormEntry("", "一二三", "", 2)
    saved = particulars.save_form(case, entry=bad, by=cast.clerk, at=cast.at)
    assert sorted(fault.field for fault in saved.faults) == ["applied_star", "contact", "phone"]
    good = particulars.FormEntry("周桂兰", "0791-86210000", "", 5)
    assert particulars.save_form(case, entry=good, by=cast.clerk, at=cast.at).ok
    case.refresh_from_db()
    assert case.applied_star == 5
    theirs = particulars.FormEntry("熊小燕", "0791-86210000", "", 5, revision=1)
    assert particulars.save_form(case, entry=theirs, by=cast.clerk2, at=cast.at).ok
    mine = particulars.FormEntry("周大姐", "0791-86210000", "", 5, revision=1)
    (clash,) = particulars.save_form(case, entry=mine, by=cast.clerk, at=cast.at).conflicts
    assert (clash.field, clash.theirs, clash.mine) == ("contact", "熊小燕", "周大姐")


def test_a_weakness_claimed_is_no_gap(cast: Cast, filled: Case) -> None:
    entry = claims.Entry(reached=False, note="尚未建立。", revision=1)
    claims.save_indicator(filled, indicator="6.6.a", entry=entry, by=cast.clerk, at=cast.at)
    row = filled.evidence.get()
    evidence.unlink(filled, evidence=row.pk, indicator="6.6.a", by=cast.clerk, at=cast.at)
    assert submission.submit(filled, by=cast.head, at=cast.at).content["forecast"]["total"] == "86"


def test_a_submission_of_another_case_is_not_found(cast: Cast, filled: Case) -> None:
    done = submission.submit(filled, by=cast.head, at=cast.at)
    other = road.cases.open_case(
        cast.batch, community=cast.communities["莲塘社区"], applied_star=3, by=cast.neighbour, at=cast.at
    )
    with pytest.raises(Refused):
        withdrawal.recall(other, submission=done.pk, by=cast.neighbour_head, at=cast.at)
    with pytest.raises((Refused, Hidden)):
        submission.answer_defect(filled, defect=1, answer="x", by=cast.clerk, at=cast.at)
