"""One search over everything a person may see."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.models import Community
from applications.permissions import scope, visible_cases
from applications.queries.naming import holding
from workflow.casepage import look_of
from workflow.desk import place_of
from workflow.search import cleaned, matching, words_in

MOST = 20  # of each kind


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Find cases by community or number, and communities without a case of their own in the list."""
    words = cleaned(request.GET.get("q", ""))
    cases: list[dict[str, object]] = []
    communities: list[Community] = []
    if words:
        rows = visible_cases(request.user).filter(matching(words))
        rows = rows.select_related("community__region__parent__parent", "batch").order_by("-pk")
        cases = [{"case": case, "place": place_of(case), "look": look_of(case)} for case in rows[: MOST + 1]]
        known = Community.objects.filter(scope(request.user, "view_case", "region__path"))
        for word in words_in(words):
            known = known.filter(holding(word, "name"))
        communities = list(known.select_related("region__parent__parent").order_by("code")[: MOST + 1])
    context = {
        "words": words,
        "cases": cases[:MOST],
        "more_cases": len(cases) > MOST,
        "communities": communities[:MOST],
        "more_communities": len(communities) > MOST,
    }
    return render(request, "workflow/search.html", context)
