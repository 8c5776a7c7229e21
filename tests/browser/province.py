"""A province for the visits: the cast with a community at every step of the road, built by the actions people use."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from applications.actions import evidence, facts, intake, jobs, people, withdrawal
from applications.actions.cases import enter, open_case
from applications.models import Case, Organisation, Recusal, User
from applications.signals import road as sent
from rectification.actions import handling, items, sampling, supervision
from rectification.models import RectificationItem
from review.actions import judging, recusals, revocation, voting
from review.models import RevocationProposal
from tests import papers, road
from tests.cast import AT, Cast
from tests.rectification import complaining
from tests.review import assessing, drive, publishing
from workflow import lifecycle

SINCE = date(2020, 1, 1)
MANY = ["1.1.b", "2.3.a", "2.4.a", "3.1.b", "3.6.b", "3.7.b", "4.2.j", "5.3.b", "5.3.c", "5.4.a", "6.2.a"]
PLAN = items.Plan("分工不清", "专人负责", "社区居民委员会", "周桂兰", "三十日内达到标准")
Story = Callable[[Cast, datetime], Case]


def filling(cast: Cast, at: datetime) -> Case:
    """An application half filled in."""
    case = road.open_case(cast, at=at)
    assert facts.save_facts(case, values={"households": "1860"}, revisions={}, by=cast.clerk, at=at).ok
    file = papers.upload("台账汇编.pdf", papers.pdf(case.number))
    evidence.upload(case, files=[file], indicators=["1.1.a", "1.4.a"], by=cast.clerk, at=at)
    return case


def signing(cast: Cast, at: datetime) -> Case:
    """An application complete but for the signature."""
    case = road.open_case(cast, at=at)
    papers.fill_in(case, by=cast.clerk, at=at)
    return case


def again(cast: Cast, at: datetime) -> Case:
    """A community that gave up its first application begins another one."""
    before = signing(cast, at)
    withdrawal.abandon(before, reason="办公用房改造，下一年度再申报。", by=cast.head, at=at)
    return open_case(cast.batch, community=cast.community, applied_star=4, by=cast.clerk, at=at)


def street(cast: Cast, at: datetime) -> Case:
    """An application handed in."""
    return road.to_street(cast, at=at)


def returned(cast: Cast, at: datetime) -> Case:
    """An application sent back with two defects."""
    case = road.to_street(cast, at=at)
    defects = {"1.4.a": "第三季度联建共建活动缺少照片，请补充。", "households": "户数与街道台账不一致。"}
    intake.send_back(case, opinion="请一次补正以下问题。", defects=defects, by=cast.street, at=at)
    return case


def withdrawn(cast: Cast, at: datetime) -> Case:
    """An application that was given up."""
    case = road.to_street(cast, at=at)
    withdrawal.abandon(case, reason="办公用房改造，下一年度再申报。", by=cast.head, at=at)
    return case


def team(cast: Cast, at: datetime) -> Case:
    """Accepted; the team is to be formed."""
    return assessing.accepted(cast, at)


def declaring(cast: Cast, at: datetime) -> Case:
    """The team is formed; its members declare."""
    case = assessing.accepted(cast, at)
    assessing.form_team(cast, case, at)
    return case


def planning(cast: Cast, at: datetime) -> Case:
    """Everybody has declared; the plan is to be written."""
    case = declaring(cast, at)
    assessing.declare_all(cast, case, at)
    return case


def approving(cast: Cast, at: datetime) -> Case:
    """The plan lies with the second officer."""
    case = planning(cast, at)
    assessing.plan.hand_in_plan(case, content=assessing.content(at), by=cast.county, at=at)
    return case


def briefing(cast: Cast, at: datetime) -> Case:
    """The plan is agreed on; the residents are to be told."""
    case = planning(cast, at)
    assessing.agree_on_plan(cast, case, at)
    return case


def collecting(cast: Cast, at: datetime) -> Case:
    """Papers, site and services are open, the survey is under way with a few answers."""
    case = briefing(cast, at)
    assessing.brief(cast, case, at)
    links = assessing.open_survey(cast, case, at)
    for link in links[:3]:
        assessing.survey_answers.answer(link.token, answers=assessing.answers(), consent=True, by=None, at=at)
    TOKENS.append(links[-1].token)  # it is shown once and kept by nobody
    return case


TOKENS: list[str] = []


def reviewing(cast: Cast, at: datetime, **changes: Any) -> Case:
    """A case whose review has begun, in this community."""
    return drive.case_in_review(replace(cast, at=at), community=cast.community, **changes)


def judging_now(cast: Cast, at: datetime) -> Case:
    """Two reviewers judge; one has handed in."""
    case = reviewing(cast, at)
    drive.judge_all(case, cast.reviewer, at=at)
    judging.hand_in(case, by=cast.reviewer, at=at)
    return case


def settling(cast: Cast, at: datetime) -> Case:
    """Two judgements that differ."""
    case = judging_now(cast, at)
    drive.judge_all(case, cast.reviewer2, at=at, missed=(*drive.MISSED, "1.1.a", "6.4.c"))
    judging.hand_in(case, by=cast.reviewer2, at=at)
    return case


def concluding(cast: Cast, at: datetime) -> Case:
    """Two judgements alike; the opinion is to be issued."""
    case = judging_now(cast, at)
    drive.judge_all(case, cast.reviewer2, at=at, findings={"1.1.a": "公示栏未更新。"})
    judging.hand_in(case, by=cast.reviewer2, at=at)
    return case


def reviewed(cast: Cast, at: datetime, **changes: Any) -> Case:
    """The opinion is issued, the case rated."""
    case = reviewing(cast, at, **changes)
    return drive.review(cast, case, at=at, other_missed=(*drive.MISSED, "1.1.a"))


def supplementing(cast: Cast, at: datetime) -> Case:
    """A fact is missing, so there is no score yet."""
    return reviewed(cast, at, facts={"certified_workers": None})


def answering(cast: Cast, at: datetime) -> Case:
    """The committee did not agree; the leader answers."""
    case = reviewed(cast, at)
    for name, choice in (("member", "approve"), ("member2", "reject"), ("member3", "abstain")):
        said = "" if choice == "approve" else "证据不足。"
        voting.cast_vote(case, choice=choice, reason=said, by=cast[name], at=at)
    return case


def convening(cast: Cast, at: datetime) -> Case:
    """Two members are recused: the committee is too small."""
    case = reviewing(cast, at)
    for name in ("member2", "member3"):
        Recusal.objects.create(case=case, user=cast[name], reason="任职关系", at=at)
    return drive.review(cast, case, at=at)


def decided(cast: Cast, at: datetime) -> Case:
    """The committee has given a star: the county confirms what is published."""
    case = reviewed(cast, at)
    drive.vote(cast, case, at=at)
    return case


def drafting(cast: Cast, at: datetime) -> Case:
    """The notice is to be written."""
    return publishing.to_prepare(cast, publishing.at_publication(cast, at), at)


def releasing(cast: Cast, at: datetime) -> Case:
    """The notice lies with the second publisher."""
    case = publishing.at_publication(cast, at)
    return publishing.to_approve(cast, case, at, publishing.number_for("notice"))


def on_notice(cast: Cast, at: datetime) -> Case:
    """A notice with an objection at each step of its way."""
    case = publishing.at_publication(cast, at)
    row = publishing.on_notice(cast, case, at, publishing.number_for("notice"))
    asked = [publishing.object_to(row, at=at) for _each in range(6)]
    objected(cast, asked, at)
    return case


def objected(cast: Cast, asked: list[Any], at: datetime) -> None:
    """Bring objections to their steps: received, decided, judged again, concluded, answered; the first waits."""
    objections = publishing.objections
    objections.receive(asked[1], accepted=True, reason="", by=cast.province, at=at)
    publishing.upheld(cast, asked[2], at, ["2.1.b"])
    publishing.upheld(cast, asked[3], at, ["2.1.b"])
    publishing.rejudged(cast, asked[3], at, {"2.1.b": True}, {"2.1.b": False})
    objections.receive(asked[4], accepted=True, reason="", by=cast.province, at=at)
    publishing.reconsideration.dismiss(
        asked[4], reason="经核实，与事实不符。", heard="双方均已陈述", by=cast.recon, at=at
    )


def vacant(cast: Cast, at: datetime) -> Case:
    """One of the two who judge again is recused, the other has handed in: somebody else is to be appointed."""
    case = publishing.at_publication(cast, at)
    row = publishing.on_notice(cast, case, at, publishing.number_for("notice"))
    asked = publishing.upheld(cast, publishing.object_to(row, at=at), at, ["2.1.b"])
    recusals.recuse_self(case, reason="亲属在该社区任职。", by=cast.unassigned, at=at)
    said = {"values": {"2.1.b": True}, "notes": {"2.1.b": "现场复核"}}
    publishing.reconsideration.rejudge(asked, **said, by=cast.reviewer3, at=at)
    return case


def announcing(cast: Cast, at: datetime) -> Case:
    """The notice is over; the result is to be announced."""
    past = at - timedelta(days=20)
    case = publishing.at_publication(cast, past)
    row = publishing.on_notice(cast, case, past, publishing.number_for("notice"))
    publishing.notice.close_notices(at=publishing.after_notice(row.published_at))
    return case


def heard(cast: Cast, at: datetime, star: int = 4) -> Case:
    """Announced with five stars, and a proposal to lower it (or to revoke it: 0), of which the community is to be heard."""
    past = at - timedelta(days=20)
    case = publishing.at_publication(cast, past)
    row = publishing.on_notice(cast, case, past, publishing.number_for("notice"))
    publishing.announced(cast, row, publishing.number_for("announcement"))
    number = publishing.number_for("lowering" if star else "revocation")
    revocation.propose(case, star=star, number=number, reason="查实材料不实。", by=cast.publisher, at=at)
    return case


def announced(cast: Cast, at: datetime) -> Case:
    """Announced with five stars, and a proposal to revoke it lies with the second publisher."""
    case = heard(cast, at, star=0)
    publishing.heard(cast, RevocationProposal.objects.get(award__case=case), at)
    row = complaining.taken(case.community, cast.street, at)
    handling.ask(row, text="请说明值班安排。", by=cast.street, at=at)
    return case


def lowered(cast: Cast, at: datetime) -> Case:
    """Lowered to four stars; certificate and plaque are due back."""
    case = heard(cast, at)
    proposal = publishing.heard(cast, RevocationProposal.objects.get(award__case=case), at, "正在整改。")
    revocation.lower(proposal, by=cast.publisher2, at=at)
    return case


def mending(cast: Cast, at: datetime, *, all_done: bool = False) -> Case:
    """Without a star: items to put right, one at each step (or all of them done)."""
    with transaction.atomic():
        place = cast.community
        case = Case.objects.create(
            number=f"XP2026-{place.code}",
            community=place,
            batch=cast.batch,
            path=place.path,
            applied_star=4,
            opened_at=at,
        )
        for stage in Case.STAGES[1:5]:
            enter(case, stage, by=None, at=at)
        sheet = publishing.sheet(awards=[], not_met=MANY[:2] if all_done else MANY)
        case.star = 0 if all_done else publishing.score(case, sheet, at).star
        enter(case, "rectification", by=None, at=at)
        sent.send(sender=Case, case=case, by=None, at=at)
    case.refresh_from_db()
    rows = RectificationItem.objects.filter(case=case).order_by("pk")
    for number, item in enumerate(rows):
        mend(cast, item, 4 if all_done else 3 - number, at)
    return case


def mend(cast: Cast, item: RectificationItem, steps: int, at: datetime) -> None:
    """Take an item some steps further: planned, confirmed, applied for, verified."""
    if steps > 0:
        items.plan(item, content=PLAN, by=cast.clerk, at=at)
    if steps > 1:
        items.confirm(item, days=30, by=cast.county, at=at)
    if steps > 2:
        file = papers.upload("整改.jpg", papers.picture())
        proof = evidence.store(item.case, file, indicators=[], stage="rectification", by=cast.clerk, at=at)
        items.apply(item, text="已完成整改，请予验收。", evidence=[proof], by=cast.clerk, at=at)
    if steps > 3:
        items.verify(item, outcome="close", method="site", opinion="属实。", days=15, by=cast.county2, at=at)


def mended(cast: Cast, at: datetime) -> Case:
    """Without a star, everything put right: the county decides on another round."""
    return mending(cast, at, all_done=True)


def overdue(cast: Cast, at: datetime) -> Case:
    """An item beyond its term, with a supervision order on it, and one that is to be looked back at."""
    past = at - timedelta(days=150)
    case = mending(cast, past)
    verifying, working = RectificationItem.objects.filter(case=case).order_by("pk")[:2]
    items.verify(
        verifying, outcome="close", method="site", opinion="属实。", days=15, by=cast.county2, at=past
    )
    lifecycle.look_back(at)
    supervision.chase_one(working, by=cast.county, at=at)
    order = supervision.issue(working, demand="请于五个工作日内完成整改。", by=cast.supervisor, at=at)
    supervision.answer(order, text="已采购设备，十日内完成。", by=cast.clerk, at=at)
    return case


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        *(filling, signing, again, street, returned, withdrawn),
        *(team, declaring, planning, approving, briefing),
        *(collecting, judging_now, settling, concluding, supplementing, answering, convening, reviewed),
        *(decided, drafting, releasing, on_notice, vacant, announcing, announced, heard, lowered),
        *(mending, mended, overdue),
    )
}
AGES = {
    **dict.fromkeys(("on_notice", "vacant", "announced", "announcing", "heard", "lowered"), 1),
    **dict.fromkeys(("filling", "signing", "again"), 3),
}


def founded(cast: Cast, number: int, name: str) -> Cast:
    """Register a story's community with a clerk and a head of its own; return the cast of that story."""
    place = people.register_community(
        cast.regions["360102002"],
        code=f"3601020028{number:02d}",
        name=f"示例{number:02d}社区",
        households=1860,
        population=5200,
        by=None,
        at=AT,
    )
    office = Organisation.objects.get(region=place.region)
    own = {}
    for who in ("clerk", "head"):
        own[who] = User.objects.create_user(f"{who}-{name}", cast[who].name, email=f"{who}@example.org")
        role = f"community_{who}"
        people.grant(
            own[who], role=role, organisation=office, region=place.region, since=SINCE, by=None, at=AT
        )
    communities = {**cast.communities, "翠湖社区": place}
    return replace(cast, people={**cast.people, **own}, communities=communities)


@dataclass(frozen=True)
class Province:
    """The number of each story's case, and the unused link of a resident's questionnaire."""

    cases: dict[str, int]
    token: str


def build(cast: Cast, now: datetime) -> Province:
    """Tell every story."""
    told = {}
    for number, (name, story) in enumerate(STORIES.items(), start=1):
        with transaction.atomic():
            told[name] = story(founded(cast, number, name), now - timedelta(days=AGES.get(name, 9))).pk
    rows = list(Case.objects.order_by("pk").values_list("pk", "pk"))
    asked = jobs.Wanted("bulk.watch", f"关注（{len(rows)}件）", {}, rows)
    jobs.step({"job": jobs.start(asked, by=cast.street, at=now).pk}, now)
    sampling.draw(cast.regions["36"], share=50, by=cast.supervisor, at=now)
    return Province(told, TOKENS.pop())
