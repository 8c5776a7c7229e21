"""Search, list, download and the page of a community."""

import csv
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from applications import clock
from applications.errors import Hidden
from applications.limits import Limit, sender_of, spend
from applications.words import STARS as STAR_NAMES
from applications.words import data_words
from workflow.levels import levels
from workflow.portal import queries
from workflow.portal.caching import public, remembered
from workflow.portal.queries import Search

SEARCHES = Limit("search", 120, 60)
DOWNLOADS = Limit("download", 30, 60)  # each reads every row there is
PER_PAGE = 20
LONGEST = 60  # characters of a search
FEW = 5  # notices on the first page


def search_of(request: HttpRequest) -> Search:
    """Return what the address asks for, cut to a sensible length."""
    asked = {name: request.GET.get(name, "").strip()[:LONGEST] for name in ("q", "city", "county", "star")}
    return Search(**asked)


def limited(request: HttpRequest, search: Search) -> None:
    """Count searches by words; lists and filters are free."""
    if search.q:
        spend(SEARCHES, sender_of(request), clock.now())


@public
def home(request: HttpRequest) -> HttpResponse:
    """The first page: search, figures by city, running notices, newest announcements."""
    return remembered(request, lambda: _home(request))


def _home(request: HttpRequest) -> HttpResponse:
    stars = [level for level in levels() if level.star]
    today = clock.today()
    cities = queries.statistics([*(level.star for level in stars), 0], today)
    return render(
        request,
        "portal/home.html",
        {
            "cities": cities,
            "stars": stars,
            "total": sum(city.total for city in cities),
            "notices": queries.notices(today, running=True)[:FEW],
            "announcements": queries.announcements()[:FEW],
            "today": today,
        },
    )


@public
def results(request: HttpRequest) -> HttpResponse:
    """The list of announced results, searched and filtered; a verification code goes to its page."""
    search = search_of(request)
    limited(request, search)
    award = queries.award_by_code(search.q) if search.q.isascii() and search.q else None
    if award is not None:
        return redirect("portal_verify", code=award.code)
    return remembered(request, lambda: _results(request, search))


def _results(request: HttpRequest, search: Search) -> HttpResponse:
    page = Paginator(queries.records(search), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/results.html", {"page": page, "search": search, **choices(search)})


def choices(search: Search) -> dict[str, Any]:
    """Return what the filters offer; counties are those of the chosen city."""
    cities, counties = queries.regions()
    names = dict(cities)
    within = [
        (code, name if search.city else f"{names.get(city, '')}{name}")
        for code, name, city in counties
        if search.city in ("", city)
    ]
    stars = [(str(level.star), level.name) for level in levels()]
    return {"cities": cities, "counties": within, "stars": stars, "today": clock.today()}


HEAD = (
    _lazy("社区代码"),
    _lazy("社区名称"),
    _lazy("设区市"),
    _lazy("县（市、区）"),
    _lazy("街道"),
    _lazy("星级"),
    _lazy("批次"),
    _lazy("公告日期"),
    _lazy("有效期起"),
    _lazy("有效期止"),
    _lazy("状态"),
    _lazy("演示数据"),
)


@public
def download(request: HttpRequest) -> HttpResponse:
    """The same list as a CSV file for anybody's use (R3-161); spreadsheets read it as Chinese text."""
    search = search_of(request)
    spend(DOWNLOADS, sender_of(request), clock.now())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="star-communities.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(HEAD)
    today = clock.today()
    for row in queries.records(search).iterator(chunk_size=2000):
        writer.writerow([_plain(cell) for cell in _cells(row, today)])
    return response


def _cells(row: Any, today: Any) -> list[Any]:
    standing = _("已撤销") if row.revoked else ""
    if not standing and row.valid_until:
        standing = _("有效") if today <= row.valid_until else _("已到期")
    return [
        row.code,
        row.name,
        row.city,
        row.county,
        row.street,
        data_words(row.star_words) if row.star_words else STAR_NAMES.get(row.star, row.star),
        row.batch,
        row.announced_on,
        row.valid_from or "",
        row.valid_until or "",
        standing,
        _("是") if row.is_demo else "",
    ]


FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # full-width, too: Excel for Chinese takes them for the same


def _plain(cell: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in FORMULA else text


@public
def community(request: HttpRequest, code: str) -> HttpResponse:
    """A community: its star, its points by dimension, its history, what is being put right, how to object."""
    today = clock.today()
    profile = queries.profile(code, today)
    if profile is None:
        raise Hidden
    means = {
        key: f"{mean.normalize():f}" for key, mean in profile.averages.items()
    }  # 7 and 10.5, as the points
    rows = [{**row, "mean": means.get(row["id"])} for row in profile.content["dimensions"]]
    return render(request, "portal/community.html", {"profile": profile, "dimensions": rows, "today": today})
