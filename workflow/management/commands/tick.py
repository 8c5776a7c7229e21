"""The clock."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from applications.clock import now
from workflow import clock
from workflow.loop import until_stopped

EVERY = 60.0  # seconds


class Command(BaseCommand):
    """Do what time alone brings about: deadlines, notices that end, stages that follow, what outlived its lease."""

    help = "Run the clock once, or every minute with --loop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the choice between one tick and a loop."""
        parser.add_argument("--loop", action="store_true", help="Tick every 60 seconds until stopped.")

    def handle(self, *_: object, **options: bool) -> None:
        """Tick with the present moment of the one clock."""
        if options["loop"]:
            until_stopped(self.tick, every=EVERY)
        else:
            self.tick()

    def tick(self) -> bool:
        """Tick once; there is never more to do at once."""
        clock.tick(now())
        return False
