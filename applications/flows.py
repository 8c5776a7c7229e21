"""The application flow: claim, checks of four levels, return for correction, refusal, withdrawal."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from applications.core.faults import N_
from applications.models import StageRun, Submission, User
from applications.steps import StageFlow, Step, start_node, went


def submitters(run: StageRun) -> Iterable[tuple[User, str]]:
    """Bar whoever signed a submission of the case: who submitted does not accept."""
    for submission in (
        Submission.objects.filter(case=run.case_id).select_related("signed_by").only("signed_by")
    ):
        yield submission.signed_by, N_("您签署提交了本案申报，不能再审核本案。")


def check(label: object, right: str, term: str) -> Step:
    """Return a level's check step; all four share one page."""
    return Step(label, action=_("审核"), page="intake_check", permission=right, barred=submitters, term=term)


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
