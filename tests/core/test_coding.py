"""Answers as numbers: codes, means, the table and its labels."""

from fractions import Fraction

from review.core import coding
from review.core.questionnaire import snapshot

QUESTIONS = snapshot()
ROWS = [
    {"resident": "yes", "overall": "very_satisfied", "content": "satisfied", "age": "60_up"},
    {"resident": "no", "overall": "dissatisfied", "content": "neutral"},
]


def test_the_best_level_is_five_and_the_worst_one() -> None:
    assert list(coding.codes("level").values()) == [5, 4, 3, 2, 1]
    assert coding.codes("yes_no") == {"yes": 1, "no": 0}
    assert coding.codes("age")["60_up"] == 3


def test_means_are_exact_and_only_of_levels_that_were_answered() -> None:
    assert coding.means(QUESTIONS, ROWS) == {"overall": Fraction(7, 2), "content": Fraction(7, 2)}
    assert coding.means(QUESTIONS, []) == {}


def test_the_table_has_a_row_for_each_answer_and_blanks_for_what_was_not_said() -> None:
    table = coding.coded(QUESTIONS, [(ROWS[0], False, True), (ROWS[1], True, False)])
    keys = [question["key"] for question in QUESTIONS]
    assert table[0] == ["id", "mode", "counted", *keys]
    first, second = (dict(zip(table[0], row, strict=True)) for row in table[1:])
    assert (first["id"], first["mode"], first["counted"], first["overall"], first["age"]) == (1, 1, 1, 5, 3)
    assert (second["id"], second["mode"], second["counted"], second["overall"], second["age"]) == (
        2,
        2,
        0,
        2,
        "",
    )


def test_the_labels_name_every_variable_and_every_value() -> None:
    text = coding.syntax(QUESTIONS, "survey.csv")
    assert "GET DATA /TYPE=TXT /FILE='survey.csv'" in text
    for question in QUESTIONS:
        assert f"  {question['key']} '{question['text']}'" in text
    assert "/overall 5 '非常满意' 4 '满意' 3 '一般' 2 '不满意' 1 '非常不满意'" in text
    assert "/mode 1 '线上' 2 '入户'" in text
