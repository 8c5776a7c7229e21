"""The demo's application stage: opened, filled in with papers, submitted, checked by four levels."""

from datetime import date, datetime, timedelta

from applications.actions import awards, cases, claims, evidence, facts, intake, particulars, submission
from applications.core.papers import claimable
from applications.models import Case
from applications.queries.standards import plan_of
from workflow.demo import files
from workflow.demo.people import Troupe
from workflow.demo.sheets import Papers

DAY = timedelta(days=1)


def opened(troupe: Troupe, at: datetime, star: int) -> Case:
    """Open the community's case."""
    return cases.open_case(
        troupe.batch, community=troupe.community, applied_star=star, by=troupe.clerk, at=at
    )


def filled(troupe: Troupe, case: Case, papers: Papers, at: datetime, *, part: float = 1.0) -> None:
    """Fill in the application, or only the first ``part`` of its indicators."""
    entry = particulars.FormEntry(
        troupe.clerk.name, "0791-86210000", "以评促建，提升社区服务质量。", case.applied_star
    )
    particulars.save_form(case, entry=entry, by=troupe.clerk, at=at)
    facts.save_facts(case, values=papers.facts, revisions={}, by=troupe.clerk, at=at)
    standard = plan_of(case.batch).standard
    known = [item for item in standard.indicators.values() if item.method != "questionnaire_survey"]
    claimed = [item for item in known if claimable(item)][: int(len(known) * part)]
    entries = {
        item.id: claims.Entry(reached=item.id not in papers.unclaimed, note="见所附材料。")
        for item in claimed
    }
    claims.save_claims(case, entries=entries, by=troupe.clerk, at=at)
    attached(troupe, case, [item.id for item in known][: int(len(known) * part)], at)
    if papers.awarded and part == 1.0:
        awarded(troupe, case, at)


def attached(troupe: Troupe, case: Case, indicators: list[str], at: datetime) -> None:
    """Attach three files that serve all indicators between them."""
    place, third = troupe.place, -(-len(indicators) // 3)
    names = [troupe.head.name, troupe.clerk.name]
    for number, file in enumerate(
        (
            files.roster(place, names),
            files.minutes(place, "工作台账汇编", ["本册汇集一年来的活动记录、会议纪要和服务台账。"]),
            files.photo(place, "服务大厅"),
        )
    ):
        serves = indicators[number * third : (number + 1) * third]
        evidence.upload(case, files=[file], indicators=serves, by=troupe.clerk, at=at)


def awarded(troupe: Troupe, case: Case, at: datetime) -> None:
    """Add a provincial award with its certificate."""
    file = files.minutes(troupe.place, "表彰决定", ["授予该社区全省和谐社区建设示范称号（演示）。"])
    done = evidence.upload(case, files=[file], indicators=[], by=troupe.clerk, at=at)
    entry = awards.AwardEntry(
        "全省和谐社区建设示范（演示）",
        "M1",
        "provincial",
        date(at.year - 1, 6, 18),
        "江西省民政厅",
        "collective",
        evidence=done.rows[0].pk,
    )
    awards.add_award(case, entry=entry, by=troupe.clerk, at=at)


def submitted(troupe: Troupe, case: Case, at: datetime) -> None:
    """Let the head sign and submit."""
    submission.submit(case, by=troupe.head, at=at)


def passed(troupe: Troupe, case: Case, at: datetime, levels: tuple[str, ...]) -> None:
    """Let levels pass the application on, a day each."""
    for number, level in enumerate(levels):
        intake.pass_on(
            case, opinion="材料齐全，符合条件，同意。", by=getattr(troupe, level), at=at + number * DAY
        )


def returned(troupe: Troupe, case: Case, at: datetime) -> None:
    """Let the street return it with two defects."""
    defects = {
        "1.4.a": "第三季度联建共建活动缺少照片，请补充。",
        "households": "户数与街道台账不一致，请核对。",
    }
    intake.send_back(case, opinion="请一次补正以下问题。", defects=defects, by=troupe.street, at=at)
