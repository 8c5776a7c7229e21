"""The embedded worker."""

from django.core.management.base import BaseCommand

from notifications import outbox
from workflow.loop import until_stopped

EVERY = 1.0  # seconds between two looks into an empty outbox


class Command(BaseCommand):
    """Deliver what waits in the outbox until stopped; any number of workers may run beside each other."""

    help = "Deliver what waits in the outbox, until stopped (the embedded worker)."

    def handle(self, *_: object, **__: object) -> None:
        """Drain the outbox again and again."""
        until_stopped(lambda: bool(outbox.drain()), every=EVERY)
