"""The process drawn: every stage's flow in plain words, and where a case stands in it.

The graphs are read from the flow classes, so a step added there appears here; the tests ask that it has its words.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from applications.core import terms
from applications.core.roles import ROLES
from applications.models import Batch, Case, StageRun, Todo, User
from applications.steps import StageFlow, Step, Wait
from applications.words import term_words
from rectification.flows import ClosingFlow, LookBackFlow, RectificationFlow, SupervisionFlow
from review.flows import ObjectionFlow, RevocationFlow
from workflow.audience import LEVELS
from workflow.blind import visible_todos
from workflow.charts import flowgraph, flowlayout
from workflow.charts.flowgraph import Edge, Graph, Node
from workflow.charts.flowlayout import Drawing, State
from workflow.lifecycle import FLOWS, ROAD

ROAD_KEY = "road"
BESIDE: dict[str, list[type[StageFlow]]] = {
    "publication": [ObjectionFlow, RevocationFlow],
    "rectification": [RectificationFlow, LookBackFlow, SupervisionFlow, ClosingFlow],
}
OUTCOMES: dict[str, Any] = {
    "abandon": gettext_lazy("撤回申报"),
    "recall": gettext_lazy("撤回重交"),
    "recall_correction": gettext_lazy("撤回补正"),
    "return": gettext_lazy("退回"),
    "decline": gettext_lazy("不予受理"),
    "county": gettext_lazy("回到退回的一级"),
    "city": gettext_lazy("回到退回的一级"),
    "province": gettext_lazy("回到退回的一级"),
    "replace": gettext_lazy("须更换成员"),
    "differ": gettext_lazy("两人结论不一致"),
    "faults": gettext_lazy("数据不全"),
    "no_committee": gettext_lazy("委员人数不足"),
    "not_carried": gettext_lazy("表决未通过"),
    "changed": gettext_lazy("复核后结果有变"),
    "withdraw": gettext_lazy("撤回异议"),
    "refuse": gettext_lazy("不予受理"),
    "dismiss": gettext_lazy("异议不成立"),
    "reject": gettext_lazy("不同意"),
    "back": gettext_lazy("未通过，退回"),
    "held": gettext_lazy("没有反弹"),
}
CONDITIONS: dict[str, Any] = {
    "somebody_undeclared": gettext_lazy("有人尚未声明"),
    "team_has_gaps": gettext_lazy("小组有空缺"),
}
NAMES: dict[str, Any] = {  # what no step names: what happens by itself, and the ends
    "collection.carry": gettext_lazy("沿用已组建的小组"),
    "collection.split": gettext_lazy("以下各项同时进行"),
    "collection.join": gettext_lazy("全部完成后继续"),
    "scoring.score": gettext_lazy("按标准自动计分"),
    "scoring.open_ballot": gettext_lazy("发出表决票"),
    "application.accepted": gettext_lazy("受理"),
    "application.declined": gettext_lazy("不予受理"),
    "application.withdrawn": gettext_lazy("申报已撤回"),
}
DUTIES: dict[str, Any] = {  # who does what is given to people by name
    "declare": gettext_lazy("评估小组成员"),
    "declare_again": gettext_lazy("评估小组成员"),
    "documents": gettext_lazy("评估小组成员"),
    "site": gettext_lazy("评估小组成员"),
    "interviews": gettext_lazy("调查员"),
    "judge": gettext_lazy("两名评审员"),
    "settle": gettext_lazy("评审组长"),
    "opinion": gettext_lazy("评审组长"),
    "resettle": gettext_lazy("评审组长"),
    "vote": gettext_lazy("评定委员"),
    "reassess": gettext_lazy("两名复评员"),
}


def flows_of(stage: str) -> list[type[StageFlow]]:
    """Return the flows of a stage, the main one first."""
    main = [FLOWS[stage]] if stage in FLOWS else []
    return [*main, *BESIDE.get(stage, [])]


def label(flow_class: type[StageFlow], node: Any) -> str:
    """Return what a place is called: its step's words, or the name given to it here."""
    if isinstance(node, Step):
        return str(node.label)
    named = NAMES.get(f"{flow_class.stage}.{node.name}")
    if named is None and flowgraph.kind_of(node) == flowgraph.END:
        return _("结束")
    return str(named) if named is not None else node.name


def detail(batch: Batch | None, node: Any) -> str:
    """Return who does a step and within what time; by the batch's own terms where there is one."""
    if not isinstance(node, Step):
        return _("系统自动完成") if flowgraph.kind_of(node) == flowgraph.AUTOMATIC else ""
    if isinstance(node, Wait):
        who = ""
    elif node.people:
        who = str(DUTIES.get(node.name, ""))
    else:
        who = doers(node.permission)
    return flowlayout.BETWEEN.join(filter(None, [who, time_of(node, batch)]))


def doers(right: str) -> str:
    """Return the roles that have a right on the lowest level that has it."""
    held = [role for role in ROLES.values() if right in role.rights]
    lowest = min((role.level for role in held), key=LEVELS.index)
    return _("、").join(_(role.name) for role in held if role.level == lowest)


def time_of(node: Step, batch: Batch | None) -> str:
    """Return a step's time limit in words; an item of rectification has its own."""
    if callable(node.term):
        return _("按整改项确定的时限")
    if not node.term:
        return ""
    term = terms.in_force(batch.terms if batch else {}, node.term)
    return term_words(term.budget, term.unit)


def condition(asked: Any) -> str:
    """Return when a branch is taken."""
    outcome = getattr(asked, "outcome", "")
    found = OUTCOMES.get(outcome) if outcome else CONDITIONS.get(asked.__name__)
    return str(found or "")


def graph_of(flow_class: type[StageFlow], batch: Batch | None = None) -> Graph:
    """Return a flow as a graph in the reader's language."""
    return flowgraph.read(
        flow_class,
        title=str(flow_class.process_title),
        label=partial(label, flow_class),
        detail=partial(detail, batch),
        condition=condition,
    )


def road() -> Graph:
    """Return the whole road: the stages and how a case ends, from the page that says which follows which."""
    words = {"decline": _("不予受理"), "abandon": _("撤回申报"), "no_star": _("没有达到星级")}
    edges = [
        Edge(stage, following, words.get(outcome, ""))
        for stage, ways in ROAD.items()
        for outcome, following in ways.items()
    ]
    edges += [
        Edge("rectification", "collection", _("没有达到星级的，可再评一轮")),
        Edge("rectification", "closed"),
    ]
    stages = [Node(stage, flowgraph.STEP, str(Case.State(stage).label)) for stage in Case.STAGES]
    ends = [Node(end, flowgraph.END, str(Case.State(end).label)) for end in Case.ENDS]
    return Graph(_("全程"), [*stages, *ends], edges)


NOW = "now"
DONE = "done"
SKIPPED = "skipped"
NEXT = "next"


def state(look: str, number: int = 1) -> State:
    """Return a standing with its sign and words; several items may wait at one place."""
    if look == NOW and number > 1:
        return State(NOW, "●", ngettext("%(n)d项办理中", "%(n)d项办理中", number) % {"n": number})
    signs = {
        NOW: ("●", _("办理中")),
        DONE: ("✓", _("已办理")),
        SKIPPED: ("–", _("未经过")),
        NEXT: ("○", _("尚未到")),
    }
    return State(look, *signs[look])


@dataclass
class Standing:
    """Where a case stands in the flows of one stage, as far as the reader may know; 3 statements."""

    user: User
    case: Case
    stage: str

    def drawings(self) -> list[Drawing]:
        """Return the stage's flows with the case in them; beside the main one only those that the case has."""
        by_flow = self._runs()
        found = []
        for place, flow_class in enumerate(flows_of(self.stage)):
            runs = by_flow.get(flow_class, [])
            if runs or place == 0:
                graph = graph_of(flow_class, self.case.batch)
                found.append(flowlayout.drawn(graph, self._states(graph, runs), sentence(graph)))
        return found

    def _runs(self) -> dict[type[StageFlow], list[StageRun]]:
        """Return the runs of the stage's last round by flow class."""
        rows = StageRun.objects.filter(
            case=self.case,
            stage__in={flow_class.stage for flow_class in flows_of(self.stage)},
            process__isnull=False,
        )
        found: dict[type[StageFlow], list[StageRun]] = {}
        listed = list(rows.select_related("process").order_by("-round", "pk"))
        for run in listed:
            if run.round == listed[0].round:
                found.setdefault(run.process.flow_class, []).append(run)
        return found

    def _states(self, graph: Graph, runs: list[StageRun]) -> dict[str, State]:
        if not runs:
            passed = not self.case.is_open or self._behind()
            return {node.key: state(SKIPPED if passed else NEXT) for node in graph.nodes}
        waiting, done = self._counted(runs)
        over = all(run.finished_at for run in runs)
        found = {}
        for node in graph.nodes:
            if waiting[node.key]:
                found[node.key] = state(NOW, waiting[node.key] if len(runs) > 1 else 1)
            elif done[node.key]:
                found[node.key] = state(DONE)
            else:
                found[node.key] = state(SKIPPED if over else NEXT)
        return found

    def _behind(self) -> bool:
        return Case.STAGES.index(self.stage) < Case.STAGES.index(self.case.state)

    def _counted(self, runs: list[StageRun]) -> tuple[Counter[str], Counter[str]]:
        """Return how often each place waits and was done: people's steps by their to-dos, the rest by the engine."""
        waiting, done = Counter[str](), Counter[str]()
        todos = visible_todos(self.user, self.case).filter(run__in=runs)
        seen = set()
        for node, run, kept in todos.values_list("node", "run", "state").order_by("pk"):
            name = node.split(".")[1]
            if kept == Todo.State.OPEN and (name, run) not in seen:
                seen.add((name, run))
                waiting[name] += 1
            done[name] += kept == Todo.State.DONE
        rows = Task.objects.filter(process__in=[run.process_id for run in runs]).exclude(
            status=STATUS.CANCELED
        )
        for task in rows.only("flow_task", "status"):
            node = task.flow_task
            if node is None or (isinstance(node, Step) and not isinstance(node, Wait)):
                continue
            (done if task.status == STATUS.DONE else waiting)[node.name] += 1
        return waiting, done


def road_states(case: Case, steps: Iterable[dict[str, Any]]) -> dict[str, State]:
    """Return where a case stands on the road, from the stepper of its page."""
    found = {stage: state(step["state"]) for stage, step in zip(Case.STAGES, steps, strict=True)}
    for end in Case.ENDS:
        found[end] = state(DONE if case.state == end else NEXT if case.is_open else SKIPPED)
    return found


def sentence(graph: Graph) -> str:
    """Return what a screen reader hears before the list."""
    words = _("自上而下的流程图，共%(n)d个环节，同样内容见文字说明。")
    return words % {"n": sum(node.kind in (flowgraph.STEP, flowgraph.WAIT) for node in graph.nodes)}


def public_drawings() -> list[Drawing]:
    """Return the road and the flows of all stages, without any case."""
    flows = [flow_class for stage in Case.STAGES for flow_class in flows_of(stage)]
    return [flowlayout.drawn(graph, {}, sentence(graph)) for graph in (road(), *map(graph_of, flows))]
