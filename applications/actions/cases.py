"""Opening, moving and closing a case."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.actions.move import move
from applications.actions.standards import freeze
from applications.core.verdict import YES, Verdict, no
from applications.eligibility import bars_of
from applications.errors import Refused, require
from applications.models import Batch, Case, Community, User
from applications.permissions import holds
from applications.signals import road


def may_open(batch: Batch, community: Community, user: User, at: datetime) -> Verdict:
    """Whether this person may open this community's case in this batch at this moment (R1-004)."""
    today = clock.day_of(at)
    if not holds(user, "fill_application", community.path):
        return no(_("您没有为该社区申报的权限。"))
    if batch.state != Batch.State.OPEN or not batch.opens_on <= today <= batch.closes_on:
        return no(
            _("批次“%(batch)s”的申报期为%(from)s至%(to)s，目前不在申报期内。")
            % {
                "batch": batch,
                "from": date_format(batch.opens_on, "DATE_FORMAT"),
                "to": date_format(batch.closes_on, "DATE_FORMAT"),
            }
        )
    if not community.urban:
        return no(_("本标准只适用于城市社区，“%(name)s”登记为非城市社区。") % {"name": community})
    if not community.path.startswith(batch.scope.path):
        return no(_("“%(name)s”不在本批次的评定范围内。") % {"name": community})
    bar = bars_of([community], today).get(community.code)
    if bar is not None:
        return no(bar.sentence())
    return YES


@verb("open_case")
def open_case(batch: Batch, *, community: Community, applied_star: int, by: User, at: datetime) -> Case:
    """Open a community's case in an open batch and put the application on the community's desk.

    Raises ``NotAllowed`` with the reason, ``Refused`` where the community has an open case in the batch already.
    """
    require(may_open(batch, community, by, at))
    freeze(batch.standard)
    earlier = Case.objects.filter(batch=batch, community=community).count()
    try:
        with transaction.atomic():
            case = Case.objects.create(
                number=f"XP{batch.year}-{batch.pk:02d}-{community.code}-{earlier + 1}",
                community=community,
                batch=batch,
                path=community.path,
                applied_star=applied_star,
                opened_at=at,
            )
    except IntegrityError:
        raise Refused(
            _("“%(name)s”在批次“%(batch)s”中已有办理中的案卷，请在原案卷中办理。")
            % {"name": community, "batch": batch}
        ) from None
    record(case, "open_case", by=by, at=at, data={"batch": batch.name, "applied_star": applied_star})
    road.send(sender=Case, case=lock_case(case), by=by, at=at)
    return case


def enter(case: Case, state: str, *, by: User | None, at: datetime) -> None:
    """Move a locked case to the next stage of its road or to an end, and write it into the log."""
    before = case.state
    if state in Case.ENDS:
        case.closed_at = at
    move(case, state, fields=("closed_at", "round", "star"))
    record(case, "enter", by=by, at=at, data={"from": before, "to": state, "round": case.round})
