"""Who works on a case by assignment."""

from collections.abc import Iterable

from applications.models import Assignment, StageRun, User


def on_duty(run: StageRun, *duties: str) -> list[User]:
    """Return the people assigned to a run's case and round with one of these duties, in order of assignment."""
    rows = (
        Assignment.objects.filter(case=run.case_id, round=run.round, duty__in=duties, active=True)
        .select_related("user")
        .order_by("pk")
    )
    return list({row.user_id: row.user for row in rows}.values())


def leader(run: StageRun) -> list[User]:
    """Return the team leader of a run's case and round; one who left where there is no other, so that the step waits."""
    return on_duty(run, Assignment.Duty.LEADER) or left_leader(run)


def left_leader(run: StageRun) -> list[User]:
    """Return the last leader of a run's case and round where nobody leads it any more: barred, until another does."""
    rows = Assignment.objects.filter(case=run.case_id, round=run.round, duty=Assignment.Duty.LEADER)
    last = rows.select_related("user").order_by("-active", "-pk").first()
    return [last.user] if last is not None and not last.active else []


def reviewers(run: StageRun) -> list[User]:
    """Return the two reviewers of a run's case and round."""
    return on_duty(run, Assignment.Duty.REVIEWER)


def barred(people: Iterable[User], reason: str) -> list[tuple[int, str]]:
    """Return people as a step's bars with one reason."""
    return [(person.pk, reason) for person in people]
