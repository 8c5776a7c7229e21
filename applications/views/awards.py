"""Commendations: the community's page, and the province's word on which of them count."""

from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from applications.actions.awards import AwardEntry, add_award, confirm_award, remove_award
from applications.core.canonical import decimal_text
from applications.errors import Hidden
from applications.forms.papers import AwardForm, ConfirmAwardForm, PickForm
from applications.queries.dossier import awards_of
from applications.views.base import CasePage
from applications.views.paper import PaperPage
from applications.words import data_words, words


class AwardsPage(PaperPage):
    """The bonus: what was entered, which of it counts and why."""

    template_name = "applications/awards.html"
    verbs = {"add": AwardForm, "remove": PickForm}

    def check_entry(self) -> None:
        """While correcting the page is open only where the commendations were returned."""
        super().check_entry()
        if self.dossier.plan.standard.bonus is None or not (self.scope.everything or self.scope.awards):
            raise Hidden

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer the files of the library as certificates."""
        if verb != "add":
            return {}
        files = [(row.pk, row.name) for row in self.dossier.evidence]
        return {"certificates": files, "by_seal": self.dossier.plan.policy["bonus_award_level"] == "by_seal"}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the awards with the engine's word on each."""
        bonus = self.dossier.plan.standard.bonus
        assert bonus is not None
        return {
            **super().context(forms),
            "form": forms["add"],
            "rows": award_lines(self.dossier),
            "bonus": bonus,
            "points": decimal_text(self.dossier.result.bonus),
            "cap": decimal_text(bonus.cap),
            "levels": [
                (data_words(level.label), decimal_text(level.points)) for level in bonus.levels.values()
            ],
        }

    def success_url(self) -> str:
        """Stay on the page."""
        return self.to("awards")

    def perform_add(self, form: Any) -> None:
        """Enter a commendation."""
        add_award(self.case, entry=AwardEntry(**form.cleaned_data), by=self.request.user, at=self.at)
        self.say(_("已登记。"))

    def perform_remove(self, form: Any) -> None:
        """Take one back."""
        row = remove_award(self.case, award=form.cleaned_data["pk"], by=self.request.user, at=self.at)
        self.say(_("已删除“%(title)s”。") % {"title": row.title})


def award_lines(dossier: Any) -> list[dict[str, Any]]:
    """The awards in the order they were entered, each with whether it counts, the points and the reason."""
    judged = {line.award.id: line for line in dossier.result.awards}
    rows = []
    for award in dossier.awards:
        line = judged.get(str(award.pk))
        rows.append(
            {
                "award": award,
                "counted": bool(line and line.counted),
                "points": decimal_text(line.points) if line else "0",
                "reason": words(line.reason) if line else "",
            }
        )
    return rows


class ConfirmAwardsPage(CasePage):
    """The province says of each commendation whether it counts at its level (A18)."""

    template_name = "applications/confirm_awards.html"
    right = "confirm_award"
    verbs = {"confirm": ConfirmAwardForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Give the fields the ids of the commendation that they stand beside."""
        return {"auto_id": self.ids_of_row("pk")}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the commendations; the words typed for one stay with that one."""
        typed = forms["confirm"]
        pk = str(typed.data.get("pk", "")) if typed.is_bound else ""
        rows = [{"award": row, "form": typed if str(row.pk) == pk else None} for row in awards_of(self.case)]
        return {**super().context(forms), "rows": rows, "form": typed}

    def success_url(self) -> str:
        """Stay on the page."""
        return self.request.path

    def perform_confirm(self, form: Any) -> None:
        """Write the province's word."""
        data = form.cleaned_data
        confirm_award(
            self.case,
            award=data["pk"],
            counts=data["counts"],
            reason=data["reason"],
            by=self.request.user,
            at=self.at,
        )
        self.say(_("认定结果已记录。"))
