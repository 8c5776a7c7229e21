"""Runs a module as a program that ends when its supervisor ends, however that one dies.

``python -m workflow.tethered PARENT MODULE ARGUMENTS...``: a supervisor killed with SIGKILL cannot tell its children
to stop, so each child watches for itself: on Linux the kernel sends it SIGTERM, elsewhere a thread looks every second
whether its parent is still the one that started it.
"""

import ctypes
import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1


def tether(parent: int) -> None:
    """Arrange for SIGTERM to reach this process when the process ``parent`` is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it died before the tether held
        sys.exit(0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def main(arguments: list[str]) -> None:
    """Tether this process and become the named module or script."""
    parent, program, *rest = arguments
    # Ctrl-C reaches the whole group; the supervisor answers it with SIGTERM, and nobody prints where it struck.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tether(int(parent))
    sys.argv = [program, *rest]
    if program.endswith(".py"):
        sys.path.insert(0, str(Path(program).resolve().parent))
        runpy.run_path(program, run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
