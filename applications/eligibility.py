"""What keeps a community from applying for a time; the apps that know of such things enter themselves here."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications.models import Community


@dataclass(frozen=True)
class Bar:
    """A community may apply again after ``until``; ``ground`` is what happened, in the reader's language."""

    until: date
    ground: str

    def sentence(self) -> str:
        """Return what the community is told: why, and from when it may apply again."""
        return _("%(ground)s，%(day)s（含当日）前不能申报。") % {
            "ground": self.ground,
            "day": date_format(self.until, "DATE_FORMAT"),
        }


# Each returns by community code what bars on a day; entered when its app is loaded.
BARS: list[Callable[[Collection[str], date], dict[str, Bar]]] = []


def bars_of(communities: Collection[Community], day: date) -> dict[str, Bar]:
    """Return for each barred community, by its code, the bar that lasts longest (a query for each source)."""
    codes = [community.code for community in communities]
    found: dict[str, Bar] = {}
    for source in BARS:
        for code, bar in source(codes, day).items():
            if code not in found or found[code].until < bar.until:
                found[code] = bar
    return found
