"""The rectification ledger: what is open where, by status and due date; printable."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from applications import clock
from applications.queries.naming import few_communities, holding
from rectification.models import RectificationItem
from rectification.queries import counts, ledger

ROWS = 30
MOST_PRINTED = 500  # rows of one printed list: some twenty sheets of A4


@login_required
def ledger_page(request: HttpRequest) -> HttpResponse:
    """List the items of the cases this person may see."""
    today = clock.today()
    items = ledger(request.user)  # type: ignore[arg-type]
    figures = counts(items, today)
    chosen, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
    if chosen == "late":
        items = items.filter(due_on__lt=today).exclude(state="closed")
    elif chosen in RectificationItem.State.values:
        items = items.filter(state=chosen)
    if words:
        named = few_communities(holding(words, "name"))
        known = holding(words, "case__community__name") if named is None else Q(case__community__in=named)
        items = items.filter(known)
    whole = "all" in request.GET  # one page, to be printed
    page = Paginator(items, MOST_PRINTED if whole else ROWS).get_page(
        None if whole else request.GET.get("page")
    )
    return render(
        request,
        "rectification/ledger.html",
        {
            "page": page,
            "whole": whole,
            "kept": urlencode({key: value for key, value in (("state", chosen), ("q", words)) if value}),
            "figures": figures,
            "state": chosen,
            "q": words,
            "states": [("late", _("已超期")), *RectificationItem.State.choices],
            "today": today,
        },
    )
