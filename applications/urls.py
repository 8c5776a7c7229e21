"""Addresses of the applications app."""

from django.urls import path

from applications.views import (
    apply,
    awards,
    correction,
    deadline,
    evidence,
    facts,
    indicators,
    intake,
    reading,
    reuse,
    submission,
    viewer,
)

urlpatterns = [
    path("apply/", apply.StartPage.as_view(), name="apply_start"),
    path("cases/<int:case>/apply/", apply.ApplyPage.as_view(), name="apply"),
    path("cases/<int:case>/apply/form/", apply.ParticularsPage.as_view(), name="apply_form"),
    path("cases/<int:case>/apply/facts/<str:topic>/", facts.FactsPage.as_view(), name="facts"),
    path(
        "cases/<int:case>/apply/dimensions/<str:dimension>/",
        indicators.DimensionPage.as_view(),
        name="apply_dimension",
    ),
    path(
        "cases/<int:case>/apply/indicators/<str:indicator>/",
        indicators.IndicatorPage.as_view(),
        name="apply_indicator",
    ),
    path("cases/<int:case>/apply/evidence/", evidence.LibraryPage.as_view(), name="evidence_upload"),
    path("cases/<int:case>/apply/awards/", awards.AwardsPage.as_view(), name="awards"),
    path("cases/<int:case>/apply/check/", submission.SigningPage.as_view(), name="apply_check"),
    path("cases/<int:case>/apply/reuse/", reuse.ReusePage.as_view(), name="reuse"),
    path("cases/<int:case>/apply/abandon/", submission.AbandonPage.as_view(), name="abandon"),
    path("cases/<int:case>/receipts/<int:pk>/", submission.ReceiptPage.as_view(), name="receipt"),
    path("cases/<int:case>/check/", intake.CheckPage.as_view(), name="intake_check"),
    path("cases/<int:case>/correct/", correction.CorrectPage.as_view(), name="correct"),
    path("cases/<int:case>/application/", reading.ApplicationPage.as_view(), name="application"),
    path("cases/<int:case>/evidence/<int:pk>/", evidence.EvidenceFile.as_view(), name="evidence"),
    path("cases/<int:case>/evidence/<int:pk>/view/", viewer.ViewerPage.as_view(), name="evidence_view"),
    path(
        "cases/<int:case>/evidence/<int:pk>/pages/<int:number>.webp",
        viewer.PagePicture.as_view(),
        name="evidence_page",
    ),
    path(
        "cases/<int:case>/evidence/<int:pk>/pictures/<int:number>.webp",
        viewer.InnerPicture.as_view(),
        name="evidence_picture",
    ),
    path("cases/<int:case>/deadlines/<int:pk>/", deadline.DeadlinePage.as_view(), name="deadline"),
    path("cases/<int:case>/awards/", awards.ConfirmAwardsPage.as_view(), name="confirm_awards"),
]
