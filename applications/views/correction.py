"""Correcting what was returned: only that, each defect answered, then handed in again."""

from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from applications.actions.submission import answer_defect, resubmit, snapshot, undertaking_of
from applications.core.papers import AWARDS, Changes, changes
from applications.errors import Hidden
from applications.forms.facts import anchor
from applications.forms.papers import AnswerForm, SignForm
from applications.models import Defect
from applications.permissions import may_on_case
from applications.queries.intake import last_return, submissions_of
from applications.queries.record import level_name
from applications.views.paper import PaperPage
from applications.words import data_words, printed, value_words


class CorrectPage(PaperPage):
    """Only what was returned: each defect with the page that mends it and what was done about it."""

    template_name = "applications/correct.html"
    verbs = {"answer": AnswerForm, "resubmit": SignForm}

    def check_entry(self) -> None:
        """Open only while there is something to correct."""
        super().check_entry()
        if not self.correcting:
            raise Hidden

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the defects with their targets, and whether the application can be handed in again."""
        decision = last_return(self.case)
        sign = may_on_case(self.request.user, "sign_application", self.case)
        open_ones = sum(defect.state == Defect.State.OPEN for defect in self.defects)
        reason = ""
        if open_ones:
            reason = _("还有%(count)s项问题未作补正说明。") % {"count": open_ones}
        elif not sign.ok:
            reason = _("须由社区书记签署承诺后重新提交，请通知书记登录办理。")
        typed = forms["answer"]
        typed_pk = str(typed.data.get("defect", "")) if typed.is_bound else ""
        return {
            **super().context(forms),
            "form": next((form for form in forms.values() if form.is_bound), None),
            "decision": decision,
            "level_name": level_name(decision.level) if decision else "",
            "rows": [
                {
                    "defect": defect,
                    **self._target(defect.target),
                    "form": typed
                    if str(defect.pk) == typed_pk
                    else AnswerForm(initial=_start(defect), auto_id=f"id_{defect.pk}_%s"),
                }
                for defect in self.defects
            ],
            "answered": len(self.defects) - open_ones,
            "undertaking": undertaking_of(self.case),
            "sign": forms["resubmit"],
            "reason": reason,
            "may_sign": sign.ok,
        }

    @cached_property
    def changed(self) -> Changes:
        """What is different now from what was returned."""
        before = submissions_of(self.case)
        return changes(before[-1].content if before else {}, snapshot(self.dossier))

    def _target(self, target: str) -> dict[str, Any]:
        """The name of what was returned, where it is mended, and whether anything of it changed."""
        standard = self.dossier.plan.standard
        changed = self.changed
        if target in standard.indicators:
            indicator = standard.indicators[target]
            touched = target in changed.indicators or any(
                key in changed.facts for key in self.dossier.facts_by_indicator.get(target, ())
            )
            return {
                "name": f"{indicator.id} {data_words(indicator.short)}",
                "href": self.to("apply_indicator", indicator=target),
                "changed": bool(touched),
            }
        if target in standard.facts:
            topic = self.dossier.topic_of(target)
            href = self.to("facts", topic=topic.id) + anchor(standard.facts[target]) if topic else self.home()
            return {
                "name": printed(standard.facts[target].label),
                "href": href,
                "changed": target in changed.facts,
                "value": value_words(standard.facts[target], self.dossier.values.get(target)),
            }
        if target == AWARDS:
            return {"name": _("加分项"), "href": self.to("awards"), "changed": changed.awards}
        return {"name": _("申报表"), "href": self.to("apply_form"), "changed": changed.form}

    def perform_answer(self, form: Any) -> str:
        """Keep what was done about a defect."""
        data = form.cleaned_data
        answer_defect(
            self.case, defect=data["defect"], answer=data["answer"], by=self.request.user, at=self.at
        )
        self.say(_("补正说明已保存。"))
        return f"{self.home()}#defect-{data['defect']}"

    def perform_resubmit(self, form: Any) -> str:
        """Sign and hand in again."""
        submission = resubmit(self.case, by=self.request.user, at=self.at)
        self.say(_("补正材料已提交，回执编号 %(receipt)s。") % {"receipt": submission.receipt})
        return self.to("receipt", pk=submission.pk)


def _start(defect: Defect) -> dict[str, Any]:
    return {"defect": defect.pk, "answer": defect.answer}
