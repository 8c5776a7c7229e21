"""The reviewer's pages: the sheet, one indicator a page; and the reading page of all judgements once they are open."""

from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import clock
from applications.core.canonical import decimal_text
from applications.core.rating import forecast
from applications.core.verdict import Verdict
from applications.errors import Hidden, Invalid, NotAllowed
from applications.models import Claim
from applications.queries.duedates import days_left
from applications.queries.standards import plan_of
from applications.views.base import READING, CasePage
from applications.views.indicators import requirement_of
from applications.views.paper import autosaved, line_view
from review.actions import judging
from review.forms.judging import OPTIONS, JudgeForm, PlainForm, verdict_word
from review.models import Judgement, Observation
from review.queries.facts import confirmed_facts
from review.queries.judgements import (
    JUDGE,
    Item,
    complete,
    in_force,
    items_to_judge,
    may_withdraw,
    own_judgements,
    settled,
    visible_judgements,
)
from review.queries.observations import claim_of, files_for


class ReviewerPage(CasePage):
    """A page for the reviewers of the round. What it shows of judgements is the person's own."""

    node = JUDGE

    def check_entry(self) -> None:
        """Let in whose turn it is, and who has handed in already; nobody is told how far somebody else is."""
        if not self.verdict().ok and not self.handed_in:
            raise NotAllowed(_("评审表只对本案本轮的评审员开放。"))

    @cached_property
    def handed_in(self) -> Any:
        """The person's hand-in of this round, where there is one."""
        return in_force(self.case).filter(round=self.case.round, by=self.request.user).first()

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What is judged."""
        return items_to_judge(self.case)

    @cached_property
    def own(self) -> dict[str, Judgement]:
        """The person's own judgements."""
        return own_judgements(self.request.user, self.case)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add progress and term."""
        todo = self.todo()
        return {
            **super().context(forms),
            "step": todo,
            "days": days_left(todo.due_on, clock.day_of(self.at)) if todo else None,
            "done": sum(item.id in self.own for item in self.items),
            "count": len(self.items),
            "handed_in": self.handed_in,
        }

    def to_item(self, indicator: str) -> str:
        """The address of an indicator's page."""
        return reverse("judge_item", kwargs={"case": self.case.pk, "indicator": indicator})


class JudgePage(ReviewerPage):
    """The sheet by dimension with one's own progress; handing in, and taking back."""

    template_name = "review/judge.html"
    verbs = {"hand_in": PlainForm, "withdraw": PlainForm}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the items by dimension."""
        claims = dict(Claim.objects.filter(case=self.case).values_list("indicator", "reached"))
        lines = [self._line(item, claims.get(item.id)) for item in self.items]
        missing = [line for line in lines if line["kind"] == "todo"]
        by_dimension = []
        for dimension in plan_of(self.case.batch).standard.dimensions:
            rows = [line for line in lines if line["item"].indicator.dimension_id == dimension.id]
            done = sum(line["kind"] != "todo" for line in rows)
            by_dimension.append({"dimension": dimension, "lines": rows, "done": done, "count": len(rows)})
        return {
            **super().context(forms),
            "dimensions": by_dimension,
            "missing": len(missing),
            "next": missing[0] if missing else None,
            "withdrawal": may_withdraw(self.request.user, self.case, self.at) if self.handed_in else None,
        }

    def _line(self, item: Item, claim: bool | None) -> dict[str, Any]:
        row = self.own.get(item.id)
        kind = "todo" if row is None else "ok" if row.reached else "returned"
        return {
            "item": item,
            "href": self.to_item(item.id),
            "own": row,
            "kind": kind,
            "claim": claim,
            "differs": row is not None and claim is not None and row.reached != claim,
        }

    def perform_hand_in(self, form: Any) -> str:
        """Hand in."""
        judging.hand_in(self.case, by=self.request.user, at=self.at)
        self.say(_("评审意见已提交。10分钟内且后续环节尚未办理时，可以撤回。"))
        return self.request.path

    def perform_withdraw(self, form: Any) -> str:
        """Take back."""
        judging.withdraw(self.case, by=self.request.user, at=self.at)
        self.say(_("评审意见已撤回，可以继续修改。"))
        return self.request.path


class JudgeItemPage(ReviewerPage):
    """One indicator: wording, checks, claim, evidence, what was seen and computed, and the big answer."""

    template_name = "review/judge_item.html"
    verbs = {"judge": JudgeForm}
    refusals = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer an autosave with nothing, or with the sentence that it could not take something."""
        answer = super().dispatch(request, *args, **kwargs)
        if request.method != "POST" or "autosave" not in request.POST:
            return answer
        return autosaved(answer, [self.refusals] if self.refusals else [])

    @cached_property
    def item(self) -> Item:
        """The indicator of the URL, where it is judged."""
        found = next((item for item in self.items if item.id == self.kwargs["indicator"]), None)
        if found is None:
            raise Hidden
        return found

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Begin with what was saved."""
        row = self.own.get(self.item.id)
        if row is None:
            return {}
        fields = ("note", "finding", "suggestion", "severity")
        initial = {name: getattr(row, name) for name in fields}
        return {"initial": {**initial, "reached": verdict_word(row.reached)}}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add everything there is to read about the indicator, and its neighbours."""
        order = [item.id for item in self.items]
        place = order.index(self.item.id)
        indicator = self.item.indicator
        return {
            **super().context(forms),
            **reading(self, self.item),
            "form": forms["judge"],
            "options": OPTIONS,
            "saved": self.own.get(self.item.id),
            "place": place + 1,
            "levels": [
                {"level": row, "points": decimal_text(row.points), "requirement": requirement_of(row)}
                for row in indicator.levels
            ],
            "previous": self.to_item(order[place - 1]) if place else "",
            "next": self.to_item(order[place + 1]) if place + 1 < len(order) else "",
        }

    def perform_judge(self, form: JudgeForm) -> str:
        """Save, and go to the next one that is not judged yet where that was asked for."""
        try:
            judging.judge(
                self.case, indicator=self.item.id, answer=form.answer, by=self.request.user, at=self.at
            )
        except Invalid as error:
            self.refusals = error.sentence
            raise
        if "next" in self.request.POST:
            return self._next()
        if "autosave" not in self.request.POST:
            self.say(_("已保存。"))
        return self.request.path

    def _next(self) -> str:
        order = [item.id for item in self.items]
        place = order.index(self.item.id)
        after = [key for key in [*order[place + 1 :], *order[:place]] if key not in self.own]
        if after:
            return self.to_item(after[0])
        self.say(_("全部指标已评完，请核对后提交。"))
        return reverse("judge", kwargs={"case": self.case.pk})


def reading(page: CasePage, item: Item) -> dict[str, Any]:
    """Return what a page shows beside an indicator's judgement: claim, computed measures, files, observations."""
    case, user = page.case, page.request.user
    plan = plan_of(case.batch)
    sheet = {
        "facts": dict(confirmed_facts(case, case.round)),
        "application_year": case.batch.year,
        "policy": dict(case.batch.policy),
    }
    claims = {indicator.id: True for indicator in plan.indicators}
    shown = files_for(case, item.id, user)
    seen = Observation.objects.filter(case=case, round=case.round, indicator=item.id)
    dimensions = {row.id: row for row in plan.standard.dimensions}
    return {
        "item": item,
        "indicator": item.indicator,
        "dimension": dimensions[item.indicator.dimension_id],
        "claim": claim_of(case, item.id),
        "line": line_view(forecast(plan.standard, sheet, claims).indicators[item.id]),
        "files": shown,
        "pictures": [row for row in shown if row.is_image],
        "observations": list(seen.select_related("by").prefetch_related("photos").order_by("pk")),
    }


class JudgementsPage(CasePage):
    """Both reviewers' judgements side by side, with what was settled: for everybody who may see them by now."""

    http_method_names = READING
    template_name = "review/judgements.html"
    right = "view_case"

    def check_entry(self) -> None:
        """Whoever sees the case may open the page; what it shows is asked row by row."""

    def verdict(self) -> Verdict:
        """Reading only."""
        return Verdict(True)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the rows, or nothing at all while the review is blind: no row, no count, no name."""
        rows = visible_judgements(self.request.user, self.case).filter(round=self.case.round)
        shown = list(rows)
        open_now = complete(self.case, self.case.round) and len({row.by_id for row in shown}) > 1
        outcomes = settled(self.case, shown, items_to_judge(self.case)) if open_now else {}
        return {
            **super().context(forms),
            "people": list({row.by_id: row.by for row in shown}.values()) if open_now else [],
            "outcomes": list(outcomes.values()),
        }
