"""Addresses of the public portal."""

from django.urls import URLPattern, path

from workflow.portal.views import about, heads, notices, objections, results

urlpatterns: list[URLPattern] = [
    path("", results.home, name="portal_home"),
    path("communities/", results.results, name="portal_results"),
    path("communities.csv", results.download, name="portal_csv"),
    path("communities/<str:code>/", results.community, name="portal_community"),
    path("notices/", notices.notices, name="portal_notices"),
    path("announcements/", notices.announcements, name="portal_announcements"),
    path("lapsed/", notices.lapsed, name="portal_lapsed"),
    path("publications/<int:pk>/", notices.publication, name="portal_publication"),
    path("publications/<int:pk>/object/", objections.object_to, name="portal_object"),
    path("objections/", objections.ask, name="portal_objections"),
    path("objections/<str:code>/", objections.objection, name="portal_objection"),
    path("objections/<str:code>/withdraw/", objections.withdraw, name="portal_withdraw"),
    path("standard/", about.standard, name="portal_standard"),
    path("standard/<str:digest>/", about.standard, name="portal_standard_of"),
    path("statistics/", about.statistics, name="portal_statistics"),
    path("verify/", about.verify, name="portal_verification"),
    path("verify/<str:code>/", about.verify, name="portal_verify"),
    path("certificates/<str:code>.pdf", about.certificate, name="portal_certificate"),
    path("heads/", heads.heads, name="portal_heads"),
    path("heads.jsonl", heads.heads_file, name="portal_heads_file"),
    path("accessibility/", about.accessibility, name="portal_accessibility"),
]
