"""Dates, and the names in the standard, as each language writes them."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from applications.core.faults import Sentence
from applications.core.ledger import HOLDS, SCORED
from applications.core.standard import Standard, default
from applications.words import MISSED_BASIC, data_words, number_words, printed, twin, value_words, words
from review.core.planning import PAST
from tests.cast import Cast
from workflow.sessions import MODEL_BACKEND

DAY = date(2026, 1, 1)
COUNTED = "次户人件项个家"  # units that English writes with another word after one


def said_texts(standard: Standard) -> Iterator[str]:
    """What pages show of the standard: names and short texts, the wording of the indicators, examples of evidence."""
    yield standard.title
    if standard.bonus:
        yield standard.bonus.content
        yield from (level.label for level in standard.bonus.levels.values())
    for dimension in standard.dimensions:
        yield from (dimension.name, dimension.principle, *dimension.content_requirements)
        yield from (group.name for group in dimension.groups)
    for indicator in standard.indicators.values():
        yield from (indicator.short, indicator.method_name, *indicator.wording, *indicator.evidence_examples)
        for level in indicator.levels:
            yield from (level.class_name, level.requirement)
            for measure in level.measures:
                yield from (measure.label, measure.unit)
    for spec in standard.facts.values():
        yield from (str(spec.label), spec.unit)
        yield f"1{spec.unit}" if spec.unit and spec.unit in COUNTED else ""
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


def test_what_stands_in_english_in_the_standard_s_file_has_a_chinese_twin() -> None:
    notes = {indicator.note for indicator in default().indicators.values() if indicator.note}
    assert {note for note in notes if re.search("[a-z]{4}", note)} == twin("zh").keys()
    assert data_words("Seed wording is “大中专以上”, not “大专以上”.").startswith("原文为")


def test_the_wording_is_printed_with_the_signs_of_its_language() -> None:
    assert printed("制定社区职责清单,建立事项准入制度") == "制定社区职责清单，建立事项准入制度"
    assert printed("书记兼任居委会主任(一肩挑)") == "书记兼任居委会主任（一肩挑）"
    assert printed("每个网格原则上覆盖300-500户") == "每个网格原则上覆盖300-500户"
    with override("en"):
        assert printed("制定社区职责清单,建立事项准入制度").startswith("There are a list")


def test_names_are_said_in_the_reader_s_language() -> None:
    assert data_words("实地考察") == "实地考察"
    with override("en"):
        assert data_words("实地考察") == "Site inspection"
        assert data_words("某地自己的指标") == "某地自己的指标"
        assert words(Sentence(SCORED, {"name": "基础项", "points": "1"})) == "“Basic item” reached; points: 1"
        assert "Households" in words(
            Sentence(
                HOLDS,
                {"label": "最小网格户数", "value": "300", "relation": "≥", "stated": "300", "unit": "户"},
            )
        )


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (999, "999", "999"),
        (12345, "12345", "12,345"),
        ("1860", "1860", "1,860"),
        ("12345.67", "12345.67", "12,345.67"),
        (-4000, "-4000", "-4,000"),
        ("2026-01", "2026-01", "2026-01"),
        ("1.4.a", "1.4.a", "1.4.a"),
    ],
)
def test_amounts_are_written_as_the_language_writes_them(value: object, chinese: str, english: str) -> None:
    assert number_words(value) == chinese
    with override("en"):
        assert number_words(value) == english


def test_a_sentence_of_the_core_says_days_and_amounts_in_the_reader_s_language() -> None:
    sentence = Sentence(PAST, {"stream": Sentence("实地考察"), "start": DAY})
    assert "2026年1月1日" in words(sentence)
    held = {"label": "户数", "value": "1860", "relation": "≥", "stated": "1000", "unit": "户"}
    assert "1860" in words(Sentence(HOLDS, held))
    with override("en"):
        assert "1 January 2026" in words(sentence)
        assert "1,860" in words(Sentence(HOLDS, held))


def test_pages_write_amounts_and_days_by_language(client: Client, cast: Cast) -> None:
    """The register of communities and an application say the same numbers, each language in its own way."""
    place = cast.community
    assert place.households > 999
    client.force_login(cast.county, backend=MODEL_BACKEND)
    for language, written in (("zh-hans", f"{place.households}"), ("en", f"{place.households:,}")):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = client.get(reverse("communities")).content.decode()
        assert f">{written}</td>" in page


DATE_FILTER = re.compile(r"""\|date:\\?["']([^"'\\]+)""")
OWN_FORMATS = {"DATE_FORMAT", "MONTH_DAY_FORMAT", "YEAR_MONTH_FORMAT", "TIME_FORMAT", "DATETIME_FORMAT"}
ANY_LANGUAGE = {"l", "D", "j", "c"}  # the name of a weekday, the number of a day, what machines read


def test_no_format_of_days_is_written_into_pages_or_sentences() -> None:
    """Only the value of an input and the name of a file have a fixed form."""
    root = Path(settings.BASE_DIR)
    found = []
    for path in sorted((root / "templates").rglob("*.html")):
        for line in path.read_text(encoding="utf-8").splitlines():
            for match in DATE_FILTER.finditer(line):
                in_value = line[: match.start()].endswith(('value="{{ from', 'value="{{ to'))
                if match[1] not in OWN_FORMATS | ANY_LANGUAGE and not in_value:
                    found.append(f"{path.name}: {match[1]}")
    for app in ("applications", "review", "rectification", "notifications", "workflow"):
        for path in sorted((root / app).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if "strftime(" in text or re.search(r'date_format\([^)]*"[^"]*[a-zA-Z]-', text):
                found.append(path.name)
    assert found == []


def test_amounts_of_people_and_households_go_through_the_number_filter() -> None:
    shown = re.compile(r"\{\{ [a-z_.]*(?:households|population) \}\}")
    pages = Path(settings.BASE_DIR, "templates").rglob("*.html")
    assert [path.name for path in pages if shown.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("unit", "value", "chinese", "english"),
    [
        ("户", "1860", "1860户", "1,860 households"),
        ("次", ["1", "0", "2", "1"], "1、0、2、1次", "1, 0, 2, 1 times"),
        ("次", "1", "1次", "1 time"),
        ("%", "98.5", "98.5%", "98.5%"),
        ("㎡", "520", "520 ㎡", "520 m²"),
        ("户", "", "", ""),
    ],
)
def test_a_declared_value_is_written_as_the_reader_writes_it(
    unit: str, value: object, chinese: str, english: str
) -> None:
    spec = next(spec for spec in default().facts.values() if spec.unit == unit)
    assert value_words(spec, value) == chinese
    with override("en"):
        assert value_words(spec, value) == english


def test_a_missed_basic_item_that_is_stored_in_chinese_is_told_in_english() -> None:
    content = default().indicators["1.1.b"].content
    stored = MISSED_BASIC % {"content": content}
    assert printed(stored).startswith("基础项未达到：社区党组织")
    with override("en"):
        assert printed(stored) == f"Basic item not reached: {printed(content)}"
        assert printed("有人写的问题：缺照片") == "有人写的问题：缺照片"
