"""Whether everything a standard refers to exists and fits: measures, facts, fields, and the kinds of facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applications.core.elements import Ambiguity, Definition, FactSpec, Indicator, Measure
from applications.core.faults import N_, Fault
from applications.core.kinds import INDICATORS, KINDS, SURVEY

NO_DEFINITION = N_("{place}用到度量{name}，但measure_definitions中没有它的定义，请补上。")
NO_FACT = N_("{name}引用了事实{ref}，但facts中没有这一项，请补上或改正。")
NEEDS_LIST = N_("{name}对{ref}取最小、最大或平均值，但它不是列表类事实，请改正。")
NEEDS_NUMBER = N_("{name}引用{ref}作为单个数，但它不是单个数，请改正。")
SURVEY_FIELDS = N_("满意度调查{key}须含distributed、returned、valid以及至少一个答案档次，请补上。")
ONE_SURVEY = N_("满意度调查只能有一项，现有{keys}，请只保留一项。")
COUNTED = ("distributed", "returned", "valid")


def reference_faults(
    indicators: Mapping[str, Indicator],
    facts: Mapping[str, FactSpec],
    definitions: Mapping[str, Definition],
    ambiguities: tuple[Ambiguity, ...],
) -> Iterator[Fault]:
    """Every dangling or ill-fitting reference of the standard."""
    for indicator in indicators.values():
        for measure in indicator.measures:
            if measure.name not in definitions:
                yield _no_definition(indicator.id, measure)
    for name, definition in definitions.items():
        yield from _definition_faults(f"measure_definitions.{name}", definition, facts)
    for spec in facts.values():
        yield from _spec_faults(spec, facts)
    surveys = [spec.key for spec in facts.values() if spec.kind == SURVEY]
    if len(surveys) > 1:
        yield Fault("facts", ONE_SURVEY, {"keys": "、".join(surveys)})
    for ambiguity in ambiguities:
        yield from _effect_faults(ambiguity, facts, definitions)


def _no_definition(place: str, measure: Measure) -> Fault:
    return Fault(f"{place}.{measure.name}", NO_DEFINITION, {"place": place, "name": measure.name})


def shape_of(ref: str, facts: Mapping[str, FactSpec]) -> str | None:
    """The shape of what ``ref`` names (a field of a survey is a number), or None where there is no such thing."""
    key, dot, field = ref.partition(".")
    spec = facts.get(key)
    if spec is None or spec.kind not in KINDS:
        return None
    shape = KINDS[spec.kind].shape
    if not dot:
        return shape
    return "number" if shape == "survey" and field in spec.fields else None


def _definition_faults(place: str, definition: Definition, facts: Mapping[str, FactSpec]) -> Iterator[Fault]:
    wants_list = definition.how in ("min", "max", "mean")
    for ref in definition.facts:
        shape = shape_of(ref, facts)
        params = {"name": place, "ref": ref}
        if shape is None:
            yield Fault(place, NO_FACT, params)
        elif wants_list and ref != definition.per and shape != "list":
            yield Fault(place, NEEDS_LIST, params)
        elif shape != "number" and not (wants_list or _summed_list(definition, shape)):
            yield Fault(place, NEEDS_NUMBER, params)
    if definition.per and shape_of(definition.per, facts) not in (None, "number"):
        yield Fault(place, NEEDS_NUMBER, {"name": place, "ref": definition.per})


def _summed_list(definition: Definition, shape: str) -> bool:
    return definition.how == "sum" and shape == "list"


def _spec_faults(spec: FactSpec, facts: Mapping[str, FactSpec]) -> Iterator[Fault]:
    place = f"facts[{spec.key}]"
    shape = shape_of(spec.key, facts)
    for ref, wanted in ((spec.at_most, "number"), (spec.sums_to, "list")):
        if not ref:
            continue
        if shape_of(ref, facts) != "number":
            yield Fault(place, NO_FACT if ref not in facts else NEEDS_NUMBER, {"name": place, "ref": ref})
        if shape is not None and shape != wanted:
            template = NEEDS_LIST if wanted == "list" else NEEDS_NUMBER
            yield Fault(place, template, {"name": place, "ref": spec.key})
    if spec.kind == SURVEY and not (
        set(COUNTED) < set(spec.fields) and len(set(spec.fields)) == len(spec.fields)
    ):
        yield Fault(place, SURVEY_FIELDS, {"key": spec.key})


def _effect_faults(
    ambiguity: Ambiguity, facts: Mapping[str, FactSpec], definitions: Mapping[str, Definition]
) -> Iterator[Fault]:
    for option, effect in ambiguity.effects.items():
        place = f"ambiguities[{ambiguity.id}].effects.{option}"
        for old, new in effect.use_facts.items():
            for ref in (old, new):
                if shape_of(ref, facts) is None:
                    yield Fault(place, NO_FACT, {"name": place, "ref": ref})
            shapes = {shape_of(old, facts), shape_of(new, facts)}
            if len(shapes) > 1 and None not in shapes:
                yield Fault(place, NEEDS_NUMBER, {"name": place, "ref": new})
        for name, definition in effect.define.items():
            yield from _definition_faults(f"{place}.define.{name}", definition, facts)
        for measure in (*effect.add_measures, *effect.restate.values()):
            if measure.name not in definitions and measure.name not in effect.define:
                yield _no_definition(place, measure)
        if effect.exempt_by and (effect.exempt_by not in facts or facts[effect.exempt_by].kind != INDICATORS):
            yield Fault(place, NO_FACT, {"name": place, "ref": effect.exempt_by})
