"""Processes that are born from this one with everything it holds in memory, and may be killed."""

import json
import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit status and what it said (None where it was killed before)."""

    status: int
    said: Any


def forked(work: Callable[[], Any]) -> Ended:
    """Run ``work`` in a process of its own to the end, or to its death."""
    return Twin(work).wait()


class Twin:
    """A process that begins at this very moment; connections are closed before, so that none is shared."""

    def __init__(self, work: Callable[[], Any]) -> None:
        connections.close_all()
        self.read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _live(work, write)
        os.close(write)

    def wait(self) -> Ended:
        """Wait for the end."""
        with os.fdopen(self.read, "rb") as pipe:
            said = pipe.read()
        _pid, status = os.waitpid(self.pid, 0)
        return Ended(os.waitstatus_to_exitcode(status), json.loads(said) if said else None)


def _live(work: Callable[[], Any], write: int) -> None:
    """Do the work, say its result and end without any clean-up: the twin's files and locks are the parent's."""
    status = 1
    try:
        said = json.dumps(work())
        status = 0
    except BaseException:
        said = json.dumps({"failed": traceback.format_exc()})
    os.write(write, said.encode())
    os._exit(status)
