"""How the communities of one's region turn out in a batch, and one button to remind those that have not handed in."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import clock
from applications.actions.turnout import may_remind, remind
from applications.core.verdict import YES, Verdict, no
from applications.models import Batch, Case, Community
from applications.permissions import grants
from applications.queries.turnout import (
    CHECKS,
    HANDED,
    STATES,
    communities_of,
    counts,
    in_state,
    open_batches,
)
from applications.views.office import forms
from applications.views.office.base import OfficePage

KINDS = {"none": "todo", "filling": "doing", "handed": "done"}


class Turnout(OfficePage):
    """The communities by how far they are, with the reminder."""

    template_name = "office/turnout.html"
    refusal = gettext_lazy("申报进度供街道和各级民政部门的经办人查看。")
    verbs = {"remind": forms.NothingForm}

    def verdict(self) -> Verdict:
        """Open to who checks applications on some level."""
        if any(grants(self.request.user).get(right) for right in CHECKS):
            return YES
        return no(str(self.refusal))

    @cached_property
    def batches(self) -> list[Batch]:
        """The batches that are open today."""
        return list(open_batches(clock.day_of(self.at)))

    @cached_property
    def batch(self) -> Batch | None:
        """The batch asked for, else the newest."""
        asked = self.request.GET.get("batch", "")
        return next((row for row in self.batches if str(row.pk) == asked), next(iter(self.batches), None))

    def found(self, batch: Batch, words: str) -> QuerySet[Community]:
        """The communities that match the words."""
        rows = communities_of(batch, self.request.user)  # type: ignore[arg-type]
        return rows.filter(Q(name__icontains=words) | Q(code__startswith=words)) if words else rows

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the batch, the tabs by state and a page of communities."""
        context = {**super().context(forms), "batch": self.batch, "batches": self.batches}
        if self.batch is None:
            return context
        words = self.request.GET.get("q", "").strip()[:64]
        rows = self.found(self.batch, words)
        numbers = counts(rows)
        state = self.request.GET.get("state", "")
        shown = in_state(rows, state) if state in STATES else rows
        page = Paginator(shown.order_by("region__path"), 30).get_page(self.request.GET.get("page"))
        page.object_list = [{"row": row, **self._state(row)} for row in page.object_list]
        return {
            **context,
            "page": page,
            "q": words,
            "state": state,
            "tabs": self._tabs(self.batch, numbers, state),
            "waiting": sum(numbers.values()) - numbers[HANDED],
            "reminding": may_remind(self.request.user),  # type: ignore[arg-type]
            "closes": date_format(self.batch.closes_on, "DATE_FORMAT"),
        }

    def _tabs(self, batch: Batch, numbers: dict[str, int], current: str) -> list[dict[str, Any]]:
        head = f"?batch={batch.pk}"
        every = {"label": _("全部"), "href": head, "count": sum(numbers.values())}
        tabs = [{**every, "current": current not in STATES}]
        return tabs + [
            {
                "label": label,
                "href": f"{head}&state={key}",
                "count": numbers[key],
                "current": key == current,
            }
            for key, label in STATES.items()
        ]

    def _state(self, row: Any) -> dict[str, Any]:
        key = "none" if row.case_pk is None else "filling" if row.filling else "handed"
        if row.case_state in (Case.State.WITHDRAWN, Case.State.DECLINED):
            return {"label": Case.State(row.case_state).label, "kind": "ended"}
        return {"label": STATES[key], "kind": KINDS[key]}

    def perform_remind(self, form: Any) -> str:
        """Remind those that have not handed in."""
        batch = next((row for row in self.batches if row == self.batch), None)
        if batch is None:
            return self.request.path
        told = remind(batch, by=self.request.user, at=self.at)
        self.say(_("已提醒%(count)s个尚未提交申报的社区。") % {"count": told})
        return f"{self.request.path}?batch={batch.pk}"
