"""The supervisor: what dies is started again, what was started never stays behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workflow import supervisor
from workflow.supervisor import ROOT, Child, Supervisor, answers, port_is_free

SLEEPER = "import pathlib, os, sys, time\npathlib.Path(sys.argv[1]).open('a').write(f'{os.getpid()}\\n')\ntime.sleep(60)\n"
DIER = (
    "import pathlib, os, sys\npathlib.Path(sys.argv[1]).open('a').write(f'{os.getpid()}\\n')\nsys.exit(3)\n"
)
RUN = """
import sys
from workflow.supervisor import Child, Supervisor
names = sys.argv[1:]
children = [Child(n, [n + ".py", n + ".pids"]) for n in names]
Supervisor(children, vital=names[0], ready_when=lambda: True, on_ready=lambda: None, say=print).run()
"""


def script(folder: Path, name: str, text: str) -> str:
    """Write a program and return its path without the ending."""
    (folder / f"{name}.py").write_text(text)
    return str(folder / name)


def pids(path: str) -> list[int]:
    """Return the process ids that a program noted, one for each start."""
    file = Path(f"{path}.pids")
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def alive(pid: int) -> bool:
    """Whether a process still runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(question: Callable[[], bool], seconds: float = 15) -> bool:
    """Ask until the answer is yes or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return question()


def started(*programs: str) -> subprocess.Popen[bytes]:
    """Start a supervisor in a process of its own and wait for its children."""
    process = subprocess.Popen([sys.executable, "-c", RUN, *programs], cwd=ROOT)
    assert eventually(lambda: all(pids(program) for program in programs))
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stop_signal_ends_every_child(tmp_path: Path, number: signal.Signals) -> None:
    programs = [script(tmp_path, "one", SLEEPER), script(tmp_path, "two", SLEEPER)]
    process = started(*programs)
    process.send_signal(number)
    assert process.wait(timeout=15) == 0
    assert not any(alive(pid) for program in programs for pid in pids(program))


def test_killed_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    program = script(tmp_path, "one", SLEEPER)
    process = started(program)
    process.kill()
    process.wait()
    assert eventually(lambda: not alive(pids(program)[0]))


def test_dead_child_is_started_again_and_its_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "PAUSES", (0.05,))
    monkeypatch.setattr(supervisor, "PATIENCE", 10)
    program, told = script(tmp_path, "one", DIER), []
    watcher = Supervisor(
        [Child("one", [f"{program}.py", f"{program}.pids"])],
        vital="one",
        ready_when=lambda: len(pids(program)) >= 3,
        on_ready=lambda: os.kill(os.getpid(), signal.SIGTERM),
        say=lambda name, reason, pause: told.append((name, reason)),
    )
    assert watcher.run() == 0
    assert told[:2] == [("one", "3"), ("one", "3")]
    assert len(set(pids(program))) >= 3


def test_supervisor_gives_up_when_the_vital_child_never_comes_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "PAUSES", (0.05,))
    program, other = script(tmp_path, "one", DIER), script(tmp_path, "two", SLEEPER)
    watcher = Supervisor(
        [Child("one", [f"{program}.py", f"{program}.pids"]), Child("two", [f"{other}.py", f"{other}.pids"])],
        vital="one",
        ready_when=lambda: False,
        on_ready=lambda: None,
        say=lambda *_: None,
    )
    assert watcher.run() == 1
    assert len(pids(program)) == supervisor.PATIENCE
    assert pids(other) == [], "what makes no sense without the vital child was started"


def test_pause_before_a_restart_grows_and_is_forgotten_after_a_calm_time() -> None:
    child = Child("one", [])
    waits = []
    for now in (0.0, 1.0, 2.0, 3.0, 200.0):
        child.process = subprocess.Popen([sys.executable, "-c", ""])
        child.process.wait()
        child.started = 100.0 if now == 200.0 else now
        child.died(now)
        waits.append(child.again_at - now)
    assert waits == [1.0, 2.0, 4.0, 8.0, 1.0]


def test_port_in_use_is_seen_and_a_free_one_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not port_is_free("127.0.0.1", port)
        assert answers("127.0.0.1", port)
    assert port_is_free("127.0.0.1", port)
    assert not answers("127.0.0.1", port)
