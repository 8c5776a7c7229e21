"""What makes a page public: no session, no cookie set, kept by caches for a minute, known again by its ETag."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_safe

from applications import clock
from workflow.portal.queries import newest_publication

Page = Callable[..., HttpResponse]
MINUTE = 60
LOOKS = ("size", "contrast")  # cookies by which a page differs, beside the language


def public(view: Page) -> Page:
    """Make a page cacheable for everybody; what differs by cookie are language, type size and contrast."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=MINUTE)
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        return response

    return require_safe(conditional_page(shown))


def remembered(request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the page that was made a moment ago for the same address and look, else make it (one statement).

    A page is known by the newest publication and the day as well: what was announced or revoked is there at once, in
    every process. Kept for a minute, as by the caches on its way.
    """
    looks = [request.COOKIES.get(name) for name in LOOKS]
    stands = [newest_publication(), clock.today(), get_language(), bool(getattr(request, "htmx", False))]
    known = repr([*stands, *looks, request.get_full_path()])
    key = f"portal:{hashlib.sha256(known.encode()).hexdigest()}"
    kept: bytes | None = cache.get(key)
    if kept is not None:
        return HttpResponse(kept)
    response = make()
    cache.set(key, response.content, MINUTE)
    return response


def personal(view: Page) -> Page:
    """Keep a page out of every cache and every search engine.

    Its address stays out of other sites' logs by the site's referrer policy ``same-origin``; a stricter one would
    make browsers send forms with ``Origin: null``, which the CSRF check refuses.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return never_cache(shown)
