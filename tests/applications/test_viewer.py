"""The viewer: pages of PDFs, photos and office files, made under limits, seen by whoever may see the file."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.test import Client
from PIL import Image

from applications.actions import evidence, rendering
from applications.models import Case, Evidence, Recusal
from applications.rendering import office, pages, tables
from applications.rendering.sheets import FULL, Sheets
from notifications import outbox
from notifications.models import Outbox
from tests import papers, road
from tests.cast import Cast
from tests.core import hostile
from workflow import pdf
from workflow.backup.files import stored

SignIn = Callable[[str], Client]
WORD = f"""<w:document xmlns:w="{office.W[1:-1]}" xmlns:a="{office.A[1:-1]}" xmlns:r="{office.R[1:-1]}"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>
<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>花名册</w:t></w:r></w:p>
<w:p><w:r><w:t>第一行</w:t><w:br/><w:t>&lt;script&gt;第二行</w:t></w:r><w:del><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>
<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>一项</w:t></w:r></w:p>
<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>框中文字</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>框中文字</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>
<w:p><w:r><a:blip r:embed="p1"/></w:r><w:r><a:blip r:embed="none"/></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>姓名</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>职务</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>周桂兰</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"""
STYLES = f"""<w:styles xmlns:w="{office.W[1:-1]}"><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>"""
RELATIONS = (
    '<Relationships><Relationship Id="p1" Type="x/image" Target="media/a.png"/>'
    '<Relationship Id="l" Type="x/hyperlink" Target="https://example.org" TargetMode="External"/></Relationships>'
)


def word(**more: bytes) -> bytes:
    """A Word file with a heading, a paragraph, a list, a picture and a table."""
    parts = {
        "word__document.xml": WORD.encode(),
        "word__styles.xml": STYLES.encode(),
        "word___rels/document.xml.rels": RELATIONS.encode(),
        "word__media__a.png": papers.picture(kind="PNG"),
    }
    return papers.office("docx", **{**parts, **more})


def workbook(rows: int = 3) -> bytes:
    """A workbook of two sheets."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        first = book.add_worksheet("人员")
        book.add_worksheet("空表")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for row in range(rows):
            first.write_row(row, 0, [f"第{row}人", row, 1.5])
            first.write_datetime(row, 3, datetime(2026, 3, 2), day)
    return out.getvalue()


def long_pdf(count: int) -> bytes:
    """A true PDF of several pages."""
    lines = [f"第{n}行" for n in range(28 * count)]
    return pdf.render("evidence", {"title": "台账", "subtitle": "", "footer": "", "lines": lines, "rows": []})


@pytest.fixture
def case(cast: Cast) -> Case:
    """An application that is being filled in."""
    return road.open_case(cast)


def keep(cast: Cast, case: Case, name: str, content: bytes, **more: Any) -> Evidence:
    """Upload a file as the clerk."""
    parts = [papers.upload(name, content)]
    done = evidence.upload(case, files=parts, by=cast.clerk, at=cast.at, **{"indicators": ["1.1.a"], **more})
    assert not done.faults
    return done.rows[0]


def view(client: Client, row: Evidence, query: str = "") -> str:
    """The viewer's page."""
    return client.get(f"/cases/{row.case_id}/evidence/{row.pk}/view/{query}").content.decode()


def test_a_word_file_is_read_in_its_order(tmp_path: Path) -> None:
    source = tmp_path / "a.docx"
    source.write_bytes(word())
    (page,) = office.word(source, tmp_path)
    assert page["blocks"] == [
        {"t": "h", "s": "花名册", "l": 1},
        {"t": "p", "s": "第一行\n<script>第二行", "l": 0},
        {"t": "li", "s": "一项", "l": 0},
        {"t": "p", "s": "框中文字", "l": 0},
        {"t": "img", "n": 1},
        {"t": "img", "n": None},
        {"t": "table", "rows": [["姓名", "职务"], ["周桂兰", ""]]},
    ]
    with Image.open(tmp_path / "m1.webp") as picture:
        assert picture.size == (32, 24)


def test_slides_keep_their_order_and_titles(tmp_path: Path) -> None:
    space = f'xmlns:p="{office.P[1:-1]}" xmlns:a="{office.A[1:-1]}" xmlns:r="{office.R[1:-1]}"'
    main = f'<p:presentation {space}><p:sldIdLst><p:sldId r:id="b"/><p:sldId r:id="a"/></p:sldIdLst></p:presentation>'
    related = '<R><R Id="a" Target="slides/1.xml"/><R Id="b" Target="/ppt/slides/2.xml"/></R>'
    slide = (
        "<p:sld {space}><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type='title'/></p:nvPr></p:nvSpPr>"
        "<p:txBody><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )
    source = tmp_path / "a.pptx"
    source.write_bytes(
        papers.office(
            "pptx",
            **{
                "ppt__presentation.xml": main.encode(),
                "ppt___rels/presentation.xml.rels": related.encode(),
                "ppt__slides__1.xml": slide.format(space=space, title="后一张").encode(),
                "ppt__slides__2.xml": slide.format(space=space, title="前一张").encode(),
            },
        )
    )
    found = office.slides(source, tmp_path)
    assert [page["blocks"][0]["s"] for page in found] == ["前一张", "后一张"]


def test_every_sheet_of_a_workbook_begins_a_page(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(workbook(rows=FULL + 5))
    found = tables.workbook(source, tmp_path)
    assert [page["title"] for page in found] == ["人员", "人员", "空表"]
    assert found[0]["blocks"][0]["rows"][1] == ["第1人", "1", "1.5", "2026-03-02"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_is_read_in_both_encodings(tmp_path: Path, encoding: str) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes("值班表\n周一".encode(encoding))
    (page,) = tables.text(source, tmp_path)
    assert [block["s"] for block in page["blocks"]] == ["值班表", "周一"]


def test_endless_words_end() -> None:
    sheets = Sheets()
    for _n in range(100_000):
        sheets.text("p", "长" * 5000)
    assert len(sheets.done()) == 300


def test_a_photo_is_turned_upright_and_loses_its_place(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (28.0, 40.0, 0.0)}
    image.save(tmp_path / "a.jpg", exif=exif)
    pages.picture(tmp_path / "a.jpg", tmp_path)
    with Image.open(tmp_path / "p1.webp") as shown:
        assert (shown.size, dict(shown.getexif())) == ((20, 40), {})


def test_pages_are_made_by_a_job_in_parts_and_on_demand(cast: Cast, case: Case, sign_in: SignIn) -> None:
    row = keep(cast, case, "台账.pdf", long_pdf(8))
    page = view(sign_in("street"), row)  # before any job
    assert f'src="/cases/{case.pk}/evidence/{row.pk}/pages/1.webp"' in page
    assert 'max="' in page  # how far the pages are made
    client = sign_in("street")
    picture = client.get(f"/cases/{case.pk}/evidence/{row.pk}/pages/7.webp")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(picture.content)).width > 1000
    assert rendering.pages_made(row) == 2
    while outbox.drain():
        pass
    assert not Outbox.objects.filter(topic=rendering.TOPIC, done_at__isnull=True).exists()
    count = (rendering.manifest_of(row) or {})["count"]
    assert count > rendering.CHUNK
    assert rendering.pages_made(row) == count
    assert client.get(f"/cases/{case.pk}/evidence/{row.pk}/pages/{count + 1}.webp").status_code == 404


def test_one_goes_on_page_by_page_and_file_by_file_with_plain_links(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    first = keep(cast, case, "甲.pdf", long_pdf(3))
    keep(cast, case, "别项.pdf", papers.pdf("other"), indicators=["2.1.b"])
    second = keep(cast, case, "乙.docx", word())
    client = sign_in("county")
    page = view(client, first, "?indicator=1.1.a&page=2&zoom=2")
    for query in ("page=1&amp;zoom=2", "page=3&amp;zoom=2", "page=2&amp;zoom=1", "page=2&amp;zoom=3"):
        assert f"?{query}&amp;indicator=1.1.a" in page
    assert f"/cases/{case.pk}/evidence/{second.pk}/view/?indicator=1.1.a" in page
    assert ("别项.pdf" in page, "第1份，共2份" in page) == (False, True)
    page = view(client, second, "?indicator=1.1.a")
    assert "&lt;script&gt;第二行" in page
    assert f"/cases/{case.pk}/evidence/{second.pk}/pictures/1.webp" in page
    assert "版式可能与原件不同" in page
    assert client.get(f"/cases/{case.pk}/evidence/{second.pk}/pictures/1.webp").status_code == 200


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=999999999999", "?page=-1", "?page=x", "?zoom=9", "?indicator=9.9"]
)
def test_a_mistyped_page_is_the_nearest_one(cast: Cast, case: Case, sign_in: SignIn, query: str) -> None:
    row = keep(cast, case, "甲.txt", "一行".encode())
    assert "一行" in view(sign_in("clerk"), row, query)


def test_who_sees_the_pages_is_who_may_see_the_file(
    cast: Cast, case: Case, sign_in: SignIn, client: Client
) -> None:
    row = keep(cast, case, "照片.jpg", papers.picture())
    hidden = keep(cast, case, "名单.docx", word(), sensitive=True)
    Recusal.objects.create(case=case, user=cast.county2, reason="亲属在该社区任职", at=cast.at)
    wanted = dict.fromkeys(("clerk", "street", "county"), (200, 200, 200, 200))
    wanted |= dict.fromkeys(("auditor", "publisher"), (200, 200, 403, 403))
    wanted |= dict.fromkeys(("neighbour", "far_county", "other_street", "unassigned", "county2"), (404,) * 4)
    found = {}
    for who in wanted:
        visitor, base = sign_in(who), f"/cases/{case.pk}/evidence"
        parts = (
            f"{row.pk}/view/",
            f"{row.pk}/pages/0.webp",
            f"{hidden.pk}/view/",
            f"{hidden.pk}/pictures/1.webp",
        )
        found[who] = tuple(visitor.get(f"{base}/{part}").status_code for part in parts)
    assert found == wanted
    assert "名单.docx" not in view(sign_in("auditor"), row)
    assert client.get(f"/cases/{case.pk}/evidence/{row.pk}/view/").status_code == 302


def test_pages_are_kept_by_nobody_else(cast: Cast, case: Case, sign_in: SignIn) -> None:
    row = keep(cast, case, "照片.jpg", papers.picture(), sensitive=True)
    answer = sign_in("clerk").get(f"/cases/{case.pk}/evidence/{row.pk}/pages/1.webp")
    assert answer["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not any(name.startswith("renditions") for name in stored())  # backups do not carry them


HUGE = papers.pdf().replace(b"[0 0 200 200]", b"[0 0 9e9 9e9]")
BROKEN = [
    ("庞大.pdf", HUGE),
    ("空.docx", papers.office("docx")),
    ("空.xlsx", papers.office("xlsx")),
    ("深.docx", papers.office("docx", **{"word__document.xml": b"<a>" * 20_000 + b"</a>" * 20_000})),
]


@pytest.mark.parametrize(("name", "content"), BROKEN)
def test_what_cannot_be_shown_is_offered_as_it_is(
    cast: Cast, case: Case, sign_in: SignIn, name: str, content: bytes
) -> None:
    row = keep(cast, case, name, content)
    page = view(sign_in("street"), row)
    assert f'href="/cases/{case.pk}/evidence/{row.pk}/"' in page
    if name != "庞大.pdf":  # a page of any size is drawn within the bounds
        assert "此文件不能预览" in page


def test_a_reader_that_never_ends_is_ended_and_not_started_again(
    cast: Cast, case: Case, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    row = keep(cast, case, "甲.pdf", long_pdf(1))
    monkeypatch.setattr(rendering.sys, "executable", str(slow))
    monkeypatch.setattr(rendering, "SECONDS", 0.2)
    assert "此文件不能预览" in view(sign_in("street"), row)
    monkeypatch.setattr(rendering, "SECONDS", 60)
    assert "此文件不能预览" in view(sign_in("street"), row)  # at once: it was noted
    assert rendering.manifest_of(row) == rendering.NOT_SHOWN


def test_the_child_process_has_limits(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b"<b/>" * 12_000_000 + b"</a>")
    command = [
        rendering.sys.executable,
        "-m",
        "applications.rendering.child",
        "docx",
        str(bomb),
        str(tmp_path),
    ]
    done = rendering.subprocess.run(
        [*command, "1", "1"], cwd=rendering.settings.BASE_DIR, timeout=60, check=False
    )
    assert done.returncode != 0
    assert not (tmp_path / "manifest.json").exists()


def test_hostile_files_end_the_child_and_nothing_else(tmp_path: Path) -> None:
    for place, (name, content, _word) in enumerate(hostile.everything()[::9]):
        source, made = tmp_path / f"s{place}", tmp_path / f"m{place}"
        source.write_bytes(content)
        made.mkdir()
        extension = (
            name.rpartition(".")[2] if name.rpartition(".")[2] in rendering.EXTENSIONS.values() else "pdf"
        )
        command = [
            rendering.sys.executable,
            "-m",
            "applications.rendering.child",
            extension,
            str(source),
            str(made),
        ]
        done = rendering.subprocess.run(
            [*command, "1", "2"],
            cwd=rendering.settings.BASE_DIR,
            timeout=60,
            check=False,
            capture_output=True,
        )
        assert done.returncode in (0, 3), (name, done.stderr)
        assert all(path.suffix in (".webp", ".json") for path in made.iterdir())
