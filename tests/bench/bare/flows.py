"""The graph of ``ApplicationFlow`` as viewflow's own tutorial would write it: no to-dos, no rights, no log."""

from typing import Any

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.flow.views import UpdateProcessView
from viewflow.workflow.lock import SelectForUpdateLock


def check() -> flow.View:
    """Return a bare human task."""
    return flow.View(UpdateProcessView.as_view(fields=[]))


def gate(onward: Any) -> flow.Switch:
    """Return a gateway with as many branches as ours; the last one is taken."""
    return (
        flow.Switch()
        .Case(this.correct, lambda activation: False)
        .Case(this.correct, lambda activation: False)
        .Case(this.declined, lambda activation: False)
        .Case(this.withdrawn, lambda activation: False)
        .Default(onward)
    )


class BareFlow(flow.Flow):
    """bare"""

    lock_impl = SelectForUpdateLock(nowait=False)

    start = flow.StartHandle().Next(this.fill)
    fill = check().Next(this.street_check)
    street_check = check().Next(this.after_street)
    after_street = gate(this.county_check)
    county_check = check().Next(this.after_county)
    after_county = gate(this.city_check)
    city_check = check().Next(this.after_city)
    after_city = gate(this.province_check)
    province_check = check().Next(this.after_province)
    after_province = gate(this.accepted)
    correct = check().Next(this.street_check)
    accepted = flow.End()
    declined = flow.End()
    withdrawn = flow.End()
