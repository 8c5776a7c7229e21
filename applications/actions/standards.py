"""Registering, publishing and freezing standards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.move import move
from applications.core import documents
from applications.core import standard as core
from applications.errors import NotAllowed
from applications.models import Standard, User
from applications.permissions import grants
from applications.queries.standards import standard_of as of

__all__ = ["freeze", "of", "register", "thawed"]


@verb("register_standard")
def register(text: str, *, by: User | None, at: datetime) -> Standard:
    """Register the text of a standard file as published, pinned by its digest; the same content once (R1-001).

    Who may prepare batches may register what they rest on; the first start registers without a person. Raises ``core.faults.Faults`` with one sentence for each place that is wrong.
    """
    if by is not None and not grants(by).get("prepare_batch"):
        raise NotAllowed(_("只有可以拟制批次的省级经办人才能登记标准。"))
    parsed = core.parse(documents.read_text(text))  # never ``load``: a short text would be taken for a path
    known = Standard.objects.filter(digest=parsed.digest).first()
    if known:
        return known
    row = Standard.objects.create(
        code=parsed.code,
        title=parsed.title,
        digest=parsed.digest,
        content=thawed(parsed.data),
        registered_by=by,
        registered_at=at,
    )
    move(row, Standard.State.PUBLISHED)
    return row


def freeze(row: Standard) -> None:
    """Freeze a published standard because a case now rests on it; a frozen one stays as it is."""
    if row.state == Standard.State.PUBLISHED:
        move(row, Standard.State.FROZEN)


def thawed(value: Any) -> Any:
    """Return the core's read-only data as plain dicts and lists, as a JSON column takes it."""
    if isinstance(value, Mapping):
        return {key: thawed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [thawed(item) for item in value]
    return value
