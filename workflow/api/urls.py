"""Addresses of the open data interface, version 1."""

from django.urls import URLPattern, path, re_path

from workflow.api import views

urlpatterns: list[URLPattern] = [
    path("results", views.results, name="api_results"),
    path("communities/<str:code>", views.community, name="api_community"),
    path("notices", views.notices, name="api_notices"),
    re_path(r"^.*$", views.nothing),
]
