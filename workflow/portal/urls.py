"""Addresses of the public portal."""

from django.urls import URLPattern, path

from workflow.portal.views import about, complaints, heads, notices, objections, results

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
    path("complaints/", complaints.ask, name="portal_complaints"),
    path("complaints/new/", complaints.complain, name="portal_complain"),
    path("complaints/<str:code>/", complaints.complaint, name="portal_complaint"),
    path("complaints/<str:code>/withdraw/", complaints.withdraw, name="portal_complaint_withdraw"),
    path("complaints/<str:code>/rate/", complaints.rate, name="portal_complaint_rate"),
    path("complaints/<str:code>/above/", complaints.ask_above, name="portal_complaint_above"),
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
