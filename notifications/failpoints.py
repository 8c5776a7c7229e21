"""Named points at which a test lets the process die as if by ``kill -9``; nothing happens anywhere else.

``FAIL_AT=name:n`` with ``FAILPOINTS=1`` ends the process when the point ``name`` is passed for the ``n``th time. It
stands in the lowest app, because the outbox has such points too.
"""

import os
from collections.abc import Callable

from django.conf import settings

KILLED = 137  # what a shell reports of a process killed by signal 9


class Points:
    """The armed point of this process, and who listens to all of them."""

    def __init__(self) -> None:
        self.armed, self.left = "", 0
        self.listener: Callable[[str], None] | None = None

    def arm(self, text: str) -> None:
        """Let the process die at ``name:n``; an empty text disarms."""
        name, _colon, number = text.rpartition(":")
        self.armed, self.left = (name, int(number)) if name else ("", 0)

    def passed(self, name: str) -> None:
        """Note that a point is passed, and die there if it is the armed one."""
        if self.listener is not None:
            self.listener(name)
        if name == self.armed:
            self.left -= 1
            if self.left == 0:
                os._exit(KILLED)


points = Points()
if settings.FAILPOINTS and not settings.PRODUCTION:
    points.arm(os.environ.get("FAIL_AT", ""))


def failpoint(name: str) -> None:
    """Mark a place between two effects where a process may be killed."""
    if settings.FAILPOINTS and not settings.PRODUCTION:
        points.passed(name)
