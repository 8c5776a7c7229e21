"""Scoring: one automatic step, then the rating committee's named vote, again after a vote that was not carried."""

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from applications.steps import StageFlow, Step, automatic, start_node, went
from review.actions.scoring import open_ballot, score
from review.flows.assessment import judges
from review.queries.people import leader
from review.queries.votes import called


class ScoringFlow(StageFlow):
    """计分评定"""

    stage = "scoring"
    process_title = _("计分评定")

    start = start_node().Next(this.score)
    score = flow.Function(automatic(score)).Next(this.after_score)
    after_score = flow.Switch().Case(this.supplement, went("faults")).Default(this.open_ballot)
    supplement = Step(
        _("补充数据后重新计分"),
        action=_("补充"),
        page="supplement",
        permission="confirm_facts",
        term="collection",
    ).Next(this.score)
    open_ballot = flow.Function(automatic(open_ballot)).Next(this.after_ballot)
    after_ballot = flow.Switch().Case(this.convene, went("no_committee")).Default(this.vote)
    convene = Step(
        _("召集评定委员会"),
        action=_("召集"),
        page="convene",
        permission="province_check",
        term="decision",
    ).Next(this.open_ballot)
    vote = Step(_("评定表决"), action=_("表决"), page="vote", people=called, term="decision").Next(
        this.after_vote
    )
    after_vote = (
        flow.Switch()
        .Case(this.resettle, went("not_carried"))
        .Case(this.convene, went("no_committee"))
        .Default(this.end)
    )
    resettle = Step(
        _("答复评定委员会并重新合议"),
        action=_("合议"),
        page="resettle",
        people=leader,
        barred=judges,
        term="review",
    ).Next(this.score)
    end = flow.End()
