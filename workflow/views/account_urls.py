"""Addresses of signing in and out."""

from django.contrib.auth import views
from django.urls import path

from workflow.views import accounts, mfa

urlpatterns = [
    path("login/", accounts.SignIn.as_view(), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("password/", mfa.PasswordChange.as_view(), name="password_change"),
    path("password/done/", views.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("mfa/", mfa.SecondFactor.as_view(), name="mfa"),
    path("mfa/code/", mfa.SecondStep.as_view(), name="mfa_code"),
    path("mfa/reset/<int:pk>/", mfa.ResetFactor.as_view(), name="mfa_reset"),
    path("sign-ins/", mfa.SignIns.as_view(), name="sign_ins"),
    path("reset/", mfa.PasswordReset.as_view(), name="password_reset"),
    path("reset/done/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("reset/<uidb64>/<token>/", views.PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
    path("reset/complete/", views.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]
