"""What an assessment plan must say: methods the standard asks for, days in order (R2-034, R2-056, R4-041)."""

from collections.abc import Iterable, Mapping
from datetime import date

from applications.core.elements import Indicator
from applications.core.faults import N_, Sentence

METHODS: dict[str, str] = {
    "document_review": N_("查阅资料"),
    "site_inspection": N_("实地考察"),
    "questionnaire_survey": N_("问卷调查"),
    "service_statistics": N_("服务记录统计"),
    "interview": N_("居民访谈"),
    "meeting": N_("居民座谈会"),
}
STREAMS: dict[str, str] = {
    "documents": N_("查阅资料"),
    "site": N_("实地考察"),
    "survey": N_("满意度调查"),
    "services": N_("服务记录统计"),
}
CHANNELS: dict[str, str] = {
    "board": N_("社区公告栏"),
    "meeting": N_("居民会议"),
    "group": N_("居民微信群"),
    "account": N_("社区公众号"),
    "visit": N_("入户告知"),
    "other": N_("其他渠道"),
}
LONGEST_DAYS = 180

METHOD_NEEDED = N_("标准中有以“{method}”评定的指标，评估方法须包含此项。")
DATE_MISSING = N_("请填写“{stream}”的起止日期。")
BACKWARDS = N_("“{stream}”的结束日期{until}早于开始日期{start}，请改正。")
PAST = N_("“{stream}”的开始日期{start}早于今天，请改正。")
TOO_LONG = N_("“{stream}”长达{days}天，超过{most}天，请核对日期。")


def methods_needed(indicators: Iterable[Indicator]) -> set[str]:
    """Return the methods that the indicators of the standard cannot do without."""
    return {indicator.method for indicator in indicators}


def method_faults(chosen: Iterable[str], indicators: Iterable[Indicator]) -> list[Sentence]:
    """Return a sentence for each method that the standard asks for and the plan leaves out."""
    lacking = methods_needed(indicators) - set(chosen)
    return [Sentence(METHOD_NEEDED, {"method": Sentence(METHODS[key])}) for key in METHODS if key in lacking]


def timetable_faults(
    timetable: Mapping[str, tuple[date | None, date | None]], today: date
) -> list[tuple[str, Sentence]]:
    """Return (stream, sentence) for every stream whose days are missing, backwards, past or endless."""
    found: list[tuple[str, Sentence]] = []
    for key, label in STREAMS.items():
        start, until = timetable.get(key, (None, None))
        name = Sentence(label)
        if start is None or until is None:
            found.append((key, Sentence(DATE_MISSING, {"stream": name})))
        elif until < start:
            params = {"stream": name, "until": until, "start": start}
            found.append((key, Sentence(BACKWARDS, params)))
        elif start < today:
            found.append((key, Sentence(PAST, {"stream": name, "start": start})))
        elif (until - start).days > LONGEST_DAYS:
            params = {"stream": name, "days": (until - start).days, "most": LONGEST_DAYS}
            found.append((key, Sentence(TOO_LONG, params)))
    return found
