"""Separation of duties: one person with both rights, at the moment of the second step; refused in a sentence, nothing written."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.apps import apps

from applications.actions import calendar, claiming, evidence, intake, people, submission
from applications.actions.reassignment import candidates
from applications.errors import Refused
from applications.models import Batch, Case, Defect, Organisation, Todo, User
from applications.permissions import may_do, may_see, open_todos
from applications.queries.intake import last_return
from rectification.actions import items
from rectification.models import RectificationItem
from review.actions import (
    announcement,
    notice,
    objections,
    plan,
    publication,
    reconsideration,
    recusals,
    revocation,
    settling,
    survey_answers,
)
from review.models import SurveyAnswer
from tests import papers, road
from tests.cast import Cast
from tests.review import assessing, drive, publishing
from tests.rights.byways import PLAN, Byways, aside
from tests.rights.duties import PAIRS, SAID, Pair

OURS = ("applications", "review", "rectification", "notifications", "viewflow")
ROLES = {  # role -> where it is held, in which office
    "street_officer": ("360102002", "公园街道办事处"),
    "county_officer": ("360102", "东湖区民政局"),
    "city_officer": ("3601", "南昌市民政局"),
    "province_officer": ("36", "江西省民政厅"),
    "publisher": ("36", "江西省民政厅"),
    "recon_member": ("36", "幸福社区复核委员会"),
    "sysadmin": ("36", "江西省民政厅"),
}


SECOND = {"county": "county_officer", "publisher": "publisher", "province": "province_officer"}
SECOND |= {"province2": "province_officer", "sysadmin": "sysadmin"}


def written() -> dict[str, str]:
    """Return a digest of every row of ours, by table."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            rows = sorted(repr(row) for row in model._default_manager.order_by().values_list())
            found[model._meta.label] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


@dataclass
class Walk:
    """Goes the road and tries at each stop who did the first thing on the second."""

    cast: Cast
    case: Case = None  # type: ignore[assignment]
    known: dict[str, Any] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    @property
    def at(self) -> Any:
        """The moment of everything but what waits for the end of the notice."""
        return self.cast.at

    @property
    def over(self) -> Any:
        """The moment at which the notice is over."""
        return publishing.after_notice(self.cast.at)

    def stop(self, name: str, case: Case | None = None, **known: Any) -> None:
        """Try the pairs of a stop, each taken back."""
        self.case = case or self.case
        self.known.update(known)
        self.seen.add(name)
        for pair in PAIRS[name]:
            with aside():
                self.refused(name, pair)
            if not pair.alone:
                with aside():
                    pair.second(self, self.another(pair))

    def refused(self, name: str, pair: Pair) -> None:
        """Let the person of the first duty try the second; note what is not as it must be."""
        if pair.role:
            self.give(self.cast[pair.who], pair.role)
        person, before = User.objects.get(pk=self.cast[pair.who].pk), written()
        label = f"[{name}] who {pair.first} ({pair.who})"
        try:
            with aside():
                pair.second(self, person)
                self.faults.append(f"{label} was let through")
        except Refused as error:
            if pair.says not in error.sentence:
                self.faults.append(f"{label} was told {error.sentence!r} instead of {pair.says!r}")
        changed = [table for table, digest in written().items() if before[table] != digest]
        if changed:
            self.faults.append(f"{label} was refused and wrote {changed}")

    def another(self, pair: Pair) -> User:
        """Return somebody with the second right and without the first duty: it is the duty that keeps from it."""
        person = User.objects.create_user("third", "第三人", email="third@example.org")
        self.give(person, pair.role or SECOND[pair.who])
        return User.objects.get(pk=person.pk)

    def give(self, person: User, role: str) -> None:
        """Give a person one more role."""
        code, office = ROLES[role]
        region = self.cast.regions[code]
        organisation = Organisation.objects.get(name=office)
        since = date(2020, 1, 1)
        people.grant(
            person, role=role, organisation=organisation, region=region, since=since, by=None, at=self.at
        )


def intake_stops(walk: Walk) -> None:
    """Who submitted is tried at each of the four levels."""
    cast, at = walk.cast, walk.at
    case = road.to_street(cast)
    for level in ("street", "county", "city", "province"):
        walk.stop(f"at the {level}", case)
        intake.pass_on(case, **SAID, by=cast[level], at=at)
        case.refresh_from_db()


def review_stops(walk: Walk) -> None:
    """The plan, the collection, the review and the vote."""
    cast, at, case = walk.cast, walk.at, walk.case
    assessing.form_team(cast, case, at)
    assessing.declare_all(cast, case, at)
    plan.hand_in_plan(case, content=assessing.content(at), by=cast.county, at=at)
    walk.stop("plan handed in")
    plan.approve_plan(case, **SAID, by=cast.county2, at=at)
    assessing.brief(cast, case, at)
    with aside():
        form = assessing.open_survey(cast, case, at, 2)[0].serial
        survey_answers.enter_answer(case, serial=form, answers=assessing.answers(), by=cast.surveyor, at=at)
        survey_answers.draw_checks(case, by=cast.county, at=at)
        walk.stop("form drawn", drawn=SurveyAnswer.objects.get(quality="drawn"))
    road.through_collection(cast, case)
    case.refresh_from_db()
    missed = drive.missed_for(case, 4)
    drive.judge_each(case, cast.reviewer, at=at, missed=missed)
    drive.judge_each(case, cast.reviewer2, at=at, missed=missed[:-1])
    ruling = {missed[-1]: settling.Ruling(False, "经合议，现场未达到。")}
    walk.stop("to be settled", ruling=ruling)
    settling.finish(case, rulings=ruling, by=cast.leader, at=at)
    drive.issue(cast, case, at=at)
    drive.vote(cast, case, at=at)
    case.refresh_from_db()


def publication_stops(walk: Walk) -> None:
    """Notice, objection, announcement, revocation."""
    cast, at, case = walk.cast, walk.at, walk.case
    publishing.to_approve(cast, case)
    walk.stop("notice handed in")
    shown = publication.approve(case, opinion="同意", by=cast.publisher2, at=at)
    with aside():
        row = publishing.object_to(shown, at, by=cast.head)
        objections.receive(row, accepted=True, reason="", by=cast.province, at=at)
        walk.stop("objected to", objection=row)
        said = {"reason": "证据充分", "heard": "双方均已陈述", "indicators": ["2.1.b"]}
        reconsideration.uphold(row, **said, reviewers=[cast.reviewer4, cast.unassigned], by=cast.recon, at=at)
        for person in (cast.reviewer4, cast.unassigned):
            again = {"values": {"2.1.b": True}, "notes": {"2.1.b": "现场复核"}}
            reconsideration.rejudge(row, **again, by=person, at=at)
        walk.stop("judged again")
    notice.close_notices(at=walk.over)
    walk.stop("notice over")
    number = publishing.number_for("announcement")
    announcement.announce(case, number=number, by=cast.publisher2, at=walk.over)
    proposal = revocation.propose(case, number="撤1", reason="材料造假", by=cast.publisher, at=walk.over)
    publishing.heard(cast, proposal, walk.over)
    walk.stop("revocation proposed", proposal=proposal)
    revocation.reject(proposal, reason="查无实据", by=cast.publisher2, at=walk.over)


def rectification_stops(walk: Walk) -> None:
    """An item planned, prolonged and put right."""
    cast, at, case = walk.cast, walk.at, walk.case
    item = RectificationItem.objects.filter(case=case).order_by("pk")[0]
    items.plan(item, content=PLAN, by=cast.clerk, at=at)
    walk.stop("item planned", item=item)
    items.confirm(item, days=30, by=cast.county, at=at)
    items.report(item, text="进行中", evidence=[], by=cast.head, at=at)
    asked = items.ask_extension(item, days=10, reason="雨季", by=cast.clerk, at=at)
    walk.stop("extension asked", asked=asked)
    photo = papers.upload("整改.jpg", papers.picture())
    proof = evidence.store(case, photo, indicators=[], stage="rectification", by=cast.clerk, at=at)
    items.apply(item, text="已完成", evidence=[proof], by=cast.clerk, at=at)
    walk.stop("item put right")


def test_who_did_the_one_does_not_do_the_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)
    walk = Walk(cast)
    intake_stops(walk)
    review_stops(walk)
    publication_stops(walk)
    rectification_stops(walk)
    assert not walk.faults, "\n".join(walk.faults)
    assert walk.seen == PAIRS.keys() - BESIDE


BESIDE = {"recused", "batch submitted", "calendar entered"}


def test_overrides_batches_and_the_calendar_need_a_second_person(cast: Cast) -> None:
    walk, at = Walk(cast), cast.at
    case = road.to_street(cast)
    recusals.recuse_self(case, reason="亲属在该社区任职", by=cast.province2, at=at)
    row = recusals.recuse_self(case, reason="亲属在该社区任职", by=cast.street, at=at)
    walk.stop("recused", case, recusal=row)
    offices = Byways(cast, lambda name, known: None)
    offices.batch()
    walk.stop("batch submitted", batch=Batch.objects.get(pk=offices.known["batch"]))
    text = "2027-01-01 至 2027-01-03 休 元旦"
    year = calendar.enter_notice(2027, notice_no="国办发明电〔2026〕9号", text=text, by=cast.sysadmin, at=at)
    walk.stop("calendar entered", year=year)
    assert not walk.faults, "\n".join(walk.faults)
    assert walk.seen == BESIDE


LADDER = [("street", "county"), ("street", "city"), ("street", "province"), ("county", "city")]
LADDER += [("county", "province"), ("city", "province")]
PASSED = "您已在另一级审核通过本案的申报"


@pytest.mark.parametrize(("low", "high"), LADDER)
def test_who_passed_at_one_level_does_not_check_at_another(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, low: str, high: str
) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)
    walk, levels = Walk(cast), ("street", "county", "city", "province")
    walk.case = case = road.to_street(cast)
    walk.give(cast[low], f"{high}_officer")
    for level in levels[: levels.index(high)]:
        intake.pass_on(case, **SAID, by=User.objects.get(pk=cast[level].pk), at=cast.at)
    person = User.objects.get(pk=cast[low].pk)
    todo = Todo.objects.get(case=case, state="open")
    assert todo.node == f"application.{high}_check"
    assert PASSED in may_do(person, todo).reason
    assert not open_todos(person).filter(pk=todo.pk).exists() and may_see(person, case)
    before = written()
    for act in (
        lambda: intake.pass_on(case, **SAID, by=person, at=cast.at),
        lambda: intake.decline(case, **SAID, by=person, at=cast.at),
        lambda: intake.send_back(case, **SAID, defects={"1.1.a": "缺照片。"}, by=person, at=cast.at),
        lambda: intake.save_draft(case, opinion="", remarks={}, by=person, at=cast.at),
        lambda: claiming.claim(todo, by=person, at=cast.at),
    ):
        with aside(), pytest.raises(Refused, match=PASSED):
            act()
    assert written() == before
    assert not candidates(todo).filter(pk=person.pk).exists()
    assert intake.pass_on(case, **SAID, by=cast[high], at=cast.at).level == high


def test_who_passed_checks_their_own_level_again_after_a_correction_and_no_other(cast: Cast) -> None:
    walk, at = Walk(cast), cast.at
    case = road.to_street(cast)
    walk.give(cast.street, "county_officer")
    street = User.objects.get(pk=cast.street.pk)
    for level, person in (("street", street), ("county", cast.county)):
        if level == "county":
            intake.pass_on(case, **SAID, by=street, at=at)
        intake.send_back(case, **SAID, defects={"form": "联系人有误。"}, by=person, at=at)
        defect = Defect.objects.get(decision=last_return(case))
        submission.answer_defect(case, defect=defect.pk, answer="已更正。", by=cast.clerk, at=at)
        submission.resubmit(case, by=cast.head, at=at)
    with pytest.raises(Refused, match=PASSED):
        intake.pass_on(case, **SAID, by=User.objects.get(pk=street.pk), at=at)
    intake.pass_on(case, **SAID, by=cast.county, at=at)


def test_where_nobody_else_is_in_the_office_another_is_appointed_and_gets_the_step(cast: Cast) -> None:
    walk, at = Walk(cast), cast.at
    case = road.to_street(cast)
    walk.give(cast.street, "county_officer")
    intake.pass_on(case, **SAID, by=cast.street, at=at)
    for name in ("county", "county2"):
        User.objects.filter(pk=cast[name].pk).update(is_active=False)
    todo = Todo.objects.get(case=case, state="open")
    assert not candidates(todo).exists()
    walk.give(cast.other_street, "county_officer")
    given = User.objects.get(pk=cast.other_street.pk)
    assert list(candidates(todo)) == [given]
    assert intake.pass_on(case, **SAID, by=given, at=at).level == "county"
