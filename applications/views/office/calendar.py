"""The calendar of working days: years entered, the form of a new notice, its approval by a second person."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from applications.actions import calendar
from applications.models import CalendarYear
from applications.views.office import forms
from applications.views.office.base import OfficePage


class Calendar(OfficePage):
    """Every year with its status."""

    template_name = "office/calendar.html"
    right = "manage_calendar"
    verbs = {"enter": forms.NoticeForm, "approve": forms.YearForm}

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the years, newest first, with their days."""
        years = CalendarYear.objects.select_related("entered_by", "approved_by").prefetch_related("days")
        return {**super().context(forms), "years": years.order_by("-year")[:6]}

    def perform_enter(self, form: Any) -> None:
        """Enter a notice."""
        calendar.enter_notice(
            form.cleaned_data["year"],
            notice_no=form.cleaned_data["notice_no"],
            text=form.cleaned_data["text"],
            by=self.request.user,
            at=self.at,
        )
        self.say(_("放假通知已录入，须由另一人核准后生效。"))

    def perform_approve(self, form: Any) -> None:
        """Approve a notice."""
        row = get_object_or_404(CalendarYear, year=form.cleaned_data["year"])
        changed = calendar.approve_notice(row, by=self.request.user, at=self.at)
        self.say(_("放假通知已生效，重新计算了%(count)s个暂定期限。") % {"count": changed})
