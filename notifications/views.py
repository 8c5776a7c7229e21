"""The list of notifications and how to be told."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from notifications.actions import choose, mark_read
from notifications.forms import PreferenceForm
from notifications.lent import lent
from notifications.models import Notification
from notifications.queries import preference_of, standing, unread, visible
from notifications.wording import sentence

PER_PAGE = 30


@require_safe
@login_required
def notification_list(request: HttpRequest) -> HttpResponse:
    """List what the person was told, newest first; ``?show=all`` adds what is read."""
    everything = request.GET.get("show") == "all"
    rows = visible(request.user) if everything else unread(request.user)
    page = Paginator(rows.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    waiting = unread(request.user).count() if everything else page.paginator.count
    tabs = [
        {"label": _("未读"), "href": "?", "count": waiting, "current": not everything},
        {"label": _("全部"), "href": "?show=all", "count": None, "current": everything},
    ]
    context = {
        "page": page,
        "tabs": tabs,
        "everything": everything,
        "waiting": waiting,
        "entries": [entry(row) for row in page],
        "live": {"url": "/ws", "since": standing(request.user).seq},
    }
    return render(request, "notifications/list.html", context)


def entry(row: Notification) -> dict[str, object]:
    """Return a notification as the list shows it, in the reader's language."""
    return {
        "pk": row.pk,
        "words": sentence(row.text),
        "when": row.created_at,
        "read": row.read_at is not None,
    }


@require_safe
@login_required
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notification points, which also marks it as read."""
    row = get_object_or_404(visible(request.user), pk=pk)
    mark_read(request.user, at=lent.now(), ids=[row.pk])
    return HttpResponseRedirect(row.url)


@require_POST
@login_required
def read(request: HttpRequest) -> HttpResponse:
    """Mark the chosen notifications as read, or all of them where ``all`` is sent."""
    ids = (
        None
        if "all" in request.POST
        else [int(raw) for raw in request.POST.getlist("ids") if raw.isdecimal() and len(raw) < 16]
    )
    count = mark_read(request.user, at=lent.now(), ids=ids)
    said = ngettext("已将%(count)s条通知标为已读。", "已将%(count)s条通知标为已读。", count) % {
        "count": count
    }
    messages.success(request, said)
    return redirect("notifications")


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Choose the channels and the daily digest."""
    kept = preference_of(request.user)
    typed = request.POST if request.method == "POST" else None  # an empty post is one, too
    form = PreferenceForm(typed, initial={"mail": kept.mail, "webhook": kept.webhook})
    if request.method == "POST" and form.is_valid():
        choose(request.user, mail=form.cleaned_data["mail"], webhook=form.cleaned_data.get("webhook", ""))
        messages.success(request, _("通知设置已保存。"))
        return redirect("notification_preferences")
    context = {"form": form, "address": request.user.email}  # type: ignore[union-attr]
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)
