"""The pages of figures: dashboards, the process drawn."""

from django.urls import path

from workflow.views import dashboard, process

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/export/", dashboard.dashboard_export, name="dashboard_export"),
    path("cases/<int:case>/process/", process.CaseProcess.as_view(), name="case_process"),
    path("public/process/", process.how_it_goes, name="portal_process"),
]
