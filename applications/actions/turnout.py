"""Reminding the communities that have not handed in: by their street or county, once a day (practice 4.2, persona 3)."""

from datetime import datetime

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.core.verdict import YES, Verdict, no
from applications.errors import Refused, require
from applications.models import Batch, User
from applications.permissions import active_memberships, grants
from applications.queries.turnout import FILLING, NONE, REMINDS, communities_of, in_state
from notifications.models import Outbox
from notifications.outbox import post


def may_remind(user: User) -> Verdict:
    """Whether a person may remind communities: officers of the street and of the county."""
    if any(grants(user).get(right) for right in REMINDS):
        return YES
    return no(_("由街道和县级经办人提醒所辖社区。"))


@verb("remind_communities")
def remind(batch: Batch, *, by: User, at: datetime) -> int:
    """Remind every community of the person's region that has not handed in; return how many are told now.

    A community is reminded once a day, whoever presses; where all were told today, that is said.
    """
    require(may_remind(by))
    today = clock.day_of(at)
    if batch.state != Batch.State.OPEN or not batch.opens_on <= today <= batch.closes_on:
        raise Refused(_("批次“%(batch)s”目前不在申报期内。") % {"batch": batch})
    rows = communities_of(batch, by, REMINDS)
    waiting = {row.pk: row.region.path for state in (NONE, FILLING) for row in in_state(rows, state)}
    if not waiting:
        raise Refused(_("所辖范围内没有尚未提交申报的社区，无需提醒。"))
    keys = {path: f"batch.reminded:{batch.pk}:{path}:{today}" for path in waiting.values()}
    told = set(
        Outbox.objects.filter(key__startswith=f"batch.reminded:{batch.pk}:").values_list("key", flat=True)
    )
    fresh = {path: key for path, key in keys.items() if key not in told}
    if not fresh:
        raise Refused(_("这些社区今天都已提醒过，请明天再提醒。"))
    offices = active_memberships(by).filter(user=by).order_by("pk")
    office = offices.values_list("organisation__name", flat=True).first() or ""
    for path, key in sorted(fresh.items()):
        payload = {"batch": batch.pk, "path": path, "day": today.isoformat(), "office": office}
        post("batch.reminded", key, at=at, payload=payload)
    return len(fresh)
