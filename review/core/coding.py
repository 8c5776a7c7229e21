"""Answers as numbers: five levels coded 5 to 1, means, and a table with labels as SPSS reads it (R2-058, R4-069, R4-070)."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from review.core.questionnaire import SCALES

Question = Mapping[str, str]  # key, scale, text, as a survey round keeps it
MODE = {"1": "线上", "2": "入户"}  # how the form came back
COUNTED = {"1": "有效", "0": "作废或非本社区居民"}


def codes(scale: str) -> dict[str, int]:
    """Return the number of each option: the best level is 5, yes is 1 and no 0, ages run from 1."""
    options = list(SCALES[scale])
    if scale == "level":
        return {key: len(options) - place for place, key in enumerate(options)}
    if scale == "yes_no":
        return {"yes": 1, "no": 0}
    return {key: place for place, key in enumerate(options, start=1)}


def means(questions: Sequence[Question], answers: Iterable[Mapping[str, str]]) -> dict[str, Fraction]:
    """Return the mean of each five-level question over the answers that have it."""
    rows = list(answers)
    found = {}
    for question in questions:
        if question["scale"] != "level":
            continue
        known = codes("level")
        given = [known[row[question["key"]]] for row in rows if row.get(question["key"]) in known]
        if given:
            found[question["key"]] = Fraction(sum(given), len(given))
    return found


def coded(
    questions: Sequence[Question], answers: Iterable[tuple[Mapping[str, str], bool, bool]]
) -> list[list[object]]:
    """Return the table: heads, then a row for each answer given as (answers, face to face, counted)."""
    known = {question["key"]: codes(question["scale"]) for question in questions}
    table: list[list[object]] = [["id", "mode", "counted", *known]]
    for number, (row, face, counted) in enumerate(answers, start=1):
        values = [known[key].get(row.get(key, ""), "") for key in known]
        table.append([number, 2 if face else 1, int(counted), *values])
    return table


def syntax(questions: Sequence[Question], file: str) -> str:
    """Return the SPSS commands that read the table from ``file`` and label variables and values, in Chinese."""
    names = ["id", "mode", "counted", *(question["key"] for question in questions)]
    labels = {"id": "序号", "mode": "回收方式", "counted": "是否计入"}
    labels |= {question["key"]: question["text"] for question in questions}
    values = {"mode": MODE, "counted": COUNTED}
    for question in questions:
        scale = question["scale"]
        values[question["key"]] = {str(code): SCALES[scale][key] for key, code in codes(scale).items()}
    lines = [
        "SET UNICODE=ON.",
        f"GET DATA /TYPE=TXT /FILE='{file}' /ENCODING='UTF8' /ARRANGEMENT=DELIMITED /DELIMITERS=','",
        "  /FIRSTCASE=2 /VARIABLES=" + " ".join(f"{name} F8.0" for name in names) + ".",
        "VARIABLE LABELS",
        *(f"  {name} {_quoted(labels[name])}" for name in names),
        ".",
        "VALUE LABELS",
        *(
            f"  /{name} " + " ".join(f"{code} {_quoted(label)}" for code, label in options.items())
            for name, options in values.items()
        ),
        ".",
    ]
    return "\r\n".join(lines) + "\r\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
