"""The province as a map of tiles: how many of a county's urban communities have an announced star."""

from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Community, Region
from review.models import PublicRecord
from workflow.charts import tilemap
from workflow.charts.figures import Cell, Column, Table, share
from workflow.portal.queries import in_force

COUNTY_DIGITS, CITY_DIGITS = 6, 4


def star_map(day: date) -> tilemap.Map:
    """Return the map of the results in force on a day against the register of communities (3 statements)."""
    starred, known = _starred(day), _registered()
    regions = list(
        Region.objects.filter(level__in=["city", "county"]).order_by("code").values_list("code", "name")
    )
    names = dict(regions)
    rows: list[list[Cell]] = []
    tiles = []
    for code, name in regions:
        stars, communities = _below(starred, code), _below(known, code)
        part = share(min(stars, communities), communities) if communities else None
        tiles.append(tilemap.Value(code, name, part, _address(code) if stars else ""))
        if len(code) == COUNTY_DIGITS:
            rows.append([name, names.get(code[:CITY_DIGITS]), communities, stars, part])
    columns = [
        Column(_("县（市、区）"), 18),
        Column(_("设区市"), 14, number=False),
        Column(_("登记的城市社区")),
        Column(_("有星级的社区")),
        Column(_("有星级占比（%）")),
    ]
    table = Table(_("各县（市、区）有星级的社区占比"), columns, rows)
    sentence = _("每格一个县（市、区），数字为登记的城市社区中有已公告星级的占比；没有登记社区的不着色。")
    return tilemap.drawn(table.title, sentence, table, tiles)


def _starred(day: date) -> dict[str, int]:
    rows = in_force(day).filter(star__gte=1).order_by()
    return dict(rows.values_list("county_code").annotate(n=Count("pk")))


def _registered() -> dict[str, int]:
    """Return the number of registered urban communities, and of those with a result, by county."""
    listed = Q(urban=True) | Q(code__in=PublicRecord.objects.values("code"))
    rows = Community.objects.filter(listed).annotate(county=Left("code", COUNTY_DIGITS)).order_by()
    return dict(rows.values_list("county").annotate(n=Count("pk")))


def _below(numbers: dict[str, int], code: str) -> int:
    return sum(number for county, number in numbers.items() if county.startswith(code))


def _address(code: str) -> Any:
    return f"{reverse('portal_results')}?{'city' if len(code) == CITY_DIGITS else 'county'}={code}"
