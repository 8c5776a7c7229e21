"""Addresses of the rectification app."""

from django.urls import path

from rectification.views.complaints import (
    ComplaintDeadline,
    ComplaintPage,
    ReplyPage,
    WriteDownPage,
    complaint_file,
)
from rectification.views.items import ItemPage, NextRoundPage, OrderPage
from rectification.views.ledger import chase_all, ledger_page
from rectification.views.samples import CheckPage, SamplePage, SamplesPage

urlpatterns = [
    path("complaints/new/", WriteDownPage.as_view(), name="complaint_new"),
    path("complaints/<int:pk>/", ComplaintPage.as_view(), name="complaint"),
    path("complaints/<int:pk>/deadlines/<int:term>/", ComplaintDeadline.as_view(), name="complaint_deadline"),
    path("complaints/<int:pk>/reply/", ReplyPage.as_view(), name="complaint_reply"),
    path("complaints/files/<str:token>/", complaint_file, name="complaint_file"),
    path("rectification/", ledger_page, name="ledger"),
    path("cases/<int:case>/rectification/<int:key>/", ItemPage.as_view(), name="rectification_item"),
    path("samples/", SamplesPage.as_view(), name="samples"),
    path("samples/<int:pk>/", SamplePage.as_view(), name="sample"),
    path("samples/stars/<int:pk>/", CheckPage.as_view(), name="spot_check"),
    path("rectification/chase/", chase_all, name="ledger_chase"),
    path("cases/<int:case>/supervision/<int:key>/", OrderPage.as_view(), name="supervision_order"),
    path("cases/<int:case>/next-round/", NextRoundPage.as_view(), name="next_round"),
]
