"""The satisfaction questionnaire: five-level answers (R4-065, R4-066, R4-069), in Chinese and English.

A survey round keeps a copy of what it asked, so that a later wording never changes an earlier answer.
"""

from applications.core.faults import N_, Sentence

VERSION = "2026-1"
OVERALL, RESIDENT = "overall", "resident"
LEVELS = ("very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied")
LEVEL_NAMES: dict[str, str] = {
    "very_satisfied": N_("非常满意"),
    "satisfied": N_("满意"),
    "neutral": N_("一般"),
    "dissatisfied": N_("不满意"),
    "very_dissatisfied": N_("非常不满意"),
}
YES_NO: dict[str, str] = {"yes": N_("是"), "no": N_("不是")}
AGES: dict[str, str] = {
    "under_35": N_("35岁以下"),
    "35_59": N_("35至59岁"),
    "60_up": N_("60岁及以上"),
    "unsaid": N_("不便回答"),
}
SCALES = {"level": LEVEL_NAMES, "yes_no": YES_NO, "age": AGES}

# key, scale, wording; all but the age are compulsory
QUESTIONS: tuple[tuple[str, str, str], ...] = (
    (RESIDENT, "yes_no", N_("您是本社区的居民吗？")),
    (OVERALL, "level", N_("总的来说，您对本社区的服务满意吗？")),
    ("content", "level", N_("您对社区的服务内容满意吗？")),
    ("attitude", "level", N_("您对社区工作人员的服务态度满意吗？")),
    ("efficiency", "level", N_("您对社区的办事效率满意吗？")),
    ("environment", "level", N_("您对社区的环境和秩序满意吗？")),
    ("age", "age", N_("您的年龄段？")),
)
OPTIONAL = ("age",)

MISSING = N_("“{question}”尚未回答，请选择一项。")
UNKNOWN = N_("“{question}”的回答“{value}”不在选项之内，请重新选择。")


def snapshot() -> list[dict[str, str]]:
    """Return the questionnaire as a round keeps it."""
    return [{"key": key, "scale": scale, "text": text} for key, scale, text in QUESTIONS]


def answer_faults(questions: list[dict[str, str]], answers: dict[str, str]) -> list[tuple[str, Sentence]]:
    """Return (question, sentence) for every answer that is missing or not among the options."""
    found = []
    for question in questions:
        key, value = question["key"], answers.get(question["key"], "")
        name = Sentence(question["text"])
        if not value and key not in OPTIONAL:
            found.append((key, Sentence(MISSING, {"question": name})))
        elif value and value not in SCALES[question["scale"]]:
            found.append((key, Sentence(UNKNOWN, {"question": name, "value": value[:20]})))
    return found
