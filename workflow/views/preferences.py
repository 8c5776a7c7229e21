"""How the reader wants the pages: language, large type, high contrast."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from workflow.context import CONTRASTS, SIZES

YEAR = 365 * 24 * 3600


# Exempt because the residents' pages are cached and can carry no token; nothing is at stake but the look.
@csrf_exempt
@require_POST
def set_preference(request: HttpRequest) -> HttpResponse:
    """Keeps each known choice in a cookie for a year and returns to the page; what is unknown is left alone."""
    response = HttpResponseRedirect(_way_back(request))
    choices = {
        "size": ("size", SIZES),
        "contrast": ("contrast", CONTRASTS),
        "language": (settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _name in settings.LANGUAGES)),
    }
    for field, (cookie, allowed) in choices.items():
        value = request.POST.get(field, "")
        if value in allowed:
            response.set_cookie(
                cookie, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
            )
    return response


def own_address(request: HttpRequest, wanted: str) -> str:
    """Return an address that a form named if it is one of ours, else nothing: nobody is led to another site.

    Ours begin with a slash; anything else a redirect would take for the name of a view.
    """
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else ""


def _way_back(request: HttpRequest) -> str:
    """The page that was left, if it is one of ours; else the first page."""
    return own_address(request, request.POST.get("next", "")) or "/"
