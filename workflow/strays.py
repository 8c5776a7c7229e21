"""Files that no row names: what a process left that died between writing a file and committing its row.

Looked for once a day by a piece of work in the outbox, so that a failure is tried again and seen like any other.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage

from applications import clock
from notifications import outbox
from notifications.models import Outbox
from workflow.backup.files import named, stored

log = logging.getLogger(__name__)

TOPIC = "sweep_files"
YOUNG = timedelta(days=1)  # no transaction is open so long: what is older and has no row will never get one


def ask(at: datetime) -> int:
    """Post today's search once (a step of the clock)."""
    key = f"{TOPIC}:{clock.day_of(at)}"
    if Outbox.objects.filter(key=key).exists():
        return 0
    outbox.post(TOPIC, key, at=at)
    return 1


def sweep() -> int:
    """Delete the files that no row names and that are older than a day by the real clock; return how many."""
    youngest = clock.wall() - YOUNG
    listed = list(stored(torn=True))
    known = named()  # asked after the list: what was named meanwhile is not a stray
    deleted = 0
    for name in listed:
        if name not in known and _age_known_and_old(name, youngest):
            default_storage.delete(name)
            deleted += 1
    if deleted:
        log.warning("Files without a row were deleted: %s.", deleted)
    return deleted


def _age_known_and_old(name: str, youngest: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < youngest
    except FileNotFoundError:  # renamed or deleted meanwhile
        return False


def _handle(_payload: dict[str, Any], _now: datetime) -> None:
    sweep()


outbox.register(TOPIC, _handle, inside=False)
