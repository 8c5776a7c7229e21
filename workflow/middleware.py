"""Turns refusals into answers: 404 for strangers, 403 and 409 with the reason, in the reader's language.

A database or an object store that is away or too busy is 503 with a time to come back, not a broken page.
"""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from applications.errors import Refused, StoreAway
from applications.limits import TooMany
from workflow.views.errors import away

log = logging.getLogger(__name__)
Handler = Callable[[HttpRequest], HttpResponse]
NOT_TAKEN = 405


class ErrorSentences:
    """Catches every ``Refused`` that a view lets through and shows its sentence."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; a page that takes no post says so in words."""
        response = self.get_response(request)
        if response.status_code == NOT_TAKEN and not response.streaming and not response.content:
            return _read_only(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page or the JSON of a refusal; anything else goes on to Django."""
        if isinstance(exception, (OperationalError, InterfaceError, StoreAway)):
            log.exception("The database or the object store is away or busy.", exc_info=exception)
            return away()
        if not isinstance(exception, Refused):
            return None
        response = _answer(request, exception)
        response["Cache-Control"] = "private, no-store"  # it says no to one person, at this moment
        if isinstance(exception, TooMany):
            response["Retry-After"] = str(exception.seconds)
        return response


def _answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": refused.code, "error": refused.sentence}, status=refused.status)
    template = {403: "403.html", 404: "404.html"}.get(refused.status, "refused.html")
    context = {"exception": refused.sentence, "later": isinstance(refused, TooMany)}
    return render(request, template, context, status=refused.status)


def _read_only(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    sentence = _("此地址不能这样打开或提交；请返回上一页，从页面上的链接或按钮办理。")
    response = render(request, "refused.html", {"exception": sentence}, status=bare.status_code)
    response["Allow"] = bare["Allow"]
    return response
