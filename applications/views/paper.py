"""The base of the community's own pages: open while the application is filled in or corrected, and only as far."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import clock
from applications.actions.working import Saved
from applications.core import ledger
from applications.core.canonical import decimal_text, shown
from applications.core.ledger import IndicatorResult
from applications.core.papers import claimable
from applications.core.verdict import Verdict
from applications.errors import FieldFault, Invalid, NotAllowed, Refused
from applications.models import Defect, Todo
from applications.permissions import may_do, may_on_case
from applications.queries.dossier import Dossier, dossier_of
from applications.queries.duedates import days_left
from applications.queries.intake import (
    CORRECT,
    FILL,
    Scope,
    defects_of,
    last_return,
    open_step,
    scope_of_defects,
)
from applications.views.base import CasePage
from applications.words import data_words, words


class Clash(Invalid):
    """A save that another person's save stands in the way of."""

    code = "conflict"
    status = 409


def autosaved(answer: HttpResponseBase, refusals: Sequence[str]) -> HttpResponseBase:
    """The answer to an autosave: 204 where everything was taken, else 422 with the sentences."""
    if answer.status_code in (204, 302):
        return HttpResponse(status=204)
    text = " ".join(refusals) or _("没有保存，请点“保存”查看原因。")
    return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")


class Closed(Refused):
    """The papers are handed in: reading them is all there is to do."""


class PaperPage(CasePage):
    """A page on which the community works. ``dossier`` are its papers, ``scope`` what may be changed now."""

    step: Todo | None

    def check_entry(self) -> None:
        """Let in who may fill or correct now; say to colleagues why not."""
        self.step = open_step(self.case)
        if self.step is None or self.step.node not in (FILL, CORRECT):
            verdict = may_on_case(self.request.user, "fill_application", self.case)
            if not verdict.ok:
                raise NotAllowed(verdict.reason)
            raise Closed(_("申报材料已提交，目前不能修改；如被退回补正，可修改退回的内容。"))
        self.node = self.step.node
        if not self.verdict().ok:
            raise NotAllowed(self.verdict().reason)

    def verdict(self) -> Verdict:
        """Whether the person may work here (asked once a request)."""
        return self._verdict

    @cached_property
    def _verdict(self) -> Verdict:
        assert self.step is not None
        return may_do(self.request.user, self.step)

    @property
    def correcting(self) -> bool:
        """Whether the application was returned and is being corrected."""
        return self.node == CORRECT

    @cached_property
    def dossier(self) -> Dossier:
        """The papers as they stand."""
        return dossier_of(self.case, on=clock.day_of(self.at))

    @cached_property
    def defects(self) -> list[Defect]:
        """What was returned, while correcting."""
        decision = last_return(self.case) if self.correcting else None
        return defects_of(decision) if decision else []

    @cached_property
    def scope(self) -> Scope:
        """What may be changed now."""
        if not self.correcting:
            return Scope(everything=True)
        return scope_of_defects(self.dossier.plan, [defect.target for defect in self.defects])

    @property
    def looked_at(self) -> bool:
        """Whether a person pressed the button: what saves itself confirms nothing that was carried over."""
        return "autosave" not in self.request.POST

    def reread(self) -> None:
        """Forget the papers as they were before an action."""
        self.__dict__.pop("dossier", None)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer an autosave with nothing, or with the sentence that it could not take something."""
        try:
            answer = super().dispatch(request, *args, **kwargs)
        except Closed as closed:
            if request.method != "GET":
                raise
            messages.info(request, closed.sentence)
            return redirect("application", case=self.case.pk)
        if request.method != "POST" or "autosave" not in request.POST:
            return answer
        return autosaved(answer, self.refusals)

    refusals: Sequence[str] = ()

    def taken(self, saved: Saved, names: dict[str, str] | None = None) -> None:
        """Raise what a save refused, each sentence at its input; what it took is saved already."""
        if saved.ok:
            return
        self.reread()
        faults = [
            FieldFault((names or {}).get(fault.field, fault.field), fault.sentence)
            for fault in saved.sentences
        ]
        self.refusals = [fault.sentence for fault in faults]
        raise (Clash if saved.conflicts else Invalid)(faults)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the papers, the way home and the term."""
        assert self.step is not None
        return {
            **super().context(forms),
            "dossier": self.dossier,
            "correcting": self.correcting,
            "step": self.step,
            "days": days_left(self.step.due_on, clock.day_of(self.at)),
            "home": self.home(),
        }

    def home(self) -> str:
        """The page this work starts from."""
        return reverse("correct" if self.correcting else "apply", kwargs={"case": self.case.pk})

    def success_url(self) -> str:
        """Go home after an action."""
        return self.home()

    def to(self, name: str, **kwargs: Any) -> str:
        """The address of another page of the case."""
        return reverse(name, kwargs={"case": self.case.pk, **kwargs})


# In a forecast the verdict is the community's own.
OWN_WORDS = {
    ledger.JUDGED: gettext_lazy("自评为“达到”"),
    ledger.NOT_JUDGED: gettext_lazy("自评为“未达到”，各档均不得分"),
    ledger.NO_CLAIM: gettext_lazy("尚未自评"),
}


def line_view(line: IndicatorResult) -> dict[str, Any]:
    """A forecast line as a template shows it. ``waits``: for ``data`` or for a ``claim``, empty where for nothing."""
    without = any(measure.value is None for measure in line.measures)
    unclaimed = claimable(line.indicator) and line.judgement is None
    return {
        "id": line.id,
        "indicator": line.indicator,
        "points": decimal_text(line.points),
        "max": decimal_text(line.max_points),
        "reached": line.level is not None,
        "full": line.points == line.max_points,
        "level": line.level_name,
        "waits": "data" if without else "claim" if unclaimed else "",
        "reason": _("；").join(str(OWN_WORDS.get(r.template) or words(r)) for r in line.reasons),
        "measures": [
            {
                "label": data_words(measure.label),
                "value": None if measure.value is None else shown(measure.value),
                "unit": measure.unit,
            }
            for measure in line.measures
        ],
    }
