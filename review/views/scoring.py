"""Supplement, the committee's pages, and what was decided."""

from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import clock
from applications.core.canonical import decimal_text
from applications.core.kinds import SURVEY
from applications.core.verdict import Verdict
from applications.errors import Hidden, NotAllowed
from applications.permissions import may_on_case
from applications.queries.duedates import days_left
from applications.queries.standards import plan_of
from applications.queries.tasks import ruler_bands
from applications.views.base import CasePage
from applications.words import printed, value_words
from review.actions import supplement, voting
from review.actions.settling import outcomes_of
from review.core.margins import margins
from review.forms.judging import PlainForm
from review.forms.scoring import CHOICES, CloseForm, SupplementForm, VoteForm
from review.models import Ballot, Decision, Rating
from review.queries.facts import confirmed_facts
from review.queries.judgements import as_community, newest_settlements
from review.queries.reports import findings, issued_opinion, with_days
from review.queries.retelling import result_words, retold
from review.queries.sheets import scoring_faults
from review.queries.votes import (
    VOTE,
    able,
    committee,
    may_close,
    minutes_words,
    open_ballot,
    presides,
    seats,
    visible_votes,
)


class SupplementPage(CasePage):
    """What keeps the round from being scored, and one fact at a time to put it right."""

    template_name = "review/supplement.html"
    node = supplement.SUPPLEMENT
    verbs = {"supplement": SupplementForm, "resume": PlainForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """The facts that may be typed: all but the survey."""
        if verb != "supplement":
            return {}
        facts = plan_of(self.case.batch).standard.facts
        wanted = [line["key"].partition(".")[0] for line in self.faults]
        specs = [spec for spec in facts.values() if spec.kind != SURVEY]
        first = next((key for key in wanted if key in facts and facts[key].kind != SURVEY), None)
        return {"specs": specs, "initial": {"key": first}}

    @cached_property
    def faults(self) -> list[dict[str, str]]:
        """Everything that is missing or wrong."""
        return scoring_faults(self.case, outcomes_of(self.case))

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the faults and the facts as they are confirmed now."""
        specs = plan_of(self.case.batch).standard.facts
        values = confirmed_facts(self.case, self.case.round)
        typed = [spec for spec in specs.values() if spec.kind != SURVEY and spec.key in values]
        return {
            **super().context(forms),
            "form": forms["supplement"],
            "faults": self.faults,
            "survey": any(
                (spec := specs.get(line["key"].partition(".")[0])) and spec.kind == SURVEY
                for line in self.faults
            ),
            "facts": [
                {"label": printed(spec.label), "text": value_words(spec, values[spec.key])} for spec in typed
            ],
        }

    def success_url(self) -> str:
        """Stay until nothing is missing."""
        return self.request.path

    def perform_supplement(self, form: SupplementForm) -> None:
        """Put one fact right."""
        supplement.supplement(self.case, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("已登记，请继续补充或重新计分。"))

    def perform_resume(self, form: Any) -> str:
        """Score again."""
        supplement.resume(self.case, by=self.request.user, at=self.at)
        self.say(_("已重新计分。"))
        return super().success_url()


class ConvenePage(CasePage):
    """The province calls the ballot once the committee is large enough."""

    template_name = "review/convene.html"
    node = voting.CONVENE
    verbs = {"convene": PlainForm}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add who may vote on this case."""
        return {**super().context(forms), "members": committee(self.case)}

    def perform_convene(self, form: Any) -> None:
        """Call."""
        voting.convene(self.case, by=self.request.user, at=self.at)
        self.say(_("已提请评定委员会表决。"))


def summary(case: Any, rating: Rating) -> dict[str, Any]:
    """Return the one-page summary of a rating: totals, distance to the boundaries, what fell short, who said what."""
    standard = plan_of(case.batch).standard
    result, opinion = result_words(rating, retold(rating)), issued_opinion(case, rating.round)
    return {
        "rating": rating,
        "result": result,
        "bands": ruler_bands(standard),
        "margins": margins(standard.stars, result["total"]),
        "dimensions": [
            {
                "dimension": row,
                "points": result["points_by_dimension"][row.id],
                "most": decimal_text(row.points),
            }
            for row in standard.dimensions
        ],
        "missed": [standard.indicators[key] for key in result["missed_basic_items"]],
        "awards": [row for row in result["awards"] if row["counted"]],
        "opinion": opinion,
        "record": with_days(opinion.process["stages"]) if opinion else [],
        "findings": findings(case, rating.round),
        "settlements": [
            {"row": row, "indicator": standard.indicators.get(key)}
            for key, row in newest_settlements(case, rating.round).items()
        ],
    }


def _told(ballot: Ballot, user: Any) -> dict[str, Any]:
    """Return a closed ballot as its card shows it."""
    return {"ballot": ballot, "minutes": minutes_words(ballot), "votes": visible_votes(user, ballot)}


class VotePage(CasePage):
    """The case on one page, one's own named vote, and the closing of the ballot by its chair."""

    template_name = "review/vote.html"
    node = VOTE
    verbs = {"vote": VoteForm, "close": CloseForm}

    def check_entry(self) -> None:
        """Let in the members called, and the province, which sees to it that there is a committee."""
        ballot = open_ballot(self.case)
        if ballot is None:
            raise NotAllowed(_("本案目前没有进行中的表决。"))
        ballot.case = self.case
        self.ballot = ballot
        user = self.request.user
        if user not in seats(ballot) and not may_on_case(user, "province_check", self.case).ok:
            raise NotAllowed(_("表决只对本案的评定委员开放。"))

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the summary, the person's own vote, and the earlier ballots of the round."""
        user, ballot = self.request.user, self.ballot
        todo = self.todo()
        own = visible_votes(user, ballot).filter(by=user).first()
        earlier = Ballot.objects.filter(case=self.case, round=ballot.round, state=Ballot.State.REJECTED)
        return {
            **super().context(forms),
            **summary(self.case, ballot.rating),
            "ballot": ballot,
            "step": todo,
            "members": able(ballot),
            "own": own,
            "may_vote": own is None and user in able(ballot),
            "chair": presides(user, ballot) or may_close(user, ballot).ok,
            "closing": may_close(user, ballot),
            "form": forms["vote"],
            "close": forms["close"],
            "choices": CHOICES,
            "days": days_left(todo.due_on, clock.day_of(self.at)) if todo else None,
            "earlier": [_told(row, user) for row in earlier.order_by("pk")],
        }

    def success_url(self) -> str:
        """Go to the decision where there is one now, else to the desk."""
        row = Decision.objects.filter(ballot=self.ballot).first()
        if row is not None:
            return reverse("decision", kwargs={"case": self.case.pk, "pk": row.pk})
        return reverse("desk")

    def perform_vote(self, form: VoteForm) -> None:
        """Vote."""
        voting.cast_vote(self.case, **form.cleaned_data, by=self.request.user, at=self.at)
        if Decision.objects.filter(ballot=self.ballot).exists():
            self.say(_("您的表决意见已登记，表决已经结束。"))
        else:
            self.say(_("您的表决意见已登记。表决结束前，其他人看不到您的意见。"))

    def perform_close(self, form: CloseForm) -> None:
        """Close."""
        voting.close_vote(self.case, note=form.cleaned_data["note"], by=self.request.user, at=self.at)
        self.say(_("表决已结束。"))


class DecisionPage(CasePage):
    """The committee's decision with minutes and named votes, and the ballots before it."""

    template_name = "review/decision.html"
    right = "view_case"

    def check_entry(self) -> None:
        """Whoever sees the case sees what was decided; the decision must belong to the case of the address."""
        row = Decision.objects.filter(case=self.case, pk=self.kwargs["pk"])
        found = row.select_related("rating", "ballot").first()
        if found is None:
            raise Hidden
        self.decision = found

    def verdict(self) -> Verdict:
        """Reading only."""
        return Verdict(True)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the ballots of the round with their votes."""
        row, user = self.decision, self.request.user
        ballots = Ballot.objects.filter(case=self.case, round=row.round).exclude(state=Ballot.State.VOID)
        return {
            **super().context(forms),
            **summary(self.case, row.rating),
            "decision": row,
            "ballots": [
                _told(ballot, user)
                for ballot in ballots.select_related("rating", "closed_by", "replied_by").order_by("pk")
            ],
            "community": as_community(user, self.case),
        }
