"""The dashboard of a street, a county, a city or the province, and its spreadsheet."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import clock
from applications.errors import Hidden
from rectification.permissions import visible
from rectification.queries.complaints import counts
from workflow.dashboard.asked import Asked
from workflow.dashboard.cards import Dashboard
from workflow.sheets import download, workbook_of


def dashboard_asked(request: HttpRequest) -> Dashboard | None:
    """Return the dashboard that the query string asks for; None before the first batch was opened."""
    asked = Asked(request.user, request.GET.dict(), clock.today())  # type: ignore[arg-type]
    _region, batch = asked.region, asked.batch
    return Dashboard(asked, batch) if batch else None


@require_safe
@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the figures of what this person oversees."""
    found = dashboard_asked(request)
    if found is None:
        return render(request, "workflow/dashboard_empty.html")
    asked = found.asked
    context = {
        "dashboard": found,
        "asked": asked,
        "region": asked.region,
        "trail": [(place.name, asked.address(region=place.code)) for place in asked.trail],
        "batches": [(batch.pk, batch.name) for batch in asked.batches],
        "faults": asked.faults,
        "from": asked.period[0],
        "to": asked.period[1],
        "tabs": tabs(asked),
        "narrowed": any(request.GET.get(name) for name in ("from", "to", "batch")),
        "late": "" if asked.view else sum(row.late for row in found.late),
        "query": asked.address(),
        "complaints": {} if asked.view else complaints_of(asked),
    }
    return render(request, "workflow/dashboard.html", context)


def complaints_of(asked: Asked) -> dict[str, int]:
    """Return the figures of the complaints about the region's communities, over what the person may see of them."""
    rows = visible(asked.user).filter(path__startswith=asked.region.path)
    return counts(rows, asked.today)


def tabs(asked: Asked) -> list[dict[str, object]]:
    """Return the two views of the province; a city or county has one."""
    if asked.region.level != "province":
        return []
    labels = {"": _("概览"), "map": _("全省地图")}
    return [
        {"label": label, "href": asked.address(view=view), "current": asked.view == view}
        for view, label in labels.items()
    ]


@require_safe
@login_required
def dashboard_export(request: HttpRequest) -> HttpResponse:
    """Return what the dashboard shows as a spreadsheet, a sheet for each table."""
    found = dashboard_asked(request)
    if found is None:
        raise Hidden
    sheets = [
        (table.title, [(column.label, column.width) for column in table.columns], table.sheet)
        for table in found.tables
    ]
    name = f"{_('统计分析')} {found.asked.region.name} {found.batch.name} {found.today}"
    return download(name, workbook_of(sheets))
