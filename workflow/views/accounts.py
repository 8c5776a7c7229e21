"""Signing in, and the demo's two conveniences: one-click sign-in and a movable date."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import is_valid_path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications import clock
from applications.errors import Hidden, Invalid
from applications.limits import Limit, ask, sender_of, spend
from applications.models import ClockOffset, User
from workflow.sessions import ended_sentence, enter
from workflow.views.mfa import proceed
from workflow.views.preferences import own_address

# Besides the lock of one name: a list of names tried with one password. A whole bureau may share one address.
WRONG = Limit("sign_in", 60, 900)


class SignIn(views.LoginView):
    """The sign-in page; in the demo it offers every demo person in one click."""

    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at no password where too many wrong ones came from the same address."""
        ask(WRONG, sender_of(request), clock.wall())
        return super().post(request, *args, **kwargs)

    def get_redirect_url(self) -> str:
        """Where the person was going, if there is such a page of ours; else the desk, not a page that says "not found"."""
        wanted = self.request.POST.get("next", self.request.GET.get("next", ""))
        address = own_address(self.request, wanted)
        return address if address and is_valid_path(urlsplit(address).path) else ""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Count what was wrong."""
        spend(WRONG, sender_of(self.request), clock.wall())
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo people, and why the last sign-in ended."""
        demo = demo_people() if settings.DEMO else []
        return {
            **super().get_context_data(**kwargs),
            "demo_people": demo,
            "ended": ended_sentence(self.request),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on to the second step, or in."""
        return proceed(self.request, form.get_user(), self.get_success_url())


def demo_people() -> list[dict[str, str]]:
    """Return the demo people as ``label``, ``role`` and ``username``."""
    people = User.objects.filter(is_demo=True, is_active=True).prefetch_related("memberships__organisation")
    return [
        {
            "label": person.name,
            "username": person.username,
            "role": _("、").join(
                f"{membership.organisation} {membership.get_role_display()}"
                for membership in person.memberships.all()
            ),
        }
        for person in people.order_by("pk")
    ]


@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """Sign in as a demo person (demo mode only)."""
    if not settings.DEMO:
        raise Hidden
    person = get_object_or_404(User, username=request.POST.get("username", ""), is_demo=True, is_active=True)
    enter(request, person, second_factor=True)  # the demo asks nobody for a phone
    return redirect("desk")


@require_POST
@login_required
def demo_clock(request: HttpRequest) -> HttpResponse:
    """Move the demo's date forward by 1 to 400 days (demo mode only)."""
    if not settings.DEMO:
        raise Hidden
    raw = request.POST.get("days", "")
    if not raw.isdigit() or not 1 <= int(raw) <= 400:
        raise Invalid(_("天数“%(days)s”无效，请填写 1 至 400 的整数。") % {"days": raw[:20]})
    offset, _made = ClockOffset.objects.get_or_create(pk=1)
    offset.days += int(raw)
    offset.save()
    return redirect(own_address(request, request.POST.get("next", "")) or "desk")
