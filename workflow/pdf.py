"""Documents as PDF by Typst, with a Chinese font that is there on every machine.

Data goes in as JSON only, never as markup. Typst prints empty boxes where a font is missing and merely warns; here a
warning about fonts is an error.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import justmytype_intl_cjk
import typst
from django.conf import settings

TEMPLATES: Path = settings.BASE_DIR / "templates" / "pdf"
SYSTEM_FONTS = Path("/usr/share/fonts")


class NoFont(Exception):
    """No font with Chinese characters was found; set FONT_DIR to a folder that has one."""


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


def render(template: str, data: dict[str, Any]) -> bytes:
    """Return a document of ``templates/pdf/<template>.typ`` filled with JSON data, as PDF.

    Raises ``NoFont`` where a font the template names is missing.
    """
    path = TEMPLATES / f"{template}.typ"
    body, warnings = typst.compile_with_warnings(
        str(path),
        root=str(TEMPLATES),
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    missing = [warning.message for warning in warnings if "font" in warning.message]
    if missing:
        raise NoFont("; ".join(missing))
    return bytes(body)
