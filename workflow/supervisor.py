"""Keeps a few child processes alive and leaves none of them behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEP = 0.1  # seconds between two looks at the children
GRACE = 10.0  # seconds a child may take to end by itself
CALM = 60.0  # a child that lived this long starts again with the shortest pause
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
PATIENCE = 3  # deaths of a child that must be up before the others make sense


def port_is_free(host: str, port: int) -> bool:
    """Say whether a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    """Say whether somebody listens there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


@dataclass
class Child:
    """One program that is kept running: its name in messages, its command and how it fared."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float = 0.0

    def start(self, now: float) -> None:
        """Start the program, tethered to this process."""
        tether = [sys.executable, "-m", "workflow.tethered", str(os.getpid()), *self.command]
        self.process = subprocess.Popen(
            tether, cwd=ROOT, env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL
        )
        self.started = now

    def died(self, now: float) -> int | None:
        """Return the exit status of a program that ended since the last look, and set the time of its next start."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        self.process = None
        self.deaths = 1 if now - self.started > CALM else self.deaths + 1
        self.again_at = now + PAUSES[min(self.deaths, len(PAUSES)) - 1]
        return status


class Supervisor:
    """Starts the children, restarts those that die, and ends them all on SIGINT, SIGTERM or SIGHUP.

    ``vital`` is the child without which nothing works: it starts alone, and the others once ``ready_when`` is true, so
    that they do not delay it. When it dies ``PATIENCE`` times before that, the supervisor gives up. ``on_ready`` is
    called once.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        vital: str,
        ready_when: Callable[[], bool],
        on_ready: Callable[[], None],
        say: Callable[[str, str, float], None],
    ) -> None:
        self.children = list(children)
        self.vital = vital
        self.ready_when = ready_when
        self.on_ready = on_ready
        self.say = say
        self.stopping = 0
        self.ready = False

    def run(self) -> int:
        """Stay until told to stop; return the exit status: 0 after a stop, 1 after giving up."""
        before = {s: signal.signal(s, self._stop) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            return self._watch()
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, *_: object) -> None:
        self.stopping += 1

    def _watch(self) -> int:
        while not self.stopping:
            now = time.monotonic()
            for child in self.children:
                if (
                    child.process is None
                    and now >= child.again_at
                    and (self.ready or child.name == self.vital)
                ):
                    child.start(now)
                elif (status := child.died(now)) is not None and not self.stopping:
                    self.say(child.name, _reason(status), child.again_at - now)
                    if child.name == self.vital and not self.ready and child.deaths >= PATIENCE:
                        return 1
            if not self.ready and self.ready_when():
                self.ready = True
                self.on_ready()
            time.sleep(STEP)
        return 0

    def _end(self) -> None:
        alive = [child.process for child in self.children if child.process is not None]
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + GRACE
        seen = self.stopping
        for process in alive:
            while process.poll() is None and time.monotonic() < deadline and self.stopping <= seen + 1:
                time.sleep(STEP / 2)
            if process.poll() is None:
                process.kill()
            process.wait()


def _reason(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else str(status)
