"""The process drawn: of one case for those who see it, and without a case for everybody."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from applications import clock
from applications.models import Case
from applications.views.base import CasePage
from workflow import process
from workflow.casepage import CasePicture
from workflow.charts import flowlayout
from workflow.portal.caching import public
from workflow.urgency import Horizon


class CaseProcess(CasePage):
    """Where a case stands in each stage's flow; the stage it is in unless another is asked for."""

    template_name = "workflow/process.html"

    def check_entry(self) -> None:
        """Everybody who sees the case reads its process, less what is blind to them."""

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the drawings of the chosen stage."""
        asked, case = self.request.GET.get("stage", ""), self.case
        here = case.state if case.state in Case.STAGES else process.ROAD_KEY
        stage = asked if asked in (process.ROAD_KEY, *Case.STAGES) else here
        named = {process.ROAD_KEY: _("全程")} | {key: Case.State(key).label for key in Case.STAGES}
        tabs = [
            {"label": label, "href": f"?stage={key}", "current": key == stage} for key, label in named.items()
        ]
        return {**super().context(forms), "tabs": tabs, "stage": named[stage], "drawings": self._drawn(stage)}

    def _drawn(self, stage: str) -> list[flowlayout.Drawing]:
        user = self.request.user
        if stage != process.ROAD_KEY:
            return process.Standing(user, self.case, stage).drawings()  # type: ignore[arg-type]
        picture = CasePicture(user, self.case, Horizon.of(clock.day_of(self.at)))  # type: ignore[arg-type]
        whole = process.road()
        states = process.road_states(self.case, picture.steps())
        return [flowlayout.drawn(whole, states, process.sentence(whole))]


@public
def how_it_goes(request: HttpRequest) -> HttpResponse:
    """The whole process for residents: the road and the flow of each stage, without any case."""
    return render(request, "portal/process.html", {"drawings": process.public_drawings()})
