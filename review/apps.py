"""Preparation, collection, third-party review, scoring, decision, publication."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    """The app and what it sets up when Django starts."""

    name = "review"
    verbose_name = _("评审")

    def ready(self) -> None:
        """Load the flows, which viewflow must know before anything is migrated, and say who may not apply."""
        from applications import eligibility
        from review import flows  # noqa: F401  (the app registry must be ready)
        from review.queries import revocations

        eligibility.BARS.append(revocations.bars)
