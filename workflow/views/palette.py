"""What the command palette reaches: the pages of the reader's own navigation, and cases they may see."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.models import SavedView
from applications.permissions import visible_cases
from workflow.context import Shell
from workflow.desk import place_of
from workflow.search import cleaned, matching

MOST_CASES = 8


@require_safe
@login_required
def palette(request: HttpRequest) -> JsonResponse:
    """Return pages without words, cases for words; each with the words to show and the address."""
    words = cleaned(request.GET.get("q", ""))
    found = pages(request) if not words else cases(request, words)
    answer = JsonResponse({"found": found})
    answer["Cache-Control"] = "private, no-store"
    return answer


def pages(request: HttpRequest) -> list[dict[str, str]]:
    """The places of the navigation, the reader's kept filters and what else has an address of its own."""
    shell = Shell(request)
    found = [
        {"name": str(link.label), "about": str(group.label), "url": link.url}
        for group in shell.nav
        for link in group.links
    ]
    rows = SavedView.objects.filter(user=request.user)  # type: ignore[misc]
    found += [
        {"name": row.name, "about": _("我的视图"), "url": f"{reverse(row.page)}?{row.query}"} for row in rows
    ]
    others = (
        (_("通知"), "notifications"),
        (_("通知设置"), "notification_preferences"),
        (_("办理结果和导出"), "jobs"),
        (_("修改密码"), "password_change"),
        (_("两步登录"), "mfa"),
    )
    return found + [{"name": name, "about": _("我的"), "url": reverse(url)} for name, url in others]


def cases(request: HttpRequest, words: str) -> list[dict[str, str]]:
    """Cases that the reader may see, newest first."""
    rows = visible_cases(request.user).filter(matching(words))
    rows = rows.select_related("community__region__parent__parent").order_by("-pk")[:MOST_CASES]
    return [
        {
            "name": case.community.name,
            "about": f"{place_of(case)} · {case.number} · {case.get_state_display()}",
            "url": reverse("case", kwargs={"case": case.pk}),
        }
        for case in rows
    ]
