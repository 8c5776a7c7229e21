"""Keeps the English catalogue of the interface."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from workflow import catalogue

KINDS = {
    "missing": "has no English translation",
    "obsolete": "stands in no source any more",
    "fuzzy": "is marked fuzzy",
    "placeholder": "has other placeholders in English",
}


class Command(BaseCommand):
    """Extract the Chinese source strings into ``workflow/locale/en``, check the catalogue or compile it."""

    help = "Bring the English catalogue up to date, check it (--check) or compile it (--compile)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the two ways of running that write no catalogue."""
        parser.add_argument(
            "--check", action="store_true", help="Fail, with a list, unless the catalogue is complete."
        )
        parser.add_argument(
            "--compile", action="store_true", help="Write the .mo files that are out of date."
        )

    def handle(self, *_: object, **options: bool) -> None:
        """Do what was asked; without an option update the .po file."""
        if options["compile"]:
            for path in catalogue.compile_stale():
                self.stdout.write(f"{path.relative_to(catalogue.ROOT)} compiled.")
        if options["check"]:
            self.check_catalogue()
        if not options["compile"] and not options["check"]:
            self.update_catalogue()

    def update_catalogue(self) -> None:
        """Write new messages into the .po file, drop those that are gone, and say what is left to translate."""
        merged = catalogue.updated(catalogue.read(), catalogue.template_catalogue(catalogue.sources()))
        catalogue.write(merged)
        empty = sum(1 for message in merged if message.id and not message.string)
        self.stdout.write(
            f"{len(merged)} messages in {catalogue.PO_FILE.relative_to(catalogue.ROOT)}, {empty} to translate."
        )

    def check_catalogue(self) -> None:
        """Refuse a catalogue with missing, obsolete, fuzzy or mismatched messages."""
        found = list(catalogue.problems(catalogue.read(), catalogue.template_catalogue(catalogue.sources())))
        for kind, message, detail in found:
            self.stderr.write(f"“{message}” {KINDS[kind]}{f' ({detail})' if detail else ''}")
        if found:
            raise CommandError(
                f"{len(found)} problems in the English catalogue; run `make messages` and translate."
            )
        self.stdout.write("The English catalogue is complete.")
