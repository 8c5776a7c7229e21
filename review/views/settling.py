"""The leader's pages: settle the differences, issue the opinion, answer the committee."""

from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import clock
from applications.models import Claim
from applications.queries.duedates import days_left
from applications.queries.standards import plan_of
from applications.views.base import CasePage
from review.actions import opinion, resettling, settling
from review.forms.judging import OPTIONS, OpinionForm, ResettleForm, RulingsForm
from review.models import Ballot, Judgement
from review.queries.judgements import (
    Settled,
    differences,
    items_to_judge,
    settled,
    visible_judgements,
)
from review.queries.ratings import rating_in_force
from review.queries.reports import noted, opinion_of, process_figures, process_record, with_days
from review.queries.votes import minutes_words, visible_votes


class LeaderPage(CasePage):
    """A page of the team's leader on what was judged in the round."""

    @cached_property
    def outcomes(self) -> dict[str, Settled]:
        """What holds for every judged indicator, as far as the leader may see it."""
        rows = visible_judgements(self.request.user, self.case).filter(round=self.case.round)
        return settled(self.case, rows, items_to_judge(self.case))

    @cached_property
    def apart(self) -> list[Settled]:
        """What the reviewers judged differently."""
        return differences(self.outcomes)

    @cached_property
    def noted(self) -> list[Judgement]:
        """The judgements in which a problem was noted."""
        return noted(self.case)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add term and figures."""
        todo = self.todo()
        claims = dict(Claim.objects.filter(case=self.case).values_list("indicator", "reached"))
        return {
            **super().context(forms),
            "step": todo,
            "days": days_left(todo.due_on, clock.day_of(self.at)) if todo else None,
            "apart": self.apart,
            "agreed": len(self.outcomes) - len(self.apart),
            "count": len(self.outcomes),
            "claims": claims,
            "options": OPTIONS,
        }


class SettlePage(LeaderPage):
    """The differences side by side, each with the leader's conclusion and reason."""

    template_name = "review/settle.html"
    node = settling.SETTLE
    verbs = {"finish": RulingsForm, "save": RulingsForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """The differences are what is asked."""
        return {"outcomes": self.apart}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the form with its rows."""
        found = super().context(forms)
        form = next((form for form in forms.values() if form.is_bound), forms["finish"])
        settled_rows = sum(row.settlement is not None for row in self.apart)
        return {**found, "form": form, "settled": settled_rows}

    def perform_finish(self, form: RulingsForm) -> str:
        """Settle all and go on."""
        settling.finish(self.case, rulings=form.rulings, by=self.request.user, at=self.at)
        self.say(_("评审差异已全部合议认定，请出具评审意见。"))
        return reverse("opinion", kwargs={"case": self.case.pk})

    def perform_save(self, form: RulingsForm) -> str:
        """Settle what was decided so far."""
        count = settling.save(self.case, rulings=form.rulings, by=self.request.user, at=self.at)
        self.say(_("已保存%(count)s项合议结论。") % {"count": count})
        return self.request.path


class OpinionPage(LeaderPage):
    """The team's opinion in four parts."""

    template_name = "review/opinion.html"
    node = opinion.OPINION
    verbs = {"issue": OpinionForm, "save": OpinionForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Begin with the draft, else with what the reviewers found."""
        row = opinion_of(self.case, self.case.round)
        chosen = [str(judgement.pk) for judgement in self.noted]
        if row is not None:
            initial = {part: getattr(row, part) for part in opinion.PARTS}
        else:
            initial = {
                "problems": self._lines("finding"),
                "suggestions": self._lines("suggestion"),
            }
        return {"noted": self.noted, "initial": {**initial, "adopted": chosen}}

    def _lines(self, part: str) -> str:
        texts = [(row.indicator, getattr(row, part)) for row in self.noted]
        said = [f"{indicator} {text}" for indicator, text in texts if text]
        return "\n".join(f"{number}. {text}" for number, text in enumerate(said, start=1))

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the generated record of the process and the noted problems."""
        form = next((form for form in forms.values() if form.is_bound), forms["issue"])
        chosen = form["adopted"].value() or []
        return {
            **super().context(forms),
            "form": form,
            "record": with_days(process_record(self.case, at=self.at)),
            "figures": process_figures(self.case),
            "noted": [{"row": row, "chosen": str(row.pk) in chosen} for row in self.noted],
        }

    def perform_issue(self, form: OpinionForm) -> None:
        """Issue."""
        opinion.issue(self.case, parts=form.parts, adopted=form.chosen, by=self.request.user, at=self.at)
        self.say(_("评审意见已出具，系统已自动计分。"))

    def perform_save(self, form: OpinionForm) -> str:
        """Keep as a draft."""
        opinion.save(self.case, parts=form.parts, by=self.request.user, at=self.at)
        self.say(_("草稿已保存。"))
        return self.request.path


class ResettlePage(LeaderPage):
    """After a vote that was not carried: the committee's reasons, the answer, and what is settled anew."""

    template_name = "review/resettle.html"
    node = resettling.RESETTLE
    verbs = {"resettle": ResettleForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Every judged indicator may be settled anew."""
        return {"outcomes": self.outcomes.values()}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the ballot with its votes, and the indicators by dimension."""
        ballot = Ballot.objects.filter(case=self.case, state=Ballot.State.REJECTED).latest("pk")
        form: Any = forms["resettle"]
        groups = [
            {
                "dimension": dimension,
                "rows": [
                    row for row in form.rows if row["outcome"].item.indicator.dimension_id == dimension.id
                ],
            }
            for dimension in plan_of(self.case.batch).standard.dimensions
        ]
        return {
            **super().context(forms),
            "form": form,
            "options": [option[:3] for option in OPTIONS],  # 63 times on the page: without icons
            "ballot": ballot,
            "minutes": minutes_words(ballot),
            "votes": visible_votes(self.request.user, ballot),
            "groups": groups,
            "rating": rating_in_force(self.case, self.case.round),
        }

    def perform_resettle(self, form: ResettleForm) -> None:
        """Answer and hand the case back to scoring and vote."""
        resettling.resettle(
            self.case,
            rulings=form.rulings,
            reply=form.cleaned_data["reply"],
            by=self.request.user,
            at=self.at,
        )
        self.say(_("已答复评定委员会，系统重新计分并再次提请表决。"))
