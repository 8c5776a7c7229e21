"""The 25 questions the standard leaves open (A01-A25): their options, and which of them this engine carries out.

An option is either plain (the table as it stands), built in (``plan.py``, ``stars.py``, ``bonus.py``), given as data by
the standard (``effects`` of the ambiguity), or refused in a sentence. None is ever ignored in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from applications.core.elements import Effect
from applications.core.faults import N_, Fault, Faults, quoted, safe_key

if TYPE_CHECKING:
    from applications.core.standard import Standard


class Support(Enum):
    """How an option gets its effect."""

    PLAIN = "plain"
    BUILT_IN = "built in"
    DATA = "data"
    REFUSED = "refused"


PLAIN, BUILT_IN, DATA, REFUSED = Support.PLAIN, Support.BUILT_IN, Support.DATA, Support.REFUSED


@dataclass(frozen=True)
class PolicySpec:
    """One question: its options with their support, the default being the first."""

    id: str
    key: str
    options: Mapping[str, Support]
    needs_where: bool = False
    refusal: str = ""

    @property
    def default(self) -> str:
        """The option that holds where neither the standard nor the batch says anything."""
        return next(iter(self.options))


ONE_JUDGEMENT = N_("评分表对每项只记一个“达到/未达到”的结论，没有部分得分，请选用“达到即得分”。")
ADDS_UP = N_("各档累加会超过标准规定的满分，与标准表A.1相矛盾，请选用“择一”。")
NO_RESCALE = N_("按比例折算会改变星级分数线，请选用“不设豁免”或“给满分”。")
ONE_RESULT = N_("评分表只含评审组的统一结论，分歧须在评审环节由组长说明理由后定案。")


def _spec(
    number: int, key: str, options: Mapping[str, Support], where: bool = False, refusal: str = ""
) -> PolicySpec:
    return PolicySpec(f"A{number:02}", key, MappingProxyType(dict(options)), where, refusal)


_ALL = (
    _spec(
        1,
        "satisfaction_band_gaps",
        {"lower_bound": PLAIN, "round_half_up": BUILT_IN, "truncate": BUILT_IN, "gap_zero": BUILT_IN},
        where=True,
    ),
    _spec(
        2,
        "satisfaction_statistic",
        {
            "top2_rate": PLAIN,
            "top3_rate": DATA,
            "mean_index_5pt": DATA,
            "mean_index_100_80_60_30_0": DATA,
            "mean_index_100_75_50_25_0": DATA,
        },
    ),
    _spec(3, "survey_validity", {"block": BUILT_IN, "warn": BUILT_IN, "zero": BUILT_IN}),
    _spec(4, "bonus_lifts_star", {"include": BUILT_IN, "exclude": BUILT_IN, "include_cap_100": BUILT_IN}),
    _spec(5, "missed_basic_item", {"warn_and_rectify": BUILT_IN, "no_veto": BUILT_IN, "no_star": BUILT_IN}),
    _spec(6, "rounding", {"none": PLAIN, "half_up_2": BUILT_IN, "gbt8170_1": BUILT_IN}),
    _spec(
        7,
        "partial_credit",
        {"all_or_nothing": PLAIN, "stepped_half": REFUSED, "free": REFUSED},
        refusal=ONE_JUDGEMENT,
    ),
    _spec(8, "area_floor", {"literal": PLAIN, "both": BUILT_IN}, where=True),
    _spec(
        9,
        "quarter_rule",
        {"each_of_last_4_full_quarters": PLAIN, "yearly_total_4": DATA, "since_last_rating": DATA},
    ),
    _spec(
        10,
        "grid_size",
        {"reviewer_with_reason": BUILT_IN, "strict_each": BUILT_IN, "average": BUILT_IN},
        where=True,
    ),
    _spec(11, "zhongzhuan", {"include_zhongzhuan": PLAIN, "dazhuan_only": DATA}),
    _spec(12, "worker_denominator", {"definition_3_3": PLAIN, "exclude_grid": DATA}),
    _spec(
        13, "population_date", {"batch_reference_date": PLAIN, "last_census": DATA, "application_date": DATA}
    ),
    _spec(14, "party_member_rule", {"per_member": PLAIN, "per_community": DATA}),
    _spec(15, "volunteer_count", {"registered": PLAIN, "self_reported": DATA}),
    _spec(16, "tiers_alternative", {"alternative": PLAIN, "cumulative": REFUSED}, refusal=ADDS_UP),
    _spec(17, "bonus_lookback", {"calendar_years": BUILT_IN, "rolling_36_months": BUILT_IN}),
    _spec(18, "bonus_award_level", {"whitelist_then_confirm": BUILT_IN, "by_seal": BUILT_IN}),
    _spec(19, "bonus_same_matter", {"matter_key": BUILT_IN, "title_equal": BUILT_IN}),
    _spec(20, "not_applicable", {"no_na": PLAIN, "full": DATA, "rescale": REFUSED}, refusal=NO_RESCALE),
    _spec(21, "function_areas", {"by_need": PLAIN, "all_eleven": DATA}),
    _spec(22, "negative_events", {"assessment_period_and_official_finding": PLAIN, "three_years": DATA}),
    _spec(
        23,
        "reviewer_disagreement",
        {"consensus_then_leader": PLAIN, "mean": REFUSED, "majority": REFUSED},
        refusal=ONE_RESULT,
    ),
    _spec(24, "applied_star_cap", {"as_scored": PLAIN, "not_above_applied": BUILT_IN}),
    _spec(25, "inclusive_above", {"inclusive": PLAIN, "exclusive": BUILT_IN}),
)
POLICIES: Mapping[str, PolicySpec] = MappingProxyType({spec.key: spec for spec in _ALL})

UNKNOWN_KEY = N_("没有{key}这一口径，请从标准列出的口径中选择。")
UNKNOWN_OPTION = N_("口径{key}没有选项{option}，可选：{options}。")
NOT_SUPPORTED = N_("口径{key}的选项{option}不受支持：{why}")
NO_EFFECT = N_("口径{key}的选项{option}不受支持：本标准没有给出它的计算方法（effects）。")
NO_WHERE = N_("口径{key}的选项{option}不受支持：本标准没有列明它涉及的指标（where）。")


def choice_faults(key: object, option: object, prefix: str = "", chosen: bool = True) -> list[Fault]:
    """Whether ``key`` and ``option`` are among the 25 questions and, where it is ``chosen``, can be carried out at all."""
    place = prefix + safe_key(key)
    spec = POLICIES.get(key) if isinstance(key, str) else None
    if spec is None:
        return [Fault(place, UNKNOWN_KEY, {"key": quoted(key)})]
    if not isinstance(option, str) or option not in spec.options:
        params = {"key": key, "option": quoted(option), "options": "、".join(spec.options)}
        return [Fault(place, UNKNOWN_OPTION, params)]
    if chosen and spec.options[option] is REFUSED:
        return [
            Fault(place, NOT_SUPPORTED, {"key": key, "option": option, "why": Fault("", spec.refusal).text})
        ]
    return []


def resolve(standard: Standard, overrides: Mapping[str, object]) -> Mapping[str, str]:
    """The policy in force: the standard's defaults with ``overrides`` laid over them.

    Raises ``Faults`` for an unknown key or option, and for an option that has no effect in this standard.
    """
    faults: list[Fault] = []
    chosen = dict(standard.policy_defaults)
    for key, option in overrides.items():
        found = choice_faults(key, option, "policy.")
        faults += found
        if not found:
            chosen[key] = str(option)
    faults += default_faults(standard, chosen)
    if faults:
        raise Faults(faults)
    return MappingProxyType(dict(sorted(chosen.items())))


def default_faults(standard: Standard, chosen: Mapping[str, str]) -> list[Fault]:
    """Whether every option chosen finds in the standard what it needs."""
    return [fault for key, option in chosen.items() for fault in _effect_faults(standard, key, option)]


def _effect_faults(standard: Standard, key: str, option: str) -> Iterable[Fault]:
    """A non-default option must find in the standard what it works on."""
    spec = POLICIES[key]
    support = spec.options[option]
    params = {"key": key, "option": option}
    ambiguity = standard.ambiguity(key)
    works_on_some = support is DATA or (support is BUILT_IN and spec.needs_where and option != spec.default)
    effect = ambiguity.effects.get(option) if ambiguity else None
    if support is DATA and (effect is None or effect == Effect()):
        yield Fault(f"policy.{key}", NO_EFFECT, params)
    elif works_on_some and not standard.concerned(key):
        yield Fault(f"policy.{key}", NO_WHERE, params)
