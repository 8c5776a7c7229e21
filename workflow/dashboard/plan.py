"""The plan of a batch: by when its cases ought to have passed each stage, from its dates and its terms in force."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from applications.core import terms
from applications.core.working_days import calendar_term, notice_period, working_term
from applications.models import Batch, Case
from applications.workdays import calendar

# the terms that lie between the end of one stage and the end of the next
TERMS = {
    "application": ("intake",),
    "preparation": ("preparation",),
    "collection": ("collection",),
    "review": ("review",),
    "scoring": ("decision",),
    "publication": ("publication", "notice"),
}
DERIVE: dict[str, Any] = {"working": working_term, "calendar": calendar_term, "notice": notice_period}


@dataclass(frozen=True)
class Milestone:
    """A stage with the days between which the plan has the batch pass it; ``provisional`` as in a due date."""

    stage: str
    begins: date
    ends: date
    provisional: bool

    @property
    def label(self) -> Any:
        """The stage in words."""
        return Case.State(self.stage).label


def milestones(batch: Batch) -> list[Milestone]:
    """Return the plan of a batch: intake follows the last day of application, each stage the one before (one query)."""
    days = calendar(batch.closes_on, span=3)
    begins, ends, unsure = batch.opens_on, batch.closes_on, False
    found = []
    for stage, keys in TERMS.items():
        for key in keys:
            term = terms.in_force(batch.terms, key)
            derived = DERIVE[term.unit](ends, term.budget, days, provisional=True)
            ends, unsure = derived.due, unsure or derived.provisional
        found.append(Milestone(stage, begins, ends, unsure))
        begins = ends
    return found


def planned(plan: list[Milestone], day: date) -> float:
    """Return how many percent of all stages of all cases the plan has behind it on a day."""
    done = 0.0
    for mark in plan:
        span = max((mark.ends - mark.begins).days, 1)
        done += max(min((day - mark.begins).days / span, 1.0), 0.0)
    return done * 100 / len(plan)
