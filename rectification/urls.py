"""Addresses of the rectification app."""

from django.urls import path

from rectification.views.items import ItemPage, NextRoundPage
from rectification.views.ledger import ledger_page

urlpatterns = [
    path("rectification/", ledger_page, name="ledger"),
    path("cases/<int:case>/rectification/<int:key>/", ItemPage.as_view(), name="rectification_item"),
    path("cases/<int:case>/next-round/", NextRoundPage.as_view(), name="next_round"),
]
