"""The page on which a date explains itself: every counted day, pause and extension, with the rule's source."""

from typing import Any

from django.forms import BaseForm
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from applications.actions.deadlines import account
from applications.core import terms
from applications.models import Deadline
from applications.views.base import CasePage


class DeadlinePage(CasePage):
    """Readable by all who see the case."""

    template_name = "applications/deadline.html"

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the deadline and its account, day by day."""
        deadline = get_object_or_404(
            Deadline.objects.prefetch_related("entries__by"), pk=self.kwargs["pk"], case=self.case
        )
        derived = account(deadline)
        term = terms.known(deadline.term)
        days = [
            {"date": day.date, "counted": day.counted, "why": _(day.why), "guessed": day.guessed}
            for day in derived.days
        ]
        return {
            **super().context(forms),
            "deadline": deadline,
            "name": _(term.name) if term else deadline.term,
            "source": _(deadline.source),
            "days": days,
            "used": derived.used,
            "budget": derived.budget,
        }
