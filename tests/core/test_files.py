"""What an uploaded file is found to be, or why it is refused."""

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.core.files import KINDS, BadFile, clean_name, inspect
from tests.core import hostile
from tests.papers import office, pdf, picture

HYPERLINK = hostile.relation("External", "hyperlink", "https://www.gov.cn/")
GOOD = [
    ("批复.pdf", pdf(), "pdf"),
    ("批复.PDF", pdf(catalog=b"/OpenAction[3 0 R /Fit]"), "pdf"),
    ("压缩.pdf", pdf(extra=hostile.packed(b"5 0 <</Type/Font>>")), "pdf"),
    ("照片.jpg", picture(), "jpg"),
    ("照片.jpeg", picture(), "jpg"),
    ("截图.png", picture(kind="PNG"), "png"),
    ("截图.jpg", picture(kind="PNG"), "png"),
    ("图.webp", picture(kind="WEBP"), "webp"),
    ("无扩展名", picture(), "jpg"),
    ("2024.6.18 会议纪要", pdf(), "pdf"),
    ("台账.docx", office("docx"), "docx"),
    ("台账.xlsx", office("xlsx"), "xlsx"),
    ("台账.pptx", office("pptx"), "pptx"),
    ("链接.docx", office(**{"word___rels__document.xml.rels": HYPERLINK}), "docx"),
    ("目录.docx", hostile.field(' TOC \\o "1-3" '), "docx"),
    ("网址.docx", hostile.field(' HYPERLINK "https://www.gov.cn/include" '), "docx"),
    ("内嵌表.docx", office(**{"word__embeddings__a.xlsx": office("xlsx")}), "docx"),
    ("动态照片.jpg", picture() + hostile.heif(b"mp42"), "jpg"),
    ("名单.txt", "张三、李四".encode(), "txt"),
    ("名单.txt", "张三、李四".encode("gb18030"), "txt"),
    ("名单.txt", "\ufeff张三".encode(), "txt"),
]


@pytest.mark.parametrize(("name", "content", "kind"), GOOD, ids=[row[0] for row in GOOD])
def test_a_file_is_known_by_its_content(name: str, content: bytes, kind: str) -> None:
    assert inspect(io.BytesIO(content), name) == KINDS[kind]


@pytest.mark.parametrize(("name", "content", "word"), hostile.everything())
def test_a_hostile_file_is_refused_in_a_sentence(name: str, content: bytes, word: str) -> None:
    with pytest.raises(BadFile) as refusal:
        inspect(io.BytesIO(content), name)
    assert word in str(refusal.value.sentence)
    assert str(refusal.value.sentence).endswith("。")


def test_there_are_enough_hostile_files() -> None:
    files = {(name, content) for name, content, _word in hostile.everything()}
    assert len(files) >= 130


@given(
    st.binary(max_size=400),
    st.sampled_from(["", *(content[:40].decode("latin-1") for _n, content, _k in GOOD)]),
)
def test_no_bytes_end_in_anything_but_a_kind_or_a_sentence(tail: bytes, head: str) -> None:
    try:
        inspect(io.BytesIO(head.encode("latin-1") + tail), "a.txt")
    except BadFile as refusal:
        assert str(refusal.sentence)


@pytest.mark.parametrize("seed", range(60))
def test_a_file_with_a_changed_byte_is_read_or_refused(seed: int) -> None:
    name, content, _kind = GOOD[seed % len(GOOD)]
    place = (seed * 7919) % len(content)
    changed = content[:place] + bytes([content[place] ^ (1 << seed % 8)]) + content[place + 1 :]
    try:
        inspect(io.BytesIO(changed), name)
    except BadFile as refusal:
        assert str(refusal.sentence)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("照片.JPG", "照片.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\a\\报告.pdf", "报告.pdf"),
        ("报告\u202egpj.pdf", "报告gpj.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("com¹.pdf", "_com¹.pdf"),
        ("长" * 300 + ".pdf", "长" * 78 + ".pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("...", "材料.pdf"),
        ("", "材料.pdf"),
        (".pdf", "材料.pdf"),
        ("<b>&\"'|?*.pdf", "_b_&_'___.pdf"),
        ("a.pdf.pdf.PDF", "a.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("2024.6.18 会议纪要", "2024.6.18 会议纪要.pdf"),
        ("\ud800坏.pdf", "坏.pdf"),
        ("名 \u3000 字.pdf", "名 字.pdf"),
    ],
)
def test_a_hostile_name_is_made_harmless(name: str, kept: str) -> None:
    assert clean_name(name, KINDS["pdf"]) == kept


@given(st.text(max_size=400))
def test_a_kept_name_is_short_visible_and_ends_in_what_the_file_is(name: str) -> None:
    kept = clean_name(name, KINDS["docx"])
    assert kept.endswith(".docx")
    assert len(kept.encode()) <= 255
    assert len(kept) <= 160
    assert not any(unicodedata.category(char).startswith("C") or char in '/\\<>:"|?*' for char in kept)
    assert kept.strip(" .") == kept
