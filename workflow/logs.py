"""Logs without personal data: what went wrong and where, never about whom.

A message of an exception may quote a row (PostgreSQL does), so a traceback shows frames and kinds only; the rest of a
line is masked where it looks like an address, a number of a person or a key that opens something.
"""

import hashlib
import logging
import re
import traceback
from types import TracebackType
from typing import Any

from django.conf import settings

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

MASKS = [
    (
        re.compile(r"(/(?:reset|objections|surveys?|s|receipts)/)[^\s\"']+"),
        r"\1…",
    ),  # what follows opens the page
    (re.compile(r"[^\s@<>\"'“”:：]+@[^\s@<>\"'“”]+\.\w+"), "…@…"),
    (
        re.compile(r"(?<![\dA-Za-z])(?:1\d{10}|\d{17}[\dXx])(?![\dA-Za-z])"),
        "…",
    ),  # mobile phone, identity card
    (re.compile(r"(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z0-9_-]{20,}"), "…"),  # tokens and session keys
]


class Discreet(logging.Formatter):
    """Formats a line without personal data; with ``DEBUG`` everything is shown."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line, masked."""
        if not settings.DEBUG:
            record.message = masked(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        """Return frames and kind of an exception and of what caused it."""
        if settings.DEBUG:
            return super().formatException(ei)
        return "\n".join(_frames(ei[1]))


def masked(text: str) -> str:
    """Return a text with everything masked that looks personal."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def pseudonym(username: str | None, ip_address: str | None, *_others: object) -> str:
    """Return who failed to sign in as the log may name them: the same for the same, and nobody's name or address."""
    whole = f"{settings.SECRET_KEY}:{username}:{ip_address}"
    return f"client {hashlib.sha256(whole.encode()).hexdigest()[:10]}"


def _frames(error: BaseException | None) -> list[str]:
    if error is None:
        return []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = _frames(cause)
    if lines:
        lines.append("... which led to:")
    lines += [line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)]
    return [*lines, type(error).__name__]
