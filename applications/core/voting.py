"""The arithmetic of a committee's named vote: quorum, majority, and who presides (practice 3.3; 民政部令第39号 by analogy).

All members count who were called and are not kept away by a recusal. Two thirds of them must have voted, abstentions
included; more than half of all of them must approve. A committee has three members or more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

APPROVE, REJECT, ABSTAIN = "approve", "reject", "abstain"
CHOICES = (APPROVE, REJECT, ABSTAIN)
FEWEST = 3  # members of a committee

Member = TypeVar("Member")


@dataclass(frozen=True)
class Tally:
    """A count of votes. ``members`` is everybody who may vote, whether they did or not."""

    members: int
    approve: int
    reject: int
    abstain: int

    @property
    def cast(self) -> int:
        """How many have voted."""
        return self.approve + self.reject + self.abstain

    @property
    def quorum(self) -> int:
        """How many must vote: two thirds of the members, rounded up."""
        return quorum_of(self.members)

    @property
    def needed(self) -> int:
        """How many must approve: more than half of all members, whether they voted or not."""
        return self.members // 2 + 1

    @property
    def formed(self) -> bool:
        """Whether the members are enough to be a committee at all."""
        return self.members >= FEWEST

    @property
    def quorate(self) -> bool:
        """Whether enough have voted for a decision."""
        return self.formed and self.cast >= self.quorum

    @property
    def complete(self) -> bool:
        """Whether everybody has voted."""
        return self.cast >= self.members

    @property
    def carried(self) -> bool:
        """Whether the motion is carried."""
        return self.quorate and self.approve >= self.needed

    def as_json(self) -> dict[str, int | bool]:
        """The count as it goes into minutes and event log."""
        return {
            "members": self.members,
            "approve": self.approve,
            "reject": self.reject,
            "abstain": self.abstain,
            "quorum": self.quorum,
            "needed": self.needed,
            "carried": self.carried,
        }


def quorum_of(members: int) -> int:
    """Return two thirds of the members, rounded up to whole people."""
    return -(-2 * members // 3)


def tally(members: int, choices: Iterable[str]) -> Tally:
    """Count votes; raises ``ValueError`` for an unknown choice or more votes than members."""
    counts = dict.fromkeys(CHOICES, 0)
    for choice in choices:
        if choice not in counts:
            raise ValueError(f"{choice!r} is not one of {', '.join(CHOICES)}")
        counts[choice] += 1
    found = Tally(members, counts[APPROVE], counts[REJECT], counts[ABSTAIN])
    if found.cast > members:
        raise ValueError(f"{found.cast} votes of {members} members")
    return found


def chair(seats: Sequence[Member], able: Collection[Member]) -> Member | None:
    """Return who presides: the first in the order of seats who may still act."""
    return next((member for member in seats if member in able), None)
