"""A clerk's turn at an application: filling it, or correcting what was returned, and what that lets them change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from applications.actions.turns import Turn, take
from applications.core.plan import Plan
from applications.errors import FieldFault, Refused
from applications.models import Case, Todo, User
from applications.queries.intake import (
    CORRECT,
    FILL,
    Scope,
    defects_of,
    last_return,
    scope_of_defects,
)
from applications.queries.standards import plan_of


@dataclass(frozen=True)
class Work:
    """The turn, the plan of the batch, and what may be changed."""

    turn: Turn
    plan: Plan
    scope: Scope

    @property
    def case(self) -> Case:
        """The locked case."""
        return self.turn.case


@dataclass(frozen=True)
class Conflict:
    """Somebody else changed the same thing meanwhile: what stands there, what was typed, who and when."""

    field: str
    label: str
    theirs: str
    mine: str
    who: str
    when: datetime

    @property
    def sentence(self) -> str:
        """Both values, who and when, and what to do."""
        return _(
            "“%(label)s”已由%(who)s于%(when)s改为“%(theirs)s”，您填写的是“%(mine)s”，未保存您的填写。"
            "请与对方核对；如仍要采用您的填写，请再次保存。"
        ) % {
            "label": self.label,
            "who": self.who,
            "when": date_format(localtime(self.when), "DATETIME_FORMAT"),
            "theirs": self.theirs or _("（空）"),
            "mine": self.mine or _("（空）"),
        }


@dataclass
class Saved:
    """What a save did: the fields it wrote, the ones it could not read, the ones somebody else had changed."""

    fields: list[str] = field(default_factory=list)
    faults: list[FieldFault] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything that was typed is saved."""
        return not self.faults and not self.conflicts

    @property
    def sentences(self) -> list[FieldFault]:
        """Every refusal as a fault of its field."""
        clashes = [FieldFault(conflict.field, conflict.sentence) for conflict in self.conflicts]
        return [*clashes, *self.faults]


def work_on(case: Case, *, by: User, at: datetime) -> Work:
    """Take one's turn at whichever of filling and correcting is open."""
    correcting = Todo.objects.filter(case=case, node=CORRECT, state=Todo.State.OPEN).exists()
    turn = take(case, CORRECT if correcting else FILL, by=by, at=at)
    plan = plan_of(turn.case.batch)
    if not correcting:
        return Work(turn, plan, Scope(everything=True))
    decision = last_return(turn.case)
    targets = [defect.target for defect in defects_of(decision)] if decision else []
    return Work(turn, plan, scope_of_defects(plan, targets))


def not_returned(label: str) -> Refused:
    """The refusal of a change to something that was not returned."""
    return Refused(_("“%(label)s”不在本次退回补正的范围内，不能修改。") % {"label": label})


def value_at(row: Any, revision: int, names: tuple[str, ...]) -> Mapping[str, Any] | None:
    """What a row with a history held at a revision, or None where there was no such revision."""
    found: Mapping[str, Any] | None = row.history.filter(revision=revision).values(*names).first()
    return found


def changed_by_others(row: Any, revision: int, by: User) -> bool:
    """Whether anybody else saved the row after this revision; one's own saves never conflict."""
    later = row.history.filter(revision__gt=revision)
    return bool(later.exclude(history_user=by).exists())
