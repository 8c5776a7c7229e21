"""Reads of the assessment plan and of how residents were told."""

from applications.models import Case, StageRun, User
from review.models import AssessmentPlan, Briefing


def current_plan(case: Case, round_number: int | None = None) -> AssessmentPlan | None:
    """Return the newest version of a round's plan, whatever became of it."""
    rows = AssessmentPlan.objects.filter(case=case, round=round_number or case.round)
    return rows.select_related("author", "decided_by").order_by("version").last()


def plan_in_force(case: Case) -> AssessmentPlan | None:
    """Return the approved plan that the collection follows, of this round or, where there is none, an earlier one."""
    rows = AssessmentPlan.objects.filter(case=case, state=AssessmentPlan.State.APPROVED)
    return rows.select_related("author", "decided_by").order_by("round", "version").last()


def plan_versions(case: Case) -> list[AssessmentPlan]:
    """Return every version of the case's plans, newest first."""
    rows = AssessmentPlan.objects.filter(case=case).select_related("author", "decided_by")
    return list(rows.order_by("-round", "-version"))


def plan_authors(run: StageRun) -> list[User]:
    """Return everybody who wrote at the version that waits for approval: none of them approves it."""
    plan = current_plan(run.case, run.round)
    if plan is None:
        return []
    writers = plan.history.exclude(history_user=None).values_list("history_user", flat=True)
    return list(User.objects.filter(pk__in={plan.author_id, *writers}).order_by("pk"))


def briefings_of(case: Case) -> list[Briefing]:
    """Return how the residents were told, oldest first, with the proofs."""
    return list(Briefing.objects.filter(case=case).select_related("by").prefetch_related("evidence"))
