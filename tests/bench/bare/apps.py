"""The app of the bare flow."""

from django.apps import AppConfig


class BareConfig(AppConfig):
    """Loads the bare flow."""

    name = "tests.bench.bare"
    label = "bare"

    def ready(self) -> None:
        """Load the flow, which viewflow must know."""
        from tests.bench.bare import flows  # noqa: F401
