"""The task list of an application: what there is to do, how far it is, what it brings."""

from dataclasses import dataclass
from typing import Any

from applications.core.canonical import decimal_text
from applications.core.elements import Dimension, Indicator
from applications.core.papers import Topic, claimable
from applications.core.standard import Standard
from applications.queries.dossier import Dossier
from applications.queries.gaps import DOCUMENTS, SURVEY
from applications.words import grade_words, words


@dataclass(frozen=True)
class TaskLine:
    """A line of the list: how many of how many, and its state as the status component knows it."""

    name: str
    done: int
    all: int
    key: str = ""
    points: str = ""
    most: str = ""
    faults: int = 0
    carried: int = 0

    @property
    def kind(self) -> str:
        """``todo``, ``doing``, ``done``, or ``need`` where something contradicts itself or was carried over unseen."""
        if self.faults or self.carried:
            return "need"
        if self.done >= self.all:
            return "done"
        return "doing" if self.done else "todo"


def tasks_of(dossier: Dossier) -> dict[str, Any]:
    """The whole list: the form, the pages of facts, the dimensions, the bonus."""
    plan = dossier.plan
    return {
        "form": TaskLine("", 1 if dossier.form else 0, 1),
        "facts": [topic_line(dossier, topic) for topic in dossier.topics],
        "dimensions": [dimension_line(dossier, dimension) for dimension in plan.standard.dimensions],
        "bonus": _bonus_line(dossier),
        "files": len(dossier.evidence),
    }


def topic_line(dossier: Dossier, topic: Topic) -> TaskLine:
    """How far a page of facts is."""
    carried = {key for key in dossier.values if dossier.facts[key].carried}
    faulty = {fault.key.partition(".")[0] for fault in dossier.faults}
    return TaskLine(
        name=words(topic.name),
        key=topic.id,
        done=sum(spec.key in dossier.values and spec.key not in carried for spec in topic.facts),
        all=len(topic.facts),
        faults=sum(spec.key in faulty for spec in topic.facts),
        carried=sum(spec.key in carried for spec in topic.facts),
    )


def dimension_line(dossier: Dossier, dimension: Dimension) -> TaskLine:
    """How far a dimension is: indicators claimed, or computed from facts that are there, with their proof."""
    kinds = [
        indicator_kind(dossier, indicator) for indicator in dimension.indicators if indicator.method != SURVEY
    ]
    return TaskLine(
        name=words(dimension.name),
        key=dimension.id,
        done=kinds.count("done"),
        all=len(kinds),
        carried=kinds.count("carried"),
        points=decimal_text(dossier.result.points_by_dimension[dimension.id]),
        most=decimal_text(dimension.points),
    )


def indicator_kind(dossier: Dossier, indicator: Indicator) -> str:
    """The state of an indicator: ``todo``, ``doing`` (facts or claim incomplete), ``carried`` (from the last application,
    not looked at yet), ``need`` (proof), ``done``, ``paused`` (it comes from the survey)."""
    if indicator.method == SURVEY:
        return "paused"
    facts = [key for key in dossier.facts_by_indicator.get(indicator.id, ()) if key in dossier.specs]
    there = sum(key in dossier.values for key in facts)
    claim = dossier.claims.get(indicator.id)
    if (claim and claim.carried) or any(
        key in dossier.values and dossier.facts[key].carried for key in facts
    ):
        return "carried"
    if there < len(facts) or (claimable(indicator) and claim is None):
        return "doing" if there or claim else "todo"
    wants = indicator.method == DOCUMENTS and dossier.line(indicator).points > 0
    return "need" if wants and not dossier.files.get(indicator.id) else "done"


def _bonus_line(dossier: Dossier) -> TaskLine | None:
    spec = dossier.plan.standard.bonus
    if spec is None:
        return None
    points, most = decimal_text(dossier.result.bonus), decimal_text(spec.cap)
    return TaskLine("", len(dossier.awards), len(dossier.awards), points=points, most=most)


def ruler_bands(standard: Standard) -> list[tuple[int, str, str]]:
    """The star table for the ruler: (star, lowest points, name), from the lowest up."""
    rows = [(standard.below.stars, "0")]
    rows += [(star.stars, decimal_text(star.min_inclusive)) for star in reversed(standard.stars)]
    return [(stars, floor, grade_words(standard, stars)) for stars, floor in rows]
