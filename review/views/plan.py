"""The pages of the assessment plan, its approval, and the notice to residents."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from applications import clock
from applications.core.standard import Standard
from applications.queries.standards import standard_of
from applications.words import data_words
from review.actions import briefing, plan
from review.core import planning
from review.forms.plan import BriefingForm, OpinionForm, PlanForm
from review.models import AssessmentPlan
from review.queries import plans
from review.queries.teams import team_of
from review.views.readable import ReadablePage

USUAL_METHODS = ("service_statistics", "meeting")
WEEKS = {"documents": (1, 7), "site": (8, 14), "survey": (1, 20), "services": (1, 14)}


def plan_view(found: AssessmentPlan, standard: Standard) -> dict[str, Any]:
    """Return a version of the plan in words, for reading."""
    names = {dimension.id: data_words(dimension.name) for dimension in standard.dimensions}
    days = {
        key: [date.fromisoformat(day) if day else None for day in pair]
        for key, pair in found.timetable.items()
    }
    return {
        "plan": found,
        "focus": [names.get(key, key) for key in found.focus],
        "methods": [_(planning.METHODS[key]) for key in found.methods if key in planning.METHODS],
        "timetable": [
            {"label": _(name), "start": days[key][0], "until": days[key][1]}
            for key, name in planning.STREAMS.items()
            if key in days
        ],
    }


class PlanPages(ReadablePage):
    """What the pages of the plan share."""

    @cached_property
    def standard(self) -> Standard:
        """The standard of the case."""
        return standard_of(self.case.batch.standard)

    @cached_property
    def current(self) -> AssessmentPlan | None:
        """The newest version."""
        return plans.current_plan(self.case)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the versions in words and the team."""
        versions = [plan_view(row, self.standard) for row in plans.plan_versions(self.case)]
        return {**super().context(forms), "versions": versions, "team": team_of(self.case)}


class PlanPage(PlanPages):
    """Writing the plan; readable by all who see the case once it is handed in."""

    template_name = "review/plan.html"
    node = "preparation.write_plan"
    verbs = {"send": PlanForm, "save": PlanForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Begin with the version in work or the one returned, else with what is usual."""
        return {"dimensions": self.standard.dimensions, "initial": self._initial()}

    def _initial(self) -> dict[str, Any]:
        found = self.current
        today = clock.day_of(self.at)
        if found is None:
            needed = planning.methods_needed(self.standard.indicators.values())
            initial: dict[str, Any] = {
                "scope": _("依据%(code)s，对照全部%(count)d项指标开展评估。")
                % {"code": self.standard.code, "count": len(self.standard.indicators)},
                "area": AssessmentPlan.Area.WHOLE,
                "methods": [*needed, *USUAL_METHODS],
            }
            for stream, (first, last) in WEEKS.items():
                initial[f"{stream}_from"] = today + timedelta(days=first)
                initial[f"{stream}_until"] = today + timedelta(days=last)
            return initial
        names = ("scope", "focus", "area", "area_text", "methods", "tasks", "risk")
        initial = {name: getattr(found, name) for name in names}
        for stream, (start, until) in found.timetable.items():
            initial[f"{stream}_from"], initial[f"{stream}_until"] = start, until
        return initial

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the form, and the reason of the return being answered."""
        failed = [form for form in forms.values() if form.is_bound]
        found = self.current
        returned = found if found and found.state == AssessmentPlan.State.RETURNED else None
        if returned is None and found and found.version > 1 and found.state == AssessmentPlan.State.DRAFT:
            returned = AssessmentPlan.objects.get(
                case=self.case, round=found.round, version=found.version - 1
            )
        form = failed[0] if failed else forms["send"]
        return {**super().context(forms), "form": form, "returned": returned}

    def perform_save(self, form: PlanForm) -> str:
        """Keep the plan as it is."""
        plan.save_plan(self.case, content=form.content, by=self.request.user, at=self.at)
        self.say(_("方案草稿已保存。"))
        return self.request.path

    def perform_send(self, form: PlanForm) -> None:
        """Hand the plan in."""
        plan.hand_in_plan(self.case, content=form.content, by=self.request.user, at=self.at)
        self.say(_("评估方案已提交，待另一位经办人审批。"))


class PlanApprovalPage(PlanPages):
    """Approving or returning the plan: never by who wrote it."""

    template_name = "review/plan_approval.html"
    node = "preparation.approve_plan"
    verbs = {"approve": OpinionForm, "return": OpinionForm}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the one form that both buttons send."""
        failed = [form for form in forms.values() if form.is_bound]
        return {**super().context(forms), "form": failed[0] if failed else forms["approve"]}

    def perform_approve(self, form: OpinionForm) -> None:
        """Approve."""
        opinion = form.cleaned_data["opinion"]
        plan.approve_plan(self.case, opinion=opinion, by=self.request.user, at=self.at)
        self.say(_("评估方案已批准，待社区告知居民。"))

    def perform_return(self, form: OpinionForm) -> None:
        """Return with the reason."""
        opinion = form.cleaned_data["opinion"]
        plan.return_plan(self.case, opinion=opinion, by=self.request.user, at=self.at)
        self.say(_("评估方案已退回修改。"))


class BriefingPage(PlanPages):
    """The community enters how it told its residents."""

    template_name = "review/briefing.html"
    node = "preparation.brief"
    verbs = {"send": BriefingForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Begin with today and the usual words."""
        return {
            "initial": {
                "held_on": clock.day_of(self.at),
                "text": _("本社区正在参加“%(batch)s”，评估小组将查阅资料、实地考察并开展满意度调查。")
                % {"batch": self.case.batch.name},
                "how_to": _("居民可通过问卷、入户访谈和居民座谈会反映意见，问卷不记名。"),
            }
        }

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add what was entered before."""
        rows = [
            {"row": row, "channels": [_(planning.CHANNELS[key]) for key in row.channels]}
            for row in plans.briefings_of(self.case)
        ]
        return {**super().context(forms), "form": forms["send"], "briefings": rows}

    def perform_send(self, form: BriefingForm) -> None:
        """Enter the notice with its proofs."""
        files = form.cleaned_data["files"]
        briefing.brief_residents(
            self.case, content=form.content, files=files, by=self.request.user, at=self.at
        )
        self.say(_("告知情况已登记，进入数据采集。"))
