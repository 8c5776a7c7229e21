"""The pages of the assessment team: forming it, declaring."""

from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from applications import clock
from applications.errors import NotAllowed
from applications.models import Event, Todo
from applications.permissions import may_on_case
from applications.views.base import CasePage
from applications.words import words
from review.actions import drawing, gaps, team
from review.actions.duties import AT_WORK, undeclared_member
from review.core import team as rules
from review.forms.team import DeclarationForm, ReleaseForm, StepDownForm, TeamForm
from review.models import TeamMember
from review.queries import teams
from review.views.readable import ReadablePage


def duty_names(duties: list[str]) -> list[str]:
    """Return duties in words; who has none sits in."""
    return [_(rules.DUTY_NAMES[duty]) for duty in duties or [rules.OBSERVER] if duty in rules.DUTY_NAMES]


class TeamPage(ReadablePage):
    """The team: formed or completed by the county, readable by all who see the case."""

    template_name = "review/team.html"
    verbs = {"form": TeamForm, "draw": TeamForm, "release": ReleaseForm}

    def check_entry(self) -> None:
        """Find out which of the two stages the team is formed in."""
        self.node = team.open_node(self.case, team.FORM_NODES)
        super().check_entry()

    @cached_property
    def serving(self) -> list[teams.MemberRow]:
        """The members so far."""
        return teams.team_of(self.case)

    @cached_property
    def waiting(self) -> set[int]:
        """The members whose declaration is still awaited."""
        open_ones = Todo.objects.filter(case=self.case, node__in=team.DECLARE_NODES, state=Todo.State.OPEN)
        return {person for person in open_ones.values_list("assignee", flat=True) if person}

    @cached_property
    def runs_it(self) -> bool:
        """Whether the person forms teams in this region."""
        return may_on_case(self.request.user, "form_team", self.case).ok

    @property
    def at_work(self) -> bool:
        """Whether the team is at work, so that members may go and gaps be filled."""
        return self.case.state in AT_WORK and not self.mine.ok

    @cached_property
    def releasable(self) -> set[int]:
        """The members the person may let go: at work any with an account, else those who have not declared."""
        if not self.runs_it:
            return set()
        serving = {row.member.user_id for row in self.serving if row.member.user_id}
        return serving if self.at_work else self.waiting

    @cached_property
    def vacant(self) -> list[str]:
        """The duties nobody holds."""
        return teams.open_duties(self.case) if self.serving else []

    def open_verbs(self) -> set[str]:
        """Forming at one's turn, filling a gap at any time, letting go where somebody may be let go."""
        fills = self.mine.ok or (self.at_work and self.runs_it and bool(self.vacant))
        draws = {"draw"} if self.mine.ok and not self.serving else set()
        return ({"form"} if fills else set()) | draws | ({"release"} if self.releasable else set())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Besides the verbs: look for more people without losing what was ticked."""
        if request.POST.get("verb") == "release" and not self.releasable:
            raise NotAllowed(_("您不能在此更换评估小组成员。"))
        if request.POST.get("verb") != "look" or "form" not in self.open_verbs():
            return super().post(request, *args, **kwargs)
        typed = {
            name: request.POST.getlist(name) if name.startswith("duty-") else request.POST.get(name)
            for name in request.POST
        }
        form = TeamForm(initial=typed, **self.form_kwargs("form"))
        return render(request, self.template_name, self.context({**self.forms(), "form": form}))

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Return agencies, candidates and those who serve, as the page was posted."""
        if verb not in ("form", "draw"):
            return {"auto_id": self.ids_of_row("member")}
        posted = self.request.POST
        agencies = list(teams.agencies())
        agency = posted.get("agency", "") or self.request.GET.get("agency", "")
        if self.serving and self.case.agency_id:
            agency = str(self.case.agency_id)
        elif not agency and self.draws:
            agency = str(self.draws[-1].data["agency"])
        elif not agency and len(agencies) == 1:
            agency = str(agencies[0].pk)
        ticked = [name.removeprefix("duty-") for name in posted if name.startswith("duty-")]
        found = teams.candidates(
            self.case,
            agency=int(agency) if agency.isdecimal() else None,
            q=posted.get("q", ""),
            also=[int(key) for key in ticked if key.isdecimal()],
            today=clock.day_of(self.at),
        )
        kwargs = {
            "agencies": agencies,
            "candidates": found,
            "serving": self.serving,
            "vacant": self.vacant,
        }
        return kwargs if posted else {**kwargs, "initial": {"agency": agency, **self._drawn()}}

    @cached_property
    def draws(self) -> list[Event]:
        """The draws so far, the newest last."""
        return teams.draws_of(self.case) if not self.serving else []

    def _drawn(self) -> dict[str, Any]:
        """The boxes of those who were drawn, ticked."""
        if not self.draws:
            return {}
        data = self.draws[-1].data
        boxes = {f"duty-{row['person']}": row["duties"] for row in data["drawn"]}
        return {"agency": str(data["agency"]), **boxes}

    def forms(self, bound: str = "") -> dict[str, BaseForm]:
        """Make only the forms that are the person's; drawing and forming share one."""
        made: dict[str, BaseForm] = {}
        wanted = self.open_verbs() - {"draw"} | ({bound} if bound else set())
        for verb in wanted - ({"form"} if bound == "draw" else set()):
            data = {"data": self.request.POST} if verb == bound else {}
            made[verb] = self.verbs[verb](**data, **self.form_kwargs(verb))
        return made

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the members, who left, and what is advised."""
        seats = [row.seat for row in self.serving]
        data = getattr(
            forms.get("release"), "data", {}
        )  # the reason stays with the member it was written for
        released, typed = data.get("member"), data.get("reason", "")
        return {
            **super().context(forms),
            "form": forms.get("draw") or forms.get("form"),
            "may_draw": "draw" in self.open_verbs(),
            "draws": self.draws,
            "drawn": [
                {"name": row["name"], "duties": duty_names(row["duties"])}
                for row in (self.draws[-1].data["drawn"] if self.draws else [])
            ],
            "serving": [
                {
                    "row": row,
                    "duties": duty_names(row.duties),
                    "releasable": row.member.user_id in self.releasable,
                    "typed": typed if str(row.member.pk) == released else "",
                }
                for row in self.serving
            ],
            "former": teams.former_members(self.case),
            "vacant": [_(rules.DUTIES[duty]) for duty in self.vacant],
            "remarks": [words(remark) for remark in rules.remarks(seats)],
            "faults": [words(fault) for fault in rules.faults(seats)] if seats and self.mine.ok else [],
            "may_release": bool(self.releasable),
        }

    def perform_form(self, form: TeamForm) -> None:
        """Form or complete the team, or fill a gap while it works."""
        data, user = form.cleaned_data, self.request.user
        if self.at_work:
            gaps.fill_gap(self.case, members=data["members"], by=user, at=self.at)
            self.say(_("空缺已补齐，新成员作出声明后即可工作。"))
            return
        team.form_team(self.case, agency=data["organisation"], members=data["members"], by=user, at=self.at)
        self.say(_("评估小组已组成，待有账号的成员作出回避与保密声明。"))

    def perform_draw(self, form: TeamForm) -> str:
        """Draw, and show the team that was drawn with its boxes ticked."""
        data = form.cleaned_data
        drawing.draw_team(
            self.case,
            agency=data["organisation"],
            reason=data["draw_reason"],
            by=self.request.user,
            at=self.at,
        )
        self.say(_("已随机抽取，请核对职责、补充社区管理人员和居民代表后确定小组。"))
        return f"{self.request.path}#candidates"

    def perform_release(self, form: ReleaseForm) -> str:
        """Let a member go."""
        data = form.cleaned_data
        member = get_object_or_404(TeamMember, pk=data["member"], case=self.case)
        team.release_member(self.case, member=member, reason=data["reason"], by=self.request.user, at=self.at)
        self.say(_("%(name)s已退出评估小组。") % {"name": member.name})
        return self.request.path


class DeclarationPage(CasePage):
    """A member's own declaration: before starting, and again when a conflict comes up later."""

    template_name = "review/declaration.html"

    def check_entry(self) -> None:
        """Find out whether the declaration is awaited, or whether only a later conflict can be declared."""
        self.node = team.open_node(self.case, team.DECLARE_NODES)
        user = self.request.user
        at_work = self.case.state in AT_WORK
        serves = TeamMember.objects.filter(case=self.case, round=self.case.round, user=user, active=True)
        self.awaited = self.verdict().ok or (at_work and undeclared_member(self.case, user) is not None)
        self.verbs = {"send": DeclarationForm} if self.awaited else {}
        if not self.awaited:
            if not at_work or not serves.exists():
                raise NotAllowed(self.verdict().reason)
            self.verbs = {"recuse": StepDownForm}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the undertaking and what the person is to do."""
        own = [row for row in teams.team_of(self.case) if row.member.user_id == self.request.user.pk]
        duties = duty_names([duty for row in own for duty in row.duties])
        return {
            **super().context(forms),
            "form": next(iter(forms.values())),
            "awaited": self.awaited,
            "undertaking": _(rules.UNDERTAKING),
            "duties": duties,
            "agency": self.case.agency,
        }

    def perform_send(self, form: DeclarationForm) -> str:
        """Declare; after a conflict the case is out of sight, so the way leads to the desk."""
        data = form.cleaned_data
        conflict = data.pop("conflict") == "yes"
        team.declare(self.case, conflict=conflict, **data, by=self.request.user, at=self.at)
        if conflict:
            return self._gone()
        self.say(_("声明已提交。"))
        return self.success_url()

    def perform_recuse(self, form: StepDownForm) -> str:
        """Declare a conflict that has come up later."""
        gaps.step_down(self.case, **form.cleaned_data, by=self.request.user, at=self.at)
        return self._gone()

    def _gone(self) -> str:
        self.say(_("已登记您的回避。本案不再向您显示。"))
        return "/desk/"
