"""The product as it is installed: the supervisor with its server, worker and clock, on data of a test's own."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from tests.faults.engines import answers, children_of, free_port, wait_until
from tests.house.source import ROOT

CHILDREN = {"server": "uvicorn", "worker": "manage.py worker", "clock": "manage.py tick"}
TOKEN = "a" * 32  # any browser may choose its own, as long as cookie and form agree


class Installation:
    """A running product; each of its three processes may be killed and is started again by its supervisor."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.port, self.folder = free_port(), folder
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "SECRET_KEY") if name in os.environ}
        self.environment = {
            **kept,
            "DATA_DIR": str(folder),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "ANCHOR_FILE": str(settings.ANCHOR_FILE),
            "PYTHONUNBUFFERED": "1",
            "LOG_LEVEL": "ERROR",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start the supervisor, with options for ``manage.py serve``, and wait until the server answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "serve.log").open("ab") as log:
            command = [sys.executable, "manage.py", "serve", "--port", str(self.port), *options]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        wait_until("the server answers", lambda: answers(self.port), 60)
        wait_until("worker and clock run", lambda: all(self.pid(name) for name in CHILDREN), 60)

    def pid(self, name: str) -> int:
        """Return the process of a child, 0 while it is dead."""
        assert self.process is not None
        found = children_of(self.process.pid).items()
        return next((pid for pid, command in found if CHILDREN[name] in command), 0)

    def kill(self, name: str) -> None:
        """Kill a child with signal 9, once it is there."""
        wait_until(f"the {name} runs", lambda: bool(self.pid(name)), 60)
        with suppress(ProcessLookupError):
            os.kill(self.pid(name), signal.SIGKILL)

    def whole(self) -> bool:
        """Whether all three run and the server answers."""
        return all(self.pid(name) for name in CHILDREN) and answers(self.port)

    def stop(self) -> str:
        """Stop everything; return what was said."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
        log = self.folder / "serve.log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def ask(self, path: str, session: str, form: dict[str, object] | None = None) -> tuple[int, str]:
        """Ask for a page as a browser does, or send a form; the status is 0 where no answer came."""
        try:
            return self.converse(path, session, form)[:2]
        except (OSError, HTTPException):
            return 0, ""

    def converse(
        self, path: str, session: str, form: dict[str, object] | None = None
    ) -> tuple[int, str, dict[str, str]]:
        """Ask and return status, page and the cookies that are set."""
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}"}
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": TOKEN}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("POST" if form is not None else "GET", path, body, headers)
            answer = line.getresponse()
            cookies = SimpleCookie()
            for header in answer.headers.get_all("Set-Cookie") or []:
                cookies.load(header)
            page = answer.read().decode("utf-8", "replace")
            return answer.status, page, {name: morsel.value for name, morsel in cookies.items()}
        finally:
            line.close()
