"""A resident's complaint: pick the community, the form, the receipt, the progress by code. Never cached, never indexed."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications import clock
from applications.errors import Hidden, Invalid, Refused
from applications.limits import Limit, sender_of, spend
from applications.models import Community
from applications.views.base import put_faults
from rectification.actions import complaints
from rectification.forms.complaints import AboveForm, ComplaintForm, SatisfactionForm
from rectification.models import Complaint
from rectification.queries import complaints as queries
from workflow.portal.caching import personal
from workflow.portal.queries import communities_named, community_by_code
from workflow.portal.steps import complaint_progress

SENT = Limit("complaint", 5, 3600)
ASKED = Limit("complaint_code", 30, 600)
SEARCHED = Limit("complaint_search", 60, 60)
FOUND = 30  # communities that a search lists


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """Pick the community by name, then say what happened; what was typed stays where it is refused."""
    code = request.GET.get("community", "")[:16]
    community = community_by_code(code) if code else None
    if community is None:
        if code or request.method == "POST":
            raise Hidden
        return _pick(request)
    form, status = ComplaintForm(), 200
    if request.method == "POST":
        form, status, at = ComplaintForm(request.POST, request.FILES), 422, clock.now()
        if form.is_valid():
            try:
                spend(SENT, sender_of(request), at)
                row = complaints.file_complaint(
                    community, said=form.said(), files=form.cleaned_data["files"], by=None, at=at
                )
            except Refused as error:
                put_faults(form, error)
                status = error.status
            else:
                return redirect("portal_complaint", code=row.code)
    shown = {"community": community, "form": form, "today": clock.today()}
    return render(request, "portal/complain.html", shown, status=status)


def _pick(request: HttpRequest) -> HttpResponse:
    words = "".join(sign for sign in request.GET.get("q", "") if sign.isprintable()).strip()[:60]
    found: list[Community] = []
    if words:
        spend(SEARCHED, sender_of(request), clock.now())
        found = list(communities_named(words)[: FOUND + 1])
    shown = {"q": words, "found": found[:FOUND], "more": len(found) > FOUND}
    return render(request, "portal/complain_pick.html", shown)


@personal
@require_http_methods(["GET", "HEAD"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a receipt's code, and go to its progress."""
    code = request.GET.get("code", "").strip()[:40]
    if code:
        spend(ASKED, sender_of(request), clock.now())
        found = queries.by_code(code)
        if found is not None:
            return redirect("portal_complaint", code=found.code)
    return render(request, "portal/complaints.html", {"code": code}, status=404 if code else 200)


def _found(request: HttpRequest, code: str) -> Complaint:
    """Return the complaint of a code; guessing is limited, a wrong code says nothing of others."""
    found = queries.by_code(code)
    if found is None:
        spend(ASKED, sender_of(request), clock.now())
        raise Hidden
    return found


@personal
@require_http_methods(["GET", "HEAD"])
def complaint(request: HttpRequest, code: str) -> HttpResponse:
    """The progress of a complaint: its receipt, who has it, what was answered. No name, no contact, no text."""
    return _progress(request, _found(request, code))


def _progress(
    request: HttpRequest, row: Complaint, failed: BaseForm | None = None, status: int = 200
) -> HttpResponse:
    entries = queries.answers(row)
    judged, above = queries.may_rate(row).ok, queries.may_ask_above(row).ok
    shown: dict[str, Any] = {
        "complaint": row,
        "entries": entries,
        "steps": complaint_progress(row, entries),
        "withdraw": queries.may_withdraw(row),
        "fresh": not entries and row.state == Complaint.State.WAITING,
        "failed": failed,
    }
    if judged:
        shown["rate"] = (
            failed if isinstance(failed, SatisfactionForm) else SatisfactionForm(auto_id="rate_%s")
        )
    if above:
        shown["above"] = failed if isinstance(failed, AboveForm) else AboveForm(auto_id="above_%s")
    return render(request, "portal/complaint.html", shown, status=status)


@personal
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the complaint back until somebody has taken it in hand."""
    row = _found(request, code)
    complaints.withdraw(row, by=None, at=clock.now())
    return redirect("portal_complaint", code=row.code)


@personal
@require_POST
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Say how satisfied one is with the answer."""
    row = _found(request, code)
    form = SatisfactionForm(request.POST, auto_id="rate_%s")
    if not form.is_valid():
        return _progress(request, row, form, 422)
    complaints.rate(row, **form.cleaned_data, by=None, at=clock.now())
    return redirect("portal_complaint", code=row.code)


@personal
@require_POST
def ask_above(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for handling by the level above."""
    row = _found(request, code)
    form = AboveForm(request.POST, auto_id="above_%s")
    if not form.is_valid():
        return _progress(request, row, form, 422)
    try:
        complaints.ask_above(row, **form.cleaned_data, by=None, at=clock.now())
    except Invalid as error:
        put_faults(form, error)
        return _progress(request, row, form, error.status)
    return redirect("portal_complaint", code=row.code)
