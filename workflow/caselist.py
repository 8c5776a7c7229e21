"""The case list: what a person may see, searched, filtered and counted within their scope."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.paginator import Page
from django.db.models import Min, QuerySet

from applications.models import Case, SavedView, Todo, User
from applications.permissions import visible_cases
from workflow.desk import Counted, place_of, regions_of
from workflow.facts import Facts, Many, facts_of
from workflow.search import cleaned, matching
from workflow.urgency import Horizon

PER_PAGE = 25
TABS = ("open", "ended", "all")
JOINED = ("community__region__parent__parent", "batch__standard")
HEAVY = ("batch__standard__content", "batch__purpose", "batch__explanation")  # no line shows them


@dataclass(frozen=True)
class Line:
    """A line of the list: the case and the next date on which something of it is due."""

    case: Case
    due: date | None
    left: int | None

    @property
    def place(self) -> str:
        """County and street of the community."""
        return place_of(self.case)


class CaseList:
    """The cases of one person as asked for by the query string."""

    def __init__(self, user: User, asked: Mapping[str, str], today: date) -> None:
        self.user = user
        self.horizon = Horizon.of(today)
        self.tab = asked["tab"] if asked.get("tab") in TABS else "open"
        self.words = cleaned(asked.get("q", ""))
        self.stage = asked["stage"] if asked.get("stage") in Case.State.values else ""
        star = asked.get("star", "")
        self.star = star if star.isdecimal() and len(star) == 1 else ""
        self.regions = regions_of(user)
        known = [path for path, _name in self.regions]
        self.region = asked["region"] if asked.get("region") in known else ""

    @property
    def filtered(self) -> bool:
        """Whether the filter bar narrows the list."""
        return bool(self.words or self.stage or self.region or self.star)

    def _base(self, tab: str) -> QuerySet[Case]:
        rows = visible_cases(self.user)
        return rows if tab == "all" else rows.filter(closed_at__isnull=tab == "open")

    @cached_property
    def rows(self) -> QuerySet[Case]:
        """The cases of the tab, filtered."""
        rows = self._base(self.tab)
        if self.words:
            rows = rows.filter(matching(self.words))
        if self.stage:
            rows = rows.filter(state=self.stage)
        if self.region:
            rows = rows.filter(path__startswith=self.region)
        if self.star:
            rows = rows.filter(star=int(self.star))
        return rows

    @cached_property
    def facts(self) -> Facts:
        """The counts of the tabs and of the list, with the shell's own facts: one statement."""
        asked: dict[str, list[QuerySet[Any]]] = {tab: [self._base(tab)] for tab in TABS}
        asked["views"] = [SavedView.objects.filter(user=self.user, page="cases")]
        return facts_of(self.user, **asked, **({"found": [self.rows]} if self.filtered else {}))

    @property
    def count(self) -> Many:
        """How many cases the list has."""
        return self.facts.counts["found" if self.filtered else self.tab]

    def listed(self) -> QuerySet[Case]:
        """The cases, newest first, with what a line shows."""
        return self.rows.select_related(*JOINED).defer(*HEAVY).order_by("-pk")

    def keys(self, most: int) -> list[int]:
        """The numbers of the cases, newest first: what an export goes through."""
        return list(self.rows.order_by("-pk").values_list("pk", flat=True)[:most])

    def lines_of(self, keys: Sequence[int]) -> Iterator[Line]:
        """Yield the lines of some cases by their numbers, newest first; what is out of sight by now is left out."""
        rows = visible_cases(self.user).filter(pk__in=keys).select_related(*JOINED)
        yield from self.lines(rows.defer(*HEAVY).order_by("-pk"))

    def lines(self, cases: Iterable[Case]) -> Iterator[Line]:
        """Yield the lines of some cases; one statement for the dates of all of them."""
        listed = list(cases)
        open_now = Todo.objects.filter(case__in=listed, state=Todo.State.OPEN)
        due = dict(open_now.values("case").annotate(next=Min("due_on")).values_list("case", "next"))
        for case in listed:
            day = due.get(case.pk)
            yield Line(case, day, self.horizon.left(day))

    def page(self, number: str | None) -> Page[Line]:
        """Return a page of lines."""
        found = Counted(self.listed(), PER_PAGE, self.count).get_page(number)
        found.object_list = list(self.lines(found.object_list))
        return found
