"""Whose turn it is: the runs of stage flows, the to-do projection, deadlines and the event log."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

OF_ONE = Q(case__isnull=False, matter__isnull=True) | Q(case__isnull=True, matter__isnull=False)


class Matter(models.Model):
    """Something of a community that has a log and terms of its own, but is no case: a complaint.

    A case is a community's part in one batch; what reaches an office between the batches belongs to the community alone.
    """

    number = models.CharField(_("编号"), max_length=48, unique=True)
    community = models.ForeignKey("applications.Community", models.PROTECT, related_name="matters")
    opened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("事项")
        verbose_name_plural = _("事项")

    def __str__(self) -> str:
        return self.number


class StageRun(models.Model):
    """One run of a stage's flow for a case: links viewflow's plain process to the case by a row of ours.

    ``key`` tells parallel runs of one stage apart (a rectification item, an objection); it is empty otherwise.
    """

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="runs")
    stage = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=24, blank=True)
    process = models.OneToOneField("viewflow.Process", models.PROTECT, null=True, related_name="stage_run")
    outcome = models.CharField(max_length=24, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "stage", "round", "key"], name="one_run_per_stage_and_round"
            ),
        ]
        indexes = [models.Index(fields=["case", "finished_at"])]


class Todo(models.Model):
    """The to-do projection: what a desk lists, written in the task's own transaction.

    Either ``assignee`` may do it, or everybody who holds ``permission`` on a region whose path begins ``path``,
    except who is barred (``TodoBar``) or recused.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待办")
        DONE = "done", _("已办")
        CANCELLED = "cancelled", _("已取消")

    TRANSITIONS = {"open": {"done", "cancelled"}, "done": set(), "cancelled": set()}

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="todos")
    run = models.ForeignKey(StageRun, models.PROTECT, related_name="todos")
    task = models.ForeignKey("viewflow.Task", models.PROTECT, related_name="todos")
    node = models.CharField(max_length=48)
    path = models.CharField(max_length=80)
    permission = models.CharField(max_length=32, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="todos"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    due_on = models.DateField(null=True, blank=True)
    due_provisional = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=24, blank=True)

    class Meta:
        # A desk asks for open rows of a county, of a right in a region or of a person, earliest due first: each index
        # holds open rows only and keeps them in that order (measured in tests/bench/desk_bench.py).
        indexes = [
            models.Index(
                Left("path", 15), "due_on", "id", condition=Q(state="open"), name="todo_open_county"
            ),
            models.Index(
                fields=["permission", "path", "due_on"],
                opclasses=["varchar_ops", "varchar_pattern_ops", "date_ops"],
                condition=Q(state="open"),
                name="todo_open_right",
            ),
            models.Index(fields=["assignee", "due_on"], condition=Q(state="open"), name="todo_open_assignee"),
            models.Index(fields=["due_on", "id"], condition=Q(state="open"), name="todo_open_due"),
            models.Index(fields=["closed_by", "-closed_at"], name="todo_closed_by"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "assignee"],
                condition=Q(state="open", assignee__isnull=False),
                name="one_open_todo_per_task_and_person",
            ),
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(state="open", assignee__isnull=True),
                name="one_open_shared_todo_per_task",
            ),
        ]


class TodoBar(models.Model):
    """A person whom the separation of duties keeps from one to-do, with the reason they are shown."""

    todo = models.ForeignKey(Todo, models.PROTECT, related_name="bars")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["todo", "user"], name="one_bar_per_person")]


class Deadline(models.Model):
    """The ledger of a term: the due date is derived from budget, start and entries, never typed."""

    class Unit(models.TextChoices):
        WORKING = "working", _("工作日")
        CALENDAR = "calendar", _("自然日")
        NOTICE = "notice", _("公示日")

    class State(models.TextChoices):
        RUNNING = "running", _("计时中")
        PAUSED = "paused", _("暂停计时")
        MET = "met", _("按时办结")
        LATE = "late", _("超期办结")
        CANCELLED = "cancelled", _("已取消")

    TRANSITIONS = {
        "running": {"paused", "met", "late", "cancelled"},
        "paused": {"running", "met", "late", "cancelled"},
        "met": set(),
        "late": set(),
        "cancelled": set(),
    }

    case = models.ForeignKey("applications.Case", models.PROTECT, null=True, related_name="deadlines")
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="deadlines", db_index=False
    )
    todo = models.OneToOneField(Todo, models.PROTECT, null=True, blank=True, related_name="deadline")
    term = models.CharField(max_length=32)
    source = models.CharField(_("依据"), max_length=120)
    budget = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=12, choices=Unit.choices)
    started_on = models.DateField()
    due_on = models.DateField()
    provisional = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["case", "state"]),
            # nearly every term is a case's: the few others have a small index of their own
            models.Index(fields=["matter"], condition=Q(matter__isnull=False), name="deadline_of_matter"),
        ]
        constraints = [models.CheckConstraint(condition=OF_ONE, name="a_deadline_is_of_a_case_or_a_matter")]

    @property
    def of(self) -> str:
        """The number of the case or matter whose term it is."""
        return (self.case or self.matter).number  # type: ignore[union-attr]  # one of the two, by constraint


class DeadlineEntry(models.Model):
    """A line of the ledger after the start: pause, resumption, approved extension. Append-only."""

    class Kind(models.TextChoices):
        PAUSE = "pause", _("暂停")
        RESUME = "resume", _("恢复")
        RESTART = "restart", _("重新起算")
        EXTENSION = "extension", _("延期")

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    days = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class DeadlineRung(models.Model):
    """A rung of the ladder that a deadline has reached: each fires once, whatever the clock does."""

    class Rung(models.TextChoices):
        AMBER = "amber", _("临期提醒")
        RED = "red", _("超期通知")
        ORDER = "order", _("督办")

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="rungs")
    rung = models.CharField(max_length=8, choices=Rung.choices)
    due_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "rung", "due_on"], name="one_rung_per_deadline_and_date"
            )
        ]


class ClockStep(models.Model):
    """How a step of the clock went the last time; a failed one stands here until it succeeds."""

    name = models.CharField(max_length=40, unique=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)


class AnchorMark(models.Model):
    """How long the anchor file is and the digest of its last line (one row): a file cut short or exchanged is told by it.

    Every event up to the number ``events`` is anchored; the later ones are in the lines from byte ``since`` on, so
    that an anchoring need not look further back. ``coming`` will take their place an hour after ``coming_at``.
    """

    lines = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(default=0)  # in bytes up to that line's end; 0: not known
    digest = models.CharField(max_length=64)
    events = models.PositiveBigIntegerField(default=0)
    since = models.PositiveBigIntegerField(default=0)
    coming = models.PositiveBigIntegerField(default=0)
    coming_since = models.PositiveBigIntegerField(default=0)
    coming_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()


class CalendarYear(models.Model):
    """A year of the State Council's holiday notice; ``official`` once two people entered and approved it."""

    year = models.PositiveSmallIntegerField(unique=True)
    official = models.BooleanField(default=False)
    notice_no = models.CharField(_("通知文号"), max_length=80, blank=True)
    source = models.CharField(_("来源"), max_length=120)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                name="calendar_approved_by_another_person",
            )
        ]


class CalendarDay(models.Model):
    """A day that differs from the plain week: a holiday on a weekday or a make-up working day."""

    class Kind(models.TextChoices):
        OFF = "off", _("休息")
        WORK = "work", _("上班")

    year = models.ForeignKey(CalendarYear, models.PROTECT, related_name="days")
    date = models.DateField(unique=True)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    label = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["date"]

    @property
    def holiday(self) -> str:
        """What the day belongs to, in the reader's language."""
        return gettext(self.label) if self.label else ""


class Event(models.Model):
    """The append-only log of a case, or of a matter. Each entry carries the SHA-256 of the one before (``core/chain.py``)."""

    case = models.ForeignKey("applications.Case", models.PROTECT, null=True, related_name="events")
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="events", db_index=False
    )
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(max_length=64)
    verb = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["case_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="one_event_per_position"),
            models.UniqueConstraint(
                fields=["matter", "seq"],
                condition=Q(matter__isnull=False),
                name="one_event_per_position_of_matter",
            ),
            models.CheckConstraint(condition=OF_ONE, name="an_event_is_of_a_case_or_a_matter"),
        ]
        indexes = [models.Index(fields=["at"])]

    @property
    def of(self) -> str:
        """The number of the case or matter whose log it is in."""
        return (self.case or self.matter).number  # type: ignore[union-attr]  # one of the two, by constraint


class ClockOffset(models.Model):
    """How many days the demo's date runs ahead (one row; read in demo mode only)."""

    days = models.PositiveIntegerField(default=0)
