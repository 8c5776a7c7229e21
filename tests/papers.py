"""What a community hands in, for tests: the facts of the sample sheet, small true files, a complete application."""

import io
import zipfile
from datetime import date, datetime
from functools import cache
from typing import Any

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from applications.actions import awards, claims, evidence, facts, particulars
from applications.core.papers import claimable
from applications.models import Case, User
from applications.queries.standards import plan_of
from tests.house.source import ROOT

AWARDS = (
    awards.AwardEntry(
        "全省和谐社区建设示范", "M1", "provincial", date(2024, 6, 18), "江西省民政厅", "collective"
    ),
    awards.AwardEntry("全国最美社区工作者", "M2", "national", date(2025, 9, 2), "中共中央宣传部", "person"),
)


@cache
def sample() -> dict[str, Any]:
    """The public worked example: facts, judgements not reached, and what comes out."""
    text = (ROOT / "tests" / "standards" / "sample-factsheet.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def typed_facts() -> dict[str, Any]:
    """The sample's facts as a clerk types them; the survey is nobody's to type."""
    return {
        key: [str(item) for item in value] if isinstance(value, list) else str(value)
        for key, value in sample()["facts"].items()
        if key != "survey"
    }


def picture(colour: tuple[int, int, int] = (20, 80, 158), kind: str = "JPEG") -> bytes:
    """A small true picture."""
    out = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(out, kind)
    return out.getvalue()


def pdf(text: str = "page", extra: bytes = b"", catalog: bytes = b"") -> bytes:
    """A small true PDF of one page; ``extra`` stands among its objects, ``catalog`` in its root."""
    parts = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R" + catalog + b">>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Title(" + text.encode() + b")>>endobj\n",
        extra,
    ]
    body = b"%PDF-1.7\n" + b"".join(parts)
    return body + b"trailer<</Root 1 0 R/Size 9>>\nstartxref\n%d\n%%%%EOF\n" % len(body)


MAINS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def office(kind: str = "docx", text: str = "正文", **entries: bytes) -> bytes:
    """A small zip that an office program would know; ``entries`` replace or add parts (``__`` for a slash)."""
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": b"<Relationships/>",
        MAINS[kind]: f"<document>{text}</document>".encode(),
    }
    parts |= {name.replace("__", "/"): content for name, content in entries.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, "application/octet-stream")


def fill_in(case: Case, *, by: User, at: datetime, not_met: tuple[str, ...] | None = None) -> None:
    """Fill an application in completely: form, facts, claims, one file for everything, two awards."""
    form = particulars.FormEntry("周桂兰", "0791-86210000", "创建幸福社区，提升服务质量。", case.applied_star)
    assert particulars.save_form(case, entry=form, by=by, at=at).ok
    assert facts.save_facts(case, values=typed_facts(), revisions={}, by=by, at=at).ok
    standard = plan_of(case.batch).standard
    missed = sample()["not_met"] if not_met is None else not_met
    entries = {
        indicator.id: claims.Entry(reached=indicator.id not in missed, note="见佐证材料。")
        for indicator in standard.indicators.values()
        if claimable(indicator)
    }
    assert claims.save_claims(case, entries=entries, by=by, at=at).ok
    ids = [
        indicator.id
        for indicator in standard.indicators.values()
        if indicator.method != "questionnaire_survey"
    ]
    done = evidence.upload(
        case, files=[upload("台账汇编.pdf", pdf(case.number))], indicators=ids, by=by, at=at
    )
    assert not done.faults
    for entry in AWARDS:
        row = awards.AwardEntry(**{**entry.__dict__, "evidence": done.rows[0].pk})
        awards.add_award(case, entry=row, by=by, at=at)
