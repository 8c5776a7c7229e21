"""Preparation: team, declarations, plan approved by another person, residents informed."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from applications.actions.turns import under_way
from applications.core.faults import N_
from applications.models import StageRun
from applications.steps import StageFlow, Step, start_node, went
from review.queries.people import barred
from review.queries.plans import plan_authors
from review.queries.teams import undeclared


def somebody_undeclared(activation: Any) -> bool:
    """Whether a member has not declared yet; where only a member by name came in, there is nobody to ask."""
    return bool(undeclared(under_way(activation.process).run))


def authors(run: StageRun) -> Iterable[tuple[int, str]]:
    """Bar who wrote at the plan: another person approves it (R2-034)."""
    return barred(plan_authors(run), N_("方案由您编制，须由另一位经办人审批。"))


def declaring() -> Step:
    """Return the step in which each member with an account declares; two stages have it."""
    return Step(
        _("作出回避与保密声明"),
        action=_("声明"),
        page="declaration",
        people=undeclared,
        term="declaration",
    )


class PreparationFlow(StageFlow):
    """评估准备"""

    stage = "preparation"
    process_title = _("评估准备")

    start = start_node().Next(this.form_team)
    form_team = Step(
        _("组建评估小组"), action=_("组建"), page="team", permission="form_team", term="preparation"
    ).Next(this.after_team)
    after_team = flow.Switch().Case(this.declare, somebody_undeclared).Default(this.write_plan)
    declare = declaring().Next(this.after_declare)
    after_declare = flow.Switch().Case(this.form_team, went("replace")).Default(this.write_plan)
    write_plan = Step(
        _("编制评估方案"), action=_("编制"), page="plan", permission="write_plan", term="preparation"
    ).Next(this.approve_plan)
    approve_plan = Step(
        _("批准评估方案"),
        action=_("审批"),
        page="plan_approval",
        permission="approve_plan",
        barred=authors,
        term="level_check",
    ).Next(this.after_approval)
    after_approval = flow.Switch().Case(this.write_plan, went("return")).Default(this.brief)
    brief = Step(
        _("告知居民评估事项"),
        action=_("登记"),
        page="briefing",
        permission="brief_residents",
        term="preparation",
    ).Next(this.end)
    end = flow.End()
