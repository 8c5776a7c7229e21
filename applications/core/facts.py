"""The values of facts: read strictly from a sheet or a store, kindly from a form, and checked against each other."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from applications.core.canonical import decimal_text
from applications.core.elements import FactSpec
from applications.core.faults import N_, Fault, Faults, Sentence, quoted, safe_key
from applications.core.kinds import KINDS, MOST_ENTRIES, Kind
from applications.core.quantity import Number, read_number, typed_text
from applications.core.references import COUNTED

if TYPE_CHECKING:
    from applications.core.standard import Standard

# What a fact's value is: a number, one per quarter/month/grid, the counts of a survey, a star, a date, indicator ids.
Value = Number | tuple[Number, ...] | Mapping[str, int] | datetime.date | tuple[str, ...]
Values = Mapping[str, Value]

LARGEST_COUNT = 10**9
EMPTY = N_("{label}未填写，请填写。")
BAD = N_("{label}：{why}")
NEGATIVE = N_("{label}为{value}，不能小于零，请改正。")
NOT_WHOLE = N_("{label}为{value}，应为整数，请改正。")
OVER = N_("{label}为{value}，超过上限{largest}，请核对。")
NOT_LIST = N_("{label}应为列表（每期或每个网格一个数），现为{value}，请改正。")
WRONG_LENGTH = N_("{label}应有{wanted}个数，现有{found}个，请补齐或删去多余的。")
ENTRY = N_("{label}第{place}个")
NOT_SURVEY = N_("{label}应为一组键值（{fields}），现为{value}，请改正。")
FIELD = N_("{label}的{field}")
NO_FIELD = N_("{label}缺少{field}，请补上。")
EXTRA_FIELD = N_("{label}没有{field}这一项，请删去。")
NOT_DATE = N_("{label}为{value}，应为“年-月-日”形式的日期，请改正。")
NOT_STAR = N_("{label}为{value}，应为{choices}之一，请改正。")
NOT_IDS = N_("{label}应为指标编号的列表，现为{value}，请改正。")
UNKNOWN_FACT = N_("标准中没有事实{key}，请删去或改正名称。")
OVER_OTHER = N_("{label}为{value}，不能超过{other}（{limit}），请核对两项。")
SUM_WRONG = N_("{label}合计为{total}，应等于{other}（{wanted}），请核对。")
GRIDS_DIFFER = N_("{label}有{found}个网格，而{other}有{wanted}个网格，请使网格数一致。")
SURVEY_ORDER = N_("{label}中{lower}（{low}）多于{upper}（{high}），请核对。")
SURVEY_SUM = N_("{label}各档答卷合计为{total}，应等于有效问卷数{valid}，请核对。")
FIELD_NAMES: Mapping[str, str] = {
    "distributed": N_("发放数"),
    "returned": N_("回收数"),
    "valid": N_("有效数"),
    "very_satisfied": N_("非常满意"),
    "satisfied": N_("满意"),
    "neutral": N_("一般"),
    "dissatisfied": N_("不满意"),
    "very_dissatisfied": N_("非常不满意"),
}
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?\Z")
_SEPARATORS = re.compile(r"[\s,;、/|]+")
_CHINESE_STARS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


def field_name(field: str) -> object:
    """The Chinese name of a survey field (a sentence, so that it can be translated)."""
    return Sentence(FIELD_NAMES[field]) if field in FIELD_NAMES else field


def read_fact(spec: FactSpec, raw: object) -> Value:
    """The value of a fact as a sheet or a store gives it; raises ``Faults`` naming the fact."""
    faults: list[Fault] = []
    value = _READERS[KINDS[spec.kind].shape](spec, raw, faults)
    if faults or value is None:
        raise Faults(faults)
    return value


def parse_fact(spec: FactSpec, raw: object) -> Value:
    """The value of a fact as a person typed it into a form field.

    Takes full-width digits, thousand separators, a repeated unit, lists separated by commas, spaces or 、, and dates and
    stars as people write them. Raises ``Faults`` with a Chinese sentence naming field, value and remedy.
    """
    if (
        raw is None
        or (isinstance(raw, (list, tuple, Mapping)) and not raw)
        or (isinstance(raw, str) and not raw.strip())
    ):
        raise Faults([Fault(spec.key, EMPTY, {"label": spec.label})])
    return read_fact(spec, _as_typed(spec, raw))


def _as_typed(spec: FactSpec, raw: object) -> object:
    """Typed text made plain; what is not text stays as it is."""
    kind = KINDS[spec.kind]
    if isinstance(raw, str) and kind.shape in ("list", "ids"):
        text = unicodedata.normalize("NFKC", raw.replace("、", ",")).strip()
        raw = [part for part in _SEPARATORS.split(text) if part]
    if isinstance(raw, (list, tuple)):
        return [typed_text(item, spec.unit) if isinstance(item, str) else item for item in raw]
    if isinstance(raw, Mapping):
        return {
            key: typed_text(item, spec.unit) if isinstance(item, str) else item for key, item in raw.items()
        }
    if isinstance(raw, str):
        text = typed_text(raw, spec.unit)
        if kind.shape == "star":
            text = text.removesuffix("级").removesuffix("星")
            return str(_CHINESE_STARS.get(text, text))
        return text
    return raw


def read_facts(standard: Standard, raw: Mapping[str, object], faults: list[Fault]) -> dict[str, Value]:
    """Every fact that can be read; what cannot, and what the standard does not know, goes to ``faults``."""
    values: dict[str, Value] = {}
    specs = standard.facts
    for key, item in raw.items():
        spec = specs.get(key)
        if spec is None:
            faults.append(Fault(safe_key(key), UNKNOWN_FACT, {"key": quoted(key)}))
            continue
        if type(item) is int and spec.kind == "count" and 0 <= item <= LARGEST_COUNT and spec.largest is None:
            values[key] = item
            continue
        value = _READERS[KINDS[spec.kind].shape](spec, item, faults)
        if value is not None:
            values[key] = value
    return values


def cross_check(standard: Standard, facts: Mapping[str, object]) -> list[Fault]:
    """Every fault of a set of facts, alone and against each other; facts that are absent are not asked for."""
    faults: list[Fault] = []
    values = read_facts(standard, facts, faults)
    faults += relation_faults(standard, values)
    return faults


def relation_faults(standard: Standard, values: Values) -> Iterator[Fault]:
    """Facts that contradict each other: more of a part than of the whole, sums and numbers of grids that differ."""
    grids: tuple[FactSpec, int] | None = None
    for key, value in values.items():
        spec = standard.facts[key]
        if spec.at_most and spec.at_most in values:
            limit = values[spec.at_most]
            if isinstance(value, (int, Fraction)) and isinstance(limit, (int, Fraction)) and value > limit:
                yield _related(
                    spec, OVER_OTHER, standard, spec.at_most, value=decimal_text(value), limit=limit
                )
        if spec.sums_to and spec.sums_to in values and isinstance(value, tuple):
            total = sum(item for item in value if isinstance(item, (int, Fraction)))
            wanted = values[spec.sums_to]
            if total != wanted:
                yield _related(
                    spec, SUM_WRONG, standard, spec.sums_to, total=decimal_text(total), wanted=wanted
                )
        if KINDS[spec.kind].per_grid and isinstance(value, tuple):
            if grids is None:
                grids = (spec, len(value))
            elif len(value) != grids[1]:
                yield _related(spec, GRIDS_DIFFER, standard, grids[0].key, found=len(value), wanted=grids[1])


def _related(spec: FactSpec, template: str, standard: Standard, other: str, **params: object) -> Fault:
    shown = {
        name: decimal_text(value) if isinstance(value, (int, Fraction)) else value
        for name, value in params.items()
    }
    return Fault(spec.key, template, {"label": spec.label, "other": standard.facts[other].label, **shown})


def _number(
    spec: FactSpec, raw: object, faults: list[Fault], kind: Kind, label: object, key: str = ""
) -> Number | None:
    """One number within the bounds of its kind; a fault goes to ``key``, the fact's own where it is empty."""
    number = read_number(raw)
    if isinstance(number, Sentence):
        faults.append(Fault(key or spec.key, BAD, {"label": label, "why": number}))
        return None
    largest = LARGEST_COUNT if kind.whole and spec.largest is None else spec.largest
    if number < 0:
        template = NEGATIVE
    elif kind.whole and not isinstance(number, int):
        template = NOT_WHOLE
    elif largest is not None and number > largest:
        template = OVER
    else:
        return number
    params = {"label": label, "value": quoted(raw), "largest": decimal_text(largest or 0)}
    faults.append(Fault(key or spec.key, template, params))
    return None


def _read_number(spec: FactSpec, raw: object, faults: list[Fault]) -> Value | None:
    return _number(spec, raw, faults, KINDS[spec.kind], spec.label)


def _read_list(spec: FactSpec, raw: object, faults: list[Fault]) -> Value | None:
    kind = KINDS[spec.kind]
    if not isinstance(raw, (list, tuple)):
        faults.append(Fault(spec.key, NOT_LIST, {"label": spec.label, "value": quoted(raw)}))
        return None
    if not kind.fewest <= len(raw) <= kind.most:
        wanted = str(kind.fewest) if kind.fewest == kind.most else f"{kind.fewest}-{kind.most}"
        faults.append(
            Fault(spec.key, WRONG_LENGTH, {"label": spec.label, "wanted": wanted, "found": len(raw)})
        )
        return None
    found: list[Number] = []
    largest = LARGEST_COUNT if spec.largest is None else spec.largest
    for place, item in enumerate(raw, start=1):
        if type(item) is int and 0 <= item <= largest:
            found.append(item)
            continue
        label = Sentence(ENTRY, {"label": spec.label, "place": place})
        number = _number(spec, item, faults, kind, label)
        if number is not None:
            found.append(number)
    return tuple(found) if len(found) == len(raw) else None


def _read_survey(spec: FactSpec, raw: object, faults: list[Fault]) -> Value | None:
    """The counts of a survey round, which must be in order and add up."""
    if not isinstance(raw, Mapping):
        params = {"label": spec.label, "fields": "、".join(spec.fields), "value": quoted(raw)}
        faults.append(Fault(spec.key, NOT_SURVEY, params))
        return None
    before = len(faults)
    counts: dict[str, int] = {}
    for field in spec.fields:
        if field not in raw:
            params = {"label": spec.label, "field": field_name(field)}
            faults.append(Fault(f"{spec.key}.{field}", NO_FIELD, params))
            continue
        label = Sentence(FIELD, {"label": spec.label, "field": field_name(field)})
        number = _number(spec, raw[field], faults, KINDS["count"], label, f"{spec.key}.{field}")
        if isinstance(number, int):
            counts[field] = number
    for extra in raw:
        if extra not in spec.fields:
            params = {"label": spec.label, "field": quoted(extra)}
            faults.append(Fault(f"{spec.key}.{safe_key(extra)}", EXTRA_FIELD, params))
    if len(faults) == before:
        faults += _survey_faults(spec, counts)
    return counts if len(faults) == before else None


def _survey_faults(spec: FactSpec, counts: Mapping[str, int]) -> Iterator[Fault]:
    for upper, lower in pairwise(COUNTED):
        if counts[lower] > counts[upper]:
            names = {"upper": field_name(upper), "lower": field_name(lower)}
            params = {"label": spec.label, "low": counts[lower], "high": counts[upper], **names}
            yield Fault(f"{spec.key}.{lower}", SURVEY_ORDER, params)
    total = sum(count for field, count in counts.items() if field not in COUNTED)
    if total != counts["valid"]:
        params = {"label": spec.label, "total": total, "valid": counts["valid"]}
        yield Fault(f"{spec.key}.valid", SURVEY_SUM, params)


def _read_star(spec: FactSpec, raw: object, faults: list[Fault]) -> Value | None:
    number = read_number(raw)
    if isinstance(number, int) and number in spec.choices:
        return number
    choices = "、".join(str(choice) for choice in spec.choices)
    faults.append(Fault(spec.key, NOT_STAR, {"label": spec.label, "value": quoted(raw), "choices": choices}))
    return None


def read_date(raw: object) -> datetime.date | None:
    """A date written as 2024-06-18, 2024/6/18 or 2024年6月18日, between 1900 and 2200."""
    if isinstance(raw, datetime.datetime):
        return raw.date()
    if isinstance(raw, datetime.date):
        return raw
    match = _DATE.match(raw.strip()) if isinstance(raw, str) else None
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups())
    try:
        return datetime.date(year, month, day) if 1900 <= year <= 2200 else None
    except ValueError:
        return None


def _read_date(spec: FactSpec, raw: object, faults: list[Fault]) -> Value | None:
    found = read_date(raw)
    if found is None:
        faults.append(Fault(spec.key, NOT_DATE, {"label": spec.label, "value": quoted(raw)}))
    return found


def _read_ids(spec: FactSpec, raw: object, faults: list[Fault]) -> Value | None:
    if (
        isinstance(raw, (list, tuple))
        and len(raw) <= MOST_ENTRIES
        and all(isinstance(item, str) for item in raw)
    ):
        return tuple(sorted(set(raw)))
    faults.append(Fault(spec.key, NOT_IDS, {"label": spec.label, "value": quoted(raw)}))
    return None


_READERS: Mapping[str, Callable[[FactSpec, object, list[Fault]], Value | None]] = {
    "number": _read_number,
    "list": _read_list,
    "survey": _read_survey,
    "star": _read_star,
    "date": _read_date,
    "ids": _read_ids,
}


def plain_value(value: Value) -> object:
    """A value as JSON stores it and ``read_fact`` reads it: ints, decimal strings, lists, counts, ISO dates."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [decimal_text(item) if isinstance(item, Fraction) else item for item in value]
    return decimal_text(value) if isinstance(value, Fraction) else value


def value_text(value: Value) -> object:
    """A value as it is hashed: every number as decimal text, so that 520 and "520.0" are the same fact."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return [decimal_text(item) if isinstance(item, (int, Fraction)) else item for item in value]
    if isinstance(value, Mapping):
        return {field: str(count) for field, count in value.items()}
    return decimal_text(value) if isinstance(value, Fraction) else value.isoformat()
