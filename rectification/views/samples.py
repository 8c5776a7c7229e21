"""The yearly sample: drawing it, what was drawn, recording the check of each star."""

from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import clock
from applications.models import Region
from applications.permissions import scope, visible_cases
from applications.queries.standards import standard_of
from applications.views.office.base import OfficePage
from applications.words import printed
from rectification.actions import sampling
from rectification.forms import items as forms
from rectification.models import SampledStar
from rectification.queries.items import samples
from review.core.lots import LEAST_SHARE

REFUSAL = gettext_lazy("只有督办员可以办理年度抽查。")


class SamplesPage(OfficePage):
    """The samples drawn so far, and the draw of this year's."""

    template_name = "rectification/samples.html"
    right = "supervise"
    refusal = REFUSAL
    verbs = {"draw": forms.DrawForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer the regions this person supervises down to the cities."""
        regions = Region.objects.filter(scope(self.request.user, "supervise"), level__in=["province", "city"])
        return {"regions": regions.order_by("path")}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the samples."""
        rows = samples(self.request.user)  # type: ignore[arg-type]
        return {**super().context(forms), "rows": rows, "least": LEAST_SHARE}

    def perform_draw(self, form: Any) -> str:
        """Draw."""
        sample = sampling.draw(**form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("样本已抽取，种子已记录，任何人可据此复算。"))
        return reverse("sample", kwargs={"pk": sample.pk})


class SamplePage(OfficePage):
    """One sample: the stars drawn, which of them are checked, and how to draw it again."""

    template_name = "rectification/sample.html"
    right = "supervise"
    refusal = REFUSAL

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the sample and its stars."""
        sample = get_object_or_404(samples(self.request.user), pk=self.kwargs["pk"])  # type: ignore[arg-type]
        rows = sample.stars.filter(award__case__in=visible_cases(self.request.user))
        rows = rows.select_related(
            "award__publication", "award__case__community__region__parent__parent", "check_made"
        )
        return {
            **super().context(forms),
            "sample": sample,
            "rows": rows.prefetch_related("check_made__items"),
        }


class CheckPage(OfficePage):
    """The check of one drawn star: recorded once, with what fell short."""

    template_name = "rectification/spot_check.html"
    right = "supervise"
    refusal = REFUSAL
    verbs = {"record": forms.CheckForm}

    @property
    def star(self) -> SampledStar:
        """The drawn star of the address, of a case that the person may see."""
        if not hasattr(self, "_star"):
            seen = SampledStar.objects.filter(award__case__in=visible_cases(self.request.user))
            joined = (
                "sample",
                "award__case__community",
                "award__case__batch__standard",
                "award__publication",
            )
            self._star: SampledStar = get_object_or_404(seen.select_related(*joined), pk=self.kwargs["pk"])
        return self._star

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer the indicators of the star's standard, and today."""
        indicators = standard_of(self.star.award.case.batch.standard).indicators.values()
        listed = [(row.id, f"{row.id} {printed(row.short)}") for row in indicators]
        return {"indicators": listed, "initial": {"visited_on": clock.day_of(self.at)}}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the star and what was recorded of it."""
        made = getattr(self.star, "check_made", None)
        items: QuerySet[Any] | list[Any] = made.items.all() if made else []
        return {**super().context(forms), "star": self.star, "made": made, "items": items}

    def perform_record(self, form: Any) -> str:
        """Record."""
        data = form.cleaned_data
        said = {name: data[name] for name in ("kind", "visited_on", "summary")}
        sampling.record_check(
            self.star, **said, shortfalls=form.shortfalls(), by=self.request.user, at=self.at
        )
        self.say(
            _("抽查结果已登记，发现的问题已列入整改台账。") if form.shortfalls() else _("抽查结果已登记。")
        )
        return reverse("sample", kwargs={"pk": self.star.sample_id})
