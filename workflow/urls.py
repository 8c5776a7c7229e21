"""Every address of the product."""

from django.urls import include, path

from workflow.views import (
    accounts,
    case,
    desk,
    health,
    jobs,
    offline,
    palette,
    papers,
    preferences,
    running,
    saved,
    search,
    styleguide,
    todos,
)

urlpatterns = [
    path("", desk.home, name="home"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("healthz", health.healthz, name="healthz"),
    path("desk/", desk.desk, name="desk"),
    path("desk/export/", desk.export, name="desk_export"),
    path("todos/bulk/", todos.bulk, name="todos_bulk"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/file/", jobs.job_file, name="job_file"),
    path("views/", saved.save, name="view_save"),
    path("views/<int:pk>/delete/", saved.delete, name="view_delete"),
    path("palette/", palette.palette, name="palette"),
    path("search/", search.search, name="search"),
    path("cases/", case.case_list, name="cases"),
    path("cases/export/", case.export, name="cases_export"),
    path("cases/worker.js", offline.worker, name="offline_worker"),
    path("cases/offline/", offline.centre, name="offline"),
    path("cases/offline/state/", offline.state, name="offline_state"),
    path("cases/offline/away/", offline.away, name="offline_away"),
    path("cases/offline/manifest.webmanifest", offline.manifest, name="offline_manifest"),
    path("cases/<int:case>/", case.CaseHome.as_view(), name="case"),
    path("cases/<int:case>/log/", case.CaseLog.as_view(), name="case_log"),
    path("cases/<int:case>/papers/", papers.PapersPage.as_view(), name="papers"),
    path("cases/<int:case>/papers/<int:pk>.pdf", papers.PaperFile.as_view(), name="paper"),
    path("cases/<int:case>/watch/", case.watch, name="watch"),
    path("cases/<int:case>/todos/<int:pk>/reassign/", todos.ReassignPage.as_view(), name="reassign"),
    path("", include("workflow.views.figure_urls")),
    path("accounts/", include("workflow.views.account_urls")),
    path("preferences/", preferences.set_preference, name="preferences"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("demo/clock/", accounts.demo_clock, name="demo_clock"),
    path("demo/login/", accounts.demo_login, name="demo_login"),
    path("office/running/", running.Running.as_view(), name="running"),
    path("office/", include("applications.views.office.urls")),
    path("", include("applications.urls")),
    path("", include("review.urls")),
    path("", include("rectification.urls")),
    path("", include("notifications.urls")),
    path("public/", include("workflow.portal.urls")),
    path("api/v1/public/", include("workflow.api.urls")),
]
handler400 = "workflow.views.errors.bad_request"
handler404 = "workflow.views.errors.not_found"
handler403 = "workflow.views.errors.forbidden"
handler500 = "workflow.views.errors.broken"
