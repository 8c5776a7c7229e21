"""The check of the four levels, on one page."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import clock
from applications.actions.intake import decline, pass_on, save_draft, send_back
from applications.errors import NotAllowed, Refused
from applications.forms.intake import PHRASES, CheckForm
from applications.models import CheckDraft
from applications.permissions import may_do, may_on_case
from applications.queries.duedates import days_left
from applications.queries.intake import CHECKS, LEVELS, open_step
from applications.queries.record import level_name
from applications.views.base import CasePage
from applications.views.paper import autosaved
from applications.views.reading import papers_context


class CheckPage(CasePage):
    """A level's check: pass on, return with all defects at once, or decline with reasons."""

    template_name = "applications/intake_check.html"
    action_checks = True
    verbs = {"pass": CheckForm, "return": CheckForm, "decline": CheckForm, "draft": CheckForm}

    def check_entry(self) -> None:
        """Let in who may do the check that is open; the others read why not."""
        self.step = open_step(self.case)
        if self.step is None or self.step.node not in CHECKS:
            rights = [f"{level}_check" for level in LEVELS]
            if not any(may_on_case(self.request.user, right, self.case).ok for right in rights):
                raise NotAllowed(may_on_case(self.request.user, rights[0], self.case).reason)
            if self.request.method == "GET":
                raise Refused(_("本案目前没有待审核的申报，可能已由同事办理或正在补正。"))
        else:
            self.node = self.step.node
            verdict = may_do(self.request.user, self.step)
            if not verdict.ok and not self.stale():
                raise NotAllowed(verdict.reason)

    def stale(self) -> bool:
        """Whether this is a form of somebody who checks at another level: the action says what happened meanwhile."""
        rights = [f"{level}_check" for level in LEVELS]
        sent = self.request.method == "POST"
        return sent and any(may_on_case(self.request.user, right, self.case).ok for right in rights)

    @property
    def level(self) -> str:
        """The level whose check is open."""
        return CHECKS.get(self.node, LEVELS[0])

    def draft(self) -> CheckDraft | None:
        """What this level noted so far."""
        rows = CheckDraft.objects.filter(case=self.case, level=self.level)
        return rows.select_related("updated_by").first()

    def forms(self, bound: str = "") -> dict[str, BaseForm]:
        """One form under its four buttons."""
        form = CheckForm(self.request.POST) if bound else CheckForm()
        return dict.fromkeys(self.verbs, form)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the papers and the remarks, those typed just now before those kept."""
        form, draft = forms["pass"], self.draft()
        kept = draft.remarks if draft else {}
        if not form.is_bound:
            form.initial["opinion"] = draft.opinion if draft else ""
        step = self.step
        return {
            **super().context(forms),
            **papers_context(self, form.remarks if form.is_bound else kept),
            "form": form,
            "checking": True,
            "phrases": PHRASES,
            "may_confirm": self.level == LEVELS[-1],
            "draft": draft,
            "level": self.level,
            "level_name": level_name(self.level),
            "last": self.level == LEVELS[-1],
            "following": level_name(LEVELS[min(LEVELS.index(self.level) + 1, 3)]),
            "step": step,
            "days": days_left(step.due_on if step else None, clock.day_of(self.at)),
        }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer an autosave with nothing, or with the sentence that it was not taken."""
        answer = super().dispatch(request, *args, **kwargs)
        if request.method != "POST" or "autosave" not in request.POST:
            return answer
        return autosaved(answer, [])

    def verdict(self) -> Any:
        """Whether the person may do the open check (asked once, at the door)."""
        return None

    def perform_pass(self, form: Any) -> str:
        """Pass the application on."""
        data = form.cleaned_data
        who = {"by": self.request.user, "at": self.at}
        decision = pass_on(self.case, opinion=data["opinion"], answers=data["answers"], **who)
        if decision.level == LEVELS[-1]:
            self.say(_("已受理，案卷进入评估准备。"))
        else:
            self.say(_("已通过，案卷转入下一环节。"))
        return self.success_url()

    def perform_return(self, form: Any) -> str:
        """Return it with every remark."""
        opinion = form.cleaned_data["opinion"]
        decision = send_back(
            self.case, opinion=opinion, defects=form.remarks, by=self.request.user, at=self.at
        )
        count = decision.defects.count()
        self.say(_("已退回补正，一次性告知%(count)s项问题。") % {"count": count})
        return self.success_url()

    def perform_decline(self, form: Any) -> str:
        """Decline it."""
        decline(self.case, opinion=form.cleaned_data["opinion"], by=self.request.user, at=self.at)
        self.say(_("已作出不予受理决定，本案办结。"))
        return self.success_url()

    def perform_draft(self, form: Any) -> str:
        """Keep what was noted."""
        opinion = form.cleaned_data["opinion"]
        save_draft(self.case, opinion=opinion, remarks=form.remarks, by=self.request.user, at=self.at)
        self.say(_("已暂存，尚未告知社区。"))
        return self.request.path

    def success_url(self) -> str:
        """Go to the papers."""
        return reverse("application", kwargs={"case": self.case.pk})
