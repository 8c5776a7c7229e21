"""A notification's stored text put into words in the language of whoever reads it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

SOURCE = "zh-hans"


def text_of(
    sentence: object,
    *,
    terms: Mapping[str, object] | None = None,
    days: Mapping[str, date | None] | None = None,
    **params: object,
) -> dict[str, Any]:
    """Return a text to store: the source sentence, names as they are, terms to translate, days to write out."""
    with override(SOURCE):
        return {
            "msgid": str(sentence),
            "params": {key: str(value) for key, value in params.items()},
            "terms": {key: str(value) for key, value in (terms or {}).items()},
            "days": {key: day.isoformat() for key, day in (days or {}).items() if day},
        }


def sentence(text: Mapping[str, Any]) -> str:
    """Return a stored text in the active language."""
    words = dict(text.get("params", {}))
    words |= {key: _(term) for key, term in text.get("terms", {}).items()}
    words |= {
        key: date_format(date.fromisoformat(day), "DATE_FORMAT") for key, day in text.get("days", {}).items()
    }
    return str(_(text["msgid"]) % words)
