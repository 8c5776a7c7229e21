"""The application flow: claim, checks of four levels, return for correction, refusal, withdrawal."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from applications import clock
from applications.core.faults import N_
from applications.core.years import TIED_YEARS, years_before
from applications.kept import Kept
from applications.models import Membership, StageRun, Submission
from applications.steps import StageFlow, Step, start_node, went

SIGNED = N_("您签署提交了本案申报，不能再审核本案。")
TIED = N_("您两年内在该社区任职，应当回避，不能审核本案。")


def not_to_check(run: StageRun) -> Iterable[tuple[int, str]]:
    """Bar whoever signed a submission of the case, and whoever worked in the community within two years (practice 3.3).

    Who submitted does not accept; an officer does not judge what was their own office the other day. Who signed and
    worked there is told the former.
    """
    since = years_before(clock.today(), TIED_YEARS)
    rows: list[tuple[int, str]] = _NOT_TO_CHECK.rows(run.case_id, given=(since,))
    return {
        **dict(row for row in rows if row[1] == TIED),
        **dict(row for row in rows if row[1] == SIGNED),
    }.items()


def _not_to_check(since: date, case: int) -> QuerySet[Submission, Any]:
    """Return the query of ``not_to_check``: the account and the reason."""
    worked = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=since),
        region__community__cases=case,
        # the others check nothing anyway: rights to check are held on a region above the community's
        user__memberships__active=True,
        user__memberships__region__path__lt=F("region__path"),
    )
    signed = Submission.objects.filter(case=case).order_by().annotate(why=Value(SIGNED))
    tied = worked.order_by().annotate(why=Value(TIED))
    return signed.values_list("signed_by", "why").union(tied.values_list("user", "why"))


_NOT_TO_CHECK = Kept(_not_to_check)


def check(label: object, right: str, term: str) -> Step:
    """Return a level's check step; all four share one page."""
    return Step(
        label, action=_("审核"), page="intake_check", permission=right, barred=not_to_check, term=term
    )


class ApplicationFlow(StageFlow):
    """申报审核"""

    stage = "application"
    process_title = _("申报审核")

    start = start_node().Next(this.fill)
    fill = Step(
        _("填报并提交申报"), action=_("填报"), page="apply", permission="fill_application", term="fill"
    ).Next(this.after_fill)
    after_fill = flow.Switch().Case(this.withdrawn, went("abandon")).Default(this.street_check)

    street_check = check(_("街道初审"), "street_check", "first_check").Next(this.after_street)
    after_street = (
        flow.Switch()
        .Case(this.fill, went("recall"))
        .Case(this.correct, went("return"))
        .Case(this.correct, went("recall_correction"))
        .Case(this.declined, went("decline"))
        .Case(this.withdrawn, went("abandon"))
        .Default(this.county_check)
    )
    county_check = check(_("县级审核推荐"), "county_check", "level_check").Next(this.after_county)
    after_county = (
        flow.Switch()
        .Case(this.correct, went("return"))
        .Case(this.correct, went("recall_correction"))
        .Case(this.declined, went("decline"))
        .Case(this.withdrawn, went("abandon"))
        .Default(this.city_check)
    )
    city_check = check(_("市级复审"), "city_check", "level_check").Next(this.after_city)
    after_city = (
        flow.Switch()
        .Case(this.correct, went("return"))
        .Case(this.correct, went("recall_correction"))
        .Case(this.declined, went("decline"))
        .Case(this.withdrawn, went("abandon"))
        .Default(this.province_check)
    )
    province_check = check(_("省级受理"), "province_check", "level_check").Next(this.after_province)
    after_province = (
        flow.Switch()
        .Case(this.correct, went("return"))
        .Case(this.correct, went("recall_correction"))
        .Case(this.declined, went("decline"))
        .Case(this.withdrawn, went("abandon"))
        .Default(this.accepted)
    )
    correct = Step(
        _("补正并重新提交"),
        action=_("补正"),
        page="correct",
        permission="fill_application",
        term="correction",
    ).Next(this.after_correct)
    after_correct = (
        flow.Switch()
        .Case(this.withdrawn, went("abandon"))
        .Case(this.county_check, went("county"))
        .Case(this.city_check, went("city"))
        .Case(this.province_check, went("province"))
        .Default(this.street_check)
    )
    accepted = flow.End()
    declined = flow.End()
    withdrawn = flow.End()
