"""Templates obey the content security policy, and every Chinese text in them can be translated."""

import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType
from django.template.loader import get_template

from tests.house.source import named, project_files

INLINE = {
    "inline style": re.compile(r"<[^<>]*\sstyle\s*=", re.IGNORECASE),
    "handler": re.compile(r"<[^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "htmx handler": re.compile(r"\shx-on[:\-a-z]*\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(
        r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
}
# Punctuation counts as text: a full-width colon in an English page is a mistake. "·", "–", "—" and "…" serve both.
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”‘’]")
TRANSLATED = re.compile(r"""_\((["']).*?\1\)""")
BLOCK_START = re.compile(r"^blocktrans(late)?\b")
BLOCK_END = re.compile(r"^endblocktrans(late)?$")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def templates() -> list[Path]:
    """Return all templates."""
    return [path for path in project_files() if path.suffix == ".html" and "templates" in path.parts]


def violations(text: str) -> list[str]:
    """Return which kinds of inline code a template holds."""
    plain = COMMENT.sub("", re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", text, flags=re.DOTALL))
    return [kind for kind, pattern in INLINE.items() if pattern.search(plain)]


def untranslatable(text: str) -> list[str]:
    """Return the Chinese texts of a template that stand outside translation tags."""
    found, inside, comment = [], False, False
    for token in Lexer(COMMENT.sub("", text)).tokenize():
        if token.token_type == TokenType.BLOCK:
            inside = (inside or bool(BLOCK_START.match(token.contents))) and not BLOCK_END.match(
                token.contents
            )
            if not inside and not re.match(r"(end)?(block)?trans|comment", token.contents):
                found += bare(token.contents)
            comment = (comment or token.contents.startswith("comment")) and token.contents != "endcomment"
        elif (
            token.token_type == TokenType.TEXT
            and not inside
            and not comment
            and CHINESE.search(token.contents)
        ):
            found += [line.strip() for line in token.contents.splitlines() if CHINESE.search(line)]
        elif token.token_type == TokenType.VAR and not comment:
            found += bare(token.contents)
    return found


def bare(contents: str) -> list[str]:
    """Return the content of a tag that holds Chinese outside ``_("…")``."""
    return [contents] if CHINESE.search(TRANSLATED.sub("", contents)) else []


def test_templates_hold_no_inline_code() -> None:
    found = {named(path): violations(path.read_text(encoding="utf-8")) for path in templates()}
    assert {name: kinds for name, kinds in found.items() if kinds} == {}


def test_chinese_text_of_templates_can_be_translated() -> None:
    pages = [
        path for path in templates() if "styleguide" not in path.parts
    ]  # its sample texts are nobody's interface
    found = {named(path): untranslatable(path.read_text(encoding="utf-8")) for path in pages}
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ('<p style="color:red">', ["inline style"]),
        ('<a\n onclick="x()">', ["handler"]),
        ("<script>alert(1)</script>", ["inline script"]),
        ('<script src="{% static "a.js" %}" defer></script>', []),
        ('<c-button on="1" data-style="x" label="{% trans "甲" %}">', []),
        ('<p class="style" data-one="1">', []),
        ("<!-- <style> -->", []),
    ],
)
def test_the_rule_on_inline_code_sees_it(text: str, kinds: list[str]) -> None:
    assert violations(text) == kinds


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("<p>提交</p>", ["<p>提交</p>"]),
        ("{% trans '提交' %}", []),
        ("{% blocktrans %}提交{% endblocktrans %}<p>x</p>", []),
        ("{# 说明 #}{% comment %}说明{% endcomment %}<!-- 说明 -->", []),
        ('<c-field label="名称">', ['<c-field label="名称">']),
        ("<b>{{ a }}</b>（{{ b }}）", ["</b>（", "）"]),
        ('{{ a|join:"、" }}', ['a|join:"、"']),
        ('{{ a|join:_("、") }}{% x _("甲") %}', []),
    ],
)
def test_the_rule_on_translation_sees_bare_text(text: str, texts: list[str]) -> None:
    assert untranslatable(text) == texts


@pytest.mark.parametrize("path", templates(), ids=named)
def test_a_template_can_be_read(path: Path) -> None:
    name = str(path).split("/templates/", 1)[1]
    assert get_template(name) is not None
