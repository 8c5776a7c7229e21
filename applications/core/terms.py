"""The terms of the process: default budgets and units, which a batch copies and may change before it opens.

Sources: R4-031 to R4-039 and ``practice`` 3.3; every default is policy data, shown with its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from applications.core.faults import N_

YEAR = "year"  # the unit of what is counted from date to date, not in days


@dataclass(frozen=True)
class Term:
    """A time limit: its budget, its unit (``working``, ``calendar`` or ``notice`` days, or ``year``), bounds and source.

    ``on_return``: what a pause does to it: the rest of it goes on (``continue``), or the whole begins anew (``restart``).
    """

    key: str
    name: str
    budget: int
    unit: str
    source: str
    low: int = 1
    high: int = 365
    on_return: str = "continue"


DEFAULTS: dict[str, Term] = {
    term.key: term
    for term in (
        Term("fill", N_("申报填报"), 30, "working", N_("批次申报安排")),
        Term("first_check", N_("初审"), 5, "working", N_("服务流程与规范 2-1.5")),
        Term("level_check", N_("逐级审核"), 10, "working", N_("服务流程与规范 2-1.5")),
        Term("correction", N_("补正"), 10, "working", N_("服务流程与规范 2-1.5")),
        Term("intake", N_("受理全程"), 30, "working", N_("服务流程与规范 2-1.5")),
        Term("preparation", N_("评估准备"), 15, "working", N_("批次工作安排")),
        Term("declaration", N_("回避与保密声明"), 3, "working", N_("批次工作安排")),
        Term("collection", N_("数据采集"), 20, "working", N_("批次工作安排")),
        Term("review", N_("评审意见"), 7, "working", N_("社会组织评估惯例（考察后7个工作日）")),
        Term("decision", N_("评定决定"), 30, "calendar", N_("社会组织评估惯例（评估报告30日）")),
        Term("publication", N_("公示准备"), 10, "working", N_("批次工作安排")),
        Term("notice", N_("公示期"), 7, "notice", N_("公示惯例（7日，首日计入）"), 5, 30),
        Term("objection", N_("异议复核决定"), 30, "calendar", N_("社会组织评估惯例")),
        Term("objection_reply", N_("复核决定送达"), 15, "calendar", N_("社会组织评估惯例（15日内通知）")),
        Term("statement", N_("陈述申辩"), 5, "working", N_("批次工作安排"), 3, 30),
        Term(
            "certificate_return", N_("交回证书和牌匾"), 15, "calendar", N_("社会组织评估惯例（15日内交回）")
        ),
        Term("rectification_plan", N_("整改方案"), 10, "working", N_("批次工作安排")),
        Term("rectification", N_("整改"), 30, "calendar", N_("星级饭店评定惯例（不少于一个月）"), 7, 180),
        Term("verification", N_("整改验收"), 10, "working", N_("批次工作安排")),
        Term("look_back", N_("销号至回头看"), 90, "calendar", N_("物业考评惯例（下一季度巡查）"), 30, 365),
        Term("look_back_visit", N_("整改回头看"), 10, "working", N_("批次工作安排")),
        Term("supervision", N_("督办回复"), 5, "working", N_("批次工作安排")),
        Term("supervision_check", N_("审核督办回复"), 5, "working", N_("批次工作安排")),
        Term("bar_revoked", N_("撤销星级后停止申报"), 1, YEAR, N_("A级景区评定惯例（取消后满一年）"), 0, 5),
        Term("bar_fraud", N_("弄虚作假的停止申报"), 3, YEAR, N_("等级评定惯例（弄虚作假三年）"), 0, 10),
    )
}


# The terms of what reaches an office outside of any batch; no batch copies or changes them.
STANDING: dict[str, Term] = {
    term.key: term
    for term in (
        Term("complaint", N_("投诉办理"), 3, "working", N_("服务流程与规范 7-7.2（3个工作日内办结）")),
        Term("complaint_above", N_("投诉提级办理"), 10, "working", N_("参照逐级审核期限（10个工作日）")),
    )
}


def known(key: str) -> Term | None:
    """Return a term by its key, of a batch or standing; None where a release took it away."""
    return DEFAULTS.get(key) or STANDING.get(key)


UNITS = {
    "working": N_("按工作日计"),
    "calendar": N_("按自然日计"),
    "notice": N_("按自然日计，首日计入"),
    YEAR: N_("按年计，填0为不限制"),
}

# The terms that stand still while the papers are with the applicant, and what may become of them afterwards.
PAUSED = ("intake",)
ON_RETURN = {"continue": N_("补正后继续计算剩余期限"), "restart": N_("补正后重新计算期限")}


def defaults() -> dict[str, dict[str, Any]]:
    """Return the default terms in the form a batch stores: key -> budget and unit."""
    return {key: {"budget": term.budget, "unit": term.unit} for key, term in DEFAULTS.items()}


def in_force(stored: Mapping[str, Mapping[str, Any]], key: str) -> Term:
    """Return the term a batch has in force, its own budget over the default."""
    term = DEFAULTS[key]
    own = stored.get(key, {})
    return Term(
        key,
        term.name,
        int(own.get("budget", term.budget)),
        str(own.get("unit", term.unit)),
        term.source,
        term.low,
        term.high,
        str(own.get("on_return", term.on_return)),
    )
