"""The drawing of a graph: one column of boxes read downwards, ways that skip on the right, ways back on the left.

It stays readable on the narrowest phone: less than 16 rem wide. All measures are sixteenths of a rem; the drawing's width in rem
makes its words grow with the page's type. A way back belongs to the box it leaves, a skipping way to the box it
reaches: they share a lane, and lanes that do not meet share a place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from workflow.charts.flowgraph import END, JOIN, SPLIT, Edge, Graph, Node

WIDTH = 252
LANE = 10
PAD = 10
LINE, SMALL = 19, 17  # the height of a line of words, of a line of smaller words
FONT, SMALL_FONT = 15, 13
GAP, CLOSE = 26, 8
EDGE = 2
BETWEEN = " · "  # stands between the two parts of a place's second line
NO_START = "，。、；：！？）】》”,.;:!?)"


@dataclass(frozen=True)
class State:
    """Where a case stands at a place: a look, a sign and a word."""

    look: str
    sign: str
    words: str


@dataclass
class Text:
    """A line of words in a box."""

    y: float
    words: str
    look: str = ""
    x: float = 0
    anchor: str = "start"


@dataclass
class Box:
    """A place as it is drawn."""

    node: Node
    state: State | None
    x: float
    y: float
    width: float
    height: float
    texts: list[Text]
    exits: list[tuple[Edge, float]] = field(default_factory=list)

    @property
    def look(self) -> str:
        """Its classes: kind and state."""
        return f"n-{self.node.kind}{f' is-{self.state.look}' if self.state else ''}"

    @property
    def middle(self) -> float:
        """Where a way enters it from the side."""
        return self.y + min(self.height / 2, 20)

    @property
    def round(self) -> float:
        """The radius of its corners."""
        return 14 if self.node.kind == END else 6

    @property
    def bare(self) -> bool:
        """Whether it is words without a box."""
        return self.node.kind in (SPLIT, JOIN)


@dataclass
class Drawing:
    """The whole drawing."""

    title: str
    sentence: str
    graph: Graph
    boxes: list[Box]
    lines: list[str]
    heads: list[str]
    labels: list[Text]
    frames: list[tuple[float, float, float, float]]
    height: float
    rows: list[dict[str, object]]

    width = WIDTH

    @property
    def rem_wide(self) -> float:
        """The width in rem."""
        return self.width / 16

    @property
    def rem_high(self) -> float:
        """The height in rem."""
        return self.height / 16


def wide(words: str, font: float) -> float:
    """Return about how wide words are: a Chinese sign is a square, a Latin one little more than half of it."""
    return sum(font if ord(sign) > 0x2E80 else font * 0.56 for sign in words)


def wrapped(words: str, room: float, font: float) -> list[str]:
    """Return words in lines: Chinese breaks anywhere but before punctuation, Latin between words."""
    pieces: list[str] = []
    for sign in words:
        latin = ord(sign) <= 0x2E80 and sign != " "
        if (pieces and latin and pieces[-1] and ord(pieces[-1][-1]) <= 0x2E80 and pieces[-1][-1] != " ") or (
            pieces and sign in NO_START
        ):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    lines, line = [], ""
    for piece in pieces:
        if line and wide(line + piece, font) > room:
            lines.append(line.strip())
            line = ""
        line += piece
    return [*lines, line.strip()] if line.strip() else lines


class Layout:
    """Works one drawing out."""

    def __init__(self, graph: Graph, states: Mapping[str, State]) -> None:
        self.graph, self.states = graph, states
        self.row = {node.key: place for place, node in enumerate(graph.nodes)}
        self.kind = {node.key: node.kind for node in graph.nodes}
        drawn = [edge for edge in graph.edges if not self._inside_frame(edge)]
        self.direct = [edge for edge in drawn if self.row[edge.target] == self.row[edge.source] + 1]
        others = [edge for edge in drawn if edge not in self.direct]
        self.skips = [edge for edge in others if self.row[edge.target] > self.row[edge.source]]
        self.backs = [edge for edge in others if self.row[edge.target] <= self.row[edge.source]]
        self.right = self._lanes({edge.target for edge in self.skips}, self.skips, by_target=True)
        self.left = self._lanes({edge.source for edge in self.backs}, self.backs, by_target=False)
        self.x = EDGE + (max(self.left.values(), default=-1) + 1) * LANE + (4 if self.left else 0)
        end = WIDTH - EDGE - (max(self.right.values(), default=-1) + 1) * LANE - (4 if self.right else 0)
        self.wide = end - self.x

    def _inside_frame(self, edge: Edge) -> bool:
        return self.kind[edge.source] == SPLIT or self.kind[edge.target] == JOIN

    def _lanes(self, keys: set[str], edges: list[Edge], *, by_target: bool) -> dict[str, int]:
        """Return the lane of each bundle of ways; the shortest lie nearest to the boxes."""
        spans: dict[str, tuple[int, int]] = {}
        for key in keys:
            rows = [self.row[key]]
            rows += [
                self.row[edge.source if by_target else edge.target]
                for edge in edges
                if (edge.target if by_target else edge.source) == key
            ]
            spans[key] = (min(rows), max(rows))
        taken: list[list[tuple[int, int]]] = []
        found: dict[str, int] = {}
        for key in sorted(spans, key=lambda key: (spans[key][1] - spans[key][0], spans[key])):
            low, high = spans[key]
            lane = next(
                (n for n, held in enumerate(taken) if all(high < a or low > b for a, b in held)), len(taken)
            )
            if lane == len(taken):
                taken.append([])
            taken[lane].append((low, high))
            found[key] = lane
        return found

    def drawing(self, sentence: str) -> Drawing:
        """Return the drawing."""
        boxes, y = [], float(EDGE)
        for node in self.graph.nodes:
            box = self._box(node, y)
            boxes.append(box)
            y += box.height + self._gap(node)
        by_key = {box.node.key: box for box in boxes}
        lines, heads, labels = self._straight(by_key)
        self._sideways(by_key, lines, heads)
        return Drawing(
            self.graph.title,
            sentence,
            self.graph,
            boxes,
            lines,
            heads,
            labels,
            self._frames(by_key),
            boxes[-1].y + boxes[-1].height + EDGE,
            self._rows(),
        )

    def _rows(self) -> list[dict[str, object]]:
        """Return the same as a list: each place with its state and where it goes on."""
        return [
            {"node": node, "state": self.states.get(node.key), "ways": self.graph.ways(node.key)}
            for node in self.graph.nodes
        ]

    def _gap(self, node: Node) -> float:
        following = self.graph.nodes[self.row[node.key] + 1 :][:1]
        if any(edge.source == node.key for edge in self.direct):
            return GAP
        inside = following and (node.kind == SPLIT or (node.kind != END and following[0].kind != END))
        return CLOSE if inside else CLOSE + 4

    def _box(self, node: Node, y: float) -> Box:
        state, room = self.states.get(node.key), self.wide - 2 * PAD
        texts, below = [], y + 7
        for words, look, font, line in self._words(node, state):
            for part in wrapped(words, room, font):
                below += line
                texts.append(Text(below - 5, part, look, self.x + PAD))
        box = Box(node, state, self.x, y, self.wide, 0, texts)
        for edge in self._exits(node.key):
            back = edge in self.backs
            at, side = (self.x + PAD, "start") if back else (self.x + self.wide - PAD, "end")
            box.exits.append((edge, below + SMALL - 8))
            for part in wrapped(self._said(edge), room, SMALL_FONT):
                below += SMALL
                texts.append(Text(below - 4, part, "exit", at, side))
        box.height = below + 7 - y
        return box

    def _words(self, node: Node, state: State | None) -> list[tuple[str, str, int, int]]:
        if node.kind in (SPLIT, JOIN):
            return [(node.label, "", FONT, LINE)]
        said = [(f"{state.sign} {node.label}" if state else node.label, "", FONT, LINE)]
        if state and state.words:
            said.append((state.words, "state", SMALL_FONT, SMALL))
        fits = wide(node.detail, SMALL_FONT) <= self.wide - 2 * PAD
        parts = [node.detail] if fits else node.detail.split(BETWEEN)
        return [*said, *((part, "small", SMALL_FONT, SMALL) for part in parts if part)]

    def _exits(self, key: str) -> list[Edge]:
        """Return the ways that leave a box sideways; ways back share one line, for they share a lane."""
        back = [edge for edge in self.backs if edge.source == key]
        return [edge for edge in self.skips if edge.source == key] + back[:1]

    def _said(self, edge: Edge) -> str:
        """Return the words beside a way that leaves sideways: when it is taken, else where it leads."""
        if edge in self.backs:
            same = [other for other in self.backs if other.source == edge.source]
            words = list(dict.fromkeys(other.words for other in same if other.words))
            return _("、").join(words) or self._label(edge.target)
        return edge.words or f"→ {self._label(edge.target)}"

    def _label(self, key: str) -> str:
        return self.graph.nodes[self.row[key]].label

    def _straight(self, boxes: dict[str, Box]) -> tuple[list[str], list[str], list[Text]]:
        lines, heads, labels = [], [], []
        for edge in self.direct:
            upper, lower = boxes[edge.source], boxes[edge.target]
            x, top = self.x + 24, upper.y + upper.height
            lines.append(f"M{x:g} {top:g}V{lower.y - 6:g}")
            heads.append(f"M{x:g} {lower.y:g}l-5 -8h10z")
            if edge.words:
                labels.append(Text(top + GAP / 2 + 4, edge.words, "small", x + 10))
        return lines, heads, labels

    def _sideways(self, boxes: dict[str, Box], lines: list[str], heads: list[str]) -> None:
        end = self.x + self.wide
        for box in boxes.values():
            for edge, y in box.exits:
                if edge in self.skips:
                    lane = end + 4 + self.right[edge.target] * LANE + LANE / 2
                    lines.append(f"M{end:g} {y:g}H{lane:g}V{boxes[edge.target].middle:g}")
                    continue
                lane = self.x - 4 - self.left[edge.source] * LANE - LANE / 2
                goals = [boxes[other.target] for other in self.backs if other.source == edge.source]
                lines.append(f"M{self.x:g} {y:g}H{lane:g}V{min(goal.middle for goal in goals):g}")
                for goal in goals:
                    lines.append(f"M{lane:g} {goal.middle:g}H{self.x - 6:g}")
                    heads.append(f"M{self.x:g} {goal.middle:g}l-8 -5v10z")
        for key, lane_number in self.right.items():
            lane, goal = end + 4 + lane_number * LANE + LANE / 2, boxes[key]
            lines.append(f"M{lane:g} {goal.middle:g}H{end + 6:g}")
            heads.append(f"M{end:g} {goal.middle:g}l8 -5v10z")

    def _frames(self, boxes: dict[str, Box]) -> list[tuple[float, float, float, float]]:
        """Return the frames around what runs side by side, from the split's words to the join's."""
        found = []
        for node in self.graph.nodes:
            if node.kind == SPLIT:
                join = next(later for later in self.graph.nodes[self.row[node.key] :] if later.kind == JOIN)
                top, bottom = boxes[node.key].y, boxes[join.key].y + boxes[join.key].height
                found.append((self.x - 1, top, self.wide + 2, bottom - top))
        return found


def drawn(graph: Graph, states: Mapping[str, State] | None = None, sentence: str = "") -> Drawing:
    """Return the drawing of a graph; ``states`` tell by place where a case stands."""
    return Layout(graph, states or {}).drawing(sentence)
