"""Extraction, comparison and compilation of the English catalogue."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tests.house.source import named, python_files, tree
from workflow import catalogue

TEMPLATE = """{% extends "base.html" %}
    <c-button label="{% trans '提交' %}" :count="1">  it's "quoted
  {% blocktrans with name=person.name %}您好，{{ name }}，低于 90% 的{% endblocktrans %}
      {% blocktrans count n=items|length %}{{ n }} 项{% plural %}{{ n }} 项待办{% endblocktrans %}
{{ value|default:_("无") }}{% trans "保存" context "按钮" %}{% comment %}{% trans "不要" %}{% endcomment %}
{% blocktrans trimmed %}
    两行
    文字
{% endblocktrans %}
"""
PYTHON = """
a = _("受理 %(n)s" " 件") + ngettext("一项 {n}", "多项 {n}", 3) + N_("未达标：{code}")
b = pgettext_lazy("菜单", "案卷")
"""


def extracted(folder: Path, name: str, text: str) -> list[tuple[object, str | None]]:
    """Return messages and contexts of a file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [(message, context) for _line, message, _comments, context in catalogue.messages_in(path)]


def test_template_messages_are_found_in_tags_blocks_filters_and_attributes(tmp_path: Path) -> None:
    assert extracted(tmp_path, "page.html", TEMPLATE) == [
        ("提交", None),
        ("您好，%(name)s，低于 90%% 的", None),
        (("%(n)s 项", "%(n)s 项待办"), None),
        ("无", None),
        ("保存", "按钮"),
        ("两行 文字", None),
    ]


def test_python_messages_are_found_with_plurals_contexts_and_names_of_core(tmp_path: Path) -> None:
    assert extracted(tmp_path, "page.py", PYTHON) == [
        ("受理 %(n)s 件", None),
        (("一项 {n}", "多项 {n}"), None),
        ("未达标：{code}", None),
        ("案卷", "菜单"),
    ]


def both(**translations: str) -> Catalog:
    """Return a catalogue with these translations."""
    made = Catalog(locale="en")
    for original, translation in translations.items():
        made.add(original, translation)
    return made


def test_missing_obsolete_and_fuzzy_messages_are_reported() -> None:
    known = both(甲="A", 乙="", 旧="old")
    known.add("疑", "doubt", flags={"fuzzy"})
    found = set(catalogue.problems(known, both(甲="", 乙="", 丙="", 疑="")))
    assert {(kind, message) for kind, message, _detail in found} == {
        ("missing", "乙"),
        ("missing", "丙"),
        ("obsolete", "旧"),
        ("fuzzy", "疑"),
    }


@pytest.mark.parametrize(
    ("original", "translation", "detail"),
    [
        ("共 %(n)s 件", "%(n)s in all", ""),
        ("共 %(n)s 件", "many in all", "'many in all': -%(n)s"),
        ("共 %(n)s 件", "%(n)s of %(m)s", "'%(n)s of %(m)s': +%(m)s"),
        ("低于 90% 的", "under 90% of all", ""),
        ("%(n)s 低于 90%%", "%(n)s under 90% of all", "'%(n)s under 90% of all': +%o (no. 2)"),
        ("第 {number} 项", "item {no}", "'item {no}': -{number}, +{no}"),
        ("%s：%d", "%d: %s", "'%d: %s': -%d (no. 2), -%s (no. 1), +%d (no. 1), +%s (no. 2)"),
        (("%(n)s 项", "%(n)s 项"), ("one item", "%(n)s items"), ""),
        (("%(n)s项", "%(n)s项"), ("%", "("), "'(': -%(n)s"),  # a text cut into its signs
    ],
)
def test_placeholders_must_agree(original: str, translation: str, detail: str) -> None:
    assert catalogue.mismatch(Message(original, translation)) == detail


def test_update_keeps_translations_adds_the_new_and_drops_the_old(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    catalogue.write(catalogue.updated(both(甲="A", 旧="old"), both(甲="", 新="")), path)
    again = catalogue.read(path)
    assert {message.id: message.string for message in again if message.id} == {"甲": "A", "新": ""}
    first = path.read_bytes()
    catalogue.write(catalogue.updated(again, both(甲="", 新="")), path)
    assert path.read_bytes() == first


def test_compiled_catalogue_translates_and_is_compiled_once(tmp_path: Path) -> None:
    path = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    catalogue.write(both(甲="A"), path)
    assert catalogue.compile_stale(tmp_path) == [path.with_suffix(".mo")]
    assert catalogue.compile_stale(tmp_path) == []
    with path.with_suffix(".mo").open("rb") as handle:
        assert gettext.GNUTranslations(handle).gettext("甲") == "A"


def test_no_file_gives_gettext_a_name_that_is_not_looked_for() -> None:
    """A text marked by such a name would stay Chinese for every reader, without a word from the check."""
    found = [
        f"{named(path)}: {alias.asname}"
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name and (alias.asname or alias.name) not in catalogue.KEYWORDS
    ]
    assert found == []


MEASURE = "个|项|天|件|份|户|人|条|处|分|张|页|次|小时|秒|名|字|行|起|组|场|封|道|轮|期|步|幅|题|米|年|月|日|位|档|本|倍|种|笔|段|家|稿"
AMOUNT = r"(?:%\([a-z_]+\)[sd]|\{[a-z_]+\}|(?<![\w.])\d+(?:\.\d+)?)"
LOOSE = re.compile(rf"{AMOUNT} (?:{MEASURE})|[\u4e00-\u9fff] (?:<b>)?{AMOUNT}(?:</b>)? ?(?:{MEASURE})")


def test_a_number_and_its_measure_word_stand_together() -> None:
    """2项 and nowhere 2 项, as official papers write it; units in Latin letters keep their space (8 MB)."""
    told = [
        text
        for row in catalogue.read()
        if row.id
        for text in ([row.id] if isinstance(row.id, str) else row.id)
    ]
    assert len(told) > 3000
    assert [text for text in told if LOOSE.search(text)] == []
    assert LOOSE.search("还有%(n)s 项") and LOOSE.search("共 12份") and not LOOSE.search("超过 8 MB")
