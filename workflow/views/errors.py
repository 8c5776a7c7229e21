"""The pages of errors, in the design and in the reader's language."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.actions.files import FULL


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: not understood, or more than one request may hold; nothing of what was sent is shown again."""
    sentence = ""
    if isinstance(exception, TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        sentence = _("一次最多上传%(most)s个文件，本次超出，均未受理。请分批上传。") % {"most": most}
    elif isinstance(exception, TooManyFieldsSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        sentence = _("一次最多提交%(most)s个填写项，本次超出，未受理。请分次提交。") % {"most": most}
    elif isinstance(exception, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
        sentence = _("一次提交的文字不能超过%(most)s MB，本次超出，未受理。请精简后再提交。") % {"most": most}
    return HttpResponse(bare("400.html", sentence=sentence), status=400)


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
