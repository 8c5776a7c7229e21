"""The demo's preparation and collection: team, plan, residents told; facts confirmed, site seen, residents asked."""

from datetime import datetime, timedelta

from applications import clock
from applications.models import Case
from applications.queries.standards import plan_of
from review.actions import (
    briefing,
    fact_checks,
    observations,
    plan,
    services,
    survey,
    survey_answers,
    survey_links,
    team,
)
from review.actions.team import NewMember
from review.core import questionnaire
from review.core.planning import METHODS, STREAMS
from review.core.sampling import Stratum
from review.core.streams import facts_of_stream, sights
from review.models import Observation, ServiceRecord
from review.queries import surveys
from workflow.demo import files
from workflow.demo.people import Troupe

TEAM = ("leader", "reviewer", "reviewer2", "reviewer3", "surveyor")
FORMS = 60


def team_formed(troupe: Troupe, case: Case, at: datetime) -> None:
    """The county puts a team of seven together: five of the agency, two of the community by name."""
    members = [
        NewMember("expert", ("leader",), troupe.leader),
        NewMember("expert", ("reviewer",), troupe.reviewer),
        NewMember("expert", ("reviewer",), troupe.reviewer2),
        NewMember("expert", ("documents", "site"), troupe.reviewer3),
        NewMember("expert", ("surveyor",), troupe.surveyor),
        NewMember("community_manager", name="胡月英", unit=f"{troupe.community.name}居民委员会"),
        NewMember("resident", name="刘建国", unit=f"{troupe.community.name}居民", elected="社区议事会推选"),
    ]
    agency = troupe.leader.memberships.get().organisation
    team.form_team(case, agency=agency, members=members, by=troupe.county, at=at)


def declared(troupe: Troupe, case: Case, at: datetime, names: tuple[str, ...] = TEAM) -> None:
    """Members declare that there is no conflict and sign the undertakings."""
    for name in names:
        team.declare(
            case, conflict=False, confidentiality=True, integrity=True, by=getattr(troupe, name), at=at
        )


def planned(troupe: Troupe, case: Case, at: datetime) -> None:
    """One officer writes the plan and hands it in."""
    start = clock.day_of(at)
    content = plan.PlanContent(
        scope="标准全部指标，覆盖整个社区。",
        focus=("4",),
        methods=tuple(METHODS),
        timetable={stream: (start, start + timedelta(days=20)) for stream in STREAMS},
        tasks="组长统筹，评审员查阅资料和实地考察，调查员组织问卷。",
        risk="遇雨天顺延。",
    )
    plan.hand_in_plan(case, content=content, by=troupe.county, at=at)


def told(troupe: Troupe, case: Case, at: datetime) -> None:
    """The plan is approved by the other officer and the residents are told, with a picture of the notice."""
    plan.approve_plan(case, opinion="同意。", by=troupe.county2, at=at)
    content = briefing.BriefingContent(
        channels=("board", "group"),
        held_on=clock.day_of(at),
        place="社区公告栏",
        text="本社区将接受幸福社区星级评定，欢迎居民参与。",
        how_to="可通过问卷、座谈会反映意见。",
        attended=96,
    )
    proof = files.photo(troupe.place, "公告栏", 3)
    briefing.brief_residents(case, content=content, files=[proof], by=troupe.clerk, at=at)


def streams_done(troupe: Troupe, case: Case, at: datetime) -> None:
    """Papers and site: everything as declared, with a note and a picture from the site."""
    known = plan_of(case.batch)
    page = sights(known, "site")[0].key
    seen = observations.Sighting(
        seen=Observation.Seen.values[0], note="现场与申报一致。", place=troupe.community.name
    )
    photo = files.photo(troupe.place, "实地考察", 5)
    observations.observe(
        case, stream="site", page=page, sighting=seen, photos=[photo], by=troupe.reviewer3, at=at
    )
    for stream in ("documents", "site"):
        keys = list(facts_of_stream(known, stream))
        fact_checks.confirm_declared(case, stream=stream, keys=keys, by=troupe.reviewer3, at=at)
        fact_checks.finish_stream(case, stream=stream, by=troupe.reviewer3, at=at)


def asked(troupe: Troupe, case: Case, at: datetime, opinions: tuple[int, ...], *, share: int = 58) -> None:
    """Open the survey, hand out links and take ``share`` answers; the survey stays open."""
    grids = surveys.grids_of(case)
    strata = tuple(Stratum(f"第{number}网格", size) for number, size in enumerate(grids, start=1))
    frame = survey.Frame(
        "全部常住户名册",
        sum(grids),
        FORMS,
        "按网格分层、按户数比例分配、层内随机抽取。",
        strata,
    )
    survey.open_survey(case, frame=frame, by=troupe.county, at=at)
    links = survey_links.issue_links(case, count=FORMS, by=troupe.county, at=at)
    levels = [
        level for level, count in zip(questionnaire.LEVELS, opinions, strict=True) for _each in range(count)
    ]
    for number in range(share):
        link = links[number * 7 % len(links)]  # from every stratum
        level = levels[(number * 37) % len(levels)]
        answers = {
            key: "yes" if scale == "yes_no" else "unsaid" if scale == "age" else level
            for key, scale, _text in questionnaire.QUESTIONS
        }
        survey_answers.answer(link.token, answers=answers, consent=True, by=None, at=at)


def survey_closed(troupe: Troupe, case: Case, at: datetime) -> None:
    """Close the survey as valid."""
    survey.close_survey(case, by=troupe.county, at=at)


def services_kept(troupe: Troupe, case: Case, at: datetime) -> None:
    """Enter the service records of the period and hand them in."""
    kinds = ("家政维修", "健康咨询", "儿童托管", "垃圾分类", "安全巡查", "文娱活动")
    for number, (category, title) in enumerate(zip(ServiceRecord.Category.values, kinds, strict=False)):
        begun = at - timedelta(days=30 - number)
        entry = services.Entry(
            category, title, begun, begun + timedelta(minutes=12 + number), begun + timedelta(hours=20)
        )
        services.add_service(case, entry=entry, by=troupe.clerk, at=at)
    services.finish_services(case, by=troupe.clerk, at=at)
