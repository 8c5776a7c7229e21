"""What probes ask: no session, no words, nothing of what the product holds."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications import clock
from workflow import health


@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all; one that does not is to be started again."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 where pages can be answered, 503 where the database is away or lacks migrations: send nobody here."""
    ready = health.ready()
    return JsonResponse({"ready": ready}, status=200 if ready else 503)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 where everything runs, else 503 with what does not (names only): wake the administrator."""
    found = {"database": health.ready()}
    if found["database"]:
        found |= {check.name: check.ok for check in health.checks(clock.now())}
    well = all(found.values())
    return JsonResponse({"healthy": well, "checks": found}, status=200 if well else 503)
