"""The to-do projection against the engine's tasks."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from applications import clock
from workflow.projection import differences, repair


class Command(BaseCommand):
    """Rebuild the to-do projection from viewflow's tasks in memory and compare; ``--repair`` mends what differs."""

    help = "Compare the to-do projection with the tasks of the engine; --repair mends it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the choice to mend."""
        parser.add_argument("--repair", action="store_true", help="Mend what differs.")

    def handle(self, *_args: object, **options: bool) -> None:
        """Print each difference; fail where one is left."""
        found = list(differences())
        for difference in found:
            self.stdout.write(str(difference))
        if options["repair"] and found:
            for difference in found:
                repair(difference, at=clock.now())
            left = list(differences())
            self.stdout.write(f"{len(found) - len(left)} of {len(found)} differences mended.")
            found = left
        if found:
            raise CommandError(f"The projection differs from the engine in {len(found)} places.")
        self.stdout.write("The to-do projection agrees with the tasks of the engine.")
