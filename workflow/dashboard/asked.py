"""What a dashboard is asked for: the region within the viewer's scope, the batch, the period of opening."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from applications.errors import Hidden, NotAllowed
from applications.models import Batch, Case, Region, User
from applications.permissions import paths, visible_cases

# how long the paths of a level are: every province numbers its divisions alike (GB/T 2260)
LENGTHS = {"province": 3, "city": 8, "county": 15, "street": 25, "community": 38}
BELOW = {"province": "city", "city": "county", "county": "street", "street": "community"}


def roots(user: User) -> list[str]:
    """Return the widest regions a person oversees, a street or more; a community oversees nobody."""
    held = {path for path in paths(user, "view_case") if len(path) <= LENGTHS["street"]}
    wide = [path for path in held if not any(path != other and path.startswith(other) for other in held)]
    return sorted(wide, key=lambda path: (len(path), path))


@dataclass
class Asked:
    """A dashboard as the query string asks for it; 3 statements: regions, batches, standing of the region."""

    user: User
    query: Mapping[str, str]
    today: date

    @cached_property
    def roots(self) -> list[str]:
        """The regions the person oversees; raises ``NotAllowed`` where there are none."""
        found = roots(self.user)
        if not found:
            raise NotAllowed(_("统计分析供街道和各级主管部门使用，您没有查看一个街道或以上地区的权限。"))
        return found

    @cached_property
    def region(self) -> Region:
        """The region shown: the one named by its code, else the widest one held. Elsewhere there is nothing (404)."""
        code = self.query.get("region", "")
        wanted = Q(code=code) if code else Q(path=self.roots[0])
        inside = Q(pk__in=[])
        for path in self.roots:
            inside |= Q(path__startswith=path)
        parents = "parent__parent__parent"
        found = Region.objects.filter(wanted & inside, level__in=BELOW).select_related(parents).first()
        if found is None:
            raise Hidden
        return found

    @property
    def view(self) -> str:
        """``map`` where the province's map was asked for, else the figures."""
        wanted = self.query.get("view") == "map" and self.region.level == "province"
        return "map" if wanted else ""

    @property
    def trail(self) -> list[Region]:
        """The regions above the one shown that the person oversees, the widest first."""
        found: list[Region] = []
        above = self.region.parent
        while above is not None and any(above.path.startswith(path) for path in self.roots):
            found.insert(0, above)
            above = above.parent
        return found

    @cached_property
    def batches(self) -> list[Batch]:
        """The batches that were opened, the newest first."""
        rows = Batch.objects.filter(state__in=[Batch.State.OPEN, Batch.State.CLOSED])
        return list(rows.select_related("standard").defer("standard__content"))

    @cached_property
    def batch(self) -> Batch | None:
        """The batch asked for, else the newest; None before the first one."""
        wanted = self.query.get("batch", "")
        named = next((batch for batch in self.batches if str(batch.pk) == wanted), None)
        return named or next(iter(self.batches), None)

    @cached_property
    def period(self) -> tuple[date | None, date | None]:
        """First and last day on which a case was opened, each None where it is not limited."""
        return self._day("from"), self._day("to")

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What is wrong with the dates: field and sentence."""
        labels = {"from": _("立案起"), "to": _("立案止")}
        found = [
            (f"filter-{name}", _("“%(label)s”填的是“%(value)s”，请写成 2026-03-02 这样的日期。") % words)
            for name, label in labels.items()
            if self.query.get(name) and self._day(name) is None
            for words in [{"label": label, "value": self.query[name][:20]}]
        ]
        first, last = self.period
        if first and last and first > last:
            sentence = _("“立案起”（%(first)s）晚于“立案止”（%(last)s），请改正。")
            found.append(("filter-from", sentence % {"first": first, "last": last}))
        return found

    def _day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.query.get(name, "").strip())
        except ValueError:
            return None

    @cached_property
    def cases(self) -> QuerySet[Case]:
        """The cases that all figures are about: visible to the person, of the batch, the region and the period."""
        rows = visible_cases(self.user).filter(batch=self.batch, path__startswith=self.region.path)
        first, last = self.period
        if first:
            rows = rows.filter(opened_at__date__gte=first)
        return rows.filter(opened_at__date__lte=last) if last else rows

    def address(self, **changes: str) -> str:
        """Return the query string with some of it changed; empty values are left out."""
        kept = {name: self.query.get(name, "") for name in ("region", "batch", "from", "to", "view")}
        if "region" in changes:
            kept["view"] = ""
        return "?" + urlencode({name: value for name, value in {**kept, **changes}.items() if value})
