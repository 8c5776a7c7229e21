"""The case list, the case's page and its log."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from applications import clock
from applications.actions import watching
from applications.errors import Hidden
from applications.models import Case, Watch
from applications.permissions import holds, visible_cases
from applications.queries.record import application_summary
from applications.views.base import CasePage
from review.queries import revocations
from workflow import timeline
from workflow.blind import visible_events
from workflow.caselist import TABS, CaseList
from workflow.casepage import MOST_TODOS, CasePicture, look_of
from workflow.exports import cases_sheet
from workflow.levels import levels
from workflow.links import links_of
from workflow.pings import position
from workflow.urgency import Horizon
from workflow.views.jobs import exported, is_long
from workflow.views.preferences import own_address
from workflow.views.saved import kept

PER_LOG_PAGE = 50


@require_safe
@login_required
def case_list(request: HttpRequest) -> HttpResponse:
    """List the cases this person may see."""
    found = CaseList(request.user, request.GET.dict(), clock.today())  # type: ignore[arg-type]
    request.shell_facts = found.facts  # type: ignore[attr-defined]
    labels = {"open": _("办理中"), "ended": _("已终结"), "all": _("全部")}
    tabs = [
        {
            "label": labels[tab],
            "href": f"?tab={tab}",
            "count": found.facts.counts[tab],
            "current": tab == found.tab,
        }
        for tab in TABS
    ]
    context = {
        "found": found,
        "page": found.page(request.GET.get("page")),
        "tabs": tabs,
        "stages": Case.State.choices,
        "stars": [(str(level.star), level.name) for level in levels()],
        "query": request.GET.urlencode(),
        "views": kept(request.user, "cases", request.GET.urlencode(), found.facts),  # type: ignore[arg-type]
    }
    return render(request, "workflow/case_list.html", context)


@require_safe
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Return the cases that the list shows, all pages of it, as a spreadsheet."""
    found = CaseList(request.user, request.GET.dict(), clock.today())  # type: ignore[arg-type]
    sheet = None if is_long(found.count) else cases_sheet(found)
    return exported(request, "export.cases", sheet, reverse("cases"))


class CaseHome(CasePage):
    """The case's page: where it stands, what was done, what is next."""

    template_name = "workflow/case.html"

    def check_entry(self) -> None:
        """Everybody who sees the case reads its page."""

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the picture of the case as this person sees it."""
        case, user = self.case, self.request.user
        picture = CasePicture(user, case, Horizon.of(clock.day_of(self.at)))  # type: ignore[arg-type]
        turns = picture.turns()
        application = application_summary(case)
        primary = next((turn for turn in turns if turn.mine), None)
        barred = next((turn for turn in turns if turn.closed_to_reader), None)
        award = revocations.newest_award(case) if case.star else None
        return {
            **super().context(forms),
            "look": look_of(case),
            "award": award,
            "star": award.star if award else case.star,
            "standing": revocations.standing(award, clock.day_of(self.at)) if award else "",
            "primary": primary,
            "barred": None if primary else barred,
            "turns": turns[:MOST_TODOS],
            "more_turns": max(len(turns) - MOST_TODOS, 0),
            "steps": picture.steps(),
            "scores": picture.scores(application["forecast"]),
            "application": application,
            "log": picture.log(),
            "deadlines": picture.deadlines(),
            "team": picture.team(),
            "links": links_of(user, case),  # type: ignore[arg-type]
            "watched": Watch.objects.filter(user=user, case=case).exists(),
            "may_reassign": holds(user, "reassign_task", case.path),
            "live": {"url": f"/ws?case={case.pk}", "since": position(user, case)},  # type: ignore[arg-type]
        }


class CaseLog(CasePage):
    """The whole log of a case, in plain words, newest first."""

    template_name = "workflow/case_log.html"

    def check_entry(self) -> None:
        """Everybody who sees the case reads its log, less what is blind to them."""

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add a page of the log."""
        rows = visible_events(self.request.user, self.case).order_by("-seq")  # type: ignore[arg-type]
        page = Paginator(rows, PER_LOG_PAGE).get_page(self.request.GET.get("page"))
        log = [timeline.entry(event, self.request.user) for event in page]  # type: ignore[arg-type]
        return {**super().context(forms), "page": page, "log": log}


@require_POST
@login_required
def watch(request: HttpRequest, case: int) -> HttpResponse:
    """Follow a case, or follow it no more (``on`` is 1 or 0)."""
    found = visible_cases(request.user).select_related("community").filter(pk=case).first()
    if found is None:
        raise Hidden
    name = {"name": found.community.name}
    if request.POST.get("on") == "1":
        watching.watch(found, by=request.user, at=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("已关注“%(name)s”。") % name)
    else:
        watching.unwatch(found, by=request.user, at=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("已取消关注“%(name)s”。") % name)
    return redirect(own_address(request, request.POST.get("next", "")) or f"/cases/{found.pk}/")
