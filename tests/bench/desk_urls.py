"""The product's addresses with a trivial page beside them: the same middlewares, session and person, and nothing else."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from workflow.urls import handler403, handler404, handler500, urlpatterns


@login_required
def trivial(request: HttpRequest) -> HttpResponse:
    """Answer with the person's name."""
    return HttpResponse(str(request.user))


def public_trivial(request: HttpRequest) -> HttpResponse:
    """Answer anybody."""
    return HttpResponse("here")


urlpatterns = [
    *urlpatterns,
    path("trivial/", trivial, name="trivial"),
    path("public/trivial/", public_trivial, name="public_trivial"),
]

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
