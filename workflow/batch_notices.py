"""What is said of a batch: to whoever approves it, to whoever prepared it, and to everybody in its scope once it opens.

Not of a case, so it belongs to none: what a batch says is for all who are told of it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as N_

from applications.models import Batch, User
from applications.permissions import holders, holders_below
from notifications.actions import tell
from notifications.outbox import register
from notifications.wording import text_of

OPENED = {  # who is told by which right, and where it leads them
    "fill_application": (
        "apply_start",
        N_("“%(batch)s”开放申报：%(opens)s起，%(closes)s截止，不收取任何费用。"),
    ),
    "street_check": ("turnout", N_("“%(batch)s”开放申报，%(closes)s截止，请组织所辖社区申报。")),
    "county_check": ("turnout", N_("“%(batch)s”开放申报，%(closes)s截止，请组织所辖社区申报。")),
}


def _of(payload: dict[str, Any]) -> Batch:
    return (
        Batch.objects.select_related("scope", "prepared_by").defer("policy", "terms").get(pk=payload["batch"])
    )


def _say(
    people: Iterable[User], kind: str, batch: Batch, sentence: str, payload: dict[str, Any], at: datetime
) -> None:
    tell(
        people,
        kind=kind,
        key=f"{kind}:{batch.pk}:{payload['at']}",
        text=text_of(sentence, batch=batch.name, reason=batch.return_reason),
        url=reverse("batch", kwargs={"pk": batch.pk}),
        at=at,
    )


def on_submitted(payload: dict[str, Any], at: datetime) -> None:
    """Tell those who may approve it, unless that has been done meanwhile."""
    batch = _of(payload)
    if batch.state != Batch.State.SUBMITTED:
        return
    people = holders("approve_batch", batch.scope.path).exclude(pk=batch.prepared_by_id)
    _say(people, "batch.submitted", batch, N_("批次“%(batch)s”已提交，请审阅批准。"), payload, at)


def on_returned(payload: dict[str, Any], at: datetime) -> None:
    """Tell whoever prepared it what is to be changed."""
    batch = _of(payload)
    sentence = N_("批次“%(batch)s”被退回修改：%(reason)s")
    _say([batch.prepared_by], "batch.returned", batch, sentence, payload, at)


def on_approved(payload: dict[str, Any], at: datetime) -> None:
    """Tell whoever prepared it."""
    batch = _of(payload)
    _say([batch.prepared_by], "batch.approved", batch, N_("批次“%(batch)s”已批准。"), payload, at)


def on_opened(payload: dict[str, Any], at: datetime) -> None:
    """Tell the communities of a county, its streets and itself that applications are open, each where to go."""
    batch = _of(payload)
    days = {"opens": batch.opens_on, "closes": batch.closes_on}
    _say_all("batch.opened", OPENED, batch, payload, days, at)


def on_extended(payload: dict[str, Any], at: datetime) -> None:
    """Tell the same people that a batch closes later, and why."""
    sentence = N_("“%(batch)s”申报截止日延至%(closes)s：%(reason)s")
    said = {right: (page, sentence) for right, (page, _opened) in OPENED.items()}
    days = {"closes": date.fromisoformat(payload["closes"])}
    _say_all(f"batch.extended:{payload['closes']}", said, _of(payload), payload, days, at)


def _say_all(
    key: str,
    said: Mapping[str, tuple[str, str]],
    batch: Batch,
    payload: dict[str, Any],
    days: Mapping[str, date | None],
    at: datetime,
) -> None:
    told: set[int] = set()
    for right, (page, sentence) in said.items():
        people = [user for user in holders_below(right, payload["path"]) if user.pk not in told]
        told |= {user.pk for user in people}
        tell(
            people,
            kind=key.split(":")[0],
            key=f"{key}:{batch.pk}",
            text=text_of(sentence, batch=batch.name, reason=payload.get("reason", ""), days=days),
            url=reverse(page),
            at=at,
        )


def on_reminded(payload: dict[str, Any], at: datetime) -> None:
    """Tell a community that has not handed in yet that the batch closes soon; nobody is told after it has."""
    batch = _of(payload)
    sentence = N_("“%(batch)s”于%(closes)s截止申报，%(office)s提醒您尽快提交。")
    tell(
        holders_below("fill_application", payload["path"]),
        kind="batch.reminded",
        key=f"batch.reminded:{batch.pk}:{payload['path']}:{payload['day']}",
        text=text_of(sentence, batch=batch.name, office=payload["office"], days={"closes": batch.closes_on}),
        url=reverse("apply_start"),
        at=at,
    )


register("batch.submitted", on_submitted)
register("batch.returned", on_returned)
register("batch.approved", on_approved)
register("batch.opened", on_opened)
register("batch.extended", on_extended)
register("batch.reminded", on_reminded)
