"""Where an application stands: its open step, what was decided, what was returned and may be changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from applications.core.papers import AWARDS, FORM, facts_by_indicator, indicators_by_fact
from applications.core.plan import Plan
from applications.models import Case, Defect, Event, IntakeDecision, Submission, Todo

FILL = "application.fill"
CORRECT = "application.correct"
LEVELS = ("street", "county", "city", "province")
CHECKS = {f"application.{level}_check": level for level in LEVELS}
HAND_IN = ("submit", "resubmit")
RECALL_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Scope:
    """What the community may change now. ``everything`` while filling; after a return only what was returned."""

    everything: bool
    facts: frozenset[str] = frozenset()
    indicators: frozenset[str] = frozenset()
    proofs: frozenset[str] = frozenset()
    awards: bool = False
    form: bool = False

    def fact(self, key: str) -> bool:
        """Whether this fact may be changed."""
        return self.everything or key in self.facts

    def indicator(self, indicator: str) -> bool:
        """Whether this indicator's claim may be changed."""
        return self.everything or indicator in self.indicators

    def evidence(self, indicator: str) -> bool:
        """Whether files may be given to this indicator or taken from it."""
        return self.everything or indicator in self.indicators or indicator in self.proofs


def open_step(case: Case) -> Todo | None:
    """The open to-do of the application's flow, if there is one."""
    return (
        Todo.objects.filter(case=case, run__stage="application", state=Todo.State.OPEN)
        .select_related("run", "task", "assignee")
        .order_by("-pk")
        .first()
    )


def submissions_of(case: Case) -> list[Submission]:
    """What was handed in and not taken back, oldest first."""
    rows = Submission.objects.filter(case=case, recall__isnull=True)
    return list(rows.select_related("signed_by").order_by("pk"))


def last_submission(case: Case) -> Submission | None:
    """What the next level checks, without its contents (they are long): handed in last and not taken back."""
    rows = Submission.objects.filter(case=case, recall__isnull=True)
    return rows.defer("content", "undertaking").order_by("pk").last()


def decisions_of(case: Case) -> list[IntakeDecision]:
    """What the levels decided, oldest first, each with its defects."""
    rows = IntakeDecision.objects.filter(case=case).select_related("by", "submission")
    return list(rows.prefetch_related("defects").order_by("pk"))


def last_return(case: Case) -> IntakeDecision | None:
    """The return that is being corrected: the last decision, where it is a return."""
    last = IntakeDecision.objects.filter(case=case).select_related("by").order_by("pk").last()
    return last if last is not None and last.verb == IntakeDecision.Verb.RETURN else None


def defects_of(decision: IntakeDecision) -> list[Defect]:
    """The defects of a return, in the order they were told."""
    return list(Defect.objects.filter(decision=decision).select_related("answered_by").order_by("pk"))


def scope_of_defects(plan: Plan, targets: Iterable[str]) -> Scope:
    """What a return opens: the facts and indicators named, the facts a named indicator is computed from, and for a
    named fact the evidence of the indicators it enters."""
    wanted = set(targets)
    indicators = wanted & set(plan.standard.indicators)
    facts = wanted & set(plan.standard.facts)
    computed, serves = facts_by_indicator(plan), indicators_by_fact(plan)
    behind = {key for indicator in indicators for key in computed.get(indicator, ())}
    proofs = {indicator for key in facts for indicator in serves.get(key, ())}
    return Scope(
        everything=False,
        facts=frozenset(facts | behind),
        indicators=frozenset(indicators),
        proofs=frozenset(proofs),
        awards=AWARDS in wanted,
        form=FORM in wanted,
    )


def recall_until(submission: Submission) -> datetime:
    """The moment after which a submission can no longer be taken back."""
    return submission.submitted_at + RECALL_WINDOW


def others_acted(submission: Submission) -> Event | None:
    """The first thing somebody else did on the case after this submission, which is its last."""
    handed_in = Event.objects.filter(case=submission.case_id, verb__in=HAND_IN).order_by("-seq")
    since = handed_in.values_list("seq", flat=True).first() or 0
    later = Event.objects.filter(case=submission.case_id, seq__gt=since, actor__isnull=False)
    return later.exclude(actor=submission.signed_by_id).select_related("actor").order_by("seq").first()
