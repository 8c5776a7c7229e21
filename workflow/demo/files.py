"""The demo's evidence: real PDFs set by Typst and real pictures drawn for each community."""

import io
from functools import lru_cache
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from workflow import pdf
from workflow.demo.places import Place

SIZE = (960, 640)


def roster(place: Place, names: list[str]) -> SimpleUploadedFile:
    """Return the PDF of a roster of community workers."""
    body = pdf.render(
        "evidence",
        {
            "title": _("社区工作者花名册"),
            "subtitle": place.name,
            "footer": _("演示材料"),
            "lines": [_("本册所列人员均为演示虚构。")],
            "rows": [[_("姓名"), _("职务")], *([name, _("社区工作者")] for name in names)],
        },
    )
    return SimpleUploadedFile(f"{place.name}社区工作者花名册.pdf", body, "application/pdf")


def minutes(place: Place, title: str, lines: list[str]) -> SimpleUploadedFile:
    """Return the PDF of some minutes."""
    data = {"title": title, "subtitle": place.name, "footer": _("演示材料"), "lines": lines, "rows": []}
    return SimpleUploadedFile(f"{place.name}{title}.pdf", pdf.render("evidence", data), "application/pdf")


def photo(place: Place, caption: str, number: int = 0) -> SimpleUploadedFile:
    """Return a drawn picture with a caption, different for each community and number."""
    tint = (place.number * 37 + number * 71) % 120
    image = Image.new("RGB", SIZE, (200 - tint // 2, 214, 160 + tint // 2))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 400, *SIZE), fill=(150 + tint // 3, 160, 140))
    for column in range(4):
        left = 90 + column * 210
        pen.rectangle(
            (left, 190 - 30 * (column % 2), left + 150, 430),
            fill=(236, 232, 220),
            outline=(90, 90, 90),
            width=3,
        )
        for row in range(3):
            pen.rectangle((left + 25, 230 + row * 60, left + 65, 265 + row * 60), fill=(120, 160, 190))
            pen.rectangle((left + 85, 230 + row * 60, left + 125, 265 + row * 60), fill=(120, 160, 190))
    pen.rectangle((0, 560, *SIZE), fill=(20, 80, 158))
    pen.text((30, 578), f"{place.name} {caption}（演示）", fill=(255, 255, 255), font=_font())
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return SimpleUploadedFile(f"{caption}.jpg", stream.getvalue(), "image/jpeg")


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    for folder in pdf.font_folders():
        for path in sorted(Path(folder).rglob("NotoSansSC*.ttf")):
            return ImageFont.truetype(str(path), 34)
    raise pdf.NoFont("NotoSansSC")
