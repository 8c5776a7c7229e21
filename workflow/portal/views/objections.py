"""A resident's objection: the form, the receipt, the progress by code. Never cached, never indexed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications import clock
from applications.errors import Hidden, Refused
from applications.limits import Limit, sender_of, spend
from applications.queries.standards import standard_of
from applications.views.base import put_faults
from review.actions import objections
from review.forms.objections import ObjectionForm
from review.models import Objection, Publication
from review.queries.objections import GRACE, by_code, may_withdraw, rulings
from workflow.portal import queries
from workflow.portal.caching import personal
from workflow.portal.steps import progress

SENT = Limit("objection", 5, 3600)
ASKED = Limit("objection_code", 30, 600)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a resident's objection to a notice; what was typed stays where it is refused."""
    row = queries.publication(pk)
    if row is None or row.kind != Publication.Kind.NOTICE:
        raise Hidden
    at = clock.now()
    verdict = objections.in_time(row, at)
    posted: dict[str, Any] = {}
    if request.method == "POST":
        posted = {"data": request.POST, "files": request.FILES}
    form = ObjectionForm(standard=standard_of(row.case.batch.standard), **posted)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                spend(SENT, sender_of(request), at)
                objection = objections.file_objection(row, **form.cleaned_data, by=None, at=at)
            except Refused as error:
                put_faults(form, error)
                status = error.status
            else:
                return redirect("portal_objection", code=objection.code)
    shown = {"row": row, "content": row.content, "form": form, "verdict": verdict}
    return render(request, "portal/object.html", shown, status=status)


@personal
@require_http_methods(["GET", "HEAD"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a receipt's code, and go to its progress."""
    code = request.GET.get("code", "").strip()[:40]
    if code:
        spend(ASKED, sender_of(request), clock.now())
        found = by_code(code)
        if found is not None:
            return redirect("portal_objection", code=found.code)
    return render(request, "portal/ask.html", {"code": code}, status=404 if code else 200)


def _found(request: HttpRequest, code: str) -> Objection:
    """Return the objection of a code; guessing is limited, a wrong code says nothing of others."""
    found = by_code(code)
    if found is None:
        spend(ASKED, sender_of(request), clock.now())
        raise Hidden
    return found


@personal
@require_http_methods(["GET", "HEAD"])
def objection(request: HttpRequest, code: str) -> HttpResponse:
    """The progress of an objection: its receipt, what was decided and why. No name, no contact, no text."""
    row, at = _found(request, code), clock.now()
    decided = rulings(row)
    shown = {
        "objection": row,
        "notice": row.publication,
        "rulings": decided,
        "steps": progress(row, decided),
        "withdraw": may_withdraw(row, at),
        "fresh": not decided and at - row.at < GRACE,
    }
    return render(request, "portal/objection.html", shown)


@personal
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the objection back within ten minutes."""
    row = _found(request, code)
    objections.withdraw(row, by=None, at=clock.now())
    return redirect("portal_objection", code=row.code)
