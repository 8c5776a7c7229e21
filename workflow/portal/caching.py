"""What makes a page public: no session, no cookie set, kept by caches for a minute, known again by its ETag."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_safe

Page = Callable[..., HttpResponse]
MINUTE = 60


def public(view: Page) -> Page:
    """Make a page cacheable for everybody; what differs by cookie are language, type size and contrast."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=MINUTE)
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        return response

    return require_safe(conditional_page(shown))


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
