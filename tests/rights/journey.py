"""One case through everything that can be done to it: every action is called at least once, the pages rest at stops.

What leads away from the road (an application given up, a survey thrown away) is tried ``aside`` and taken back.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from applications import clock
from applications.actions import (
    awards,
    cases,
    claiming,
    claims,
    evidence,
    intake,
    reassignment,
    reuse,
    submission,
    withdrawal,
)
from applications.models import Award, Defect, Evidence, OfficialPaper, Submission
from applications.queries.intake import last_return
from rectification.actions import items, look_back, sampling, supervision
from rectification.models import RectificationItem
from review.actions import (
    announcement,
    certificates,
    drawing,
    expiry,
    fact_checks,
    gaps,
    judging,
    notice,
    objections,
    observations,
    opinion,
    plan,
    publication,
    reappointment,
    reconsideration,
    recusals,
    resettling,
    revocation,
    services,
    settling,
    survey,
    survey_answers,
    survey_links,
    team,
    voting,
)
from review.models import Ballot, SurveyAnswer, TeamMember
from tests import papers, road
from tests.review import assessing, drive, publishing
from tests.rights.byways import PLAN, Byways, aside
from tests.rights.people import recuse
from workflow import lifecycle


@dataclass
class Journey(Byways):
    """Goes the whole road with the cast."""

    missed: tuple[str, ...] = ()

    def walk(self) -> None:
        """Go the whole road."""
        self.offices()
        for path in (self.not_scorable, self.too_few_votes, self.without_star):
            with aside():
                path()
        self.known = {key: value for key, value in self.known.items() if key == "batch"}
        with aside():
            self.applied_before()
        self.application()
        self.intake()
        self.preparation()
        self.collection()
        self.review()
        self.scoring()
        self.publication()
        self.rectification()

    def applied_before(self) -> None:
        """A community that applied before takes over what it handed in."""
        cast, at = self.cast, self.at
        before = road.open_case(cast)
        papers.fill_in(before, by=cast.clerk, at=at)
        withdrawal.abandon(before, reason="暂不申报，明年再来。", by=cast.head, at=at)
        self.case = case = cases.open_case(
            cast.batch, community=cast.community, applied_star=4, by=cast.clerk, at=at
        )
        recuse(cast, case)
        files = list(Evidence.objects.filter(case=before).values_list("pk", flat=True))
        reuse.reuse(case, parts=reuse.PARTS, files=files, by=cast.clerk, at=at)
        self.rest("having applied before")

    def application(self) -> None:
        """The community fills in and hands in."""
        cast, at = self.cast, self.at
        self.case = case = road.open_case(cast)
        recuse(cast, case)
        papers.fill_in(case, by=cast.clerk, at=at)
        entry = claims.Entry(reached=True, note="见佐证材料。")
        claims.save_indicator(case, indicator="1.1.a", entry=entry, by=cast.clerk, at=at)
        done = evidence.upload(
            case,
            files=[papers.upload("a.jpg", papers.picture((9, 9, 9)))],
            indicators=[],
            by=cast.clerk,
            at=at,
        )
        row = done.rows[0].pk
        evidence.link(case, evidence=[row], indicator="1.1.a", by=cast.clerk, at=at)
        evidence.unlink(case, evidence=row, indicator="1.1.a", by=cast.clerk, at=at)
        evidence.mark_sensitive(case, evidence=row, sensitive=True, by=cast.clerk, at=at)
        award = Award.objects.filter(case=case).latest("pk")
        with aside():
            evidence.remove(case, evidence=row, by=cast.clerk, at=at)
            awards.remove_award(case, award=award.pk, by=cast.clerk, at=at)
        with aside():
            withdrawal.abandon(case, reason="暂不申报，明年再来。", by=cast.head, at=at)
        assessed = {"deadline": case.deadlines.latest("pk").pk, "evidence": row, "award": award.pk}
        self.rest("filling in", **assessed, todo=self.todo("application.fill").pk)
        submission.submit(case, by=cast.head, at=at)

    def intake(self) -> None:
        """Four levels, one return for correction."""
        cast, at, case = self.cast, self.at, self.case
        receipt = Submission.objects.get(case=case)
        with aside():
            withdrawal.recall(case, submission=receipt.pk, by=cast.head, at=at)
        self.rest("at the street", receipt=receipt.pk, todo=self.todo("application.street_check").pk)
        intake.save_draft(case, opinion="初步意见", remarks={}, by=cast.street, at=at)
        with aside():
            intake.decline(case, opinion="不属于城市社区。", by=cast.street, at=at)
        intake.send_back(case, opinion="请一次补正。", defects={"1.4.a": "缺照片。"}, by=cast.street, at=at)
        self.rest("correcting")
        decision = last_return(case)
        for defect in Defect.objects.filter(decision=decision):
            submission.answer_defect(case, defect=defect.pk, answer="已补。", by=cast.clerk, at=at)
        submission.resubmit(case, by=cast.head, at=at)
        for level in ("street", "county", "city"):
            intake.pass_on(case, opinion="材料齐全，符合条件，同意。", by=cast[level], at=at)
            if level == "street":
                self.rest("at the county", todo=self.todo("application.county_check").pk)
                with aside():
                    kept_away = recusals.recuse_self(case, reason="亲属在该社区任职", by=cast.county, at=at)
                    recusals.lift(kept_away, reason="亲属已离职一年以上", by=cast.province, at=at)
                with aside():
                    said = {"reason": "亲属在该社区任职", "by": cast.province, "at": at}
                    recusals.order(case, person=cast.county, **said)
                with aside():
                    claiming.claim(self.todo("application.county_check"), by=cast.county, at=at)
                    claiming.release(self.todo("application.county_check"), by=cast.county, at=at)
                with aside():
                    to = {"to": cast.county2, "reason": "出差一周，由同事办理"}
                    reassignment.reassign(self.todo("application.county_check"), **to, by=cast.county, at=at)
        self.rest("at the province")
        for award in Award.objects.filter(case=case):
            awards.confirm_award(
                case, award=award.pk, counts=True, reason="证书齐全", by=cast.province, at=at
            )
        intake.pass_on(case, opinion="材料齐全，符合条件，同意。", by=cast.province, at=at)

    def preparation(self) -> None:
        """Team, declarations, plan, residents told."""
        cast, at, case = self.cast, self.at, self.case
        self.rest("forming the team", paper=OfficialPaper.objects.filter(case=case).latest("pk").pk)
        drawing.draw_team(case, agency=assessing.agency(cast), by=cast.county, at=at)
        assessing.form_team(cast, case, at)
        with aside():
            team.declare(case, conflict=True, reason="亲属", by=cast.surveyor, at=at)
        with aside():
            member = TeamMember.objects.get(case=case, user=cast.surveyor)
            team.release_member(case, member=member, reason="联系不上", by=cast.county, at=at)
        self.rest("declaring")
        assessing.declare_all(cast, case, at)
        self.rest("planning")
        plan.save_plan(case, content=assessing.content(at), by=cast.county, at=at)
        plan.hand_in_plan(case, content=assessing.content(at), by=cast.county, at=at)
        with aside():
            plan.return_plan(case, opinion="时间太紧。", by=cast.county2, at=at)
        self.rest("approving the plan")
        plan.approve_plan(case, opinion="同意。", by=cast.county2, at=at)
        self.rest("telling the residents")
        assessing.brief(cast, case, at)

    def collection(self) -> None:
        """Papers, site, survey, services; somebody leaves and somebody comes."""
        cast, at, case = self.cast, self.at, self.case
        self.rest("collecting")
        noted = observations.Sighting("agrees", "与申报相符。", "社区办公楼")
        photo = papers.upload("现场.jpg", papers.picture((90, 120, 7)))
        seen = observations.observe(
            case, stream="site", page="1.1.a", sighting=noted, photos=[photo], by=cast.reviewer3, at=at
        )
        with aside():
            kept = seen.photos.get()
            observations.remove_photo(
                case, stream="site", observation=seen, photo=kept, by=cast.reviewer3, at=at
            )
        with aside():
            gaps.step_down(case, reason="亲属到社区任职", by=cast.reviewer3, at=at)
            new = team.NewMember("expert", ("documents", "site"), cast.reviewer4)
            gaps.fill_gap(case, members=[new], by=cast.county, at=at)
        self.answers()
        for stream in ("documents", "site"):
            assessing.confirm_all(cast, case, at, stream)
            fact_checks.finish_stream(case, stream=stream, by=cast.reviewer3, at=at)
        survey.finish_interviews(case, by=cast.surveyor, at=at)
        survey.close_survey(case, by=cast.county, at=at)
        entry = services.Entry("living", "水管", at - timedelta(days=2), at - timedelta(days=1), None)
        extra = services.add_service(case, entry=entry, by=cast.clerk, at=at)
        services.remove_service(case, service=extra.pk, by=cast.clerk, at=at)
        with aside():
            line = "类别,内容,申请时间,响应时间,解决时间\n生活服务,修水管,2026-01-05 09:00,2026-01-05 09:20,2026-01-05 11:00\n"
            services.import_services(case, name="a.csv", content=line.encode(), by=cast.clerk, at=at)
        assessing.serve(cast, case, at)

    def answers(self) -> None:
        """The survey and everything that can be done to it."""
        cast, at, case = self.cast, self.at, self.case
        links = assessing.open_survey(cast, case, at, 21)
        self.rest("asking the residents", token=links[0].token, **{"page": "1.1.a"})
        survey_links.void_links(case, serials="21", reason="vacant", note="已拆迁", by=cast.county, at=at)
        for link in links[:19]:
            form = {"answers": assessing.answers("very_satisfied")}
            survey_answers.answer(link.token, **form, consent=True, by=None, at=at)
        last = {"serial": links[19].serial, "answers": assessing.answers()}
        survey_answers.enter_answer(case, **last, by=cast.surveyor, at=at)
        survey_answers.draw_checks(case, by=cast.county, at=at)
        drawn = SurveyAnswer.objects.get(quality="drawn")
        with aside():
            survey_answers.check_answer(case, answer=drawn, passed=True, by=cast.county, at=at)
            some = [str(SurveyAnswer.objects.filter(quality="").values_list("pk", flat=True)[0])]
            survey_answers.void_answers(case, answers=some, reason="全同", by=cast.county, at=at)
        with aside():
            survey.void_survey(case, reason="发放不规范", by=cast.county, at=at)
        survey_answers.check_answer(case, answer=drawn, passed=True, by=cast.county, at=at)

    def review(self) -> None:
        """Two blind judgements, settled; the opinion."""
        cast, at, case = self.cast, self.at, self.case
        case.refresh_from_db()
        self.rest("judging")
        self.missed = missed = drive.missed_for(case, 4)
        with aside():
            item = drive.items_to_judge(case)[0].id
            judging.judge(
                case, indicator=item, answer=judging.Answer(True, "与现场相符。"), by=cast.reviewer, at=at
            )
        drive.judge_each(case, cast.reviewer, at=at, missed=missed)
        with aside():
            judging.withdraw(case, by=cast.reviewer, at=at)
        drive.judge_each(case, cast.reviewer2, at=at, missed=missed[:-1])
        self.rest("settling")
        ruling = {missed[-1]: settling.Ruling(False, "经合议，现场未达到。")}
        settling.save(case, rulings=ruling, by=cast.leader, at=at)
        settling.finish(case, rulings=ruling, by=cast.leader, at=at)
        self.rest("giving the opinion")
        opinion.save(case, parts=opinion.Parts("结论。", "问题。", "建议。"), by=cast.leader, at=at)
        drive.issue(cast, case, at=at)

    def scoring(self) -> None:
        """The committee votes; once it sends the case back to the leader."""
        cast, at, case = self.cast, self.at, self.case
        case.refresh_from_db()
        self.rest("voting", rating=case.ratings.latest("pk").pk)
        with aside():
            for name in ("member", "member2", "member3"):
                voting.cast_vote(case, choice="reject", reason="材料不足", by=cast[name], at=at)
            self.rest("settling again")
            chosen = {"1.1.a": settling.Ruling(True, "已逐项核对材料并重新认定。")}
            resettling.resettle(
                case, rulings=chosen, reply="已逐项核对材料并重新认定，详见合议理由。", by=cast.leader, at=at
            )
        voting.cast_vote(case, choice="approve", reason="", by=cast.member, at=at)
        with aside():
            voting.cast_vote(case, choice="approve", reason="", by=cast.member2, at=at)
            voting.close_vote(case, note="一人缺席", by=cast.member, at=at)
        for name in ("member2", "member3"):
            voting.cast_vote(case, choice="approve", reason="", by=cast[name], at=at)
        assert Ballot.objects.get(case=case).state != "open"

    def publication(self) -> None:
        """Confirmed, prepared, approved, objected to, announced, revoked."""
        cast, at, case = self.cast, self.at, self.case
        self.rest("confirming the facts", decision=case.decisions.latest("pk").pk)
        publication.confirm_facts(case, note="无误", by=cast.county, at=at)
        self.rest("preparing the notice")
        publication.save_draft(case, content=publishing.FULL, revision=0, by=cast.publisher2, at=at)
        publication.submit(case, content=publishing.FULL, revision=1, by=cast.publisher2, at=at)
        with aside():
            publication.return_draft(case, reason="错别字", by=cast.publisher, at=at)
        self.rest("approving the notice")
        shown = publication.approve(case, opinion="同意", by=cast.publisher, at=at)
        told = {"channel": "board", "place": "公告栏", "shown_on": at.date(), "proof": None}
        with aside():
            publication.record_channel(shown, **told, by=cast.publisher, at=at)
        self.objections(shown)
        over = publishing.after_notice(at)
        notice.close_notices(at=over)
        self.rest("announcing", publication=shown.pk)
        row = announcement.announce(
            case, number=publishing.number_for("announcement"), by=cast.publisher, at=over
        )
        with aside():
            sample = sampling.draw(cast.regions["36"], share=10, by=cast.supervisor, at=over)
            star = sample.stars.get()
            self.rest("checking a drawn star", sample=sample.pk, drawn=star.pk)
            found = {"kind": "open", "visited_on": clock.day_of(over), "summary": "属实", "shortfalls": []}
            sampling.record_check(star, **found, by=cast.supervisor, at=over)
        proposal = revocation.propose(case, number="撤1", reason="材料造假", by=cast.publisher2, at=over)
        self.rest("hearing the community", key=proposal.key, announcement=row.pk)
        with aside():
            revocation.end_hearings(at=over + timedelta(days=30))
        revocation.state(proposal, text="已整改", by=cast.head, at=over)
        self.rest("revoking")
        with aside():
            revocation.revoke(proposal, by=cast.publisher, at=over)
            self.rest("taking the certificate back")
            with aside():
                certificates.void(proposal, note="未交", by=cast.county, at=over + timedelta(days=40))
            certificates.receive(proposal, on=clock.day_of(over), note="", by=cast.county, at=over)
        with aside():
            revocation.reject(proposal, reason="查无实据", by=cast.publisher, at=over)
            again = revocation.propose(
                case, number="降1", star=row.star - 1, reason="抽查不达标", by=cast.publisher2, at=over
            )
            revocation.state(again, text="", by=cast.head, at=over)
            revocation.lower(again, by=cast.publisher, at=over)
            expiry.watch_awards(at=over + timedelta(days=1000))
        revocation.reject(proposal, reason="查无实据", by=cast.publisher, at=over)

    def objections(self, shown: Any) -> None:
        """Withdrawn, dismissed, upheld and judged again."""
        cast, at = self.cast, self.at
        with aside():
            row = publishing.object_to(shown, at, by=cast.head)
            objections.withdraw(row, by=cast.head, at=at)
        row = publishing.object_to(shown, at, by=cast.head)
        self.rest("objecting", publication=shown.pk, key=row.key, code=row.code)
        objections.receive(row, accepted=True, reason="", by=cast.province, at=at)
        self.rest("deciding the objection")
        with aside():
            reconsideration.dismiss(row, reason="面积属实", heard="双方已陈述", by=cast.recon, at=at)
            objections.serve(row, how="电话告知", by=cast.province, at=at)
        said = {"reason": "证据充分", "heard": "双方均已陈述", "indicators": ["2.1.b"]}
        both = [cast.reviewer4, cast.second]
        reconsideration.uphold(row, **said, reviewers=both, by=cast.recon, at=at)
        self.rest("judging again")
        again = {"values": {"2.1.b": "2.1.b" not in self.missed}, "notes": {"2.1.b": "现场复核"}}
        with aside():
            recusals.recuse_self(self.case, reason="亲属在该社区任职", by=cast.second, at=at)
            reconsideration.rejudge(row, **again, by=cast.reviewer4, at=at)
            self.rest("appointing another reviewer")
            reappointment.replace(row, reviewers=[cast.unassigned], by=cast.recon, at=at)
        for person in both:
            reconsideration.rejudge(row, **again, by=person, at=at)
        self.rest("concluding the objection")
        reconsideration.conclude(row, reason="维持", settlements={}, notes={}, by=cast.recon, at=at)
        self.rest("replying")
        objections.serve(row, how="电话告知", by=cast.province, at=at)

    def rectification(self) -> None:
        """Each item planned, worked on, verified; the round decided where no star came out."""
        cast, at, case = self.cast, self.at, self.case
        item = RectificationItem.objects.filter(case=case).order_by("pk")[0]
        self.rest("planning an item", key=item.pk)
        items.plan(item, content=PLAN, by=cast.clerk, at=at)
        with aside():
            items.return_plan(item, reason="措施不具体", by=cast.county, at=at)
        items.confirm(item, days=30, by=cast.county, at=at)
        items.report(item, text="进行中", evidence=[], by=cast.clerk, at=at)
        asked = items.ask_extension(item, days=10, reason="雨季", by=cast.clerk, at=at)
        items.decide_extension(asked, granted=True, opinion="同意", by=cast.county, at=at)
        self.rest("working on an item")
        with aside():
            self.overdue(item)
        items.apply(item, text="已完成", evidence=[self.proof()], by=cast.clerk, at=at)
        self.rest("verifying an item")
        items.verify(item, outcome="close", method="site", opinion="属实", days=15, by=cast.county2, at=at)
        with aside():
            later = at + timedelta(days=150)
            lifecycle.look_back(later)
            found = {"outcome": "recurred", "method": "site", "opinion": "反弹", "days": 15}
            look_back.look_back(item, **found, by=cast.county2, at=later)

    def overdue(self, item: RectificationItem) -> None:
        """An item whose term has passed: reminded of, and a supervision order on it answered and closed."""
        cast, late = self.cast, self.at + timedelta(days=90)
        supervision.chase_one(item, by=cast.county, at=late)
        order = supervision.issue(item, demand="限期完成", by=cast.supervisor, at=late)
        self.rest("answering an order", key=order.pk)
        supervision.answer(order, text="三日内完成", by=cast.clerk, at=late)
        supervision.examine(order, outcome="close", text="同意", by=cast.supervisor, at=late)
