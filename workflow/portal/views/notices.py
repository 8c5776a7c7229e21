"""Notices, announcements, and the permanent page of one publication."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import clock
from applications.errors import Hidden
from review.models import Publication
from review.queries.publications import is_open_on
from workflow.portal import queries
from workflow.portal.caching import public

PER_PAGE = 20


def tabs(request: HttpRequest) -> list[dict[str, object]]:
    """Return the four lists as tabs."""
    here = request.get_full_path()
    addresses = (
        (_("公示中"), reverse("portal_notices")),
        (_("公示已结束"), f"{reverse('portal_notices')}?state=over"),
        (_("公告"), reverse("portal_announcements")),
        (_("到期失效"), reverse("portal_lapsed")),
    )
    return [{"label": label, "href": href, "current": here == href} for label, href in addresses]


@public
def notices(request: HttpRequest) -> HttpResponse:
    """The notices whose period runs, with the days left, or those that are over."""
    today, running = clock.today(), request.GET.get("state") != "over"
    rows = Paginator(queries.notices(today, running=running), PER_PAGE)
    page = rows.get_page(request.GET.get("page"))
    left = [(row, (row.notice_until - today).days if row.notice_until else 0) for row in page]
    shown = {"page": page, "rows": left, "running": running, "tabs": tabs(request)}
    return render(request, "portal/notices.html", shown)


@public
def announcements(request: HttpRequest) -> HttpResponse:
    """What was announced, newest first."""
    page = Paginator(queries.announcements(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/announcements.html", {"page": page, "tabs": tabs(request)})


@public
def lapsed(request: HttpRequest) -> HttpResponse:
    """The stars that ran out and were not applied for again, the last ones first (practice 3.3)."""
    page = Paginator(queries.lapsed(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/lapsed.html", {"page": page, "tabs": tabs(request)})


@public
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """One publication, word for word as it was published."""
    row = queries.publication(pk)
    if row is None:
        raise Hidden
    today = clock.today()
    running = row.kind == Publication.Kind.NOTICE and is_open_on(row, today)
    shown = {"row": row, "content": row.content, "running": running, "today": today}
    if running and row.notice_until:
        shown["left"] = (row.notice_until - today).days
    return render(request, "portal/publication.html", shown)
