"""Two-step sign-in: the question for the code, setting the app up, recovery codes; and one's own sign-ins."""

import json
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views import View

from applications import clock
from applications.actions import mfa, sessions
from applications.core import totp
from applications.limits import Limit, sender_of, spend
from applications.models import SignIn, User
from applications.queries.mfa import authenticator_of, codes_left, is_required
from applications.sealed import seal, unseal
from applications.views.office.base import OfficePage
from applications.views.office.forms import NothingForm
from workflow import resets
from workflow.sessions import enter

WAIT = 600  # seconds between password and code
CODES = Limit("mfa", 30, 900)
RESETS = Limit("password_reset", 5, 3600)
ISSUER = "星评"  # the same in every language: it names the entry in the app


class CodeForm(forms.Form):
    """One field for a code of the app or a recovery code."""

    code = forms.CharField(
        label=_lazy("验证码"),
        max_length=40,
        help_text=_lazy("手机应用上的6位数字；手机不在身边时，填写一个备用码。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "class": "short", "spellcheck": "false"}
        ),
    )


class FirstCodeForm(CodeForm):
    """The first code of an app that is being set up; there are no recovery codes yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("手机应用上显示的6位数字。")


def proceed(request: HttpRequest, person: User, url: str) -> HttpResponse:
    """Go on after the right password: ask for the code where the person has an app, else sign in."""
    if authenticator_of(person) is None:
        enter(request, person, second_factor=False)
        return HttpResponseRedirect(url)
    request.session.cycle_key()
    request.session["half_way"] = {"person": person.pk, "since": clock.wall().timestamp(), "url": url}
    return redirect("mfa_code")


class SecondStep(View):
    """The question for the code; the person is nobody until it is answered."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        if self.person() is None:
            return redirect("login")
        return self.show(CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign in where the code is right."""
        person = self.person()
        if person is None:
            return redirect("login")
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        spend(CODES, sender_of(request), clock.wall())
        verdict = mfa.check(person, code=form.cleaned_data["code"], by=person, at=clock.wall())
        if not verdict.ok:
            form.add_error("code", verdict.reason)
            return self.show(form, 422)
        url = request.session.pop("half_way")["url"]
        enter(request, person, second_factor=True)
        return HttpResponseRedirect(url)

    def person(self) -> User | None:
        """Return whoever gave the right password in this browser a moment ago."""
        half_way = self.request.session.get("half_way")
        if half_way is None or clock.wall().timestamp() - half_way["since"] > WAIT:
            return None
        return User.objects.filter(pk=half_way["person"], is_active=True).first()

    def show(self, form: CodeForm, status: int = 200) -> HttpResponse:
        """Show the page."""
        return render(self.request, "registration/mfa_code.html", {"form": form}, status=status)


class SecondFactor(OfficePage):
    """One's own second factor: set up, recovery codes, given up."""

    template_name = "registration/mfa.html"
    verbs = {"confirm": FirstCodeForm, "renew": CodeForm, "give_up": CodeForm}

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the state of the app: the QR code while it is set up, else the recovery codes that are left."""
        me = self.request.user
        row = authenticator_of(me)
        shown: dict[str, Any] = {"row": row, "required": is_required(me), "codes": self.take_codes()}
        if row is None:
            secret = mfa.prepare(by=me, at=clock.wall())
            key = totp.readable(secret)
            shown["qr"] = qr_code(totp.provisioning_uri(secret, account=me.username, issuer=ISSUER))
            shown["key"] = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
        else:
            shown["left"] = codes_left(row)
        return {**super().context(forms), **shown}

    def perform_confirm(self, form: CodeForm) -> None:
        """Switch it on; this session has proved the second factor."""
        self.keep_codes(mfa.confirm(**form.cleaned_data, by=self.request.user, at=clock.wall()))
        self.request.session["second_factor"] = True
        self.say(_("两步登录已启用。请立即保存下面的备用码。"))

    def perform_renew(self, form: CodeForm) -> None:
        """Make new recovery codes."""
        self.keep_codes(mfa.renew_codes(**form.cleaned_data, by=self.request.user, at=clock.wall()))
        self.say(_("备用码已更换，旧的备用码全部失效。"))

    def perform_give_up(self, form: CodeForm) -> None:
        """Switch it off."""
        mfa.give_up(**form.cleaned_data, by=self.request.user, at=clock.wall())
        self.say(_("两步登录已停用。"))

    def keep_codes(self, codes: list[str]) -> None:
        """Hand the codes to the next page, encrypted on the way."""
        self.request.session["recovery_codes"] = seal(json.dumps(codes).encode())

    def take_codes(self) -> list[str]:
        """Return the codes once."""
        sealed = self.request.session.pop("recovery_codes", None)
        return json.loads(unseal(sealed)) if sealed else []


class ResetFactor(OfficePage):
    """An administrator takes a lost phone off a colleague's account."""

    template_name = "registration/mfa_reset.html"
    right = "manage_accounts"
    refusal = _lazy("您没有管理账号的权限。")
    verbs = {"reset": NothingForm}

    @property
    def person(self) -> User:
        """The person of the page."""
        return get_object_or_404(User, pk=self.kwargs["pk"])

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the person and whether there is anything to reset."""
        person = self.person
        return {**super().context(forms), "person": person, "row": authenticator_of(person)}

    def perform_reset(self, form: Any) -> str:
        """Reset, and go back to the person's page."""
        person = self.person
        mfa.reset(person, by=self.request.user, at=clock.wall())
        self.say(_("两步登录已重置，请提醒本人下次登录后重新设置。"))
        return reverse("person", kwargs={"pk": person.pk})


class SignIns(OfficePage):
    """One's own sign-ins that are still good, and ending those of other devices."""

    template_name = "registration/sign_ins.html"
    verbs = {"end_others": NothingForm}

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the rows, the one in use marked."""
        rows = SignIn.objects.filter(user=self.request.user, ended_at__isnull=True).order_by("-seen_at")
        limits = {
            "minutes": settings.SESSION_IDLE_SECONDS // 60,
            "hours": settings.SESSION_ABSOLUTE_SECONDS // 3600,
        }
        return {
            **super().context(forms),
            "rows": rows[:50],
            "here": self.request.session["sign_in"],
            **limits,
        }

    def perform_end_others(self, form: Any) -> None:
        """End all but this one."""
        keep = self.request.session["sign_in"]
        count = sessions.end_others(keep, by=self.request.user, at=clock.wall())
        self.say(_("已结束其他设备上的%(count)s次登录。") % {"count": count})


class PasswordChange(auth_views.PasswordChangeView):
    """Changing the password ends the sign-ins of all other devices."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it and end the others."""
        response = super().form_valid(form)
        sessions.end_all(
            self.request.user,
            why=SignIn.Why.PASSWORD,
            at=clock.wall(),
            but=self.request.session["sign_in"],
        )
        return response


class PasswordReset(auth_views.PasswordResetView):
    """The link by e-mail, so often only: nobody's mailbox is flooded."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Count, and have it sent."""
        spend(RESETS, sender_of(self.request), clock.wall())
        resets.ask(form.cleaned_data["email"], at=clock.now())
        return HttpResponseRedirect(str(self.get_success_url()))


def qr_code(text: str) -> SafeString:
    """Return a QR code as SVG without any style; black on white in every theme, as scanners want it."""
    image = segno.make(text, error="m").svg_inline(
        scale=5, border=3, light="#fff", dark="#000", svgclass="qr"
    )
    return mark_safe(image)  # noqa: S308  (drawn by segno from modules, it holds no text)
