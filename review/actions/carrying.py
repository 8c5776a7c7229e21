"""What a community's last rating established, brought into its new application, so that nothing is typed twice (R2-024).

Only facts that the new standard asks for and can read are brought in: the reviewed value where the facts were checked,
else the declared one. They are the community's own from then on, to be looked through and changed.
"""

from datetime import datetime
from typing import Any

from applications.acting import verb
from applications.actions.bulk import create_all
from applications.actions.events import record
from applications.core.facts import read_fact
from applications.core.faults import Faults
from applications.core.papers import declared_specs
from applications.models import Case, DeclaredFact, User
from applications.queries.standards import plan_of
from review.queries.facts import confirmed_facts, declared_values


@verb("carry_facts")
def carry_facts(case: Case, *, by: User, at: datetime) -> int:
    """Bring the facts of the community's last case into a case just opened; return how many. Twice changes nothing.

    The caller holds the case's lock.
    """
    last = _last(case)
    if last is None or DeclaredFact.objects.filter(case=case).exists():
        return 0
    values = {**declared_values(last), **confirmed_facts(last, last.round)}
    specs = declared_specs(plan_of(case.batch))
    fit = {key: values[key] for key, spec in specs.items() if key in values and _readable(spec, values[key])}
    create_all(
        [DeclaredFact(case=case, key=key, value=fit[key], updated_by=by, updated_at=at) for key in fit]
    )
    if fit:
        record(case, "carry_facts", by=by, at=at, data={"from": last.number, "facts": len(fit)})
    return len(fit)


def _last(case: Case) -> Case | None:
    """Return the community's last case that was accepted, whatever came of it."""
    rows = Case.objects.filter(community=case.community_id, pk__lt=case.pk)
    return rows.exclude(state__in=["application", "withdrawn", "declined"]).order_by("-pk").first()


def _readable(spec: Any, value: Any) -> bool:
    try:
        read_fact(spec, value)
    except Faults:
        return False
    return True
