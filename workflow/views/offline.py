"""What a phone without network needs: the worker, its manifest, the page of what waits, and whose device it is.

The worker answers below ``/cases/`` only and keeps nothing by itself: a page is kept because a person asked for it.
"""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from applications.models import User
from review.permissions import may_keep
from workflow.sessions import how_ended, sign_in_mark
from workflow.views.errors import bare

SCOPE = "/cases/"  # where the worker may answer: the pages of a visit lie below it
MOST_CASES = 50  # asked about at once
STATIC = Path(settings.BASE_DIR) / "workflow" / "static"


@lru_cache(maxsize=1)
def version() -> str:
    """Return what changes whenever the release or one of its scripts, styles or icons does (12 hex digits)."""
    found = sha256(settings.RELEASE.encode())
    for path in sorted(STATIC.rglob("*.*")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:12]


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; a browser asks for it anew at every visit, so that a new release reaches the phone."""
    head = (
        f"var VERSION = '{version()}', AWAY = '{reverse('offline_away')}', HOME = '{reverse('offline')}';\n"
    )
    body = (STATIC / "js" / "worker.js").read_text(encoding="utf-8")
    answer = HttpResponse(head + body, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    answer["Service-Worker-Allowed"] = SCOPE
    return answer


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the product on its home screen; it opens with what waits for the network."""
    icons = [
        {"src": static(f"icons/star-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
        for side in (192, 512)
    ]
    content = {
        "id": SCOPE,
        "name": _("星评 · 社区星级评定"),
        "short_name": _("星评"),
        "start_url": reverse("offline"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f3f5f8",
        "theme_color": "#0b2447",
        "icons": icons,
    }
    answer = JsonResponse(content, content_type="application/manifest+json")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
def away(request: HttpRequest) -> HttpResponse:
    """What is shown without network in place of a page that is not kept; it says nothing of anybody."""
    answer = HttpResponse(bare("workflow/offline_away.html"))
    answer["Cache-Control"] = "no-cache"
    return answer


@login_required
@require_GET
def centre(request: HttpRequest) -> HttpResponse:
    """What waits on this device, what was refused, what stands against a colleague's answer."""
    return render(request, "workflow/offline.html")


@never_cache
@require_GET
def state(request: HttpRequest) -> JsonResponse:
    """Tell a script who is signed in, a fresh token, and of which cases (``case=``) the kept pages must go.

    ``ended``: where nobody is, why the sign-in ended that the device was given ``mark`` for. No case and a hidden one
    look alike.
    """
    person = request.user if isinstance(request.user, User) else None
    asked = [
        int(text) for text in request.GET.getlist("case")[:MOST_CASES] if text.isascii() and text.isdigit()
    ]
    gone = [case for case in asked if case < 2**31 and not may_keep(person, case)] if person else []
    content = {
        "user": str(person.pk) if person else "",
        "token": get_token(request),
        "version": version(),
        "mark": sign_in_mark(request) if person else "",
        "ended": "" if person else how_ended(request.GET.get("mark", "")),
        "gone": gone,
    }
    return JsonResponse(content)
