"""What nobody means to send: generated values for the fields of a form, among them just enough that makes sense."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from hypothesis import strategies as st

from tests import papers

NASTY = [
    "",
    " ",
    "\x00",
    "甲\x00乙",
    "-1",
    "0",
    "1e400",
    "NaN",
    "Infinity",
    "9" * 40,
    "-" + "9" * 25,
    "٣",
    "１２",
    "½",
    "1.5",
    "0x10",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "99999-01-01",
    "2026-03-02T25:61",
    "on",
    "null",
    "[]",
    '{"a": [1]}',
    "None",
    "' or 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% debug %}",
    "%s%n%(x)s",
    "../../etc/passwd",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\u202e倒写",
    "\ufeff\u200b\u2028",
    "\u2066\u2067甲\u2069",
    "\U000e0041\U000e007f",
    "ﷺ" * 20,
    "ß" * 64,
    "İ" * 64,
    "#{system}",
    "$(id)",
    "\r\nSet-Cookie: a=b",
    "2026-03-02T09:00+99:99",
    "0000-00-00",
    "1_000",
    "0" * 300 + "1",
    "٢٠٢٦-٠٣-٠٢",
    "a\u0301" * 50,
    "长" * 5000,
    "x" * 20000,
]
FILES = [
    papers.upload("空.pdf", b""),
    papers.upload("a.jpg", papers.picture()),
    papers.upload("a.jpg", b"not a picture"),
    papers.upload("表.csv", "甲,乙\n\x00,2\n".encode()),
    papers.upload("表.xlsx", papers.office("xlsx")),
    papers.upload("标准.yaml", b"a: &a [*a, *a]\n"),
    papers.upload("长" * 300 + ".pdf", papers.pdf()),
    papers.upload("..\\..\\\u202efdp.exe", b"MZ\x00\x01"),
    papers.upload("a\x00b.pdf", papers.pdf()),
    papers.upload("con.txt", "名单".encode()),
    papers.upload("表.xlsx", papers.office("xlsx", xl__vbaProject=b"x")),
]
TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
# of each class of signs: controls, formats, private use, unassigned, marks, separators, numbers that are no digits
CLASSES = ("Cc", "Cf", "Co", "Cn", "Mn", "Me", "Zs", "Zl", "Zp", "No", "Nl", "Sk", "So", "Lm", "Lt")
ODD = st.sampled_from(CLASSES).flatmap(
    lambda kind: st.text(st.characters(categories=[kind], codec="utf-8"), min_size=1, max_size=12)
)
JUNK = st.one_of(st.sampled_from(NASTY), TEXT, ODD, st.integers().map(str))
# what no form asks for and somebody may hope to slip in
UNASKED = (
    "id",
    "pk",
    "case",
    "by",
    "at",
    "user",
    "state",
    "round",
    "is_active",
    "is_superuser",
    "path",
    "star",
)


def plausible(field: forms.Field) -> st.SearchStrategy[Any]:
    """Return values that a field may well take."""
    if isinstance(field, forms.ChoiceField):
        return st.sampled_from([str(key) for key in _choices(field)] or [""])
    if isinstance(field, forms.ModelChoiceField):
        return st.sampled_from([str(row.pk) for row in field.queryset[:3]] or [""])  # type: ignore[union-attr]
    if isinstance(field, forms.BooleanField):
        return st.sampled_from(["on", ""])
    if isinstance(field, forms.IntegerField | forms.FloatField | forms.DecimalField):
        return st.integers(0, 60).map(str)
    if isinstance(field, forms.DateTimeField):
        return st.just("2026-03-01T09:30")
    if isinstance(field, forms.DateField):
        return st.sampled_from(["2026-03-02", "2026-03-20"])
    return st.sampled_from(["翠湖社区的说明文字", "13900001234", "1.1.a", "7"])


def _choices(field: forms.ChoiceField) -> list[Any]:
    """Return the keys of choices, those in groups too."""
    found: list[Any] = []
    for key, label in list(field.choices)[:40]:
        found += [inner for inner, _name in label] if isinstance(label, list | tuple) else [key]
    return found


def sent(fields: Mapping[str, forms.Field]) -> st.SearchStrategy[dict[str, list[Any]]]:
    """Return what may be posted to a form: each field left out, sensible, nonsense, or a list of these."""
    kinds: dict[str, st.SearchStrategy[list[Any]]] = {}
    for name, field in list(fields.items())[:60]:
        if isinstance(field, forms.FileField):
            kinds[name] = st.lists(st.sampled_from(FILES), max_size=2)
            continue
        good = plausible(field).map(lambda value: [value])
        bad = st.lists(JUNK, min_size=1, max_size=3)
        kinds[name] = st.one_of(good, good, good, bad, st.just([]))
    unasked = dict.fromkeys([name for name in UNASKED if name not in kinds], st.lists(JUNK, max_size=2))
    return st.fixed_dictionaries(kinds, optional=unasked)


def parted(values: Mapping[str, list[Any]]) -> tuple[dict[str, list[str]], MultiValueDict[str, Any]]:
    """Return fields and files apart, the files at their beginning."""
    data: dict[str, list[str]] = {}
    files: MultiValueDict[str, Any] = MultiValueDict()
    for name, items in values.items():
        held = [item for item in items if isinstance(item, SimpleUploadedFile)]
        for item in held:
            item.seek(0)
        if held:
            files.setlist(name, held)
        elif items:
            data[name] = [str(item) for item in items]
    return data, files
