"""The demo's rectification: planned, confirmed, worked on, verified; and the next round."""

from datetime import datetime, timedelta

from applications.actions.evidence import store
from applications.models import Case
from rectification.actions import items
from rectification.models import RectificationItem
from workflow.demo import files
from workflow.demo.people import Troupe

DAY = timedelta(days=1)


def open_items(case: Case) -> list[RectificationItem]:
    """Return the items of the case's round."""
    return list(RectificationItem.objects.filter(case=case, round=case.round).order_by("pk"))


def planned(troupe: Troupe, item: RectificationItem, at: datetime) -> None:
    """The community plans."""
    content = items.Plan(
        cause="责任分工不清，台账更新不及时。",
        measure="明确专人负责，逐项完善并公示。",
        unit=f"{troupe.community.name}居民委员会",
        person=troupe.clerk.name,
        target="三十日内全部达到标准要求。",
    )
    items.plan(item, content=content, by=troupe.clerk, at=at)


def working(troupe: Troupe, item: RectificationItem, at: datetime) -> None:
    """The plan is confirmed and the work has begun, with a first picture."""
    planned(troupe, item, at)
    items.confirm(item, days=30, by=troupe.county, at=at + DAY)


def applied(troupe: Troupe, item: RectificationItem, at: datetime) -> None:
    """The work is done and verification asked for, with a picture."""
    working(troupe, item, at)
    photo = files.photo(troupe.place, "整改现场", item.pk % 7)
    indicators = [item.indicator] if item.indicator else []
    proof = store(
        item.case, photo, indicators=indicators, stage="rectification", by=troupe.clerk, at=at + 9 * DAY
    )
    items.apply(item, text="已完成整改，请予验收。", evidence=[proof], by=troupe.clerk, at=at + 10 * DAY)


def closed(troupe: Troupe, item: RectificationItem, at: datetime) -> None:
    """The item is verified by the other officer and closed."""
    applied(troupe, item, at)
    items.verify(
        item,
        outcome="close",
        method="site",
        opinion="现场核查属实，予以销号。",
        days=15,
        by=troupe.county2,
        at=at + 14 * DAY,
    )


def next_round(troupe: Troupe, case: Case, at: datetime) -> None:
    """The county opens the next round."""
    items.decide_round(case, again=True, reason="整改已全部完成，具备再次评定条件。", by=troupe.county, at=at)
