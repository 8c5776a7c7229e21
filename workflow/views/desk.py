"""The start page, the desk and its export."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import clock
from applications.models import Case
from applications.permissions import grants, paths
from applications.queries.intake import LEVELS
from workflow.bulk import TITLES
from workflow.desk import TILES, Desk, Row, grouped
from workflow.exports import desk_sheet
from workflow.urgency import GROUPS
from workflow.views.jobs import exported, is_long
from workflow.views.saved import marked

CHECK_RIGHTS = [f"{level}_check" for level in LEVELS]
LOOKS = {
    "late": ("late", "triangle-alert"),
    "soon": ("soon", "clock-alert"),
    "week": ("", "clock"),
    "later": ("", "calendar-range"),
}


def home(request: HttpRequest) -> HttpResponse:
    """Send people with an account to their desk, residents to the public pages."""
    return redirect("desk" if request.user.is_authenticated else "portal_home")


def desk_asked(request: HttpRequest) -> Desk:
    """Return the desk that the query string asks for."""
    return Desk(request.user, request.GET.dict(), clock.today())  # type: ignore[arg-type]


def address(tab: str, **more: str) -> str:
    """Return the query string of a tab."""
    parts = [
        f"{key}={value}" for key, value in {"tab": tab if tab != "mine" else "", **more}.items() if value
    ]
    return "?" + "&".join(parts)


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Show what this person may do now."""
    found = desk_asked(request)
    request.shell_facts = found.facts  # type: ignore[attr-defined]
    page = found.page(request.GET.get("page"))
    context = {
        "desk": found,
        "page": page,
        "groups": groups(found, list(page.object_list)),
        "tabs": tabs(found),
        "tiles": tiles(found),
        "complaints": found.complaints(),
        "stages": Case.State.choices,
        "today": found.horizon.today,
        "verbs": verbs(request, found),
        "views": marked(found.before.views, request.GET.urlencode()),
        "may_apply": bool(paths(request.user, "fill_application")) and not found.facts.mine,
        "sets_up": bool(grants(request.user).get("manage_accounts")),
        "query": request.GET.urlencode(),
        "live": {"url": "/ws", "since": found.facts.told},
    }
    return render(request, "workflow/desk.html", context)


def verbs(request: HttpRequest, found: Desk) -> list[tuple[str, Any]]:
    """Return what may be done to several rows of the tab at once."""
    if found.tab == "watched":
        return [("unwatch", TITLES["unwatch"])]
    held = grants(request.user)
    made = ["watch"]
    if found.tab in ("mine", "office") and any(not right.startswith("sign_") for right in held):
        made = ["claim", "release", *made]
    if found.tab == "mine" and any(right in held for right in CHECK_RIGHTS):
        made = ["pass", *made]
    if found.tab in ("mine", "office") and "reassign_task" in held:
        made.append("reassign")
    return [(name, TITLES[name]) for name in made]


def groups(found: Desk, rows: list[Row]) -> list[dict[str, Any]]:
    """Return the lines of a page in their groups with headings; a tab without terms is one group without heading."""
    counts = {} if found.narrowed or found.tab in ("done", "watched") else found.facts.counts
    return [
        {"label": GROUPS.get(name, ""), "count": count if name != "none" else None, "rows": members}
        for name, count, members in grouped(rows, counts)
    ]


def tabs(found: Desk) -> list[dict[str, Any]]:
    """Return the four tabs with their counts."""
    labels = {"mine": _("待我办理"), "office": _("本单位待办"), "done": _("我已办"), "watched": _("我关注的")}
    counts = {"mine": found.facts.mine, **found.facts.counts}
    return [
        {"label": label, "href": address(tab), "count": counts[tab], "current": tab == found.tab}
        for tab, label in labels.items()
    ]


def tiles(found: Desk) -> list[dict[str, Any]]:
    """Return the tiles: each filters the list, the chosen one leads back to the whole."""
    tab = "office" if found.tab == "office" else "mine"
    made = []
    for name in TILES:
        chosen = found.due == name and found.tab == tab
        kind, icon = LOOKS[name]
        made.append(
            {
                "href": address(tab, due="" if chosen else name),
                "count": found.facts.counts[name],
                "label": GROUPS[name],
                "kind": kind if found.facts.counts[name] else "",
                "icon": icon,
                "current": chosen,
            }
        )
    return made


@require_safe
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Return what the desk shows, all pages of it, as a spreadsheet."""
    found = desk_asked(request)
    sheet = None if is_long(found.count) else desk_sheet(found)
    return exported(request, "export.desk", sheet, reverse("desk"))
