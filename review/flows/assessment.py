"""Third-party review: two blind judgements, settlement by the leader, the team's opinion."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from applications.core.faults import N_
from applications.models import StageRun
from applications.steps import StageFlow, Step, start_node, went
from review.queries.judgements import has_judged, pending_reviewers
from review.queries.people import barred, leader, left_leader


def judges(run: StageRun) -> Iterable[tuple[int, str]]:
    """Bar who judged: nobody settles their own differences or sums up over them; and a leader who has left."""
    yield from barred(left_leader(run), N_("您已退出本案的评估小组。"))
    yield from barred(has_judged(run), N_("您是本案本轮的评审员，合议和评审意见须由评审组长办理。"))


class ReviewFlow(StageFlow):
    """第三方评审"""

    stage = "review"
    process_title = _("第三方评审")

    start = start_node().Next(this.judge)
    judge = Step(_("评审指标"), action=_("评审"), page="judge", people=pending_reviewers, term="review").Next(
        this.after_judge
    )
    after_judge = flow.Switch().Case(this.settle, went("differ")).Default(this.opinion)
    settle = Step(
        _("合议评审差异"), action=_("合议"), page="settle", people=leader, barred=judges, term="review"
    ).Next(this.after_settle)
    after_settle = flow.Switch().Case(this.judge, went("recall")).Default(this.opinion)
    opinion = Step(
        _("出具评审意见"), action=_("出具"), page="opinion", people=leader, barred=judges, term="review"
    ).Next(this.after_opinion)
    after_opinion = flow.Switch().Case(this.judge, went("recall")).Default(this.end)
    end = flow.End()
