"""The rectification ledger: what is open where, by status and due date; printable."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from applications import clock
from rectification.models import RectificationItem
from rectification.queries import counts, ledger


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
        items = items.filter(case__community__name__icontains=words)
    page = Paginator(items, 30).get_page(request.GET.get("page"))
    return render(
        request,
        "rectification/ledger.html",
        {
            "page": page,
            "figures": figures,
            "state": chosen,
            "q": words,
            "states": [("late", _("已超期")), *RectificationItem.State.choices],
            "today": today,
        },
    )
