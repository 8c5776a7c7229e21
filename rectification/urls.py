"""Addresses of the rectification app."""

from django.urls import path

from rectification.views.items import ItemPage, NextRoundPage, OrderPage
from rectification.views.ledger import chase_all, ledger_page

urlpatterns = [
    path("rectification/", ledger_page, name="ledger"),
    path("cases/<int:case>/rectification/<int:key>/", ItemPage.as_view(), name="rectification_item"),
    path("rectification/chase/", chase_all, name="ledger_chase"),
    path("cases/<int:case>/supervision/<int:key>/", OrderPage.as_view(), name="supervision_order"),
    path("cases/<int:case>/next-round/", NextRoundPage.as_view(), name="next_round"),
]
