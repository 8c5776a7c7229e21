"""What keeps a person out of a team: ties to the community within two years, own county, the last batch (practice 3.3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from applications.core.faults import N_, Sentence
from applications.core.years import TIED_YEARS, years_before

COMMUNITY = N_("{years}年内任职于被评社区（{office}）")
STREET = N_("{years}年内任职于社区所属街道（{office}）")
COUNTY = N_("现任职于社区所在县（市、区）（{office}）")
LAST_BATCH = N_("上一批次“{batch}”参加过本社区的评估")
INTAKE = N_("参与过本案的申报审核")
RECUSED = N_("已对本案回避")


@dataclass(frozen=True)
class Place:
    """The regions of the community that is rated, as paths of the tree."""

    community: str
    street: str
    county: str


@dataclass(frozen=True)
class Post:
    """An office somebody holds or held: where, and until when (None while it lasts or where nobody wrote it down)."""

    office: str
    path: str
    current: bool
    until: date | None


def ties(posts: Iterable[Post], place: Place, today: date) -> list[Sentence]:
    """Return the ties that posts make to the community, the nearest one of each post."""
    since = years_before(today, TIED_YEARS)
    found = []
    for post in posts:
        recent = post.current or post.until is None or post.until >= since
        params = {"years": TIED_YEARS, "office": post.office}
        if recent and post.path == place.community:
            found.append(Sentence(COMMUNITY, params))
        elif recent and post.path == place.street:
            found.append(Sentence(STREET, params))
        elif post.current and post.path.startswith(place.county):
            found.append(Sentence(COUNTY, {"office": post.office}))
    return found
