"""Quorum two thirds, majority of all members, the recused left out of both (practice 3.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.core.voting import ABSTAIN, APPROVE, CHOICES, FEWEST, REJECT, chair, quorum_of, tally

votes = st.lists(st.sampled_from(CHOICES), max_size=40)
extra = st.integers(min_value=0, max_value=40)


@pytest.mark.parametrize(
    ("members", "quorum", "needed"), [(3, 2, 2), (4, 3, 3), (5, 4, 3), (6, 4, 4), (9, 6, 5)]
)
def test_two_thirds_must_vote_and_more_than_half_of_all_approve(
    members: int, quorum: int, needed: int
) -> None:
    count = tally(members, [])
    assert (count.quorum, count.needed) == (quorum, needed)


@pytest.mark.parametrize(
    ("members", "choices", "carried"),
    [
        (3, [APPROVE, APPROVE], True),
        (3, [APPROVE, APPROVE, REJECT], True),
        (3, [APPROVE, REJECT], False),
        (3, [APPROVE, ABSTAIN, ABSTAIN], False),
        (4, [APPROVE, APPROVE, REJECT, REJECT], False),  # half is not more than half
        (4, [APPROVE, APPROVE, ABSTAIN], False),  # half of all, though all who decided approve
        (5, [APPROVE, APPROVE, APPROVE], False),  # a majority without the quorum
        (5, [APPROVE, APPROVE, APPROVE, ABSTAIN], True),
        (2, [APPROVE, APPROVE], False),  # not a committee
    ],
)
def test_the_outcome_of_a_vote(members: int, choices: list[str], carried: bool) -> None:
    assert tally(members, choices).carried is carried


@given(votes, extra)
def test_order_does_not_matter_and_counts_add_up(choices: list[str], absent: int) -> None:
    count = tally(len(choices) + absent, choices)
    assert count == tally(len(choices) + absent, reversed(choices))
    assert count.cast + absent == count.members
    assert count.complete is (absent == 0)


@given(votes, extra)
def test_carried_means_quorum_and_more_than_half_of_all_members(choices: list[str], absent: int) -> None:
    members = len(choices) + absent
    count = tally(members, choices)
    quorate = members >= FEWEST and 3 * len(choices) >= 2 * members
    assert count.quorate is quorate
    assert count.carried is (quorate and 2 * choices.count(APPROVE) > members)


@given(votes, extra)
def test_one_more_approval_never_turns_a_carried_vote(choices: list[str], absent: int) -> None:
    members = len(choices) + absent + 1
    if tally(members, choices).carried:
        assert tally(members, [*choices, APPROVE]).carried


@given(votes, extra)
def test_a_member_who_stays_away_never_helps_to_carry(choices: list[str], absent: int) -> None:
    fewer, more = tally(len(choices) + absent, choices), tally(len(choices) + absent + 1, choices)
    if fewer.formed and more.carried:
        assert fewer.carried


@given(st.integers(min_value=0, max_value=10_000))
def test_the_quorum_is_the_least_number_that_is_two_thirds(members: int) -> None:
    quorum = quorum_of(members)
    assert 3 * quorum >= 2 * members
    assert quorum == 0 or 3 * (quorum - 1) < 2 * members


@pytest.mark.parametrize("choices", [["yes"], [APPROVE] * 4])
def test_nonsense_is_refused(choices: list[str]) -> None:
    with pytest.raises(ValueError):
        tally(3, choices)


def test_the_first_seat_that_may_act_presides() -> None:
    assert chair([7, 3, 5], {3, 5}) == 3
    assert chair([7, 3, 5], {7, 3, 5}) == 7
    assert chair([7], set()) is None
