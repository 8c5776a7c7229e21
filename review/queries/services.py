"""Reads of the community's service records and their figures."""

from typing import Any

from django.db.models import QuerySet

from applications.core.canonical import shown
from applications.models import Case
from review.core.tally import Service, ServiceFigures, service_figures
from review.models import ServiceRecord, ServiceSummary


def records_of(case: Case, round_number: int | None = None) -> QuerySet[ServiceRecord]:
    """Return the service records of a round that were not removed, newest first."""
    rows = ServiceRecord.objects.filter(case=case, round=round_number or case.round, removed_at__isnull=True)
    return rows.select_related("by").order_by("-requested_at", "-pk")


def service_figures_of(case: Case, round_number: int | None = None) -> ServiceFigures:
    """Return count, mean response, share within 30 minutes, share solved (1 query)."""
    rows = records_of(case, round_number).values_list(
        "category", "requested_at", "responded_at", "resolved_at"
    )
    return service_figures(Service(*row) for row in rows.order_by())


def plain_figures(figures: ServiceFigures) -> dict[str, Any]:
    """Return the figures as a summary keeps them and pages show them; rates as decimal text."""
    rates = {
        "mean_minutes": figures.mean_minutes,
        "quick_pct": figures.quick_pct,
        "resolved_pct": figures.resolved_pct,
    }
    return {
        "count": figures.count,
        "responded": figures.responded,
        "quick": figures.quick,
        "resolved": figures.resolved,
        "by_category": dict(figures.by_category),
        **{key: shown(rate) if rate is not None else "" for key, rate in rates.items()},
    }


def service_summary_of(case: Case, round_number: int | None = None) -> ServiceSummary | None:
    """Return the figures as the community closed them, if it has."""
    return ServiceSummary.objects.filter(case=case, round=round_number or case.round).first()
