"""The fact sheet: what a verified case comes down to, read from its exchange form and checked whole (the contract)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from applications.core.awards import Award, read_awards
from applications.core.canonical import decimal_text, digest, shown
from applications.core.facts import (
    FIELD,
    Value,
    field_name,
    plain_value,
    read_facts,
    relation_faults,
    value_text,
)
from applications.core.faults import N_, Fault, Faults, Sentence, quoted, safe_key
from applications.core.measures import flatten
from applications.core.plan import Plan, compile_plan
from applications.core.standard import Standard

KEYS = frozenset(
    {
        "standard",
        "application_year",
        "facts",
        "not_met",
        "grid_size_reason_accepted",
        "awards",
        "policy",
        "expected",
        "applied_star",
        "application_date",
    }
)
NOT_A_SHEET = N_("评分表应为一组键值，请检查文件内容。")
UNKNOWN_KEY = N_("评分表没有{key}这一项，请删去或改正名称。")
MISSING_KEY = N_("评分表缺少{key}，请补上。")
OTHER_STANDARD = N_("评分表依据的标准为{value}，而所用标准为“{code}”，请改用相应的标准。")
BAD_YEAR = N_("申报年度为{value}，应为1990到2200之间的年份，请改正。")
NOT_MAP = N_("{key}应为一组键值，现为{value}，请改正。")
NOT_LIST = N_("{key}应为列表，现为{value}，请改正。")
NOT_FLAG = N_("{key}应为true或false，现为{value}，请改正。")
NOT_AN_ID = N_("not_met中的{value}不是指标编号，请改正。")
UNKNOWN_ID = N_("标准中没有指标{value}，请改正not_met。")
TWICE = N_("not_met中指标{value}重复，请只保留一次。")
MEASURED_ONLY = N_("指标{value}只按数据计算，不作达到与否的判断，请从not_met中删去。")
MISSING_FACT = N_("缺少{label}，请填写。")
ZERO_DIVISOR = N_("{label}为零，无法计算{measure}，请核对。")
INVALID_SURVEY = N_("{label}回收率为{rate}%，低于{needed}%，本轮无效，请补充调查或重新调查后再计分。")
BOTH = N_("{key}写了两次且不一致，请只在facts中填写。")
NOT_EXEMPTIBLE = N_("指标{value}不在可按“不适用”处理的指标之列，请删去。")


@dataclass(frozen=True, eq=False)
class Sheet:
    """A checked sheet with the plan it is rated by; make one with ``from_mapping``."""

    plan: Plan
    application_year: int
    values: Mapping[str, Value]
    flat: Mapping[str, Any]
    not_met: frozenset[str]
    reason_accepted: bool
    awards: tuple[Award, ...]

    @property
    def standard(self) -> Standard:
        """The standard the sheet was read for."""
        return self.plan.standard

    @property
    def policy(self) -> Mapping[str, str]:
        """The policy in force, one option for each question."""
        return self.plan.policy

    @classmethod
    def from_mapping(cls, standard: Standard, mapping: object) -> Sheet:
        """Read a sheet of the contract's form; raises ``Faults`` with everything that is wrong with it at once."""
        draft = Draft(standard, mapping)
        draft.read()
        if draft.faults or draft.plan is None:
            raise Faults(draft.faults)
        return draft.sheet(draft.plan)

    def as_json(self) -> dict[str, object]:
        """The sheet in the contract's form; reading it again gives the same digest."""
        year = {"application_year": self.application_year} if self.application_year else {}
        return {
            "standard": self.standard.code,
            **year,
            "facts": {key: plain_value(value) for key, value in sorted(self.values.items())},
            "not_met": sorted(self.not_met),
            "grid_size_reason_accepted": self.reason_accepted,
            "awards": [award.as_json() for award in self.awards],
            "policy": dict(self.policy),
        }

    @property
    def digest(self) -> str:
        """SHA-256 of what was judged: facts, judgements, awards, year; the policy has its own place in the result."""
        return digest(
            {
                "standard": self.standard.code,
                "application_year": self.application_year,
                "facts": {key: value_text(value) for key, value in self.values.items()},
                "not_met": sorted(self.not_met),
                "grid_size_reason_accepted": self.reason_accepted,
                "awards": [award.as_json() for award in self.awards],
            }
        )


class Draft:
    """A sheet being read: what could be read, and every fault on the way."""

    def __init__(self, standard: Standard, mapping: object) -> None:
        self.standard = standard
        self.faults: list[Fault] = []
        self.data: Mapping[Any, Any] = mapping if isinstance(mapping, Mapping) else {}
        if not isinstance(mapping, Mapping):
            self.faults.append(Fault("document", NOT_A_SHEET))
        self.plan: Plan | None = None
        self.values: dict[str, Value] = {}
        self.flat: dict[str, Any] = {}
        self.not_met: frozenset[str] = frozenset()
        self.awards: tuple[Award, ...] = ()
        self.year = 0
        self.reason_accepted = False

    def fault(self, key: str, template: str, /, **params: object) -> None:
        """Note a fault."""
        self.faults.append(Fault(key, template, params))

    def read(self) -> None:
        """Read a whole sheet, as strictly as the contract has it."""
        if self.faults:
            return
        for key in ("standard", "facts"):
            if key not in self.data:
                self.fault(key, MISSING_KEY, key=key)
        self.read_parts(self.data.get("not_met", []))
        for key in self.missing_facts():
            self.fault(key, MISSING_FACT, label=self.standard.facts[key].label)
        if self.plan is not None:
            self.check_measurable(self.plan)

    def read_parts(self, not_met: object) -> None:
        """Everything that can be read of a sheet that may not be complete yet."""
        data = self.data
        for key in data:
            if key not in KEYS:
                self.fault(safe_key(key), UNKNOWN_KEY, key=quoted(key))
        code = data.get("standard", self.standard.code)
        if code != self.standard.code:
            self.fault("standard", OTHER_STANDARD, value=quoted(code), code=self.standard.code)
        self._read_policy(data.get("policy", {}))
        self._read_facts(data.get("facts", {}))
        self._read_not_met(not_met)
        accepted = data.get("grid_size_reason_accepted", False)
        if not isinstance(accepted, bool):
            key = "grid_size_reason_accepted"
            self.fault(key, NOT_FLAG, key=key, value=quoted(accepted))
        self.reason_accepted = accepted is True
        policy = self.plan.policy if self.plan else self.standard.policy_defaults
        self.awards = read_awards(self.standard, data.get("awards", []), policy, self.faults)
        self._read_year()

    def _read_policy(self, raw: object) -> None:
        if not isinstance(raw, Mapping) or not all(isinstance(key, str) for key in raw):
            self.fault("policy", NOT_MAP, key="policy", value=quoted(raw))
            return
        try:
            self.plan = compile_plan(self.standard, raw)
        except Faults as error:
            self.faults += error.faults

    def _read_facts(self, raw: object) -> None:
        if not isinstance(raw, Mapping):
            self.fault("facts", NOT_MAP, key="facts", value=quoted(raw))
            return
        moved: dict[Any, Any] = {}
        for key in ("applied_star", "application_date"):
            if key in self.data:
                if raw.get(key, self.data[key]) != self.data[key]:
                    self.fault(key, BOTH, key=key)
                moved[key] = self.data[key]
        self.values = read_facts(self.standard, {**raw, **moved} if moved else raw, self.faults)
        self.faults += relation_faults(self.standard, self.values)
        self.flat = flatten(self.values)

    def _read_not_met(self, raw: object) -> None:
        if not isinstance(raw, (list, tuple, frozenset)):
            self.fault("not_met", NOT_LIST, key="not_met", value=quoted(raw))
            return
        found: set[str] = set()
        for item in (self._as_id(item) for item in raw):
            indicator = self.standard.indicators.get(item) if isinstance(item, str) else None
            if not isinstance(item, str):
                self.fault("not_met", NOT_AN_ID, value=quoted(item))
            elif indicator is None:
                self.fault(f"not_met.{safe_key(item)}", UNKNOWN_ID, value=quoted(item))
            elif not indicator.qualitative:
                self.fault(f"not_met.{item}", MEASURED_ONLY, value=item)
            elif item in found:
                self.fault(f"not_met.{item}", TWICE, value=item)
            else:
                found.add(item)
        self.not_met = frozenset(found)

    def _as_id(self, item: object) -> object:
        """An id written as a number is the text of it where there is such an indicator, as in the standard's file."""
        is_number = isinstance(item, (int, Decimal)) and not isinstance(item, bool)
        return str(item) if is_number and str(item) in self.standard.indicators else item

    def _read_year(self) -> None:
        """The year is needed wherever there are awards to be counted."""
        raw = self.data.get("application_year")
        if raw is None and "application_year" not in self.data:
            if self.awards:
                self.fault("application_year", MISSING_KEY, key="application_year")
            return
        if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) == 4:
            raw = int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int) or not 1990 <= raw <= 2200:
            self.fault("application_year", BAD_YEAR, value=quoted(raw))
            return
        self.year = raw

    def missing_facts(self) -> Iterable[str]:
        """The facts that the standard or the policy in force asks for and the sheet lacks, in the standard's order."""
        needed = self.plan.needed_facts if self.plan else frozenset()
        raw = self.data.get("facts")
        given = set(raw) if isinstance(raw, Mapping) else set()
        for key, spec in self.standard.facts.items():
            if key in self.values or key in given or key in self.data:
                continue
            if spec.required or key in needed or (key == "application_date" and self._rolling()):
                yield key

    def _rolling(self) -> bool:
        return bool(self.plan and self.awards and self.plan.policy["bonus_lookback"] == "rolling_36_months")

    def check_measurable(self, plan: Plan) -> None:
        """No divisor is zero, the survey is valid where it must be, and only what may be exempted is."""
        for ref, measure in plan.divisors:
            if self.flat.get(ref) == 0:
                label = self._name_of(ref)
                self.fault(ref, ZERO_DIVISOR, label=label, measure=self._label(measure))
        spec = self.standard.survey
        rate = return_rate(self.flat, spec.key) if spec else None
        if spec and spec.key in self.values:
            if rate is None:
                ref = f"{spec.key}.distributed"
                self.fault(ref, ZERO_DIVISOR, label=self._name_of(ref), measure=Sentence(RETURN_RATE))
            elif plan.policy["survey_validity"] == "block" and invalid(rate, spec.min_return_pct):
                needed = decimal_text(spec.min_return_pct)
                params = {"label": spec.label, "rate": _shown_rate(rate), "needed": needed}
                self.fault(spec.key, INVALID_SURVEY, **params)
        exempt = self.values.get(plan.exempt_by) if plan.exempt_by else None
        for indicator_id in exempt if isinstance(exempt, tuple) else ():
            if indicator_id not in plan.exemptible:
                self.fault(plan.exempt_by, NOT_EXEMPTIBLE, value=quoted(indicator_id))

    def _name_of(self, ref: str) -> object:
        """What a fact, or a field of the survey, is called."""
        key, _, field = ref.partition(".")
        label = self.standard.facts[key].label
        return Sentence(FIELD, {"label": label, "field": field_name(field)}) if field else label

    def _label(self, measure: str) -> str:
        for indicator in self.standard.indicators.values():
            for stated in indicator.measures:
                if stated.name == measure:
                    return stated.label
        return measure

    def sheet(self, plan: Plan) -> Sheet:
        """The sheet as far as it was read."""
        return Sheet(plan, self.year, self.values, self.flat, self.not_met, self.reason_accepted, self.awards)


RETURN_RATE = N_("回收率")


def return_rate(flat: Mapping[str, Any], survey: str) -> tuple[int, int] | None:
    """Returned and distributed, or None where nothing was distributed or there is no survey."""
    distributed = flat.get(f"{survey}.distributed", 0)
    return (flat[f"{survey}.returned"], distributed) if distributed else None


def invalid(rate: tuple[int, int], needed_pct: Any) -> bool:
    """Whether fewer than ``needed_pct`` percent came back (R4-068: exactly 90 % is enough)."""
    return bool(rate[0] * 100 < rate[1] * needed_pct)


def _shown_rate(rate: tuple[int, int]) -> str:
    return shown(Fraction(rate[0] * 100, rate[1]))
