"""YAML and JSON read as plain data: exact numbers, no anchors, no tags, no duplicate keys, bounded in size and depth.

A file from a stranger is refused in a sentence, whatever is in it; PyYAML and json never see anything that could blow up.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from applications.core.faults import N_, one, quoted, safe_key

LONGEST_TEXT = 4_000_000
DEEPEST = 40
MOST_NODES = 200_000
_INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]*)\Z")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WHERE = "document"
LONGEST_NUMBER = 40


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader whose numbers are exact and whose mappings have every key once."""

    def construct_exact_int(self, node: yaml.ScalarNode) -> object:
        """An int for plain decimal digits; octal, hexadecimal and clock-like spellings stay the text they are."""
        text = str(node.value)
        if not _INTEGER.match(text):
            return text
        return int(text) if len(text) <= LONGEST_NUMBER else Decimal(text)

    def construct_exact_float(self, node: yaml.ScalarNode) -> object:
        """A Decimal with the digits as written (``1.10`` keeps its zero when it is an id)."""
        text = str(node.value)
        try:
            return Decimal(text.replace(".inf", "Infinity").replace(".nan", "NaN"))
        except InvalidOperation:
            return text

    def construct_text(self, node: yaml.ScalarNode) -> object:
        """A date stays the text it is."""
        return str(node.value)

    def construct_unique_map(self, node: yaml.MappingNode) -> dict[Any, Any]:
        """A mapping, refused where a key stands twice: the second would silently win."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, (str, int, Decimal, type(None))) or key in seen:
                raise one(
                    _WHERE,
                    N_("第{line}行的键{key}重复或不能作键，请只保留一个。"),
                    line=key_node.start_mark.line + 1,
                    key=quoted(key),
                )
            seen.add(key)
        return {
            self.construct_object(key_node, deep=True): self.construct_object(value_node, deep=True)
            for key_node, value_node in node.value
        }


for _tag, _how in (
    ("int", _Loader.construct_exact_int),
    ("float", _Loader.construct_exact_float),
    ("timestamp", _Loader.construct_text),
    ("map", _Loader.construct_unique_map),
):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _how)


def read_text(text: str) -> object:
    """The data of a YAML or JSON document; raises ``Faults`` with a sentence for anything that is neither."""
    if len(text) > LONGEST_TEXT:
        raise one(_WHERE, N_("文件过大（最多{limit}个字符），请检查是否选错了文件。"), limit=LONGEST_TEXT)
    text = text.removeprefix("\ufeff")
    data = _read_json(text) if text.lstrip()[:1] in ("{", "[") else None
    return tidy(_read_yaml(text) if data is None else data)


def read_bytes(raw: bytes) -> object:
    """``read_text`` for the bytes of a file, which must be UTF-8."""
    if len(raw) > LONGEST_TEXT:
        raise one(_WHERE, N_("文件过大（最多{limit}个字符），请检查是否选错了文件。"), limit=LONGEST_TEXT)
    try:
        return read_text(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise one(
            _WHERE, N_("第{byte}个字节起不是UTF-8文本，请另存为UTF-8。"), byte=error.start + 1
        ) from None


def _read_json(text: str) -> object | None:
    """The JSON value, or None where the text is not JSON (flow-style YAML may still be)."""
    try:
        found: object = json.loads(
            text,
            parse_float=Decimal,
            parse_int=_json_int,
            parse_constant=Decimal,
            object_pairs_hook=_unique_pairs,
        )
        return found
    except RecursionError:
        raise one(_WHERE, N_("内容嵌套过深（最多{limit}层），请检查文件。"), limit=DEEPEST) from None
    except (ValueError, InvalidOperation):
        return None


def _json_int(text: str) -> int | Decimal:
    return int(text) if len(text) <= LONGEST_NUMBER else Decimal(text)


def _unique_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise one(_WHERE, N_("键{key}重复，请只保留一个。"), key=quoted(key))
        found[key] = value
    return found


def _read_yaml(text: str) -> object:
    try:
        _inspect(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (it derives from SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise one(_WHERE, N_("第{line}行附近不符合YAML语法，请检查缩进、冒号和引号。"), line=line) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise one(_WHERE, N_("不是可以读取的YAML或JSON文件，请检查文件内容。")) from None


def _inspect(text: str) -> None:
    """Refuse bombs before they are built: aliases, foreign tags, depth and size are seen on the event stream."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise one(_WHERE, N_("第{line}行使用了锚点或别名，请把内容直接写出。"), line=line)
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            raise one(_WHERE, N_("第{line}行使用了类型标签，请去掉以“!”开头的标签。"), line=line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise one(_WHERE, N_("内容嵌套过深（最多{limit}层），请检查文件。"), limit=DEEPEST)
        if count > MOST_NODES:
            raise one(_WHERE, N_("内容项目过多（最多{limit}项），请检查文件。"), limit=MOST_NODES)


def tidy(data: object) -> object:
    """Python data as a document would have given it: text keys, lists, ISO dates; raises ``Faults`` for anything else."""
    return _Tidier().walk(data, 0)


class _Tidier:
    """Walks data that may come from anywhere; a structure that contains itself ends at the depth bound."""

    def __init__(self) -> None:
        self.count = 0

    def walk(self, value: object, depth: int) -> object:
        self.count += 1
        if depth > DEEPEST:
            raise one(_WHERE, N_("内容嵌套过深（最多{limit}层），请检查文件。"), limit=DEEPEST)
        if self.count > MOST_NODES:
            raise one(_WHERE, N_("内容项目过多（最多{limit}项），请检查文件。"), limit=MOST_NODES)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int) and value.bit_length() > 200:
            raise one(_WHERE, N_("文件中有{value}，请核对。"), value=quoted(value))
        if value is None or isinstance(value, (bool, int, float, Decimal)):
            return value
        if isinstance(value, Mapping):
            return self.mapping(value, depth)
        if isinstance(value, (list, tuple)):
            return [self.walk(item, depth + 1) for item in value]
        if isinstance(value, (datetime.date, datetime.datetime)):
            return value.isoformat()
        raise one(_WHERE, N_("文件中有{value}，只能使用文字、数字、列表和键值。"), value=quoted(value))

    def mapping(self, value: Mapping[Any, Any], depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, item in value.items():
            name = _as_name(key)
            if not isinstance(name, str) or name in found:
                raise one(_WHERE, N_("键{key}重复或不是文字，请改为文字键。"), key=safe_key(key))
            found[self.text(name)] = self.walk(item, depth + 1)
        return found

    @staticmethod
    def text(value: str) -> str:
        if _CONTROL.search(value):
            raise one(_WHERE, N_("文字{value}含有控制字符，请删除后重试。"), value=quoted(value))
        return value


def _as_name(key: object) -> object:
    """``1.1:`` is a number to YAML and an id to people."""
    if isinstance(key, bool) or not isinstance(key, (int, Decimal)):
        return key
    if isinstance(key, int) and key.bit_length() > 100:
        return None
    return str(key)
