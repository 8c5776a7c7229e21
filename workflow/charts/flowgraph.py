"""A stage's flow as a graph that a resident can read: nodes and edges from the flow class itself, gateways left out.

A switch is no place where anything waits, so its branches become edges of the step before, each with its words. What
runs side by side stays between its split and its join.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from viewflow.workflow import flow
from viewflow.workflow.nodes import Function, Join, Split, StartHandle, Switch

from applications.steps import StageFlow, Step, Wait

STEP, WAIT, AUTOMATIC, SPLIT, JOIN, END = "step", "wait", "automatic", "split", "join", "end"


@dataclass(frozen=True)
class Node:
    """A place of the process: its kind, its words, a second line of words (who does it, within what time)."""

    key: str
    kind: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Edge:
    """A way from one place to another; ``words`` say when it is taken, empty where it is the ordinary one."""

    source: str
    target: str
    words: str = ""


@dataclass
class Graph:
    """A process: places in reading order, ways between them."""

    title: str
    nodes: list[Node]
    edges: list[Edge] = field(default_factory=list)

    def ways(self, key: str) -> list[tuple[str, Node]]:
        """Return where it goes on from a place: words and the place reached."""
        known = {node.key: node for node in self.nodes}
        return [(edge.words, known[edge.target]) for edge in self.edges if edge.source == key]


Words = Callable[[Any], str]


def kind_of(node: Any) -> str:
    """Return the kind of a flow's node; raises ``TypeError`` for one that has none, so that a new kind is noticed."""
    if isinstance(node, Wait):
        return WAIT
    for kind, classes in ((STEP, Step), (AUTOMATIC, Function), (SPLIT, Split), (JOIN, Join), (END, flow.End)):
        if isinstance(node, classes):
            return kind
    raise TypeError(f"{node} is of no known kind")


def read(flow_class: type[StageFlow], *, title: str, label: Words, detail: Words, condition: Words) -> Graph:
    """Return the graph of a flow; the three functions put a node, its second line and a branch's condition in words."""
    known = [node for node in flow_class.instance.nodes() if not isinstance(node, (Switch, StartHandle))]
    start = next(node for node in flow_class.instance.nodes() if isinstance(node, StartHandle))
    first = next(iter(_beyond(start, condition)))[0]
    edges: dict[tuple[str, str], list[str]] = {}
    for node in known:
        for target, words in _beyond(node, condition):
            said = edges.setdefault((node.name, target.name), [])
            if words and words not in said:
                said.append(words)
    joined = [Edge(source, target, _("、").join(words)) for (source, target), words in edges.items()]
    order = ordered([node.name for node in known], first.name, joined, _side_by_side(known))
    ends = [node.name for node in known if kind_of(node) == END]
    by_name = {node.name: node for node in known}
    places = [by_name[name] for name in [*(name for name in order if name not in ends), *ends]]
    nodes = [Node(node.name, kind_of(node), label(node), detail(node)) for node in places]
    return Graph(title, nodes, joined)


def _beyond(node: Any, condition: Words) -> Iterator[tuple[Any, str]]:
    """Yield the places after a node, through any switch, with the words of the branch."""
    for edge in node._outgoing():
        if isinstance(edge.dst, Switch):
            for target, asked in edge.dst._branches:
                yield target, condition(asked) if asked else ""
        else:
            yield edge.dst, ""


def _side_by_side(nodes: list[Any]) -> dict[str, list[str]]:
    """Return what runs between a split and its join, by the split's name."""
    return {
        node.name: [edge.dst.name for edge in node._outgoing()] for node in nodes if isinstance(node, Split)
    }


def ordered(
    names: list[str], first: str, edges: list[Edge], parallel: dict[str, list[str]] | None = None
) -> list[str]:
    """Return places by layers: each after everything that leads to it but by a way back; ties as they were declared.

    What runs side by side follows its split.
    """
    after: dict[str, list[str]] = {name: [] for name in names}
    for edge in sorted(edges, key=lambda edge: bool(edge.words)):  # the ordinary way is walked first
        after[edge.source].append(edge.target)
    forward = _without_ways_back(first, after)
    layer = dict.fromkeys(names, 0)
    for _round in names:
        for name in names:
            for target in forward[name]:
                layer[target] = max(layer[target], layer[name] + 1)
    order = sorted(names, key=lambda name: (layer[name], names.index(name)))
    for split, members in (parallel or {}).items():
        order = [name for name in order if name not in members]
        place = order.index(split) + 1
        order[place:place] = members
    return order


def _without_ways_back(first: str, after: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the ways that lead on: a way to a place that is still being walked from leads back."""
    forward: dict[str, list[str]] = {name: [] for name in after}
    walking, done = set(), set()

    def walk(name: str) -> None:
        walking.add(name)
        for target in after[name]:
            if target in walking:
                continue
            forward[name].append(target)
            if target not in done:
                walk(target)
        walking.discard(name)
        done.add(name)

    walk(first)
    return forward
