"""A batch as the province draws one up."""

from datetime import date
from typing import Any

from applications.actions import batches
from applications.models import (
    Organisation,
)
from tests.cast import Cast


def draft(cast: Cast, **changes: Any) -> batches.Draft:
    content = {
        "name": "2027年度幸福社区评定",
        "year": 2027,
        "organiser": Organisation.objects.get(name="江西省民政厅"),
        "basis_kind": "business",
        "basis": "业务性质的等级评定",
        "purpose": "以评促建",
        "explanation": "不收取任何费用。",
        "scope": cast.regions["36"],
        "opens_on": date(2027, 1, 4),
        "closes_on": date(2027, 3, 31),
        "reference_date": date(2026, 12, 31),
        "standard": cast.standard,
        "publish_indicators": False,
        "policy": {},
        "budgets": {},
    }
    return batches.Draft(**{**content, **changes})
