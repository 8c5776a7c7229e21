"""Confirming and correcting what a community declared, from papers and on the spot (R3-092, R3-094)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import record
from applications.actions.evidence import store
from applications.actions.turns import Turn
from applications.core.canonical import digest
from applications.core.elements import FactSpec
from applications.core.facts import parse_fact, plain_value
from applications.core.faults import Faults
from applications.core.papers import declared_specs, indicators_by_fact
from applications.core.plan import Plan
from applications.errors import FieldFault, Invalid, Refused
from applications.models import Case, Evidence, User
from applications.queries.standards import plan_of
from applications.words import data_words, words
from review.actions.duties import take_duty
from review.core.streams import SITE, stream_of_facts
from review.models import FactCheck
from review.queries.facts import (
    checks_of,
    confirmed_facts,
    contradictions,
    declared_values,
    shown_value,
    unchecked,
)

NODES = {"documents": "collection.documents", "site": "collection.site"}
CONFIRMED, CORRECTED = FactCheck.Verdict.CONFIRMED, FactCheck.Verdict.CORRECTED


@dataclass(frozen=True)
class Clash(FieldFault):
    """A fact that somebody else wrote since the page was read: what stands there now, for the person to choose."""

    key: str
    label: str
    who: str
    when: str
    verdict: str
    value: str
    revision: int


@dataclass(frozen=True)
class Found:
    """What a person found of a fact: as declared, or another value with reason and proof.

    ``revision`` is that of the check the page showed (0 for none), so that two people never overwrite each other.
    """

    verdict: str
    value: str = ""
    reason: str = ""
    proof: Any = None
    revision: int = 0


def field(key: str, part: str) -> str:
    """Return the name of a form field of a fact."""
    return f"{part}-{key}"


@verb("confirm_facts")
def confirm_declared(case: Case, *, stream: str, keys: Iterable[str], by: User, at: datetime) -> int:
    """Confirm several facts as declared, those that nobody has looked at yet; return how many."""
    turn = take_duty(case, NODES[stream], by=by, at=at)
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        raise Invalid(_("请先勾选与申报一致的数据项。"))
    there = checks_of(turn.case)
    found = {key: Found(CONFIRMED) for key in wanted if key not in there}
    write_checks(turn, stream, found)
    return len(found)


def write_checks(turn: Turn, stream: str, found: Mapping[str, Found]) -> None:
    """Write what was found, everything or, with every fault named, nothing. The caller has taken the turn."""
    plan = plan_of(turn.case.batch)
    specs, declared, there = declared_specs(plan), declared_values(turn.case), checks_of(turn.case)
    faults: list[FieldFault] = []
    values: dict[str, Any] = {}
    for key, item in found.items():
        spec = specs.get(key)
        if spec is None:
            faults.append(
                FieldFault("", _("标准中没有名为“%(key)s”的数据项，请刷新页面。") % {"key": key[:40]})
            )
            continue
        row = there.get(key)
        try:
            values[key] = _value(spec, item, declared.get(key), row)
        except Invalid as error:
            faults += error.faults
        if row is not None and not (key in values and _same(row, item, values[key])):
            faults += _clash(spec, row, item, turn.by)
    if faults:
        raise Invalid(faults)
    for key, value in values.items():
        _write(turn, plan, specs[key], stream, found[key], value, declared.get(key), there.get(key))


def _clash(spec: FactSpec, row: FactCheck, item: Found, by: User) -> list[Clash]:
    """Refuse to overwrite what somebody else wrote since the page was read."""
    if item.revision == row.revision or row.by_id == by.pk:
        return []
    params = {
        "label": data_words(spec.label),
        "who": row.by.name,
        "when": date_format(localtime(row.at), "DATETIME_FORMAT"),
        "value": shown_value(spec, row.value),
    }
    sentence = _(
        "“%(label)s”已由%(who)s于%(when)s核实为“%(value)s”，未保存您的填写；如需改动请刷新页面后再填。"
    )
    verdict = row.get_verdict_display()
    place = field(spec.key, "verdict")
    return [Clash(place, sentence % params, key=spec.key, verdict=verdict, revision=row.revision, **params)]


def _same(row: FactCheck, item: Found, value: Any) -> bool:
    """Whether an answer says what stands there already: two people who find the same are not in each other's way."""
    said = (item.verdict, value, _reason(item))
    return (row.verdict, row.value, row.reason) == said and not item.proof


def _reason(item: Found) -> str:
    return item.reason.strip()[:500] if item.verdict == CORRECTED else ""


def _value(spec: FactSpec, item: Found, declared: Any, row: FactCheck | None) -> Any:
    """Return the stored form of the value found; raises ``Invalid`` naming every field that is wrong."""
    if item.verdict == CONFIRMED:
        if declared is None:
            sentence = _("“%(label)s”社区没有申报，不能按一致确认，请填写核实值。") % {
                "label": data_words(spec.label)
            }
            raise Invalid([FieldFault(field(spec.key, "verdict"), sentence)])
        return declared
    if item.verdict != CORRECTED:
        raise Invalid(
            [
                FieldFault(
                    field(spec.key, "verdict"),
                    _("请选择“%(label)s”与申报一致还是更正。") % {"label": data_words(spec.label)},
                )
            ]
        )
    faults = []
    value: Any = None
    try:
        value = plain_value(parse_fact(spec, item.value))
    except Faults as error:
        faults += [FieldFault(field(spec.key, "value"), words(fault.text)) for fault in error]
    if not faults and value == declared:
        sentence = _("“%(label)s”的核实值与申报值相同，请选择与申报一致。") % {
            "label": data_words(spec.label)
        }
        faults.append(FieldFault(field(spec.key, "value"), sentence))
    if not item.reason.strip():
        sentence = _("请填写“%(label)s”的更正理由。") % {"label": data_words(spec.label)}
        faults.append(FieldFault(field(spec.key, "reason"), sentence))
    if not item.proof and not (row and row.proof_id):
        sentence = _("请上传更正“%(label)s”的依据，如照片、台账页。") % {"label": data_words(spec.label)}
        faults.append(FieldFault(field(spec.key, "proof"), sentence))
    if faults:
        raise Invalid(faults)
    return value


def _write(
    turn: Turn,
    plan: Plan,
    spec: FactSpec,
    stream: str,
    item: Found,
    value: Any,
    declared: Any,
    row: FactCheck | None,
) -> None:
    if row is not None and _same(row, item, value):
        return
    proof = _proof(turn, plan, spec, item) if item.proof else (row.proof if row else None)
    reason = _reason(item)
    if row is None:
        row = FactCheck(case=turn.case, round=turn.case.round, key=spec.key, revision=0)
    row.stream, row.verdict, row.value, row.declared = stream, item.verdict, value, declared
    row.reason, row.proof = reason, proof
    row.revision, row.by, row.at = row.revision + 1, turn.by, turn.at
    row.save()
    if item.verdict == CORRECTED:
        data = {"key": spec.key, "declared": declared, "value": value, "reason": reason}
        record(turn.case, "correct_fact", by=turn.by, at=turn.at, data=data)


def _proof(turn: Turn, plan: Plan, spec: FactSpec, item: Found) -> Evidence:
    """Keep the proof of a correction, linked to the indicators that the fact enters."""
    serves = indicators_by_fact(plan).get(spec.key, ())
    try:
        return store(turn.case, item.proof, indicators=serves, stage="collection", by=turn.by, at=turn.at)
    except Invalid as error:
        name = field(spec.key, "proof")
        raise Invalid([FieldFault(name, fault.sentence) for fault in error.faults]) from None


@verb("finish_stream")
def finish_stream(case: Case, *, stream: str, by: User, at: datetime) -> bool:
    """End one's part of a stream. The last one to do so must leave no fact of the stream unchecked or contradicting.

    Returns whether the stream has ended.
    """
    turn = take_duty(case, NODES[stream], by=by, at=at)
    last = not turn.case.todos.filter(task=turn.todo.task_id, state="open").exclude(pk=turn.todo.pk).exists()
    if last:
        _require_complete(turn, stream)
    name = "finish_site" if stream == SITE else "finish_documents"
    plan = plan_of(turn.case.batch)
    streams = stream_of_facts(plan)
    facts = {
        key: value
        for key, value in confirmed_facts(turn.case, turn.case.round).items()
        if streams.get(key) == stream
    }
    data = {"round": turn.case.round, "facts": len(facts), "digest": digest(facts)}
    record(turn.case, name, by=by, at=at, data=data)
    turn.close("done")
    if last:
        turn.finish("done")
    return last


def _require_complete(turn: Turn, stream: str) -> None:
    plan = plan_of(turn.case.batch)
    missing = unchecked(turn.case, plan, stream)
    if missing:
        names = _("、").join(data_words(spec.label) for spec in missing[:8])
        more = _("等") if len(missing) > 8 else ""
        raise Refused(
            _("还有%(count)d项数据没有核实：%(names)s%(more)s。请逐项确认或更正后再完成。")
            % {"count": len(missing), "names": names, "more": more}
        )
    clashes = contradictions(turn.case, plan)
    if clashes:
        sentences = " ".join(words(fault.text) for fault in clashes[:5])
        raise Refused(_("核实后的数据相互矛盾，请更正后再完成：%(clashes)s") % {"clashes": sentences})
