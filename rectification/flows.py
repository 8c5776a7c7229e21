"""The flow of a rectification item, and the county's choice when all are closed without a star."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from applications.core import terms
from applications.core.faults import N_
from applications.core.terms import Term
from applications.models import StageRun
from applications.steps import StageFlow, Step, start_node, went
from rectification.models import RectificationItem
from rectification.queries.items import who_worked_on

PAGE = "rectification_item"


def time_for_work(run: StageRun) -> Term:
    """Return the item's own time limit, as the county set it within the bounds of the term."""
    item = RectificationItem.objects.get(pk=int(run.key))
    return replace(terms.in_force(run.case.batch.terms, "rectification"), budget=item.days)


def responsible(run: StageRun) -> Iterable[tuple[int, str]]:
    """Bar everybody who planned or worked on the item: who was responsible does not verify (R4-131)."""
    for person in who_worked_on(int(run.key)):
        yield person.pk, N_("您参与了该整改项的落实，不能验收。")


class RectificationFlow(StageFlow):
    """整改"""

    stage = "rectification"
    process_title = _("整改")

    start = start_node().Next(this.plan)
    plan = Step(
        _("制定整改方案"),
        action=_("制定"),
        page=PAGE,
        permission="rectify",
        term="rectification_plan",
        keyed=True,
    ).Next(this.confirm_plan)
    confirm_plan = Step(
        _("确认整改方案"),
        action=_("确认"),
        page=PAGE,
        permission="plan_rectification",
        barred=responsible,
        term="level_check",
        keyed=True,
    ).Next(this.after_confirm)
    after_confirm = flow.Switch().Case(this.plan, went("return")).Default(this.work)
    work = Step(
        _("落实整改并申请验收"),
        action=_("整改"),
        page=PAGE,
        permission="rectify",
        term=time_for_work,
        keyed=True,
    ).Next(this.verify)
    verify = Step(
        _("整改验收"),
        action=_("验收"),
        page=PAGE,
        permission="verify_rectification",
        barred=responsible,
        term="verification",
        keyed=True,
    ).Next(this.after_verify)
    after_verify = flow.Switch().Case(this.work, went("back")).Default(this.end)
    end = flow.End()


class LookBackFlow(StageFlow):
    """整改回头看"""

    stage = "look_back"
    process_title = _("整改回头看")

    start = start_node().Next(this.look)
    look = Step(
        _("整改回头看"),
        action=_("检查"),
        page=PAGE,
        permission="verify_rectification",
        barred=responsible,
        term="look_back_visit",
        keyed=True,
    ).Next(this.after_look)
    after_look = flow.Switch().Case(this.end, went("held")).Default(this.rework)
    rework = Step(
        _("落实反弹问题的整改并申请验收"),
        action=_("整改"),
        page=PAGE,
        permission="rectify",
        term=time_for_work,
        keyed=True,
    ).Next(this.reverify)
    reverify = Step(
        _("反弹问题整改验收"),
        action=_("验收"),
        page=PAGE,
        permission="verify_rectification",
        barred=responsible,
        term="verification",
        keyed=True,
    ).Next(this.after_reverify)
    after_reverify = flow.Switch().Case(this.rework, went("back")).Default(this.end)
    end = flow.End()


class SupervisionFlow(StageFlow):
    """督办"""

    stage = "supervision"
    process_title = _("督办")

    start = start_node().Next(this.reply)
    reply = Step(
        _("回复督办单"),
        action=_("回复"),
        page="supervision_order",
        permission="rectify",
        term="supervision",
        keyed=True,
    ).Next(this.examine)
    examine = Step(
        _("审核督办回复"),
        action=_("审核"),
        page="supervision_order",
        permission="supervise",
        term="supervision_check",
        keyed=True,
    ).Next(this.after_examine)
    after_examine = flow.Switch().Case(this.reply, went("back")).Default(this.end)
    end = flow.End()


class ClosingFlow(StageFlow):
    """整改完成后的安排"""

    stage = "rectification"
    process_title = _("整改完成后的安排")

    start = start_node().Next(this.decide_round)
    decide_round = Step(
        _("决定是否启动下一轮评定"),
        action=_("决定"),
        page="next_round",
        permission="open_round",
        term="level_check",
    ).Next(this.end)
    end = flow.End()
