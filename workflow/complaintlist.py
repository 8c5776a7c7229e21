"""The ledger of complaints as a query string asks for it: state, kind, level and the community's name."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from applications.core.roles import LEVELS
from applications.models import User
from applications.queries.naming import few_communities, holding
from rectification.models import Complaint
from rectification.models.complaint import OFFICES
from rectification.queries.complaints import OPEN, counts, ledger, waiting_for
from workflow.search import cleaned

MINE, LATE, ABOVE, DISSATISFIED = "mine", "late", "above", "dissatisfied"


class ComplaintList:
    """What one person sees of the complaints; 4 statements with its figures, whatever their number."""

    def __init__(self, user: User, asked: Mapping[str, str], today: date) -> None:
        self.user, self.today = user, today
        self.words = cleaned(asked.get("q", ""))
        self.chosen = self._one_of(asked.get("state"), self.states)
        self.kind = self._one_of(asked.get("kind"), self.kinds)
        self.level = self._one_of(asked.get("level"), self.levels)

    @staticmethod
    def _one_of(wanted: str | None, known: Sequence[tuple[str, Any]]) -> str:
        return wanted if wanted and wanted in dict(known) else ""

    @property
    def states(self) -> list[tuple[str, Any]]:
        """What the state filter offers."""
        return [
            (MINE, _("待我办理")),
            (LATE, _("已超期")),
            *Complaint.State.choices,
            (ABOVE, _("提级办理")),
            (DISSATISFIED, _("对答复不满意")),
        ]

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        """What the filter of kinds offers."""
        return list(Complaint.Kind.choices)

    @property
    def levels(self) -> list[tuple[str, Any]]:
        """What the filter of levels offers."""
        return [(key, _(LEVELS[key])) for key in OFFICES]

    @property
    def narrowed(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.words or self.chosen or self.kind or self.level)

    @cached_property
    def figures(self) -> dict[str, int]:
        """The figures over everything the person may see."""
        return counts(ledger(self.user), self.today)

    @property
    def rows(self) -> QuerySet[Complaint]:
        """The complaints in the order of the ledger."""
        rows = ledger(self.user)
        if self.chosen in Complaint.State.values:
            rows = rows.filter(state=self.chosen)
        elif self.chosen:
            rows = rows.filter(self._about(self.chosen))
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.level:
            rows = rows.filter(level=self.level)
        return rows.filter(self._named()) if self.words else rows

    def _about(self, state: str) -> Q:
        return {
            MINE: Q(pk__in=waiting_for(self.user).order_by().values("pk")),
            LATE: Q(state__in=OPEN, due_on__lt=self.today),
            ABOVE: Q(above=True),
            DISSATISFIED: Q(satisfaction__lte=2),
        }[state]

    def _named(self) -> Q:
        named = few_communities(holding(self.words, "name"))
        known = holding(self.words, "community__name") if named is None else Q(community__in=named)
        return known | Q(number=self.words)

    def keys(self, most: int) -> list[int]:
        """The numbers of the first rows: what an export goes through."""
        return list(self.rows.values_list("pk", flat=True)[:most])

    def rows_of(self, keys: Sequence[int]) -> Iterator[Complaint]:
        """Yield rows by their numbers; what is out of sight by now is left out."""
        yield from self.rows.filter(pk__in=keys)
