"""The ledger of complaints and its export."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import clock
from applications.errors import NotAllowed
from applications.permissions import grants
from rectification.permissions import READING, RIGHT
from workflow.complaintlist import ComplaintList
from workflow.exports import complaints_sheet
from workflow.views.jobs import exported, is_long

PER_PAGE = 30


def _asked(request: HttpRequest) -> ComplaintList:
    held = grants(request.user)
    if not any(right in held for right in READING):
        raise NotAllowed(_("您没有办理或监督投诉的职责，不能查看投诉。"))
    return ComplaintList(request.user, request.GET.dict(), clock.today())  # type: ignore[arg-type]


@require_safe
@login_required
def complaint_list(request: HttpRequest) -> HttpResponse:
    """List the complaints of the person's region: what is open first, the soonest due before the others."""
    found = _asked(request)
    page = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page"))
    kept = urlencode({key: value for key, value in request.GET.items() if value and key != "page"})
    shown = {
        "found": found,
        "page": page,
        "figures": found.figures,
        "states": found.states,
        "kinds": found.kinds,
        "levels": found.levels,
        "today": found.today,
        "kept": kept,
        "may_write_down": any(right in grants(request.user) for right in RIGHT.values()),
    }
    return render(request, "rectification/complaints.html", shown)


@require_safe
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Return what the list shows, all pages of it, as a spreadsheet; nobody's name or contact is in it."""
    found = _asked(request)
    sheet = None if is_long(found.rows.count()) else complaints_sheet(found)
    return exported(request, "export.complaints", sheet, reverse("complaints"))
