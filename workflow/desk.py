"""The desk: whose turn it is, read from the to-do projection only; tabs, tiles, filters and groups."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial, reduce
from operator import or_
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, expressions
from django.db.models.functions import Cast, JSONObject, Left
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from applications.models import Case, Membership, Region, Todo, User
from applications.permissions import not_recused, paths, shares, todo_branches, visible_cases, within
from applications.steps import STEPS
from rectification.models import Complaint, RectificationItem
from rectification.permissions import RIGHT
from rectification.queries.complaints import asked_of, waiting_for
from rectification.queries.items import RUNS
from workflow.beforehand import beforehand, named_in
from workflow.blind import NODES
from workflow.facts import MOST, Facts, Many, facts_of
from workflow.search import cleaned, lookups, matching
from workflow.urgency import Horizon

PER_PAGE = 25
MOST_COMPLAINTS = 10  # on the desk; the ledger of complaints has all of them
SHOWN = 40  # signs of a problem in a line
TABS = ("mine", "office", "done", "watched")
TILES = ("late", "soon", "week", "later")
REGIONS_KEPT = 600  # seconds for which the names of a person's districts are kept
JOINED = ("case__community__region__parent__parent", "case__batch__standard")
HEAVY = ("standard__content", "purpose", "explanation", "policy", "terms")  # of the batch: no line shows them


@dataclass(frozen=True)
class Row:
    """A line of the desk: the case, what is to be done with it, until when and where."""

    case: Case
    todo: Todo | None
    label: Any
    action: Any
    url: str
    due: date | None
    left: int | None
    group: str
    mine: bool
    about: str = ""

    @property
    def place(self) -> str:
        """County and street of the community."""
        return place_of(self.case)

    @property
    def returned(self) -> bool:
        """Whether the case lies with the community for correction."""
        return self.todo is not None and self.todo.node == "application.correct"


def place_of(case: Case) -> str:
    """Return county and street of a case's community (``community__region__parent__parent`` comes with the case)."""
    street = case.community.region.parent
    county = street.parent if street else None
    return f"{county or ''}{street or ''}"


def page_of(todo: Todo) -> str:
    """Return the address of the page on which a to-do is done; the case's page where the step's is gone."""
    step = STEPS.get(todo.node)
    arguments: dict[str, Any] = {"case": todo.case_id}
    if step is not None:
        if step.keyed:
            arguments["key"] = todo.run.key
        with suppress(NoReverseMatch):
            return reverse(step.page, kwargs=arguments)
    return reverse("case", kwargs={"case": todo.case_id})


def words_of(todo: Todo) -> tuple[Any, Any]:
    """Return what is to be done and the verb of its button; a step that a release took away must not break a list."""
    step = STEPS.get(todo.node)
    return (step.label, step.action) if step else (_("待办事项"), _("查看"))


def with_subjects(todos: QuerySet[Todo]) -> QuerySet[Todo]:
    """Let to-dos of rectification say which item they are about, in their own statement: the run's key is the item's."""
    key = expressions.Case(
        expressions.When(
            run__stage__in=RUNS,
            run__key__regex=r"^[0-9]{1,15}$",
            then=Cast("run__key", BigIntegerField()),
        )
    )
    said = JSONObject(number="number", indicator="indicator", problem=Left("problem", SHOWN))
    item = RectificationItem.objects.filter(pk=OuterRef("item")).values(said=said)
    return todos.alias(item=key).annotate(item_said=Subquery(item))


def subject_of(todo: Any) -> str:
    """Return which rectification item a to-do is about, nothing for any other."""
    item = todo.item_said
    if not item:
        return ""
    parts = (item["number"].rpartition("-")[2], item["indicator"], item["problem"])
    return " · ".join(part for part in parts if part)


def office_todos(user: User) -> list[QuerySet[Todo]]:
    """Return the open to-dos of a person's office, whoever has them, in parts without common rows.

    An office's pool is what its rights reach, given to somebody by name or not. Who works by assignment sees the work
    of their own organisation on the cases they see, and nothing of another judge.
    """
    rows = Todo.objects.filter(state=Todo.State.OPEN).filter(not_recused(user, "case"))
    if paths(user, "view_case"):
        return [rows.filter(within(path), permission__in=rights) for path, rights in shares(user)]
    own = Membership.objects.filter(user=user, active=True).values("organisation")
    colleagues = User.objects.filter(memberships__active=True, memberships__organisation__in=own)
    return [
        rows.filter(
            ~Q(node__in=NODES) | Q(assignee=user), assignee__in=colleagues, case__in=visible_cases(user)
        )
    ]


def done_todos(user: User) -> QuerySet[Todo]:
    """Return what the person did, on the cases they may still see."""
    return Todo.objects.filter(closed_by=user, state=Todo.State.DONE, case__in=visible_cases(user))


def watched_cases(user: User) -> QuerySet[Case]:
    """Return the cases that the person follows and may still see."""
    return visible_cases(user).filter(watches__user=user)


def regions_of(user: User) -> list[tuple[str, str]]:
    """Return path and name of the districts that a wide scope may be narrowed to, one level below the widest held."""
    held = sorted(paths(user, "view_case"), key=len)
    if not held or held[0].count("/") >= 4:
        return []
    key = f"desk-regions:{held[0]}"
    kept: list[tuple[str, str]] | None = cache.get(key)
    if kept is None:
        below = Region.objects.filter(parent__path=held[0]).exclude(level="community")
        kept = list(below.values_list("path", "name"))
        cache.set(key, kept, REGIONS_KEPT)
    return kept


class Counted(Paginator):
    """A paginator over a query whose length is known already."""

    def __init__(self, rows: Any, per_page: int, count: Many) -> None:
        super().__init__(rows, per_page)
        self.known = count

    @property
    def count(self) -> int:  # type: ignore[override]
        """The number that was counted together with everything else."""
        return self.known

    def page(self, number: int | str) -> Page[Any]:
        """Return a page; the last one may be cut where counting stopped."""
        found = super().page(number)
        found.object_list = list(found.object_list)
        return found


class Desk:
    """One person's desk as asked for: the tab, the tile and the filters of the query string.

    6 statements with session and person: rights, what must be known before, counts, rows.
    """

    def __init__(self, user: User, asked: Mapping[str, str], today: date) -> None:
        self.user, self.asked = user, asked
        self.words = cleaned(asked.get("q", ""))
        self.before = beforehand(user, "desk", today, lookups(self.words))
        self.horizon = Horizon.of(today, self.before.days)
        self.tab = self._one_of(asked.get("tab"), TABS) or "mine"
        self.due = self._one_of(asked.get("due"), TILES)
        self.stage = self._one_of(asked.get("stage"), Case.State.values)
        self.region = self._one_of(asked.get("region"), [path for path, _name in self.regions])

    @staticmethod
    def _one_of(wanted: str | None, known: Any) -> str:
        return wanted if wanted and wanted in known else ""

    @cached_property
    def regions(self) -> list[tuple[str, str]]:
        """The districts to filter by."""
        return regions_of(self.user)

    @property
    def filtered(self) -> bool:
        """Whether anything but the tab narrows the list."""
        return self.narrowed or bool(self.due)

    @property
    def narrowed(self) -> bool:
        """Whether the filter bar narrows the list: then the tiles' counts are not those of its groups."""
        return bool(self.words or self.stage or self.region)

    @cached_property
    def facts(self) -> Facts:
        """The counts of tabs, tiles and the list itself, with the shell's own facts: one statement.

        The tiles have every row of their tab in one of them; their sum is the tab's number.
        """
        tiled = "office" if self.tab == "office" else "mine"
        base = self._base(tiled)
        asked = {name: [part.filter(self.horizon.within(name)) for part in base] for name in TILES}
        asked |= {name: self._base(name) for name in ("office", "done", "watched") if name != tiled}
        if self.filtered:
            asked["found"] = self.parts
        if self.tab == "mine":
            asked["complaints"] = [rows.order_by() for rows, _page in self.complaints_here]
        found = facts_of(self.user, count_mine=tiled != "mine", **asked)
        total = Many(min(sum(found.counts[name] for name in TILES), MOST))
        if tiled == "mine":
            found.mine = total
        else:
            found.counts["office"] = total
        return found

    @cached_property
    def complaints_here(self) -> list[tuple[QuerySet[Complaint], str]]:
        """The complaints that the person has to handle, or to explain as the community; none is asked of others."""
        found = []
        if any(paths(self.user, right) for right in RIGHT.values()):
            found.append((waiting_for(self.user), "complaint"))
        if paths(self.user, "rectify"):
            found.append((asked_of(self.user), "complaint_reply"))
        return found

    def complaints(self) -> list[tuple[Complaint, str, int | None]]:
        """The first of these with the page of each and the working days left; no statement where there are none."""
        if not self.facts.counts.get("complaints"):
            return []
        found = []
        for rows, page in self.complaints_here:
            for row in rows.select_related("community__region__parent__parent")[:MOST_COMPLAINTS]:
                url = reverse(page, kwargs={"pk": row.pk})
                found.append((row, url, self.horizon.left(row.due_on)))
        return found

    @property
    def count(self) -> Many:
        """How many rows the list has."""
        if self.filtered:
            return self.facts.counts["found"]
        return self.facts.mine if self.tab == "mine" else self.facts.counts[self.tab]

    def _base(self, tab: str) -> list[QuerySet[Any]]:
        if tab == "mine":
            return todo_branches(self.user)
        if tab == "office":
            return office_todos(self.user)
        return [done_todos(self.user) if tab == "done" else watched_cases(self.user)]

    @cached_property
    def parts(self) -> list[QuerySet[Any]]:
        """The rows of the tab, filtered, in parts without common rows."""
        case = "" if self.tab == "watched" else "case__"
        narrow = Q()
        if self.words:
            narrow &= matching(self.words, case, partial(named_in, self.before.places))
        if self.stage:
            narrow &= Q(**{f"{case}state": self.stage})
        if self.region:
            narrow &= Q(**{f"{case if self.tab == 'done' else ''}path__startswith": self.region})
        if self.due and self.tab in ("mine", "office"):
            narrow &= self.horizon.within(self.due)
        return [part.filter(narrow) for part in self._base(self.tab)]

    def listed(self, most: int) -> QuerySet[Any]:
        """The first rows in the order of the tab, with what a line shows.

        Each part gives its own first rows, read in order from an index; only those are sorted together.
        """
        first = [part.order_by(*self.order).values("pk")[:most] for part in self.parts]
        return self._joined(reduce(or_, (Q(pk__in_array=part) for part in first), Q(pk__in=[])))

    @property
    def order(self) -> list[Any]:
        """The order of the tab."""
        orders: dict[str, list[Any]] = {"watched": ["-pk"], "done": ["-closed_at", "-pk"]}
        return orders.get(self.tab, [F("due_on").asc(nulls_last=True), "pk"])

    def _joined(self, chosen: Q) -> QuerySet[Any]:
        if self.tab == "watched":
            joined = (path.removeprefix("case__") for path in JOINED)
            cases = Case.objects.filter(chosen).select_related(*joined)
            return cases.defer(*(f"batch__{name}" for name in HEAVY)).order_by(*self.order)
        rows = Todo.objects.filter(chosen).select_related(*JOINED, "run", "assignee")
        lean = rows.defer(*(f"case__batch__{name}" for name in HEAVY))
        return with_subjects(lean.order_by(*self.order))

    def keys(self, most: int) -> list[int]:
        """The numbers of the first rows in the order of the tab: what an export goes through."""
        return list(self.listed(most).values_list("pk", flat=True)[:most])

    def rows_of(self, keys: Sequence[int]) -> Iterator[Row]:
        """Yield the lines of some rows by their numbers; what is out of sight by now is left out."""
        seen = reduce(
            or_,
            (Q(pk__in_array=part.filter(pk__in=keys).values("pk")) for part in self._base(self.tab)),
            Q(pk__in=[]),
        )
        yield from self.rows(self._joined(seen))

    def page(self, number: str | None) -> Page[Row]:
        """Return a page of lines."""
        pages = Counted(Todo.objects.none(), PER_PAGE, self.count)
        last = pages.get_page(number).end_index()
        found = Counted(self.listed(max(last, 1)), PER_PAGE, self.count).get_page(number)
        found.object_list = list(self.rows(found.object_list))
        return found

    def rows(self, records: Iterable[Any]) -> Iterator[Row]:
        """Yield records as lines; to-dos of one case that look alike are told apart by what they are about."""
        for record in records:
            yield self.row(record, subject_of(record) if isinstance(record, Todo) else "")

    def row(self, record: Any, about: str = "") -> Row:
        """Return a record as a line."""
        if isinstance(record, Case):
            url = reverse("case", kwargs={"case": record.pk})
            return Row(record, None, record.get_state_display(), "", url, None, None, "", False)
        (label, verb), open_now = words_of(record), record.state == Todo.State.OPEN
        mine = self.tab == "mine"
        url = page_of(record) if mine else reverse("case", kwargs={"case": record.case_id})
        due = record.due_on if open_now else None
        group = self.horizon.group(due) if open_now else ""
        action = verb if mine else ""
        left = self.horizon.left(due)
        return Row(record.case, record, label, action, url, due, left, group, mine, about)


def grouped(rows: list[Row], counts: Mapping[str, Many]) -> Iterator[tuple[str, Many | None, list[Row]]]:
    """Yield the groups of a page of lines in order, each with the number of all its lines where it was counted."""
    order: dict[str, list[Row]] = {}
    for row in rows:
        order.setdefault(row.group, []).append(row)
    for group, members in order.items():
        yield group, counts.get(group), members
