"""The demo's publication: confirmed, prepared, approved, on notice, objected to, announced."""

from datetime import datetime

from applications.models import Case
from review.actions import announcement, notice, objections, publication
from review.models import Publication
from workflow.demo.people import Troupe


def confirmed(troupe: Troupe, case: Case, at: datetime) -> None:
    """The county confirms the facts to be published."""
    publication.confirm_facts(case, note="信息无误。", by=troupe.county, at=at)


def prepared(troupe: Troupe, case: Case, at: datetime) -> None:
    """A publisher prepares the notice and looks at the four points."""
    text = publication.DraftText(
        number=f"幸评示〔{at.year}〕{troupe.place.number + 1}号",
        title=f"关于“{troupe.community.name}”拟评定星级的公示（演示）",
        text="根据评定委员会决定，现将拟评定结果予以公示，接受社会监督。",
        medium="本平台公示页、社区公告栏",
        safety=True,
        reliability=True,
        accuracy=True,
        suitability=True,
    )
    publication.submit(case, content=text, revision=0, by=troupe.publisher, at=at)


def noticed(troupe: Troupe, case: Case, at: datetime) -> Publication:
    """Another publisher approves; the notice runs for seven days."""
    return publication.approve(case, opinion="同意公示。", by=troupe.publisher2, at=at)


def objected(row: Publication, at: datetime) -> None:
    """A resident objects within the period."""
    objections.file_objection(
        row,
        name="演示居民",
        contact="13800000000",
        indicators=["4.1.d"],
        text="预约服务电话多次无人接听，请核实该项是否达到。",
        files=[],
        by=None,
        at=at,
    )


def announced(troupe: Troupe, case: Case, at: datetime) -> None:
    """The notice is over without objection and the result is announced."""
    notice.close_notices(at=at)
    number = f"幸评告〔{at.year}〕{troupe.place.number + 1}号"
    announcement.announce(case, number=number, by=troupe.publisher2, at=at)
