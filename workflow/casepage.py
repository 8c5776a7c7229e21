"""What the case page tells: where the case stands, whose turn it is and why not yours, its score, its log."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import clock
from applications.core import terms
from applications.models import (
    Assignment,
    Case,
    Deadline,
    DeadlineEntry,
    Event,
    Membership,
    StageRun,
    Todo,
    TodoBar,
    User,
)
from applications.permissions import open_todos
from applications.queries.standards import plan_of
from applications.queries.tasks import ruler_bands
from review.models import Decision
from review.queries.judgements import as_community
from workflow import blind, timeline
from workflow.desk import page_of, words_of
from workflow.urgency import Horizon

RECENT = 12  # entries of the log on the case page
MOST_TODOS = 10
# a stage has one run a round; rectification has one for each item, and is over with the last
RUNS_OF_STAGES = Q(key="") | Q(stage="rectification")
LOOKS = {"closed": "ok", "withdrawn": "ended", "declined": "ended"}


@dataclass
class Turn:
    """An open to-do as the case page shows it: whose it is, until when, and whether it is the reader's."""

    todo: Todo
    label: Any
    action: Any
    url: str
    mine: bool
    who: str
    left: int | None
    reason: str = ""

    @property
    def closed_to_reader(self) -> bool:
        """Whether the reader holds the step's right but is kept out of it, with a reason they are shown."""
        return not self.mine and bool(self.reason)


@dataclass
class CasePicture:
    """The case as one person sees it."""

    user: User
    case: Case
    horizon: Horizon
    names: dict[str, str] = field(default_factory=dict)

    def turns(self) -> list[Turn]:
        """Return the open to-dos, the reader's own first."""
        rows = list(
            blind.visible_todos(self.user, self.case)
            .filter(state=Todo.State.OPEN)
            .select_related("run", "assignee")
            .order_by("due_on", "pk")
        )
        own = set(open_todos(self.user).filter(case=self.case).values_list("pk", flat=True))
        barred = TodoBar.objects.filter(todo__in=rows, user=self.user)
        reasons = {todo: _(reason) for todo, reason in barred.values_list("todo", "reason") if reason}
        self._name_offices(rows)
        turns = [self._turn(row, row.pk in own, reasons.get(row.pk, "")) for row in rows]
        return sorted(turns, key=lambda turn: not turn.mine)

    def _turn(self, todo: Todo, mine: bool, reason: str) -> Turn:
        label, action = words_of(todo)
        left = self.horizon.left(todo.due_on)
        return Turn(todo, label, action, page_of(todo), mine, self._holder(todo), left, reason)

    def _name_offices(self, rows: list[Todo]) -> None:
        """Read which offices hold the rights of shared to-dos, and where the named people belong; one statement."""
        prefixes = [self.case.path[: place + 1] for place, sign in enumerate(self.case.path) if sign == "/"]
        rights = {row.permission for row in rows if row.assignee_id is None}
        held = Membership.objects.filter(
            active=True,
            organisation__active=True,
            region__path__in=prefixes,
            group__groupobjectpermission__permission__codename__in=rights,
        )
        pairs = held.values_list("group__groupobjectpermission__permission__codename", "organisation__name")
        for right, office in pairs.distinct().order_by("organisation__name"):
            if right in rights:
                self.names[right] = _("、").join(filter(None, [self.names.get(right, ""), office]))

    def _holder(self, todo: Todo) -> str:
        """Return who has a to-do: an office for shared ones and for third parties, a name after a reassignment."""
        if todo.assignee_id is None:
            return self.names.get(todo.permission, "")
        if todo.permission or todo.assignee_id == self.user.pk:
            return str(todo.assignee)
        return str(self.case.agency) if self.case.agency_id else _("指定的承办人")

    def steps(self) -> list[dict[str, Any]]:
        """Return the lifecycle as the stepper shows it: dates and people from the runs of each stage."""
        runs = StageRun.objects.filter(RUNS_OF_STAGES, case=self.case)
        runs = runs.order_by("round", F("finished_at").asc(nulls_last=True))
        by_stage = {run.stage: run for run in runs}
        people = self._finishers()
        ended = self.case.state not in Case.STAGES
        shown = []
        for stage in Case.STAGES:
            run = by_stage.get(stage)
            again = (
                run is not None
                and run.round < self.case.round
                and stage not in ("application", "preparation")
            )
            if stage == self.case.state:
                state = "now"
            elif run is not None and run.finished_at and not again:
                state = "done"
            else:
                state = "skipped" if ended or (self._passed(stage) and not again) else "next"
            when = run.finished_at if run is not None and state == "done" else None
            shown.append(
                {
                    "label": Case.State(stage).label,
                    "state": state,
                    "when": clock.day_of(when) if when else None,
                    "who": people.get(stage, "") if state == "done" else "",
                    "note": _("第%(n)s轮") % {"n": self.case.round}
                    if state == "now" and self.case.round > 1
                    else "",
                }
            )
        return shown

    def _passed(self, stage: str) -> bool:
        """Whether the case went past a stage without a run of it (no star: nothing is published)."""
        if self.case.state not in Case.STAGES:
            return True
        return Case.STAGES.index(stage) < Case.STAGES.index(self.case.state)

    def _finishers(self) -> dict[str, str]:
        """Return who did the last step of each stage; of blind steps only that a third party did."""
        rows = Todo.objects.filter(
            Q(run__key="") | Q(run__stage="rectification"),  # as RUNS_OF_STAGES
            case=self.case,
            state=Todo.State.DONE,
            closed_by__isnull=False,
        )
        found = (
            rows.exclude(node__in=blind.NODES)
            .order_by("closed_at")
            .values_list("run__stage", "closed_by__name")
        )
        return dict(found)

    def scores(self, forecast: dict[str, Any] | None) -> dict[str, Any]:
        """Return what the star ruler shows: the standard's bands, the self-assessment, after the decision the review."""
        standard = plan_of(self.case.batch).standard
        decision = Decision.objects.filter(case=self.case).select_related("rating").order_by("-round").first()
        maximum = standard.total_points + (standard.bonus.cap if standard.bonus else 0)
        return {
            "bands": ruler_bands(standard),
            "maximum": maximum,
            "own": forecast["total"] if forecast else None,
            "reviewed": decision.rating.result["total"] if decision else None,
        }

    def log(self, most: int | None = RECENT) -> list[dict[str, Any]]:
        """Return the newest entries of the log that the reader may know of."""
        rows: QuerySet[Event] = blind.visible_events(self.user, self.case).order_by("-seq")
        return [timeline.entry(event, self.user) for event in rows[:most]]

    def deadlines(self) -> list[dict[str, Any]]:
        """Return the running terms, each with its date, what is left, and the page that explains it day by day.

        Steps that run side by side under the same term until the same day are told of once.
        """
        entries = Prefetch("entries", DeadlineEntry.objects.order_by("pk"))
        known = blind.visible_todos(self.user, self.case)
        rows = Deadline.objects.filter(case=self.case, state__in=("running", "paused"))
        rows = rows.exclude(todo__isnull=False, todo__in=Todo.objects.exclude(pk__in=known.values("pk")))
        shown, told = [], set()
        for row in rows.prefetch_related(entries).order_by("due_on", "pk"):
            alike = (row.term, row.started_on, row.due_on, row.state, len(row.entries.all()))
            if alike in told:
                continue
            told.add(alike)
            term = terms.DEFAULTS.get(row.term)
            shown.append(
                {
                    "name": _(term.name) if term else row.term,
                    "row": row,
                    "left": self.horizon.left(row.due_on),
                    "source": _(row.source),
                    "entries": list(row.entries.all()),
                    "url": reverse("deadline", kwargs={"case": self.case.pk, "pk": row.pk}),
                }
            )
        return shown

    def team(self) -> list[dict[str, str]]:
        """Return who works on the case by assignment; the community is told of the leader and the agency only."""
        rows = Assignment.objects.filter(case=self.case, round=self.case.round, active=True)
        if as_community(self.user, self.case):
            rows = rows.filter(duty=Assignment.Duty.LEADER)
        named: dict[str, list[str]] = {}
        for row in rows.select_related("user").order_by("duty", "pk"):
            named.setdefault(str(row.get_duty_display()), []).append(row.user.name)
        return [{"label": duty, "names": _("、").join(names)} for duty, names in named.items()]


def look_of(case: Case) -> str:
    """Return the look of a case's status."""
    return LOOKS.get(case.state, "doing")
