"""Helpers of the page tests: reading a page's words, pressing a button."""

import re
from typing import Any

from django.test import Client


def text(answer: Any) -> str:
    """A page's words without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(client: Client, url: str, verb: str, **data: Any) -> Any:
    """Press a button; names with a dash or dot come as a dict under ``fields``."""
    return client.post(url, {"verb": verb, **data.pop("fields", {}), **data})
