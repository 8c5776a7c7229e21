"""The residents' questionnaire: no login, no session, one answer a link."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from applications import clock
from applications.errors import Hidden, Refused
from applications.limits import Limit, TooMany, sender_of, spend
from applications.views.base import put_faults
from review.actions.survey_answers import LinkSpent, answer
from review.forms.survey import ResidentForm
from review.queries.surveys import Door, door_of

CALLS = Limit("survey", 240, 60)  # a whole meeting behind one address may answer at once
MISSES = Limit("survey-misses", 30, 600)
LONGEST_TOKEN = 64


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def survey_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the questionnaire behind a link, or take its answer."""
    try:
        spend(CALLS, sender_of(request), clock.wall())
        door = door_of(token) if len(token) <= LONGEST_TOKEN else None
        if door is None:
            spend(MISSES, sender_of(request), clock.wall())
            raise Hidden
    except TooMany:
        return _told(request, "busy", 429)
    if request.method == "POST":
        return _take(request, token, door)
    if door.state != "open":
        return _told(request, door.state, 200)
    return _ask(request, door, ResidentForm(questions=door.link.survey.questions), 200)


def _take(request: HttpRequest, token: str, door: Door) -> HttpResponse:
    form, status = ResidentForm(request.POST, questions=door.link.survey.questions), 422
    if form.is_valid():
        try:
            answer(
                token,
                answers=form.answers,
                consent=form.cleaned_data["consent"],
                by=None,
                at=clock.now(),
            )
        except LinkSpent:
            return _told(request, "used", 409)
        except Refused as error:
            if error.status == 409:
                current = door_of(token)
                return _told(request, current.state if current else "closed", 409)
            put_faults(form, error)
            status = error.status
        else:
            return redirect("survey_thanks")
    return _ask(request, door, form, status)


def _ask(request: HttpRequest, door: Door, form: ResidentForm, status: int) -> HttpResponse:
    case = door.link.survey.case
    context = {
        "form": form,
        "failed": form if form.is_bound else None,
        "community": case.community.name,
        "count": len(form.questions),
    }
    return _sealed(render(request, "review/survey_public.html", context, status=status))


def _told(request: HttpRequest, state: str, status: int) -> HttpResponse:
    """Say politely why there is nothing to fill in."""
    texts: dict[str, tuple[Any, Any]] = {
        "used": (_("这份问卷已经提交"), _("每个链接只能填写一次，感谢您的参与。")),
        "void": (_("这个链接已作废"), _("如您仍想参加调查，请与社区居民委员会联系。")),
        "closed": (_("本次调查已经结束"), _("感谢您的关注。")),
        "busy": (_("访问过于频繁"), _("请过几分钟再打开本页，您的链接仍然有效。")),
        "thanks": (_("感谢您的回答"), _("您的回答已经收到，不记名，只用于统计。现在可以关闭本页。")),
    }
    title, text = texts[state]
    context = {"heading": title, "text": text, "state": state}
    response = _sealed(render(request, "review/survey_told.html", context, status=status))
    if status == 429:
        response["Retry-After"] = "300"
    return response


def _sealed(response: HttpResponse) -> HttpResponse:
    """The address is a key: it goes to no other site and into no index.

    Not ``no-referrer``: browsers then send the form with ``Origin: null``, which the check against forgery refuses.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def survey_thanks(request: HttpRequest) -> HttpResponse:
    """Thank for the answer; the address tells nothing."""
    return _told(request, "thanks", 200)
