"""The whole product in one command."""

import io
import os
import signal
import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from workflow import catalogue, datafolder, statics
from workflow.supervisor import Child, Supervisor, answers, port_is_free


class Command(BaseCommand):
    """Serve over ASGI, with the embedded worker and the clock beside the server; Ctrl-C stops them all.

    With ``--prepare`` the database is brought up to date first and an empty one is filled: with the demo province in
    demo mode, else with the first administrator. ``--afresh`` deletes the demo's data before that.
    """

    help = "Serve the product over ASGI with worker and clock beside it; Ctrl-C stops everything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add address and preparation."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")
        parser.add_argument("--prepare", action="store_true", help="Migrate, and fill an empty database.")
        parser.add_argument(
            "--afresh", action="store_true", help="Delete the demo's data first (demo mode only)."
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Prepare where asked, then keep the children running until told to stop."""
        host, port = options["host"], self.checked_port(options["host"], options["port"])
        for wanted in (signal.SIGTERM, signal.SIGINT):  # a script's background job begins with SIGINT ignored
            signal.signal(wanted, _interrupt)
        try:
            with datafolder.in_use():
                if options["prepare"] or options["afresh"]:
                    self.prepare(afresh=options["afresh"])
                self.serve(host, port)
        except KeyboardInterrupt:
            self.stdout.write("")
        self.say(_("已停止。"))

    def say(self, text: str) -> None:
        """Print at once, also into a pipe."""
        self.stdout.write(text)
        self.stdout.flush()

    def checked_port(self, host: str, text: str) -> int:
        """Refuse a port that is none, or that somebody else uses, before any work is done."""
        if not text.isdecimal() or not 1 <= int(text) <= 65535:
            raise CommandError(
                _("端口“%(port)s”无效，请写 1 至 65535 之间的整数，例如 PORT=8000。") % {"port": text}
            )
        port = int(text)
        if not port_is_free(host, port):
            raise CommandError(
                _("端口 %(port)s 已被其他程序占用。请先停止该程序，或换一个端口：make run PORT=%(other)s。")
                % {"port": port, "other": port + 80 if port < 65000 else 8000}
            )
        return port

    def prepare(self, *, afresh: bool) -> None:
        """Compile the catalogue, migrate, and fill an empty database; ``afresh`` deletes the demo's data before."""
        catalogue.compile_stale()
        if afresh or (settings.DEMO and datafolder.unfinished().exists()):
            datafolder.delete_demo()
        self.say(_("正在准备数据库……"))
        if datafolder.behind():
            call_command("migrate", verbosity=0, interactive=False)
        datafolder.check_purpose()
        if settings.DEMO:
            self.load_demo()
        else:
            call_command("basics", stdout=io.StringIO())  # its counts would only puzzle at every start
            call_command("first_admin")

    def load_demo(self) -> None:
        """Fill an empty database with the demo province; one that was interrupted is begun again next time."""
        if datafolder.purpose() != "empty":
            return
        datafolder.unfinished().touch()
        call_command("demo")
        datafolder.unfinished().unlink(missing_ok=True)

    def serve(self, host: str, port: int) -> None:
        """Run server, worker and clock; say where, once the server answers."""
        began = time.monotonic()
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
        if settings.PRODUCTION:
            statics.gather()
        supervisor = Supervisor(
            children(host, port),
            vital="server",
            ready_when=lambda: answers(host, port),
            on_ready=lambda: self.announce(host, port, time.monotonic() - began),
            say=self.report_death,
        )
        if supervisor.run():
            raise CommandError(_("服务器无法启动，原因见上面的记录。"))

    def announce(self, host: str, port: int, seconds: float) -> None:
        """Print the address and, in the demo, the people who may sign in."""
        if settings.DEMO:
            with suppress(BrokenPipeError):
                call_command("demo", people=True)
        shown = f"[{host}]" if ":" in host else host
        self.say(_("星评已启动：%(address)s（按 Ctrl-C 停止）") % {"address": f"http://{shown}:{port}"})

    def report_death(self, name: str, reason: str, pause: float) -> None:
        """Say that a child ended by itself and when it is started again."""
        self.stderr.write(
            _("%(name)s 意外退出（%(reason)s），%(pause).0f 秒后重新启动。")
            % {"name": name, "reason": reason, "pause": max(pause, 1)}
        )


def children(host: str, port: int) -> list[Child]:
    """Return what runs: the server, and beside it worker and clock unless Celery does their work."""
    proxy = "--proxy-headers" if settings.SECURE_PROXY_SSL_HEADER else "--no-proxy-headers"
    server = ["uvicorn", "workflow.asgi:application", "--host", host, "--port", str(port), "--no-access-log"]
    server += [proxy, "--log-level", "warning", "--timeout-graceful-shutdown", "5", "--no-server-header"]
    site = {} if os.environ.get("SITE_URL") else {"SITE_URL": f"http://{host}:{port}"}
    found = [Child("server", server, site)]
    if settings.WORKER == "embedded":
        found.append(Child("worker", ["manage.py", "worker"], site))
        found.append(Child("clock", ["manage.py", "tick", "--loop"], site))
    return found


def _interrupt(*_args: object) -> None:
    for wanted in (signal.SIGTERM, signal.SIGINT):  # make passes the signal on, so that it comes twice
        signal.signal(wanted, signal.SIG_IGN)
    raise KeyboardInterrupt
