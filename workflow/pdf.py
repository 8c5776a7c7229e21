"""Documents as PDF by Typst, with a Chinese font that is there on every machine.

Data goes in as JSON only, never as markup. Typst prints empty boxes where a font is missing and merely warns; here a
warning about fonts is an error, and a character that no font has becomes the printers' geta mark ``〓``. The same data
gives the same bytes: no clock and no machine is in them.
"""

import json
import threading
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import justmytype_intl_cjk
import typst
from django.conf import settings
from fontTools.ttLib import TTFont, TTLibError

TEMPLATES: Path = settings.BASE_DIR / "templates" / "pdf"
SYSTEM_FONTS = Path("/usr/share/fonts")
FAMILY = "Noto Sans SC"
GETA = "〓"
STANDARDS = [
    "a-2a",
    "ua-1",
]  # to be kept for decades, to be read aloud; both refuse a character without a glyph
MOST_BYTES = 4 * 1024 * 1024  # of data: far beyond the longest report, far below what would hold a request up
PATIENCE = 20  # seconds one waits for others' papers
# Names of invisible things that must not turn, join or hide what stands around them.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_at_work = threading.Semaphore(2)


class NoFont(Exception):
    """No font with Chinese characters was found; set FONT_DIR to a folder that has one."""


class Busy(Exception):
    """Too many papers are being set at this moment."""


@cache
def font_folders() -> tuple[str, ...]:
    """Return where fonts are looked for: FONT_DIR, then the font that is installed with the product, then the system's."""
    named = [Path(settings.FONT_DIR)] if settings.FONT_DIR else []
    wheel = Path(justmytype_intl_cjk.__file__).parent / "fonts"
    return tuple(str(folder) for folder in (*named, wheel, SYSTEM_FONTS) if folder.is_dir())


@cache
def fonts() -> Any:
    """Return the fonts, found once for each process."""
    return typst.Fonts(include_system_fonts=False, font_paths=list(font_folders()))


@cache
def known_characters() -> frozenset[int]:
    """Return every character that the installed fonts have a glyph for; Typst takes a rare one from whichever has it.

    The system's own fonts are left out: a paper looks the same on every machine.
    """
    found: set[int] = set()
    families = set()
    for info in fonts().fonts():
        if not info.path or Path(info.path).is_relative_to(SYSTEM_FONTS):
            continue
        try:
            with TTFont(info.path, fontNumber=info.index, lazy=True) as font:
                found.update(font.getBestCmap() or {})
        except (TTLibError, OSError):  # a broken file in FONT_DIR; the others stay
            continue
        families.add(info.family)
    if FAMILY not in families:
        raise NoFont(FAMILY)
    return frozenset(found)


def printable(text: str) -> str:
    """Return a text as it can be printed: composed, nothing invisible but line ends, ``〓`` for what has no glyph."""
    known = known_characters()
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ")
    kept = (char for char in composed if char == "\n" or unicodedata.category(char) not in _UNSEEN)
    return "".join(char if char == "\n" or ord(char) in known else GETA for char in kept)


def tidy(data: Any) -> Any:
    """Return JSON data with every text printable."""
    if isinstance(data, str):
        return printable(data)
    if isinstance(data, dict):
        return {key: tidy(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [tidy(value) for value in data]
    return data


def render(template: str, data: dict[str, Any], *, archival: bool = False) -> bytes:
    """Return a document of ``templates/pdf/<template>.typ`` filled with JSON data, as PDF.

    ``archival`` sets it to PDF/A-2a and PDF/UA-1. Raises ``NoFont`` where a font the template names is missing, ``Busy``
    where others' documents take too long, ``ValueError`` where the data are beyond any real document.
    """
    text = json.dumps(tidy(data), ensure_ascii=False)
    if len(text.encode()) > MOST_BYTES:
        raise ValueError(f"{template}: more than {MOST_BYTES} bytes of data")
    if not _at_work.acquire(timeout=PATIENCE):
        raise Busy
    try:
        body, warnings = typst.compile_with_warnings(
            str(TEMPLATES / f"{template}.typ"),
            root=str(TEMPLATES),
            font_paths=fonts(),
            sys_inputs={"data": text},
            pdf_standards=STANDARDS if archival else [],
            timestamp=0,
        )
    finally:
        _at_work.release()
    missing = [warning.message for warning in warnings if "font" in warning.message]
    if missing:
        raise NoFont("; ".join(missing))
    return bytes(body)
