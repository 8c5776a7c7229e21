"""The page of a rectification item and the county's choice after the last one."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from applications import clock
from applications.actions.evidence import store
from applications.core.verdict import Verdict, no
from applications.models import Evidence
from applications.permissions import may_do, may_on_case
from applications.views.base import CasePage
from rectification.actions import items, look_back, supervision
from rectification.forms import items as forms
from rectification.models import Extension, RectificationItem, SupervisionOrder
from rectification.queries.items import items_of, open_step, order_step, order_under_way

STEP_VERBS = {
    "rectification.plan": ("plan",),
    "rectification.confirm_plan": ("confirm", "return"),
    "rectification.work": ("report", "apply", "extend"),
    "rectification.verify": ("verify",),
    "look_back.look": ("look",),
    "look_back.rework": ("report", "apply", "extend"),
    "look_back.reverify": ("verify",),
}
FORMS: dict[str, type[BaseForm]] = {
    "plan": forms.PlanForm,
    "confirm": forms.ConfirmForm,
    "return": forms.ReasonForm,
    "report": forms.ProgressForm,
    "apply": forms.ProgressForm,
    "extend": forms.ExtensionForm,
    "decide_extension": forms.DecideExtensionForm,
    "verify": forms.VerifyForm,
    "look": forms.LookBackForm,
    "order": forms.OrderForm,
    "chase": forms.NothingForm,
}


ORDER_VERBS: dict[str, tuple[str, type[BaseForm]]] = {
    "supervision.reply": ("answer", forms.ReplyForm),
    "supervision.examine": ("examine", forms.ExamineForm),
}


class ItemPage(CasePage):
    """One item: readable by all who see the case, with the forms of whoever's turn it is."""

    template_name = "rectification/item.html"
    item: RectificationItem

    def check_entry(self) -> None:
        """Everybody who may see the case reads the item; the forms are for whose turn it is."""
        self.item = get_object_or_404(
            RectificationItem.objects.select_related("case__batch"), pk=self.kwargs["key"], case=self.case
        )
        self.step = open_step(self.item)
        self.request_for_time = self.item.extensions.filter(granted__isnull=True).first()
        self.verbs = {verb: FORMS[verb] for verb in self.open_verbs()}

    def open_verbs(self) -> list[str]:
        """Return the verbs that are open to this person now."""
        found: list[str] = []
        if self.verdict().ok and self.step is not None:
            found += STEP_VERBS[self.step.node]
        asked = self.request_for_time
        another = asked is not None and asked.asked_by_id != self.request.user.pk
        if another and may_on_case(self.request.user, "plan_rectification", self.case).ok:
            found.append("decide_extension")
        return [*found, *self.about_overdue()]

    def about_overdue(self) -> list[str]:
        """Return what this person may do about an item that is overdue."""
        if self.step is None or self.step.due_on is None or self.step.due_on >= clock.day_of(self.at):
            return []
        found = ["chase"] if supervision.may_chase(self.request.user, self.case).ok else []
        if may_on_case(self.request.user, "supervise", self.case).ok and not order_under_way(self.item):
            found.append("order")
        return found

    def verdict(self) -> Verdict:
        """Whether it is this person's turn at the item, and why not."""
        if self.step is None:
            return no(_("该整改项已销号。"))
        return may_do(self.request.user, self.step)

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Fill the plan's form with what stands in the item."""
        if verb == "plan":
            return {"instance": self.item}
        if verb == "confirm":
            return {"initial": {"days": self.item.days}}
        return {}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the item with its history of progress, verifications and extensions."""
        item = self.item
        return {
            **super().context(forms),
            "item": item,
            "step": self.step,
            "progress": item.progress.select_related("by").prefetch_related("evidence"),
            "verifications": item.verifications.select_related("by"),
            "extensions": item.extensions.select_related("asked_by", "decided_by"),
            "request_for_time": self.request_for_time,
            "look_backs": item.look_backs.select_related("by"),
            "orders": item.orders.select_related("by"),
            "chases": item.chases.select_related("by"),
        }

    def success_url(self) -> str:
        """Stay on the item."""
        return self.request.path

    def perform_plan(self, form: Any) -> None:
        """Hand in the plan."""
        items.plan(self.item, content=items.Plan(**form.cleaned_data), by=self.request.user, at=self.at)
        self.say(_("整改方案已提交，等待县级确认。"))

    def perform_confirm(self, form: Any) -> None:
        """Confirm the plan."""
        items.confirm(self.item, days=form.cleaned_data["days"], by=self.request.user, at=self.at)
        self.say(_("整改方案已确认，整改期限开始计算。"))

    def perform_return(self, form: Any) -> None:
        """Return the plan."""
        items.return_plan(self.item, reason=form.cleaned_data["reason"], by=self.request.user, at=self.at)
        self.say(_("整改方案已退回社区。"))

    def files(self, form: Any) -> list[Evidence]:
        """Store the uploaded proofs."""
        return [
            store(
                self.case,
                file,
                indicators=[self.item.indicator] if self.item.indicator else [],
                stage="rectification",
                by=self.request.user,
                at=self.at,
            )
            for file in form.cleaned_data["files"]
        ]

    def perform_report(self, form: Any) -> None:
        """Report progress."""
        text, evidence = form.cleaned_data["text"], self.files(form)
        items.report(self.item, text=text, evidence=evidence, by=self.request.user, at=self.at)
        self.say(_("进展已登记。"))

    def perform_apply(self, form: Any) -> None:
        """Ask for verification."""
        text, evidence = form.cleaned_data["text"], self.files(form)
        items.apply(self.item, text=text, evidence=evidence, by=self.request.user, at=self.at)
        self.say(_("已申请验收。"))

    def perform_extend(self, form: Any) -> None:
        """Ask for more time."""
        items.ask_extension(self.item, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("延期申请已提交，等待县级审批。"))

    def perform_decide_extension(self, form: Any) -> None:
        """Decide a request for more time."""
        extension: Extension = self.request_for_time
        items.decide_extension(extension, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("延期申请已办结。"))

    def perform_verify(self, form: Any) -> None:
        """Verify the item."""
        items.verify(self.item, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("验收结果已登记。"))

    def perform_look(self, form: Any) -> None:
        """Note what a look-back found."""
        look_back.look_back(self.item, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("回头看结果已登记。"))

    def perform_chase(self, form: Any) -> None:
        """Remind whose turn it is."""
        if supervision.chase([self.item], by=self.request.user, at=self.at):
            self.say(_("已催办，对方将收到提醒。"))
        else:
            self.say(_("今天已催办过，或该整改项已不超期。"))

    def perform_order(self, form: Any) -> None:
        """Issue a supervision order."""
        order = supervision.issue(self.item, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("督办单%(number)s已下达。") % {"number": order.number})


class OrderPage(CasePage):
    """A supervision order: readable by all who see the case, with the form of whoever's turn it is."""

    template_name = "rectification/order.html"
    order: SupervisionOrder

    def check_entry(self) -> None:
        """Everybody who may see the case reads the order."""
        self.order = get_object_or_404(
            SupervisionOrder.objects.select_related("item", "by"), pk=self.kwargs["key"], item__case=self.case
        )
        self.step = order_step(self.order)
        self.verbs = {}
        if self.verdict().ok and self.step is not None:
            verb, form = ORDER_VERBS[self.step.node]
            self.verbs = {verb: form}

    def verdict(self) -> Verdict:
        """Whether it is this person's turn at the order, and why not."""
        if self.step is None:
            return no(_("该督办单已办结。"))
        return may_do(self.request.user, self.step)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the order with what was said of it."""
        entries = self.order.entries.select_related("by")
        shown = {"order": self.order, "item": self.order.item, "step": self.step, "entries": entries}
        return {**super().context(forms), **shown}

    def success_url(self) -> str:
        """Stay on the order."""
        return self.request.path

    def perform_answer(self, form: Any) -> None:
        """Answer."""
        supervision.answer(self.order, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("回复已提交，等待督办员审核。"))

    def perform_examine(self, form: Any) -> None:
        """Close, or send back."""
        supervision.examine(self.order, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("审核结论已登记。"))


class NextRoundPage(CasePage):
    """The county's choice when every item is closed and there is no star."""

    template_name = "rectification/next_round.html"
    node = "rectification.decide_round"
    verbs = {"decide": forms.RoundForm}

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The step's run is the closing run of the round."""
        super().setup(request, *args, **kwargs)
        self.kwargs["key"] = "closing"

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the items that were put right."""
        return {**super().context(forms), "items": items_of(self.case)}

    def perform_decide(self, form: Any) -> None:
        """Open the next round or close the case."""
        items.decide_round(self.case, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("已登记后续安排。"))
