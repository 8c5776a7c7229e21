"""The committee votes by name; votes stay closed until the ballot is; a star needs more than half of all."""

import pytest
from django.utils.translation import override

from applications.errors import AlreadyDone, Invalid, NotAllowed, Refused
from applications.models import Assignment, Event, Membership, Recusal, Todo
from applications.models.append_only import AppendOnlyError
from review.actions import resettling, voting
from review.actions.settling import Ruling
from review.models import Ballot, Decision, Rating, Vote
from review.queries.judgements import items_to_judge
from review.queries.ratings import broken_seal, rating_in_force
from review.queries.votes import minutes_words, presides, visible_votes
from tests.cast import Cast
from tests.review.drive import case_in_review, review

MEMBERS = ("member", "member2", "member3")
REPLY = "已逐项核对材料并重新认定，详见合议理由。"


@pytest.fixture
def case(cast: Cast):
    return review(cast, case_in_review(cast))


def vote(cast: Cast, case, *choices: str, reason: str = "") -> None:
    for name, choice in zip(MEMBERS, choices, strict=False):
        said = reason or ("材料不足" if choice == "reject" else "")
        voting.cast_vote(case, choice=choice, reason=said, by=cast[name], at=cast.at)


def fresh(case):
    case.refresh_from_db()
    return case


def open_steps(case) -> list[tuple[str, str]]:
    rows = Todo.objects.filter(case=case, state="open").order_by("pk")
    return [(row.node, row.assignee.username if row.assignee else row.permission) for row in rows]


def test_every_member_is_called_in_person(cast: Cast, case) -> None:
    assert open_steps(case) == [("scoring.vote", name) for name in MEMBERS]
    for name in ("province", "leader", "recon", "county", "auditor"):
        with pytest.raises(NotAllowed):
            voting.cast_vote(case, choice="approve", reason="", by=cast[name], at=cast.at)


def test_the_recused_and_who_worked_on_the_case_are_not_called(cast: Cast) -> None:
    case = case_in_review(cast)
    Recusal.objects.create(case=case, user=cast.member, reason="任职关系", at=cast.at)
    Assignment.objects.create(
        case=case, user=cast.member2, duty="observer", assigned_by=cast.county, assigned_at=cast.at
    )
    case = review(cast, case)
    assert open_steps(case) == [("scoring.convene", "province_check")]
    with pytest.raises(Refused, match="不足三人"):
        voting.convene(case, by=cast.province, at=cast.at)
    for name in ("recon", "recon2"):
        Membership.objects.filter(user=cast[name]).update(
            role="committee_member", group=Membership.objects.get(user=cast.member3).group
        )
    voting.convene(case, by=cast.province, at=cast.at)
    assert open_steps(case) == [("scoring.vote", name) for name in ("member3", "recon", "recon2")]


@pytest.mark.parametrize(("choice", "field"), [("", "choice"), ("maybe", "choice"), ("reject", "reason")])
def test_a_vote_that_cannot_be_taken_names_its_field(cast: Cast, case, choice: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        voting.cast_vote(case, choice=choice, reason=" ", by=cast.member, at=cast.at)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_nobody_sees_anothers_vote_before_the_ballot_is_closed(cast: Cast, case) -> None:
    vote(cast, case, "reject", reason="绝密理由甲")
    ballot = Ballot.objects.get()
    assert [row.by for row in visible_votes(cast.member, ballot)] == [cast.member]
    for name in ("member2", "province", "leader", "auditor", "county", "clerk"):
        assert not visible_votes(cast[name], ballot).exists()
    assert "绝密理由甲" not in str(list(Event.objects.filter(case=case).values_list("data", flat=True)))
    vote_two = ("member2", "member3")
    for name in vote_two:
        voting.cast_vote(case, choice="approve", reason="", by=cast[name], at=cast.at)
    for name in ("member2", "province", "leader", "auditor", "clerk"):
        assert visible_votes(cast[name], Ballot.objects.get()).count() == 3
    assert not visible_votes(cast.neighbour, Ballot.objects.get()).exists()


def test_voting_twice_counts_once(cast: Cast, case) -> None:
    vote(cast, case, "approve")
    with pytest.raises(AlreadyDone, match="邹平"):
        voting.cast_vote(case, choice="reject", reason="反悔", by=cast.member, at=cast.at)
    assert Vote.objects.count() == 1


def test_a_carried_vote_is_a_decision_with_everything_it_rests_on(cast: Cast, case) -> None:
    vote(cast, case, "approve", "approve", "reject")
    rating, row = Rating.objects.get(), Decision.objects.get()
    assert (row.star, row.rating, row.rating_digest) == (5, rating, rating.digest)
    assert (row.standard_digest, row.policy, row.inputs_digest, row.release) == (
        rating.standard_digest,
        rating.policy,
        rating.inputs_digest,
        "0.1.0",
    )
    assert [(vote["name"], vote["choice"]) for vote in row.votes] == [
        ("邹平", "approve"),
        ("袁慧", "approve"),
        ("付强", "reject"),
    ]
    assert "同意2票，不同意1票" in row.minutes
    assert (fresh(case).star, case.state) == (5, "publication")
    event = Event.objects.get(case=case, verb="decide")
    assert broken_seal("decide", event.data) is None
    assert case.history.filter(star=5, history_change_reason="cast_vote").exists()


def test_without_a_star_the_road_goes_to_rectification(cast: Cast) -> None:
    case = case_in_review(cast)
    ids = [item.id for item in items_to_judge(case)]
    case = review(cast, case, missed=ids[:25])
    assert rating_in_force(case, 1).star == 0
    vote(cast, case, "approve", "approve", "approve")
    assert (fresh(case).star, case.state) == (0, "rectification")


def test_votes_and_decisions_are_never_changed(cast: Cast, case) -> None:
    vote(cast, case, "approve", "approve", "approve")
    for row in (Vote.objects.first(), Decision.objects.get()):
        for act in (row.save, row.delete, lambda row=row: type(row).objects.update(pk=row.pk)):
            with pytest.raises(AppendOnlyError):
                act()


def test_the_member_of_longest_standing_closes_once_the_quorum_has_voted(cast: Cast, case) -> None:
    Membership.objects.filter(user=cast.member2).update(since="2019-01-01")
    ballot = Ballot.objects.get()
    assert presides(cast.member, ballot)  # seats are those of the opening
    voting.cast_vote(case, choice="approve", reason="", by=cast.member2, at=cast.at)
    with pytest.raises(NotAllowed, match="法定人数为2人"):
        voting.close_vote(case, note="", by=cast.member, at=cast.at)
    voting.cast_vote(case, choice="approve", reason="", by=cast.member3, at=cast.at)
    with pytest.raises(NotAllowed, match="召集人"):
        voting.close_vote(case, note="", by=cast.member3, at=cast.at)
    voting.close_vote(case, note="付强委员提出补充意见。", by=cast.member, at=cast.at)
    assert "补充意见" in Decision.objects.get().minutes
    ballot.refresh_from_db()
    assert minutes_words(ballot) == ballot.minutes
    with override("en"):
        counted, note = minutes_words(ballot).splitlines()
    assert counted.startswith(
        "Members entitled to vote: 3 (邹平, 袁慧, 付强); votes cast: 2; quorum: 2; for: 2,"
    )
    assert note == "付强委员提出补充意见。"
    assert not Todo.objects.filter(case=case, node="scoring.vote", state="open").exists()
    with pytest.raises(AlreadyDone):
        voting.close_vote(case, note="", by=cast.member, at=cast.at)


def test_a_member_recused_meanwhile_counts_for_nothing(cast: Cast, case) -> None:
    vote(cast, case, "approve")
    Recusal.objects.create(case=case, user=cast.member, reason="亲属关系", at=cast.at)
    with pytest.raises(Refused):
        voting.cast_vote(case, choice="approve", reason="", by=cast.member, at=cast.at)
    for name in ("member2", "member3"):
        voting.cast_vote(case, choice="approve", reason="", by=cast[name], at=cast.at)
    ballot = Ballot.objects.get()
    assert ballot.state == "open"  # two are no committee
    with pytest.raises(NotAllowed):
        voting.close_vote(case, note="", by=cast.county, at=cast.at)
    voting.close_vote(case, note="", by=cast.province, at=cast.at)
    assert Ballot.objects.get().state == "void"
    assert open_steps(case) == [("scoring.convene", "province_check")]


def test_a_vote_not_carried_goes_back_to_the_leader_and_is_scored_and_voted_again(cast: Cast, case) -> None:
    vote(cast, case, "approve", "reject", "abstain")
    assert (Ballot.objects.get().state, Decision.objects.count()) == ("rejected", 0)
    assert open_steps(case) == [("scoring.resettle", "leader")]
    with pytest.raises(NotAllowed):
        resettling.resettle(case, rulings={}, reply=REPLY, by=cast.reviewer, at=cast.at)
    with pytest.raises(Invalid) as refused:
        resettling.resettle(case, rulings={"1.1.a": Ruling(False, "")}, reply="", by=cast.leader, at=cast.at)
    assert {fault.field for fault in refused.value.faults} == {"reason_1_1_a", "reply"}
    with pytest.raises(Refused, match="不由评审组判断"):
        resettling.resettle(
            case, rulings={"3.1.a": Ruling(True, "改")}, reply=REPLY, by=cast.leader, at=cast.at
        )
    resettling.resettle(
        case, rulings={"1.1.a": Ruling(False, "监督委员会缺员")}, reply=REPLY, by=cast.leader, at=cast.at
    )
    second = rating_in_force(case, 1)
    assert (second.number, second.reason, second.supersedes.number) == (2, "resettled", 1)
    assert second.result["total"] == "94"
    assert open_steps(case) == [("scoring.vote", name) for name in MEMBERS]
    vote(cast, case, "approve", "approve", "approve")
    assert Decision.objects.get().rating == second
    assert Ballot.objects.filter(state="rejected").get().reply == REPLY
    assert (fresh(case).star, case.state) == (5, "publication")
