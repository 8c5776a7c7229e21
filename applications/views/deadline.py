"""The page on which a date explains itself: every counted day, pause and extension, with the rule's source."""

from typing import Any

from django.forms import BaseForm
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from applications.actions.deadlines import account
from applications.core import terms
from applications.models import Deadline
from applications.views.base import CasePage


def explained(deadline: Deadline) -> dict[str, Any]:
    """Return what the page of a date shows: the term, its account day by day, and where the term comes from."""
    derived = account(deadline)
    term = terms.known(deadline.term)
    return {
        "deadline": deadline,
        "name": _(term.name) if term else deadline.term,
        "source": _(deadline.source),
        "days": [
            {"date": day.date, "counted": day.counted, "why": _(day.why), "guessed": day.guessed}
            for day in derived.days
        ],
        "used": derived.used,
        "budget": derived.budget,
    }


class DeadlinePage(CasePage):
    """Readable by all who see the case."""

    template_name = "applications/deadline.html"

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the deadline and its account, day by day."""
        rows = Deadline.objects.prefetch_related("entries__by")
        found = get_object_or_404(rows, pk=self.kwargs["pk"], case=self.case)
        return {**super().context(forms), **explained(found)}
