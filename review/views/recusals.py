"""The page of recusals: an official keeps away; a superior without a conflict orders it of another, or overrides."""

from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from applications.core.verdict import Verdict
from applications.errors import NotAllowed
from applications.models import Recusal
from applications.views.base import CasePage
from review.actions import recusals
from review.forms.recusals import LiftForm, OrderForm, RecuseForm
from review.queries.recusals import at_work


class RecusalsPage(CasePage):
    """One's own recusal for who works on the case; the recusals in force for who may override them."""

    template_name = "review/recusals.html"

    @cached_property
    def own(self) -> Verdict:
        """Whether the person may declare here."""
        return recusals.may_recuse(self.request.user, self.case)

    @cached_property
    def overriding(self) -> Verdict:
        """Whether the person may override."""
        return recusals.may_override(self.request.user, self.case)

    def check_entry(self) -> None:
        """Offer what is the person's; the others are told why not."""
        offered = {
            "recuse": RecuseForm if self.own.ok else None,
            "order": OrderForm if self.overriding.ok else None,
            "lift": LiftForm if self.overriding.ok else None,
        }
        self.verbs = {verb: form for verb, form in offered.items() if form}
        if not self.verbs:
            raise NotAllowed(self.own.reason)

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer those who work on the case, but not oneself."""
        return {"people": at_work(self.case).exclude(pk=self.request.user.pk)} if verb == "order" else {}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the recusals to decide on, the typed reason with its own."""
        rows = Recusal.objects.filter(case=self.case).select_related("user", "lifted_by").order_by("-pk")
        typed = forms.get("lift")
        chosen = str(typed.data.get("recusal", "")) if typed is not None and typed.is_bound else ""
        shown = [
            {"row": row, "form": typed if str(row.pk) == chosen else LiftForm(initial={"recusal": row.pk})}
            for row in (rows if self.overriding.ok else rows.none())
        ]
        return {
            **super().context(forms),
            "form": forms.get("recuse"),
            "order": forms.get("order"),
            "rows": shown,
        }

    def perform_recuse(self, form: RecuseForm) -> str:
        """Keep away; the case is out of sight, so the way leads to the desk."""
        recusals.recuse_self(self.case, reason=form.cleaned_data["reason"], by=self.request.user, at=self.at)
        self.say(_("已登记您的回避，本案不再向您显示。"))
        return "/desk/"

    def perform_order(self, form: OrderForm) -> str:
        """Order somebody to keep away."""
        person = form.cleaned_data["person"]
        said = {"reason": form.cleaned_data["why"], "by": self.request.user, "at": self.at}
        recusals.order(self.case, person=person, **said)
        self.say(_("已责令%(name)s回避本案，即时生效，并已告知本人。") % {"name": person.name})
        return self.request.path

    def perform_lift(self, form: LiftForm) -> str:
        """Override."""
        row = get_object_or_404(Recusal, pk=form.cleaned_data["recusal"], case=self.case)
        recusals.lift(row, reason=form.cleaned_data["reason"], by=self.request.user, at=self.at)
        self.say(_("已裁定%(name)s不必回避。") % {"name": row.user.name})
        return self.request.path
