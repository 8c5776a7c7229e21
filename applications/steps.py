"""Human steps of the stage flows: a viewflow node that writes the to-do in the task's own transaction."""

from collections.abc import Callable, Iterable
from typing import Any

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.flow.nodes import View
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.nodes.view import ViewActivation

from applications.actions import deadlines, turns
from applications.core import terms
from applications.core.terms import Term
from applications.models import StageRun, Todo, User

STEPS: dict[str, "Step"] = {}


class StepActivation(ViewActivation):
    """Creates the to-dos of a step together with its task."""

    @classmethod
    def create(
        cls, flow_task: "Step", prev_activation: Any, token: Any, data: Any = None, seed: Any = None
    ) -> Any:
        """Persist the task, then its to-dos, deadlines and messages."""
        activation = super().create(flow_task, prev_activation, token, data=data, seed=seed)
        flow_task.open(activation)
        return activation


class Step(View):
    """A human step.

    ``label``: what is to be done; ``action``: the verb on the button of a desk row; ``page``: the URL name that takes
    the case's pk (and the run's ``key`` where it has one); ``permission``: the right its shared to-do asks for, or
    ``people``: who gets a to-do of their own; ``barred``: whose account the separation of duties keeps out, with the
    reason (marked by ``N_`` only: it is kept, and translated for each reader);
    ``term``: the key of its time limit, or what gives the limit of this run.
    """

    activation_class = StepActivation

    def __init__(
        self,
        label: Any,
        *,
        action: Any,
        page: str,
        permission: str = "",
        people: Callable[[StageRun], Iterable[User]] | None = None,
        barred: Callable[[StageRun], Iterable[tuple[int, str]]] | None = None,
        term: str | Callable[[StageRun], Term] = "",
        keyed: bool = False,
    ) -> None:
        super().__init__(view=None)
        self.label, self.action, self.page = label, action, page
        self.permission, self.people, self.barred, self.term = permission, people, barred, term
        self.keyed = keyed
        self.task_title = label

    def _ready(self) -> None:
        super()._ready()
        STEPS[self.key] = turns.NODES[self.key] = self

    @property
    def key(self) -> str:
        """``stage.step``, the name that actions and to-dos use."""
        return f"{self.flow_class.stage}.{self.name}"  # type: ignore[union-attr]

    def open(self, activation: Any) -> None:
        """Write the step's to-dos: one for each named person, else a shared one for the holders of the right."""
        under = turns.under_way(activation.process)
        barred = list(self.barred(under.run)) if self.barred else []
        people = list(self.people(under.run)) if self.people else [None]
        for person in people:
            turns.open_todo(
                activation.task,
                under,
                node=self.key,
                permission="" if self.people else self.permission,
                assignee=person,
                barred=barred,
                term=self.term_in_force(under),
            )

    def term_in_force(self, under: turns.Under) -> Term | None:
        """Return the time limit of the step in this run, or None where it has none."""
        if callable(self.term):
            return self.term(under.run)
        return terms.in_force(under.case.batch.terms, self.term) if self.term else None


class Wait(Step):
    """A step that nobody does: a running clock (a notice period) that the clock or another flow ends."""

    def __init__(self, label: Any, *, term: str, page: str = "case") -> None:
        super().__init__(label, action="", page=page, term=term)

    def open(self, activation: Any) -> None:
        """Start the clock; there is no to-do."""
        under = turns.under_way(activation.process)
        term = self.term_in_force(under)
        if term:
            deadlines.start(case=under.case, todo=None, term=term, at=under.at)


class StageFlow(flow.Flow):
    """Base of the stage flows: row locks that wait, one run row for one process."""

    lock_impl = SelectForUpdateLock(nowait=False)
    stage: str = ""

    def begin(self, activation: Any, run: StageRun) -> Any:
        """Link the new process to the run before the first step is opened."""
        activation.process.save()
        run.process = activation.process
        run.save(update_fields=["process"])
        return activation.process


def went(outcome: str) -> Callable[[Any], bool]:
    """Return the condition of a gateway: the step before it was finished with this outcome."""

    def condition(activation: Any) -> bool:
        return turns.under_way(activation.process).run.outcome == outcome

    condition.outcome = outcome  # type: ignore[attr-defined]  # read by the chart of the flow
    return condition


def automatic(action: Callable[..., object]) -> Callable[[Any], None]:
    """Return the callable of an automatic node: it calls an action with the case, the person and the moment."""

    def call(activation: Any) -> None:
        under = turns.under_way(activation.process)
        action(under.case, run=under.run, by=under.by, at=under.at)

    return call


def step_of(todo: Todo) -> Step:
    """Return the step a to-do belongs to."""
    return STEPS[todo.node]


def start_node() -> flow.StartHandle:
    """Return the start of a stage flow, begun from code only."""
    return flow.StartHandle(this.begin)
