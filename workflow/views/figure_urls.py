"""The pages of figures: dashboards, the process drawn, the calendar of deadlines."""

from django.urls import path

from workflow.views import dashboard, duecalendar, process

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/export/", dashboard.dashboard_export, name="dashboard_export"),
    path("deadlines/", duecalendar.calendar, name="deadline_calendar"),
    path("cases/<int:case>/process/", process.CaseProcess.as_view(), name="case_process"),
    path("public/process/", process.how_it_goes, name="portal_process"),
]
