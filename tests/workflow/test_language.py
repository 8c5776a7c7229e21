"""Dates, and the names in the standard, as each language writes them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils.formats import date_format
from django.utils.translation import override

from applications.core.faults import Sentence
from applications.core.ledger import HOLDS, SCORED
from applications.core.standard import Standard, default
from applications.words import data_words, twin, words

DAY = date(2026, 1, 1)


def said_texts(standard: Standard) -> Iterator[str]:
    """The names and short texts that pages show around the wording of the indicators."""
    yield standard.title
    for dimension in standard.dimensions:
        yield dimension.name
        yield from (group.name for group in dimension.groups)
    for indicator in standard.indicators.values():
        yield from (indicator.short, indicator.method_name)
        for level in indicator.levels:
            yield from (level.class_name, level.requirement)
            for measure in level.measures:
                yield from (measure.label, measure.unit)
    for spec in standard.facts.values():
        yield from (str(spec.label), spec.unit)
    for ambiguity in standard.ambiguities:
        yield ambiguity.question
        yield from (ambiguity.label(option) for option in ambiguity.options)
    yield from (star.label for star in (*standard.stars, standard.below))


@pytest.mark.parametrize(
    ("language", "day", "short"),
    [("zh-hans", "2026年1月1日", "1月1日"), ("en", "1 January 2026", "1 January")],
)
def test_dates_are_written_as_the_language_writes_them(language: str, day: str, short: str) -> None:
    with override(language):
        assert (date_format(DAY, "DATE_FORMAT"), date_format(DAY, "MONTH_DAY_FORMAT")) == (day, short)
        moment = Template("{{ at|date:'DATETIME_FORMAT' }}").render(
            Context({"at": datetime(2026, 1, 1, 1, 5, tzinfo=UTC)})
        )
        assert moment.endswith("09:05")


def test_every_name_of_the_standard_has_an_english_twin() -> None:
    known = twin("en")
    assert {text for text in said_texts(default()) if text} - known.keys() == set()


def test_no_twin_is_left_over_or_chinese() -> None:
    extra = {"加分项", "省级", "国家级"}
    known = twin("en")
    assert known.keys() - set(said_texts(default())) - extra == set()
    assert [text for text in known.values() if any("\u4e00" <= sign <= "\u9fff" for sign in text)] == []


def test_names_are_said_in_the_reader_s_language() -> None:
    assert data_words("实地考察") == "实地考察"
    with override("en"):
        assert data_words("实地考察") == "Site inspection"
        assert data_words("某地自己的指标") == "某地自己的指标"
        assert words(Sentence(SCORED, {"name": "基础项", "points": "1"})) == "“Basic item” reached: 1 points"
        assert "Households" in words(
            Sentence(
                HOLDS,
                {"label": "最小网格户数", "value": "300", "relation": "≥", "stated": "300", "unit": "户"},
            )
        )
