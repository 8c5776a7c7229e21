"""Batches: list, prepare, approve."""

from typing import Any

from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from applications.actions import batches
from applications.core.policy_words import NAMES, OPTIONS
from applications.core.verdict import Verdict
from applications.models import Batch, Organisation
from applications.permissions import grants
from applications.queries.standards import standard_of
from applications.views.office import forms
from applications.views.office.base import OfficePage


class Batches(OfficePage):
    """Every batch; the province prepares new ones."""

    template_name = "office/batches.html"
    right = "prepare_batch"

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the batches with the number of their cases."""
        rows = Batch.objects.select_related("standard", "prepared_by", "approved_by").annotate(
            n=Count("cases")
        )
        return {**super().context(forms), "rows": rows.defer("standard__content")}


class Prepare(OfficePage):
    """The form of a new batch or of a draft."""

    template_name = "office/batch_form.html"
    right = "prepare_batch"
    verbs = {"save": forms.BatchForm}

    def batch(self) -> Batch | None:
        """The draft of the page, or None for a new batch."""
        pk = self.kwargs.get("pk")
        return get_object_or_404(Batch, pk=pk) if pk else None

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Fill the form with the draft; a new one starts with the organiser of this person."""
        batch = self.batch()
        if batch:
            return {"instance": batch}
        mine = Organisation.objects.filter(
            memberships__user=self.request.user, memberships__active=True
        ).first()
        start = {"organiser": mine, "year": self.at.year, "scope": mine.region if mine else None}
        return {"initial": {**self._as_last_time(), **start}}

    def _as_last_time(self) -> dict[str, Any]:
        """What the last batch said and is likely to be said again; name and dates are always new."""
        last = Batch.objects.first()
        if last is None:
            return {}
        said = {name: getattr(last, name) for name in ("basis_kind", "basis", "purpose", "explanation")}
        said |= {"standard": last.standard_id, "publish_indicators": last.publish_indicators}
        usual = standard_of(
            last.standard
        ).policy_defaults  # what was not chosen follows the new batch's standard
        said |= {f"policy_{key}": option for key, option in last.policy.items() if option != usual.get(key)}
        said |= {f"term_{key}": row["budget"] for key, row in last.terms.items()}
        return {**said, "on_return": last.terms.get("intake", {}).get("on_return", "continue"), "last": last}

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the draft."""
        last = forms["save"].initial.get("last") if not self.batch() else None
        return {**super().context(forms), "batch": self.batch(), "last": last}

    def perform_save(self, form: Any) -> str:
        """Write the draft."""
        data = dict(form.cleaned_data)
        chosen = {key[7:]: data.pop(key) for key in list(data) if key.startswith("policy_")}
        policy = {key: option for key, option in chosen.items() if option}
        budgets = {key[5:]: data.pop(key) for key in list(data) if key.startswith("term_")}
        draft = batches.Draft(**data, policy=policy, budgets=budgets)
        batch = self.batch()
        if batch:
            batch = batches.edit(batch, draft, by=self.request.user, at=self.at)
        else:
            batch = batches.prepare(draft, by=self.request.user, at=self.at)
        self.say(_("批次草稿已保存。"))
        return f"/office/batches/{batch.pk}/"


class BatchPage(OfficePage):
    """A batch as it stands, with what may be done with it."""

    template_name = "office/batch.html"
    right = "prepare_batch"
    verbs = {
        "submit": forms.NothingForm,
        "approve": forms.NothingForm,
        "send_back": forms.ReasonForm,
        "extend": forms.ExtendForm,
    }

    @property
    def batch(self) -> Batch:
        """The batch of the page."""
        return get_object_or_404(
            Batch.objects.select_related("standard", "organiser", "scope"), pk=self.kwargs["pk"]
        )

    def approval(self, batch: Batch) -> Verdict:
        """Whether this person may approve it."""
        return batches.may_approve(self.request.user, batch)  # type: ignore[arg-type]

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the batch, its terms by name and whether this person may approve it."""
        batch = self.batch
        terms = [(_(batches.terms.DEFAULTS[key].name), row) for key, row in batch.terms.items()]
        return {
            **super().context(forms),
            "batch": batch,
            "terms": terms,
            "on_return": _(batches.terms.ON_RETURN[batches.terms.in_force(batch.terms, "intake").on_return]),
            "policies": [(_(NAMES[key]), _(OPTIONS[option])) for key, option in batch.policy.items()],
            "approval": self.approval(batch),
            "may_prepare": bool(grants(self.request.user).get("prepare_batch")),
        }

    def perform_submit(self, form: Any) -> None:
        """Put the draft up for approval."""
        batches.submit(self.batch, by=self.request.user, at=self.at)
        self.say(_("批次已提交，等待另一名省级经办人批准。"))

    def perform_approve(self, form: Any) -> None:
        """Approve and open the batch."""
        batches.approve(self.batch, by=self.request.user, at=self.at)
        self.say(_("批次已批准并开放申报。"))

    def perform_send_back(self, form: Any) -> None:
        """Send the batch back."""
        batches.send_back(self.batch, reason=form.cleaned_data["reason"], by=self.request.user, at=self.at)
        self.say(_("批次已退回修改。"))

    def perform_extend(self, form: Any) -> None:
        """Let the batch close later."""
        batches.extend(self.batch, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("申报期已延长，并已通知范围内的社区和经办人。"))
