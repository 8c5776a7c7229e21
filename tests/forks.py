"""Processes that are born from this one with everything it holds in memory, and may be killed."""

import json
import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connections

PATIENCE = 120.0  # seconds a process may take; the longest, every kill of an action, takes a tenth of it


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit status and what it said (None where it was killed before)."""

    status: int
    said: Any


def forked(work: Callable[[], Any], patience: float = PATIENCE) -> Ended:
    """Run ``work`` in a process of its own to the end, or to its death."""
    return Twin(work).wait(patience)


def heard(descriptor: int, count: int, what: str, patience: float = PATIENCE) -> bytes:
    """Read so many bytes from a pipe, but do not wait for ever; ``what`` says what was waited for."""
    deadline, said = time.monotonic() + patience, b""
    while len(said) < count:
        if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise AssertionError(f"waited {patience:.0f} s for {what}")
        piece = os.read(descriptor, count - len(said))
        if not piece:
            raise AssertionError(f"whoever was to give a sign is gone: {what}")
        said += piece
    return said


class Twin:
    """A process that begins at this very moment; connections are closed before, so that none is shared."""

    def __init__(self, work: Callable[[], Any]) -> None:
        connections.close_all()
        self.read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _live(work, write)
        os.close(write)

    def wait(self, patience: float = PATIENCE) -> Ended:
        """Wait for the end; what lasts longer than anything should is killed, and says so."""
        deadline, said = time.monotonic() + patience, b""
        while select.select([self.read], [], [], max(0.0, deadline - time.monotonic()))[0]:
            piece = os.read(self.read, 65536)
            if not piece:
                break
            said += piece
        else:
            os.kill(self.pid, signal.SIGKILL)
            said = json.dumps(
                {"failed": f"a process still ran after {patience:.0f} s and was killed"}
            ).encode()
        os.close(self.read)
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
    with os.fdopen(write, "wb") as pipe:  # more than a pipe holds is written in pieces
        pipe.write(said.encode())
    os._exit(status)
