"""Files from strangers: whatever is in them, a sentence and never a traceback."""

import copy
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.core import documents, standard
from applications.core.faults import Faults
from tests.core.samples import FOLDER, small

BOMB = "a: &a [x, x]\n" + "\n".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(9)
)
HOSTILE = {
    "alias bomb": BOMB,
    "anchor": "a: &x 1\n",
    "deep list": "[" * 100_000,
    "deep closed list": "[" * 5_000 + "]" * 5_000,
    "deep json": '{"a":' * 5_000 + "1" + "}" * 5_000,
    "deep yaml": "\n".join(" " * n + "a:" for n in range(200)),
    "python tag": "!!python/object/apply:os.system ['true']\n",
    "binary tag": "a: !!binary aGk=\n",
    "set": "a: !!set {x}\n",
    "own tag": "a: !x y\n",
    "duplicate key": "a: 1\na: 2\n",
    "duplicate json key": '{"a": 1, "a": 2}',
    "list as key": "? [a]\n: b\n",
    "unclosed": "a: [1, 2\n",
    "tab": "a:\n\t- b\n",
    "two documents": "--- {a: 1}\n--- {b: 2}\n",
    "control": "a: \x01\n",
    "escaped control": '{"a": "\\u0000"}',
    "surrogate": '{"a": "\\ud800"}',
    "raw surrogate": "a: '\ud800'\n",
    "too long": "x" * (documents.LONGEST_TEXT + 1),
    "merge": "a: {<<: {b: 1}}\n",
    "many": "[" + "1," * 300_000 + "1]",
    "many in json": '{"a": [' + "1," * 300_000 + "1]}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(Faults) as caught:
        documents.read_text(HOSTILE[name])
    assert all(fault.key == "document" and fault.sentence.endswith("。") for fault in caught.value)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"a: \x80", "标准".encode("gb18030")])
def test_bytes_that_are_not_utf8_are_refused(raw: bytes) -> None:
    with pytest.raises(Faults, match="UTF-8"):
        documents.read_bytes(raw)


NOT_STANDARDS = [
    "",
    "1",
    "null",
    "[]",
    "text",
    "{}",
    "true",
    "2024-01-01",
    "a: b\nc: d",
    "standard: 5\ntotal_points: 1e999999999",
]


@pytest.mark.parametrize("text", NOT_STANDARDS)
def test_what_is_no_standard_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Faults):
        standard.load(text + "\n")


def test_a_file_that_cannot_be_read_is_a_sentence() -> None:
    for path in ("/nowhere/at/all.yaml", "/", "a\0b"):
        with pytest.raises(Faults, match="读不到文件"):
            standard.load(path)


def test_numbers_keep_the_digits_they_were_written_with() -> None:
    found: Any = documents.read_text("{a: 1.10, b: 010, c: 0x1F, d: 12:30, e: 1e3, f: 2024-06-18, g: .5}\n")
    assert {key: str(value) for key, value in found.items()} == {
        "a": "1.10",
        "b": "010",
        "c": "0x1F",
        "d": "12:30",
        "e": "1e3",
        "f": "2024-06-18",
        "g": "0.5",
    }


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**60), 10**60),
    st.floats(),
    st.decimals(allow_nan=True),
    st.text(max_size=8),
    st.sampled_from(
        ["1e400", "NaN", "-1", "0", "{x}", "%s", "9" * 5000, b"x", object(), {1, 2}, (1,), {"a": {}}, [[]]]
    ),
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    found = [path] if path else []
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        found += places(value, (*path, key))
    return found


SMALL = {
    name: documents.read_text((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    for name in ("weighted", "limited")
}


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(SMALL)), junk=JUNK, seed=st.integers(0, 10**6), drop=st.booleans())
def test_any_node_replaced_by_junk_gives_a_standard_or_sentences(
    name: str, junk: Any, seed: int, drop: bool
) -> None:
    data: Any = copy.deepcopy(SMALL[name])
    path = random.Random(seed).choice(places(data))
    node = data
    for key in path[:-1]:
        node = node[key]
    if drop:
        del node[path[-1]]
    else:
        node[path[-1]] = junk
    try:
        assert standard.parse(data).code
    except Faults as faults:
        assert all(fault.key and fault.sentence and "\n" not in fault.line() for fault in faults)


def test_a_structure_that_contains_itself_is_refused() -> None:
    data: dict[str, Any] = dict(small("limited").data)
    data["dimensions"] = data
    with pytest.raises(Faults, match="嵌套过深"):
        standard.parse(data)
