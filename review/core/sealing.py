"""What a publication's digest is made of, and which part of a snapshot is the result the public are told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from applications.core.canonical import digest

RESULT = ("star", "dimensions", "indicators", "total", "base", "bonus")
SHOWN = ("kind", "number", "title", "text", "content", "notice_from", "notice_until", "published_on")


def result_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the published result inside a snapshot: what a new notice is needed for when it changes."""
    return {key: content[key] for key in RESULT if key in content}


def seal(shown: Mapping[str, Any]) -> str:
    """Return the SHA-256 over everything a publication says, dates as ISO text."""
    parts = {key: shown[key] for key in SHOWN}
    return digest({key: part.isoformat() if isinstance(part, date) else part for key, part in parts.items()})
