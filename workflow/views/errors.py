"""The pages of errors, in the design and in the reader's language."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.actions.files import FULL


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: not understood; nothing of what was sent is shown again."""
    return HttpResponse(bare("400.html"), status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing there, or nothing for this person."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the reason."""
    return render(request, "403.html", {"exception": str(exception)}, status=403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without the token that its page gave it (a page from before signing in, or another site's)."""
    sentence = _("页面停留过久，或登录状态已经变化，本次提交没有受理。请返回上一页，刷新后重新提交。")
    return HttpResponse(bare("403.html", exception=sentence), status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: the fault is noted; the page rests on nothing that may be broken. A full disk is 507 and says so.

    An upload is written while the form is read, before any view is asked: here is the first place that knows.
    """
    fault = sys.exc_info()[1]
    if isinstance(fault, OSError) and fault.errno in FULL:
        return HttpResponse(bare("507.html"), status=507)
    return HttpResponse(bare("500.html"), status=500)


def away() -> HttpResponse:
    """503: the database is away or busy; trying again helps."""
    return HttpResponse(bare("503.html"), status=503, headers={"Retry-After": "30"})


def bare(template: str, **context: object) -> str:
    """Render a page without the request: no session and no database are asked."""
    return render_to_string(template, {"LANGUAGE_CODE": get_language(), **context})
