"""The awards of a sheet, read and checked (R1-037): id, matter, level, date, and what some options ask for beside them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from applications.core.facts import read_date
from applications.core.faults import N_, Fault, quoted, safe_key

if TYPE_CHECKING:
    from applications.core.standard import Standard

MOST_AWARDS = 1000
LONGEST_TEXT = 300
KNOWN = ("id", "matter", "level", "date", "title", "recipient", "issuer", "seal_level", "confirmed")

NO_BONUS = N_("本标准没有加分项，请删去awards中的荣誉。")
NOT_LIST = N_("荣誉（awards）应为列表，现为{value}，请改正。")
TOO_MANY = N_("荣誉多达{count}项（最多{most}项），请核对。")
NOT_MAP = N_("第{place}项荣誉应为一组键值，现为{value}，请改正。")
NO_FIELD = N_("第{place}项荣誉缺少{field}，请补上。")
NOT_TEXT = N_("第{place}项荣誉的{field}应为文字，现为{value}，请改正。")
UNKNOWN_FIELD = N_("第{place}项荣誉没有{field}这一项，请删去。")
UNKNOWN_LEVEL = N_("荣誉{id}的级别为{value}，应为{levels}之一，请改正。")
NOT_DATE = N_("荣誉{id}的日期为{value}，应为“年-月-日”形式的日期，请改正。")
NOT_FLAG = N_("荣誉{id}的确认情况（confirmed）为{value}，应为true或false，请改正。")
DUPLICATE = N_("荣誉编号{id}重复，请使每项荣誉的编号不同。")


@dataclass(frozen=True, slots=True)
class Award:
    """One award as it stands on the sheet; ``confirmed`` is False while a provincial officer has yet to confirm it (A18)."""

    id: str
    level: str
    date: datetime.date
    matter: str = ""
    title: str = ""
    recipient: str = ""
    issuer: str = ""
    seal_level: str = ""
    confirmed: bool = True

    def as_json(self) -> dict[str, object]:
        """The award in the form of the sheet, without what it does not have."""
        found: dict[str, object] = {"id": self.id, "level": self.level, "date": self.date.isoformat()}
        for name in ("matter", "title", "recipient", "issuer", "seal_level"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        if not self.confirmed:
            found["confirmed"] = False
        return found


def read_awards(
    standard: Standard, raw: object, policy: Mapping[str, str], faults: list[Fault]
) -> tuple[Award, ...]:
    """The awards in the order of their ids; what the policy in force needs of an award is compulsory."""
    if not isinstance(raw, (list, tuple)):
        faults.append(Fault("awards", NOT_LIST, {"value": quoted(raw)}))
        return ()
    if raw and standard.bonus is None:
        faults.append(Fault("awards", NO_BONUS))
        return ()
    if len(raw) > MOST_AWARDS:
        faults.append(Fault("awards", TOO_MANY, {"count": len(raw), "most": MOST_AWARDS}))
        return ()
    needed = [
        "id",
        "level",
        "date",
        "title" if policy.get("bonus_same_matter") == "title_equal" else "matter",
    ]
    if policy.get("bonus_award_level") == "by_seal":
        needed.append("seal_level")
    levels = tuple(standard.bonus.levels) if standard.bonus else ()
    found: dict[str, Award] = {}
    for place, item in enumerate(raw, start=1):
        award = _read_award(place, item, needed, levels, faults)
        if award is None:
            continue
        if award.id in found:
            faults.append(Fault(f"awards[{award.id}]", DUPLICATE, {"id": award.id}))
        found[award.id] = award
    return tuple(found[key] for key in sorted(found))


def _read_award(
    place: int, item: object, needed: list[str], levels: tuple[str, ...], faults: list[Fault]
) -> Award | None:
    key = f"awards[{place}]"
    if not isinstance(item, Mapping):
        faults.append(Fault(key, NOT_MAP, {"place": place, "value": quoted(item)}))
        return None
    before = len(faults)
    texts = {
        field: _text(item, field, place, field in needed, faults) for field in KNOWN[:-1] if field != "date"
    }
    for name in item:
        if name not in KNOWN:
            faults.append(
                Fault(f"{key}.{safe_key(name)}", UNKNOWN_FIELD, {"place": place, "field": quoted(name)})
            )
    award_id = texts["id"]
    for field in ("level", "seal_level"):
        if texts[field] and texts[field] not in levels:
            params = {"id": award_id, "value": quoted(texts[field]), "levels": "、".join(levels)}
            faults.append(Fault(f"awards[{award_id}].{field}", UNKNOWN_LEVEL, params))
    date = read_date(item.get("date"))
    if date is None:
        params = {"id": award_id, "value": quoted(item.get("date"))}
        faults.append(Fault(f"awards[{award_id}].date", NOT_DATE, params))
    confirmed = item.get("confirmed", True)
    if not isinstance(confirmed, bool):
        faults.append(Fault(f"{key}.confirmed", NOT_FLAG, {"id": award_id, "value": quoted(confirmed)}))
    if len(faults) > before or date is None:
        return None
    return Award(date=date, confirmed=bool(confirmed), **texts)


def _text(item: Mapping[str, object], field: str, place: int, needed: bool, faults: list[Fault]) -> str:
    value = item.get(field)
    if value is None:
        if needed:
            faults.append(Fault(f"awards[{place}].{field}", NO_FIELD, {"place": place, "field": field}))
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < 100:
        value = str(value)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
        params = {"place": place, "field": field, "value": quoted(value)}
        faults.append(Fault(f"awards[{place}].{field}", NOT_TEXT, params))
        return ""
    if needed and not value.strip():
        faults.append(Fault(f"awards[{place}].{field}", NO_FIELD, {"place": place, "field": field}))
    return value.strip()
