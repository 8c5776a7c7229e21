"""A Redis and a PostgreSQL cluster of a test's own, which may be killed and come back, and free ports for them."""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

PATIENCE = 30.0  # seconds until a service must answer


def free_port() -> int:
    """Return a port on which nobody listens, below those that outgoing connections take while the service is away."""
    while True:
        port = random.randrange(20000, 32000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def wait_until(what: str, happens: Callable[[], bool], patience: float = PATIENCE) -> float:
    """Wait, but not for ever, and say what was waited for; return the seconds it took."""
    began = time.monotonic()
    while not happens():
        if time.monotonic() - began > patience:
            raise AssertionError(f"waited {patience:.0f} s until {what}")
        time.sleep(0.05)
    return time.monotonic() - began


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def children_of(pid: int) -> dict[int, str]:
    """Return the processes that a process started, with their command lines."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with suppress(OSError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class Redis:
    """A Redis that keeps nothing on disk, as the product needs nothing of it kept."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="xingping-redis-")
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            [*command, "--appendonly", "no", "--dir", self.folder], stdout=subprocess.DEVNULL
        )
        wait_until("Redis answers", lambda: answers(self.port))

    def kill(self) -> None:
        """Kill it with signal 9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        """Kill it and delete what it left."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Cluster:
    """A PostgreSQL cluster on a port of its own, run by ``postgres`` where the test is run by root."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="xingping-cluster-"))
        self.port = free_port()
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self.process: subprocess.Popen[bytes] | None = None
        self.person: dict[str, Any] = {}
        if not os.getuid():
            self.person = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(self.folder, "postgres")
        subprocess.run(
            [*self._command("initdb"), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8"],
            check=True,
            capture_output=True,
            timeout=60,
            cwd="/",
            **self.person,
        )

    def _command(self, program: str) -> list[str]:
        return [str(self.programs / program), "-D", str(self.folder / "data")]

    def start(self) -> None:
        """Start it and wait until it has recovered and answers."""
        options = ["-p", str(self.port), "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self._command("postgres"), *options, "-c", "shared_buffers=32MB"],
                stdout=log,
                stderr=log,
                cwd="/",
                **self.person,
            )
        try:
            wait_until("PostgreSQL takes connections", self._takes_connections)
        except AssertionError as error:
            raise AssertionError(f"{error}: {(self.folder / 'log').read_text()[-2000:]}") from None

    def _takes_connections(self) -> bool:
        with (
            suppress(psycopg.OperationalError),
            psycopg.connect(
                host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", connect_timeout=2
            ),
        ):
            return True
        return False

    def kill(self) -> None:
        """Kill the server and every process of it with signal 9, as a machine that loses its power would."""
        if self.process is None:
            return
        head = self.process.pid
        os.kill(head, signal.SIGSTOP)  # so that it starts nobody while its children are counted
        group = list(children_of(head))
        for pid in [*group, head]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        wait_until("PostgreSQL is dead", lambda: not any(_lives(pid) for pid in group))

    def take_in(self, database: str) -> str:
        """Copy a database of the server under test into the cluster; return its name."""
        asked = connection.settings_dict
        there = ["-h", asked["HOST"], "-p", str(asked["PORT"] or 5432), "-U", asked["USER"]]
        here = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        secret = {**os.environ, "PGPASSWORD": asked["PASSWORD"] or ""}
        dump = subprocess.run(
            ["pg_dump", "--no-owner", *there, database],
            env=secret,
            check=True,
            capture_output=True,
            timeout=60,
        )
        load = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", *here]
        subprocess.run(load, input=dump.stdout, check=True, capture_output=True, timeout=60)
        return "postgres"

    def remove(self) -> None:
        """Kill it and delete its files."""
        with suppress(OSError, AssertionError):
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
