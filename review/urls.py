"""Addresses of the review app, a list for each subject."""

from django.urls import URLPattern, path

from review.views import (
    after_award,
    judging,
    objections,
    plan,
    publication,
    ratings,
    recusals,
    scoring,
    services,
    settling,
    streams,
    survey,
    survey_out,
    survey_public,
    team,
)

PUBLICATION: list[URLPattern] = [
    path("cases/<int:case>/facts/", publication.ConfirmFactsPage.as_view(), name="confirm_facts"),
    path("cases/<int:case>/notice/prepare/", publication.PreparePage.as_view(), name="prepare_notice"),
    path("cases/<int:case>/notice/approve/", publication.ApprovePage.as_view(), name="approve_notice"),
    path("cases/<int:case>/announce/", publication.AnnouncePage.as_view(), name="announce"),
    path("cases/<int:case>/publications/", publication.PublicationsPage.as_view(), name="publications"),
    path(
        "cases/<int:case>/revocations/<str:key>/",
        after_award.ApproveRevocationPage.as_view(),
        name="approve_revocation",
    ),
    path(
        "cases/<int:case>/revocations/<str:key>/statement/",
        after_award.StatePage.as_view(),
        name="state_award",
    ),
    path(
        "cases/<int:case>/revocations/<str:key>/certificate/",
        after_award.CollectPage.as_view(),
        name="collect_certificate",
    ),
]
OBJECTIONS: list[URLPattern] = [
    path("cases/<int:case>/object/", objections.ObjectPage.as_view(), name="object"),
    path(
        "cases/<int:case>/objections/<str:key>/receive/",
        objections.ReceivePage.as_view(),
        name="receive_objection",
    ),
    path(
        "cases/<int:case>/objections/<str:key>/decide/",
        objections.DecidePage.as_view(),
        name="decide_objection",
    ),
    path(
        "cases/<int:case>/objections/<str:key>/reviewers/",
        objections.ReappointPage.as_view(),
        name="reappoint",
    ),
    path("cases/<int:case>/objections/<str:key>/judge/", objections.ReassessPage.as_view(), name="reassess"),
    path(
        "cases/<int:case>/objections/<str:key>/conclude/",
        objections.ConcludePage.as_view(),
        name="conclude_objection",
    ),
    path(
        "cases/<int:case>/objections/<str:key>/reply/", objections.ReplyPage.as_view(), name="reply_objection"
    ),
]
REVIEW: list[URLPattern] = [
    path("cases/<int:case>/judge/", judging.JudgePage.as_view(), name="judge"),
    path("cases/<int:case>/judge/<str:indicator>/", judging.JudgeItemPage.as_view(), name="judge_item"),
    path("cases/<int:case>/judgements/", judging.JudgementsPage.as_view(), name="judgements"),
    path("cases/<int:case>/settle/", settling.SettlePage.as_view(), name="settle"),
    path("cases/<int:case>/opinion/", settling.OpinionPage.as_view(), name="opinion"),
]
SCORING: list[URLPattern] = [
    path("cases/<int:case>/supplement/", scoring.SupplementPage.as_view(), name="supplement"),
    path("cases/<int:case>/convene/", scoring.ConvenePage.as_view(), name="convene"),
    path("cases/<int:case>/vote/", scoring.VotePage.as_view(), name="vote"),
    path("cases/<int:case>/resettle/", settling.ResettlePage.as_view(), name="resettle"),
    path("cases/<int:case>/ratings/<int:pk>/", ratings.RatingPage.as_view(), name="rating"),
    path("cases/<int:case>/ratings/<int:pk>/sheet/", ratings.RatingSheet.as_view(), name="rating_sheet"),
    path("cases/<int:case>/decisions/<int:pk>/", scoring.DecisionPage.as_view(), name="decision"),
]

PREPARATION: list[URLPattern] = [
    path("cases/<int:case>/team/", team.TeamPage.as_view(), name="team"),
    path("cases/<int:case>/recusals/", recusals.RecusalsPage.as_view(), name="recusals"),
    path("cases/<int:case>/declaration/", team.DeclarationPage.as_view(), name="declaration"),
    path("cases/<int:case>/plan/", plan.PlanPage.as_view(), name="plan"),
    path("cases/<int:case>/plan/approval/", plan.PlanApprovalPage.as_view(), name="plan_approval"),
    path("cases/<int:case>/briefing/", plan.BriefingPage.as_view(), name="briefing"),
]
COLLECTION: list[URLPattern] = [
    path("cases/<int:case>/documents/", streams.DocumentsPage.as_view(), name="documents"),
    path("cases/<int:case>/documents/<str:page>/", streams.DocumentsOnePage.as_view(), name="documents_page"),
    path("cases/<int:case>/site/", streams.SitePage.as_view(), name="site_visit"),
    path("cases/<int:case>/site/<str:page>/", streams.SiteOnePage.as_view(), name="site_page"),
    path("cases/<int:case>/survey/", survey.SurveyPage.as_view(), name="survey"),
    path("cases/<int:case>/survey/answers/", survey.AnswersPage.as_view(), name="survey_answers"),
    path("cases/<int:case>/survey/households/", survey_out.DoorsPage.as_view(), name="survey_doors"),
    path("cases/<int:case>/survey/<int:number>/data/", survey_out.SurveyData.as_view(), name="survey_data"),
    path("cases/<int:case>/survey/entry/", survey.InterviewsPage.as_view(), name="interviews"),
    path("cases/<int:case>/services/", services.ServicesPage.as_view(), name="services"),
    path("cases/<int:case>/services/sample/", services.ServicesTemplate.as_view(), name="services_sample"),
    path("s/done/", survey_public.survey_thanks, name="survey_thanks"),
    path("s/<str:token>/", survey_public.survey_answer, name="survey_answer"),
]

urlpatterns: list[URLPattern] = [*PUBLICATION, *OBJECTIONS, *REVIEW, *SCORING, *PREPARATION, *COLLECTION]
