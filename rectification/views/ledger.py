"""The rectification ledger: what is open where, by status and due date; printable."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from applications import clock
from applications.queries.naming import few_communities, holding
from rectification.actions import supervision
from rectification.models import RectificationItem
from rectification.queries.items import counts, ledger, may_be_chased

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
    elif chosen == "recurred":
        items = items.filter(recurrences__gt=0)
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
            "states": [
                ("late", _("已超期")),
                *RectificationItem.State.choices,
                ("recurred", _("曾反弹")),
            ],
            "today": today,
            "chaseable": may_be_chased(request.user, today).count() if chosen == "late" else 0,  # type: ignore[arg-type]
        },
    )


@require_POST
@login_required
def chase_all(request: HttpRequest) -> HttpResponse:
    """Remind of every overdue item that this person may remind of, at most once a day each."""
    found = may_be_chased(request.user, clock.today())[:MOST_PRINTED]  # type: ignore[arg-type]
    number = supervision.chase(found, by=request.user, at=clock.now())  # type: ignore[arg-type]
    if number:
        said = ngettext("已催办%(n)d项超期整改项。", "已催办%(n)d项超期整改项。", number)
        messages.success(request, said % {"n": number})
    else:
        messages.info(request, _("没有可催办的超期整改项；同一整改项每天只催办一次。"))
    return redirect(f"{reverse('ledger')}?state=late")
