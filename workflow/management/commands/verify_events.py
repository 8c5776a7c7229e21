"""Prove the event chains."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from applications.models import Event
from workflow import anchors
from workflow.verification import broken_anchors, broken_chains, broken_copy, broken_rows


class Command(BaseCommand):
    """``manage.py verify_events [--json] [--heads FILE]``: exit status 1 names the first broken entry of each broken chain.

    ``FILE`` is a copy of the public heads that somebody kept: it is compared, too.
    """

    help = "核验各案卷和投诉的事件链及其锚定；发现问题时退出状态为 1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the choice of a machine-readable answer."""
        parser.add_argument("--json", action="store_true", help="以 JSON 输出。")
        parser.add_argument("--heads", metavar="FILE", help="同时与留存的公开存证文件（heads.jsonl）核对。")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check everything and say what holds and what does not."""
        found = [*broken_chains(), *broken_anchors(), *broken_rows()]
        faults = anchors.file_faults()
        if options["heads"]:
            faults += broken_copy(Path(options["heads"]))
        count = Event.objects.count()
        if options["json"]:
            rows = [vars(finding) for finding in found]
            self.stdout.write(
                json.dumps({"events": count, "broken": rows, "anchors": faults}, ensure_ascii=False)
            )
        else:
            for finding in found:
                self.stderr.write(finding.sentence)
            for fault in faults:
                self.stderr.write(fault)
            if not found and not faults:
                self.stdout.write(f"事件链完整：{count}条记录，全部衔接，与锚定相符。")
        if found or faults:
            sys.exit(1)
