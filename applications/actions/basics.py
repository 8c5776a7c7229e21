"""What every installation rests on: the region tree, the working-day calendar, the standards that come with it."""

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import chinese_calendar
from chinese_calendar.constants import Holiday, holidays, workdays
from django.utils.translation import gettext_noop

from applications.actions import standards
from applications.core.working_days import Calendar
from applications.models import CalendarDay, CalendarYear, Region, Standard

HERE = Path(__file__).resolve().parent.parent
REGIONS = HERE / "data" / "jiangxi-regions.csv"
STANDARDS = HERE / "standards"


def region_rows() -> list[dict[str, str]]:
    """Return the rows of the division file: ``code, level, name, parent``, parents first."""
    with REGIONS.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def load_regions(rows: Iterable[dict[str, str]]) -> int:
    """Load a region tree level by level, leaving known codes as they are; return how many are new."""
    known = {region.code: region for region in Region.objects.exclude(level="community")}
    fresh = 0
    by_level: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_level.setdefault(row["level"], []).append(row)
    for level in ("province", "city", "county", "street"):
        made = []
        for row in by_level.get(level, []):
            if row["code"] in known:
                continue
            parent = known.get(row["parent"])
            path = f"{parent.path if parent else ''}{row['code']}/"
            made.append(Region(code=row["code"], level=level, name=row["name"], parent=parent, path=path))
        Region.objects.bulk_create(made)
        known.update({region.code: region for region in made})
        fresh += len(made)
    return fresh


def seed_calendar() -> int:
    """Enter the official years of the State Council's notices up to the last one known; return how many are new."""
    known = set(CalendarYear.objects.values_list("year", flat=True))
    source = f"chinesecalendar {chinese_calendar.__version__ if hasattr(chinese_calendar, '__version__') else '1.11'}"
    fresh = sorted(_shipped_years() - known)
    for number in fresh:
        year = CalendarYear.objects.create(year=number, official=True, source=source)
        CalendarDay.objects.bulk_create(
            [
                CalendarDay(year=year, date=day, kind=kind, label=label)
                for day, kind, label in _different_days(number)
            ]
        )
    return len(fresh)


def shipped_calendar() -> Calendar:
    """Return the calendar that an installation begins with, for the command line before there is a database."""
    years = _shipped_years()
    exceptions = {day: kind for year in years for day, kind, _name in _different_days(year)}
    return Calendar(exceptions=exceptions, official_years=frozenset(years))


def _shipped_years() -> set[int]:
    return {day.year for day in [*holidays, *workdays]}


# as the calendar's package names them; a page tells them in the reader's language
HOLIDAYS = (
    gettext_noop("元旦"),
    gettext_noop("春节"),
    gettext_noop("清明"),
    gettext_noop("劳动节"),
    gettext_noop("端午"),
    gettext_noop("国庆节"),
    gettext_noop("中秋"),
)


def _different_days(year: int) -> list[tuple[date, str, str]]:
    """Return the year's days that differ from the plain week: (date, kind, holiday's name)."""
    names = {holiday.value: holiday.chinese for holiday in Holiday}
    off = [
        (day, "off", names.get(name, name))
        for day, name in holidays.items()
        if day.year == year and day.weekday() < 5
    ]
    work = [
        (day, "work", names.get(name, name))
        for day, name in workdays.items()
        if day.year == year and day.weekday() > 4
    ]
    return sorted([*off, *work])


def register_standards(at: datetime | None = None) -> list[Standard]:
    """Register the standard files that come with the product."""
    moment = at or datetime.now(UTC)
    return [
        standards.register(path.read_text(encoding="utf-8"), by=None, at=moment)
        for path in sorted(STANDARDS.glob("*.yaml"))
    ]
