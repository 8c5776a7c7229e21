"""Keeping the filter of a list under a name, and forgetting it."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications import clock
from applications.actions import saved_views
from applications.errors import Hidden
from applications.models import SavedView, User
from workflow.facts import Facts


@require_POST
@login_required
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filter that the form names."""
    data = request.POST
    row = saved_views.save(
        data.get("page", ""),
        data.get("name", ""),
        data.get("query", ""),
        by=request.user,  # type: ignore[arg-type]
        at=clock.now(),
    )
    messages.success(request, _("已保存视图“%(name)s”。") % {"name": row.name})
    return redirect(f"{reverse(row.page)}?{row.query}")


@require_POST
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a filter of one's own."""
    row = saved_views.delete(pk, by=request.user)  # type: ignore[arg-type]
    if row is None:
        raise Hidden
    messages.success(request, _("已删除视图“%(name)s”。") % {"name": row.name})
    return redirect(row.page)


def kept(user: User, page: str, query: str, facts: Facts) -> list[dict[str, object]]:
    """Return a person's filters of a list, the one in use marked; where the page counted none, none are read."""
    if not facts.counts["views"]:
        return []
    return marked(SavedView.objects.filter(user=user, page=page), query)


def marked(rows: Iterable[SavedView], query: str) -> list[dict[str, object]]:
    """Return kept filters as a list shows them, the one in use marked."""
    here = saved_views.cleaned(query)
    return [
        {"pk": row.pk, "name": row.name, "query": row.query, "current": bool(here) and row.query == here}
        for row in rows
    ]
