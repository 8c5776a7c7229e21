"""What is said of a to-do, a deadline and a case, and to whom: rights are looked at when it is sent, not when posted.

Every topic that an action posts has its handler here; a test holds the two lists together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as N_

from applications import clock
from applications.core import terms
from applications.models import Case, Deadline, Recusal, Todo, User
from applications.permissions import visible_cases
from notifications.actions import outdate, tell
from notifications.lent import lent
from notifications.outbox import register
from notifications.wording import text_of
from review.models import StarAward
from workflow import audience
from workflow import batch_notices as batch_notices  # registers what is said of a batch
from workflow import complaint_notices as complaint_notices  # and of a complaint
from workflow import pings as pings  # the case becomes a source of live pings
from workflow.desk import page_of, words_of

lent.now = clock.now
lent.subjects = lambda user: visible_cases(user).values("pk")


def on_todo_opened(payload: dict[str, Any], at: datetime) -> None:
    """Tell those who may do it, unless it has been done meanwhile."""
    todo = Todo.objects.select_related("case__community", "run", "assignee").get(pk=payload["todo"])
    dated, undated = N_("“%(community)s”待办：%(step)s，%(due)s截止。"), N_("“%(community)s”待办：%(step)s。")
    text = text_of(
        dated if todo.due_on else undated,
        terms={"step": words_of(todo)[0]},
        days={"due": todo.due_on},
        community=todo.case.community.name,
    )
    tell(
        audience.doers(todo),
        kind="todo.opened",
        key=f"todo.opened:{todo.pk}",
        text=text,
        url=page_of(todo),
        at=at,
        subject=todo.case_id,
        ref=f"todo:{todo.pk}",
    )


def on_todo_closed(payload: dict[str, Any], at: datetime) -> None:
    """Nobody needs to be reminded of what is done."""
    outdate(f"todo:{payload['todo']}", at=at)


def on_claimed(payload: dict[str, Any], at: datetime) -> None:
    """A colleague has taken it: the others need not be reminded."""
    outdate(f"todo:{payload['todo']}", at=at)


def on_reassigned(payload: dict[str, Any], at: datetime) -> None:
    """Tell whoever got a to-do by reassignment; those who had it need it no more."""
    todo = Todo.objects.select_related("case__community", "run", "assignee").get(pk=payload["todo"])
    outdate(f"todo:{todo.pk}", at=at)
    text = text_of(
        N_("“%(community)s”的待办“%(step)s”已改派给您。"),
        terms={"step": words_of(todo)[0]},
        community=todo.case.community.name,
    )
    tell(
        audience.doers(todo),
        kind="todo.reassigned",
        key=f"todo.reassigned:{todo.pk}:{payload['event']}",
        text=text,
        url=page_of(todo),
        at=at,
        subject=todo.case_id,
        ref=f"todo:{todo.pk}",
    )


def on_chased(payload: dict[str, Any], at: datetime) -> None:
    """Remind those whose turn it is of an overdue item, unless it has been done meanwhile."""
    todo = Todo.objects.select_related("case__community", "run", "assignee").get(pk=payload["todo"])
    text = text_of(
        N_("“%(community)s”的待办“%(step)s”已于%(due)s到期，现予催办，请尽快办理。"),
        terms={"step": words_of(todo)[0]},
        days={"due": todo.due_on},
        community=todo.case.community.name,
    )
    tell(
        audience.doers(todo),
        kind="item.chased",
        key=f"item.chased:{todo.pk}:{payload['day']}",
        text=text,
        url=page_of(todo),
        at=at,
        subject=todo.case_id,
        ref=f"todo:{todo.pk}",
    )


RUNGS = {
    "amber": N_("“%(community)s”的“%(term)s”将于%(due)s到期，请抓紧办理。"),
    "red": N_("“%(community)s”的“%(term)s”已于%(due)s到期，现已超期，请尽快办结。"),
    "order": N_("“%(community)s”的“%(term)s”于%(due)s到期，超期已满5个工作日，请督促办理。"),
}


def on_rung(rung: str) -> Callable[[dict[str, Any], datetime], None]:
    """Return the handler of a rung of the ladder: a reminder, a notice, an order to the level above."""

    def handle(payload: dict[str, Any], at: datetime) -> None:
        deadline = _deadline(payload["deadline"])
        if deadline.state not in ("running", "paused"):
            return
        people = audience.concerned(deadline)
        if rung == "order" and deadline.matter is not None:
            people = audience.above(deadline.matter.complaint)
        elif rung == "order" and deadline.case is not None:
            todos = [deadline.todo] if deadline.todo else list(deadline.case.todos.filter(state="open"))
            people = [person for todo in todos for person in audience.level_above(todo, deadline.case)]
        _tell_of_deadline(deadline, people, f"deadline.{rung}", RUNGS[rung], at)

    return handle


def on_recomputed(payload: dict[str, Any], at: datetime) -> None:
    """Tell of a due date that a new holiday notice has moved."""
    deadline = _deadline(payload["deadline"])
    if deadline.state not in ("running", "paused"):
        return
    sentence = N_("放假通知已录入，“%(community)s”的“%(term)s”到期日重新计算为%(due)s。")
    _tell_of_deadline(deadline, audience.concerned(deadline), "deadline.recomputed", sentence, at)


def _deadline(pk: int) -> Deadline:
    rows = Deadline.objects.select_related(
        "case__community", "matter__community", "todo__case", "todo__run", "todo__assignee"
    )
    return rows.get(pk=pk)


def _tell_of_deadline(deadline: Deadline, people: list[User], kind: str, sentence: str, at: datetime) -> None:
    term = terms.known(deadline.term)
    text = text_of(
        sentence,
        terms={"term": term.name if term else deadline.term},
        days={"due": deadline.due_on},
        community=(deadline.case or deadline.matter).community.name,  # type: ignore[union-attr]  # one of the two
    )
    tell(
        people,
        kind=kind,
        key=f"{kind}:{deadline.pk}:{deadline.due_on}",
        text=text,
        url=page_of_deadline(deadline),
        at=at,
        subject=deadline.case_id,
        ref=f"todo:{deadline.todo_id}" if deadline.todo_id else "",
    )


def page_of_deadline(deadline: Deadline) -> str:
    """Return where a deadline is met: its to-do's page, else that of its case or complaint."""
    if deadline.matter is not None:
        return reverse("complaint", kwargs={"pk": deadline.matter.complaint.pk})
    return page_of(deadline.todo) if deadline.todo else reverse("case", kwargs={"case": deadline.case_id})


def case_url(case: Case) -> str:
    """Return the case's page."""
    return reverse("case", kwargs={"case": case.pk})


@dataclass(frozen=True)
class Said:
    """What is said of a case on a topic: the sentence, to whom, and on which page it points (a URL name)."""

    sentence: str
    to: Callable[[Case], list[User]]
    page: str = "case"
    watchers: bool = True


def _both(case: Case) -> list[User]:
    return [*audience.community(case), *audience.officers("county", case)]


def _lower(case: Case) -> list[User]:
    return [*audience.officers("street", case), *audience.officers("county", case)]


def _county(case: Case) -> list[User]:
    return audience.officers("county", case)


CASE_TOPICS: dict[str, Said] = {
    "application.submitted": Said(N_("“%(community)s”的申报已提交。"), audience.community),
    "application.recalled": Said(N_("“%(community)s”的申报已撤回，可修改后重新提交。"), audience.community),
    "application.abandoned": Said(N_("“%(community)s”已撤回申报，案卷终止。"), _lower),
    "application.decided": Said(N_("“%(community)s”的申报已有审核意见。"), audience.community),
    "rating.made": Said(N_("“%(community)s”已完成计分，等待评定委员会决定。"), _county, watchers=False),
    "decision.made": Said(N_("评定委员会已就“%(community)s”作出评定决定。"), _both),
    "publication.notice": Said(N_("“%(community)s”的评定结果已开始公示。"), _both, "publications"),
    "publication.announced": Said(N_("“%(community)s”的评定结果已公告。"), _both, "publications"),
    "publication.lowered": Said(N_("“%(community)s”的星级已降低。"), _both, "publications"),
    "award.expiring": Said(
        N_("“%(community)s”的星级将于%(until)s到期，请在到期前申报复评，逾期未申报的到期失效。"),
        _both,
        "publications",
    ),
    "award.lapsed": Said(N_("“%(community)s”的星级已于%(until)s到期失效。"), _both, "publications"),
    "publication.revoked": Said(N_("“%(community)s”的星级评定结果已撤销。"), _both, "publications"),
    "objection.received": Said(N_("“%(community)s”的评定结果收到异议。"), _county, watchers=False),
    "objection.decided": Said(N_("“%(community)s”的异议已作出复核决定。"), _both, watchers=False),
}


def _days(payload: dict[str, Any]) -> dict[str, date | None]:
    """Return the days a sentence about an award speaks of."""
    if "award" not in payload:
        return {}
    return {"until": StarAward.objects.get(pk=payload["award"]).valid_until}


def on_case(topic: str) -> Callable[[dict[str, Any], datetime], None]:
    """Return the handler of a topic about a case."""

    def handle(payload: dict[str, Any], at: datetime) -> None:
        said = CASE_TOPICS[topic]
        case = Case.objects.select_related("community").get(pk=payload["case"])
        people = [*said.to(case), *(audience.watchers(case) if said.watchers else [])]
        about = next((str(value) for key, value in sorted(payload.items()) if key != "case"), str(case.pk))
        tell(
            people,
            kind=topic,
            key=f"{topic}:{case.pk}:{about}:{payload.get('verb', '')}",
            text=text_of(said.sentence, days=_days(payload), community=case.community.name),
            url=reverse(said.page, kwargs={"case": case.pk}),
            at=at,
            subject=case.pk,
        )

    return handle


def on_recusal_ordered(payload: dict[str, Any], at: datetime) -> None:
    """Tell a person that they were ordered to keep away; it is all they hear of the case, so it belongs to no case."""
    row = Recusal.objects.select_related("case__community", "user").get(pk=payload["recusal"])
    if row.lifted_at is not None:
        return
    text = text_of(
        N_("上级责令您回避“%(community)s”一案，即时生效，本案不再向您显示。理由：%(reason)s"),
        community=row.case.community.name,
        reason=row.reason,
    )
    key = f"recusal.ordered:{row.pk}"
    tell([row.user], kind="recusal.ordered", key=key, text=text, url=reverse("notifications"), at=at)


OF_ACCOUNT = {
    "account.link": N_(
        "系统管理员%(by)s为您的账号生成了设置密码的链接。如果不是您要求的，请立即向本单位报告。"
    ),
    "account.factor": N_("系统管理员%(by)s重置了您的两步登录。如果不是您要求的，请立即向本单位报告。"),
}


def on_account(topic: str) -> Callable[[dict[str, Any], datetime], None]:
    """Return the handler that tells the owner of an account what was done to it, and who did it."""

    def handle(payload: dict[str, Any], at: datetime) -> None:
        owner, by = (User.objects.get(pk=payload[key]) for key in ("user", "by"))
        text = text_of(OF_ACCOUNT[topic], by=by.name)
        tell([owner], kind=topic, key=payload["key"], text=text, url=reverse("sign_ins"), at=at)

    return handle


register("recusal.ordered", on_recusal_ordered)
register("item.chased", on_chased)
for name in OF_ACCOUNT:
    register(name, on_account(name))
register("todo.opened", on_todo_opened)
register("todo.closed", on_todo_closed)
register("todo.claimed", on_claimed)
register("todo.reassigned", on_reassigned)
for name in RUNGS:
    register(f"deadline.{name}", on_rung(name))
register("deadline.recomputed", on_recomputed)
for name in CASE_TOPICS:
    register(name, on_case(name))
