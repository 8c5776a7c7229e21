"""How the tests drive preparation and collection: one team, one plan, one survey, all by the verbs people use."""

from datetime import datetime, timedelta

from django.db import transaction

from applications import clock
from applications.actions.cases import open_case
from applications.actions.turns import take
from applications.core.facts import plain_value, read_fact
from applications.core.papers import declared_specs
from applications.models import Assignment, Case, DeclaredFact, Todo, User
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
from review.core.planning import METHODS, STREAMS
from review.core.sampling import Stratum
from review.queries.facts import unchecked
from tests import papers
from tests.cast import Cast
from tests.kept import kept

NAMED = (
    NewMember("community_manager", name="胡月英", unit="翠湖社区居民委员会"),
    NewMember("resident", name="刘建国", unit="翠湖社区居民", elected="业主委员会推选"),
)


def members(cast: Cast, **more: object) -> list[NewMember]:
    """The usual team of seven: leader, two reviewers, one who reads and visits, a surveyor, two by name."""
    return [
        NewMember("expert", ("leader",), cast.leader),
        NewMember("expert", ("reviewer",), cast.reviewer),
        NewMember("expert", ("reviewer",), cast.reviewer2),
        NewMember("expert", ("documents", "site"), cast.reviewer3),
        NewMember("expert", ("surveyor",), cast.surveyor),
        *NAMED,
    ]


def agency(cast: Cast):  # type: ignore[no-untyped-def]
    """The third-party agency of the cast."""
    return cast.leader.memberships.get().organisation


@kept
def form_team(cast: Cast, case: Case, at: datetime) -> None:
    """The county puts the usual team together."""
    team.form_team(case, agency=agency(cast), members=members(cast), by=cast.county, at=at)


@kept
def declare_all(cast: Cast, case: Case, at: datetime) -> None:
    """Everybody declares that there is no conflict."""
    for name in ("leader", "reviewer", "reviewer2", "reviewer3", "surveyor"):
        team.declare(case, conflict=False, confidentiality=True, integrity=True, by=cast[name], at=at)


def content(at: datetime, **changes: object) -> plan.PlanContent:
    """A complete plan."""
    start = clock.day_of(at)
    fields = {
        "scope": "标准全部指标",
        "focus": ("4",),
        "methods": tuple(METHODS),
        "timetable": {stream: (start, start + timedelta(days=20)) for stream in STREAMS},
        "tasks": "组长统筹，评审员查阅资料和实地考察，调查员组织问卷。",
        "risk": "雨天顺延。",
    }
    return plan.PlanContent(**{**fields, **changes})  # type: ignore[arg-type]


@kept
def agree_on_plan(cast: Cast, case: Case, at: datetime) -> None:
    """One officer writes the plan, the other approves it."""
    plan.hand_in_plan(case, content=content(at), by=cast.county, at=at)
    plan.approve_plan(case, opinion="同意。", by=cast.county2, at=at)


@kept
def brief(cast: Cast, case: Case, at: datetime) -> None:
    """The community tells its residents."""
    told = briefing.BriefingContent(
        channels=("board", "group"),
        held_on=clock.day_of(at),
        place="社区公告栏",
        text="本社区将接受幸福社区星级评定。",
        how_to="可通过问卷、座谈会反映意见。",
        attended=120,
    )
    proof = papers.upload("公告照片.jpg", papers.picture())
    briefing.brief_residents(case, content=told, files=[proof], by=cast.clerk, at=at)


LEVELS = {"very_satisfied": 11, "satisfied": 7, "neutral": 1}  # 18 of 19: 94.7 %, as in the sample
STRATA = (Stratum("第1网格", 930), Stratum("第2网格", 620), Stratum("第3网格", 310))
FRAME = survey.Frame("全部常住户名册", 1860, 20, "按网格分层，层内随机抽取", STRATA)


def answers(level: str = "satisfied", **changes: str) -> dict[str, str]:
    """A filled-in form with one level throughout."""
    form = dict.fromkeys(("overall", "content", "attitude", "efficiency", "environment"), level)
    return {**form, "resident": "yes", "age": "35_59", **changes}


@kept
def confirm_all(cast: Cast, case: Case, at: datetime, stream: str) -> None:
    """Confirm every fact of a stream as declared."""
    keys = [spec.key for spec in unchecked(case, plan_of(case.batch), stream)]
    fact_checks.confirm_declared(case, stream=stream, keys=keys, by=cast.reviewer3, at=at)


@kept
def also_on_site(cast: Cast, case: Case, user: User) -> None:
    """Give a second person a part in the visit of the site."""
    Assignment.objects.create(case=case, user=user, duty="site", assigned_by=cast.county, assigned_at=cast.at)
    todo = Todo.objects.get(case=case, node="collection.site")
    Todo.objects.create(
        case=case,
        run=todo.run,
        task=todo.task,
        node=todo.node,
        path=todo.path,
        assignee=user,
        created_at=cast.at,
    )


def look(cast: Cast, case: Case, at: datetime) -> None:
    """Papers and site: all facts confirmed, one observation with a photo each, both streams ended."""
    for stream, page in (("documents", "1.4.a"), ("site", "1.1.a")):
        confirm_all(cast, case, at, stream)
        photo = papers.upload("现场.jpg", papers.picture((90, 120, len(stream))))
        noted = observations.Sighting("agrees", "与申报相符。", "社区办公楼")
        observations.observe(
            case, stream=stream, page=page, sighting=noted, photos=[photo], by=cast.reviewer3, at=at
        )
        fact_checks.finish_stream(case, stream=stream, by=cast.reviewer3, at=at)


def open_survey(cast: Cast, case: Case, at: datetime, count: int = 20) -> list[survey_links.Issued]:
    """Open a survey and issue links."""
    survey.open_survey(case, frame=FRAME, by=cast.county, at=at)
    return survey_links.issue_links(case, count=count, by=cast.county, at=at)


@kept
def ask(cast: Cast, case: Case, at: datetime, levels: dict[str, int] | None = None, count: int = 20) -> None:
    """The survey from opening to closing; the last form is entered by the surveyor, the others come by link."""
    given = [level for level, times in (levels or LEVELS).items() for _time in range(times)]
    links = open_survey(cast, case, at, max(count, len(given)))
    for link, level in list(zip(links, given, strict=False))[:-1]:
        survey_answers.answer(link.token, answers=answers(level), consent=True, by=None, at=at)
    last = links[len(given) - 1]
    survey_answers.enter_answer(case, serial=last.serial, answers=answers(given[-1]), by=cast.surveyor, at=at)
    survey.finish_interviews(case, by=cast.surveyor, at=at)
    survey.close_survey(case, by=cast.county, at=at)


@kept
def serve(cast: Cast, case: Case, at: datetime) -> None:
    """Three services, all answered within half an hour, two of them solved."""
    asked = at - timedelta(days=3)
    for title, wait, solved in (("上门维修", 10, True), ("健康咨询", 20, True), ("楼道照明", 30, False)):
        category = "living" if title != "健康咨询" else "health"
        entry = services.Entry(
            category,
            title,
            asked,
            asked + timedelta(minutes=wait),
            asked + timedelta(hours=5) if solved else None,
        )
        services.add_service(case, entry=entry, by=cast.clerk, at=at)
    services.finish_services(case, by=cast.clerk, at=at)


@kept
@transaction.atomic
def accepted(cast: Cast, at: datetime | None = None) -> Case:
    """A case in preparation by the short way: facts declared, the steps of the application simply ended.

    What the application does is tested with it; here only what the assessment reads of it is there.
    """
    moment = at or cast.at
    case = open_case(cast.batch, community=cast.community, applied_star=4, by=cast.clerk, at=moment)
    specs = declared_specs(plan_of(case.batch))
    rows = [
        DeclaredFact(
            case=case,
            key=key,
            value=plain_value(read_fact(specs[key], value)),
            updated_by=cast.clerk,
            updated_at=moment,
        )
        for key, value in papers.sample()["facts"].items()
        if key in specs
    ]
    DeclaredFact.objects.bulk_create(rows)
    take(case, "application.fill", by=cast.clerk, at=moment).finish("submitted")
    for level in ("street", "county", "city", "province"):
        take(case, f"application.{level}_check", by=cast[level], at=moment).finish("pass")
    case.refresh_from_db()
    return case


@kept
def collecting(cast: Cast, at: datetime | None = None) -> Case:
    """A case in collection by the short way: the team is there and has declared, the plan is agreed on."""
    moment = at or cast.at
    case = accepted(cast, moment)
    form_team(cast, case, moment)
    declare_all(cast, case, moment)
    agree_on_plan(cast, case, moment)
    brief(cast, case, moment)
    case.refresh_from_db()
    return case
