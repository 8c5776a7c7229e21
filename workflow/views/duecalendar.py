"""The calendar of deadlines, by month and by day."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import clock
from workflow.duecalendar import DueCalendar


@require_safe
@login_required
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a month of due dates, or the list of one day."""
    found = DueCalendar(request.user, request.GET.dict(), clock.today())  # type: ignore[arg-type]
    labels = {"mine": _("待我办理"), "office": _("本单位待办")}
    context = {
        "found": found,
        "tabs": [
            {
                "label": label,
                "href": found.address(
                    whose="" if whose == "mine" else whose, **({"day": f"{found.day}"} if found.day else {})
                ),
                "current": whose == found.whose,
            }
            for whose, label in labels.items()
        ],
    }
    if found.day:
        return render(request, "workflow/due_day.html", {**context, "entries": list(found.entries_of_day())})
    days = found.days()
    context |= {
        "days": [(day, found.address(day=f"{day.day}")) for day in days],
        "weekdays": [date_format(day.day, "D") for day in days[:7]],
        "total": sum(day.count for day in days if day.within),
        "earlier": found.earlier(),
        "unsure": found.unsure(),
        "this_month": found.address(month=f"{found.today:%Y-%m}"),
    }
    return render(request, "workflow/due_month.html", context)
