"""Starting an application, and the task list of one."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import clock
from applications.actions.cases import open_case
from applications.actions.particulars import FormEntry, save_form
from applications.core.canonical import decimal_text
from applications.core.papers import claimable
from applications.errors import FieldFault, Hidden, Invalid
from applications.forms.papers import ParticularsForm, StartForm
from applications.models import Batch, Community
from applications.permissions import may_on_case, scope
from applications.queries.earlier import earlier_case
from applications.queries.gaps import gaps_of
from applications.queries.starting import offers_to
from applications.queries.tasks import ruler_bands, tasks_of
from applications.views.office.base import OfficePage
from applications.views.paper import PaperPage
from applications.words import grade_words


class StartPage(OfficePage):
    """The batches that are open for one's community: conditions, dates, basis, what it means, free of charge (R3-061)."""

    template_name = "applications/start.html"
    right = "fill_application"
    refusal = gettext_lazy("只有社区的申报人员可以发起申报。")
    verbs = {"start": StartForm}

    @property
    def offers(self) -> list[Any]:
        """What is offered to this person."""
        if not hasattr(self, "_offers"):
            self._offers = offers_to(self.request.user, clock.day_of(self.at))
        return self._offers

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the offers."""
        return {**super().context(forms), "offers": self.offers}

    def perform_start(self, form: Any) -> str:
        """Open the case and go to its task list."""
        data = form.cleaned_data
        offer = next(
            (
                offer
                for offer in self.offers
                if (offer.batch.pk, offer.community.pk) == (data["batch"], data["community"])
            ),
            None,
        )
        if offer is not None and data["applied_star"] not in offer.stars:
            raise Invalid([FieldFault("applied_star", _("请从列出的星级中选择申报星级。"))])
        batch, community = self._chosen(offer, data)
        case = open_case(
            batch, community=community, applied_star=data["applied_star"], by=self.request.user, at=self.at
        )
        self.say(_("申报已建立，请按任务清单逐项填报。填写的内容随时保存，可多人分工。"))
        return reverse("apply", kwargs={"case": case.pk})

    def _chosen(self, offer: Any, data: dict[str, Any]) -> tuple[Batch, Community]:
        """The batch and the community, also where the offer is gone meanwhile: the action says why."""
        if offer is not None:
            return offer.batch, offer.community
        own = Community.objects.filter(scope(self.request.user, "fill_application", "region__path"))
        batch = Batch.objects.filter(pk=data["batch"]).first()
        community = own.select_related("region").filter(pk=data["community"]).first()
        if batch is None or community is None:
            raise Hidden
        return batch, community


class ApplyPage(PaperPage):
    """The task list: what is to do, what is missing, points by dimension, the star so far and the way to the next."""

    template_name = "applications/apply.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list; while correcting there is another one."""
        return redirect("correct", case=self.case.pk) if self.correcting else super().get(request)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add tasks, forecast and gaps."""
        result = self.dossier.result
        gaps = gaps_of(self.dossier)
        upper = result.next_star
        survey = self.dossier.survey_points
        return {
            **super().context(forms),
            "tasks": tasks_of(self.dossier),
            "total": decimal_text(result.total),
            "star": result.star,
            "bands": ruler_bands(self.dossier.plan.standard),
            "most": decimal_text(self.dossier.most_points),
            "survey": decimal_text(survey) if survey else "",
            "upper": upper,
            "needed": decimal_text(upper.points_needed) if upper else "",
            "gains": self._gains(upper),
            "earlier": earlier_case(self.case, self.request.user) if self._bare else None,  # type: ignore[arg-type]
            "musts": sum(gap.must for gap in gaps),
            "may_abandon": may_on_case(self.request.user, "sign_application", self.case).ok,
        }

    @property
    def _bare(self) -> bool:
        """Whether facts or claims are still missing, so that it helps to take over the last ones."""
        dossier = self.dossier
        asked = [indicator for indicator in dossier.plan.indicators if claimable(indicator)]
        return len(dossier.values) < len(dossier.specs) or len(dossier.claims) < len(asked)

    def _gains(self, upper: Any) -> list[dict[str, Any]]:
        """The indicators that could still give most."""
        if upper is None:
            return []
        known = self.dossier.plan.standard.indicators
        return [
            {"indicator": known[key], "points": decimal_text(gain)}
            for key, gain in upper.indicators
            if known[key].method != "questionnaire_survey"
        ][:6]


class ParticularsPage(PaperPage):
    """The application form: star, contact, reason, with what is known of the community beside it."""

    template_name = "applications/form.html"
    verbs = {"save": ParticularsForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Start from what is stored, else from the person who fills it in."""
        form, user = self.dossier.form, self.request.user
        standard = self.dossier.plan.standard
        stars = [(star.stars, grade_words(standard, star.stars)) for star in standard.stars]
        initial = {
            "applied_star": self.case.applied_star,
            "contact": form.contact if form else user.name,
            "phone": form.phone if form else user.phone or self.case.community.phone,
            "reason": form.reason if form else "",
            "revision": form.revision if form else 0,
        }
        return {"stars": stars, "initial": initial}

    def perform_save(self, form: Any) -> str:
        """Save the form."""
        data = form.cleaned_data
        entry = FormEntry(
            contact=data["contact"].strip(),
            phone=data["phone"].strip(),
            reason=data["reason"].strip(),
            applied_star=data["applied_star"],
            revision=data["revision"] or 0,
        )
        saved = save_form(self.case, entry=entry, by=self.request.user, at=self.at)
        if saved.conflicts:
            self.reread()
            form.data = form.data.copy()
            form.data["revision"] = str(self.dossier.form.revision if self.dossier.form else 0)
        self.taken(saved)
        self.say(_("申报表已保存。"))
        return self.home()
