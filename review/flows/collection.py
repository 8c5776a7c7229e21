"""Collection: documents, site, survey, interviews and service records in parallel, then joined.

A new round begins here again: the team of the round before goes on by itself; only what it lacks is filled. The review
does not begin with a gap that somebody left meanwhile, nor with a member who has not declared.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from applications.actions.turns import under_way
from applications.steps import StageFlow, Step, automatic, start_node, went
from review.actions.gaps import carry_team
from review.flows.preparation import declaring, somebody_undeclared
from review.queries.people import on_duty
from review.queries.teams import open_duties


def team_has_gaps(activation: Any) -> bool:
    """Whether a duty of the round is nobody's: its step would stand on no desk."""
    run = under_way(activation.process).run
    return bool(open_duties(run.case, run.round))


class CollectionFlow(StageFlow):
    """数据采集"""

    stage = "collection"
    process_title = _("数据采集")

    start = start_node().Next(this.carry)
    carry = flow.Function(automatic(carry_team)).Next(this.after_carry)
    after_carry = flow.Switch().Case(this.complete_team, team_has_gaps).Default(this.split)
    complete_team = Step(
        _("补齐评估小组"), action=_("补齐"), page="team", permission="form_team", term="preparation"
    ).Next(this.after_team)
    after_team = flow.Switch().Case(this.declare, somebody_undeclared).Default(this.split)
    declare = declaring().Next(this.after_declare)
    after_declare = flow.Switch().Case(this.complete_team, went("replace")).Default(this.split)
    split = (
        flow.Split()
        .Next(this.documents)
        .Next(this.site)
        .Next(this.survey)
        .Next(this.interviews)
        .Next(this.services)
    )
    documents = Step(
        _("查阅资料并核实事实"),
        action=_("核实"),
        page="documents",
        people=lambda run: on_duty(run, "documents"),
        term="collection",
    ).Next(this.join)
    site = Step(
        _("实地考察"),
        action=_("考察"),
        page="site_visit",
        people=lambda run: on_duty(run, "site"),
        term="collection",
    ).Next(this.join)
    survey = Step(
        _("组织满意度调查"), action=_("调查"), page="survey", permission="run_survey", term="collection"
    ).Next(this.join)
    interviews = Step(
        _("入户调查并录入问卷"),
        action=_("录入"),
        page="interviews",
        people=lambda run: on_duty(run, "surveyor"),
        term="collection",
    ).Next(this.join)
    services = Step(
        _("登记服务记录"), action=_("登记"), page="services", permission="record_services", term="collection"
    ).Next(this.join)
    join = flow.Join().Next(this.after_join)
    after_join = (
        flow.Switch()
        .Case(this.mend_team, team_has_gaps)
        .Case(this.declare_again, somebody_undeclared)
        .Default(this.end)
    )
    mend_team = Step(
        _("补齐评估小组"), action=_("补齐"), page="team", permission="form_team", term="preparation"
    ).Next(this.after_mending)
    after_mending = flow.Switch().Case(this.declare_again, somebody_undeclared).Default(this.end)
    declare_again = declaring().Next(this.after_declaring_again)
    after_declaring_again = flow.Switch().Case(this.mend_team, went("replace")).Default(this.end)
    end = flow.End()
