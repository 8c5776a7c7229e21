"""What follows an award: heard, lowered or revoked by two, certificate taken back, reminded, lapsed, renewed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils.formats import date_format

from applications import clock
from applications.actions.cases import may_open
from applications.core.years import years_after
from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Deadline, Event, Todo
from applications.queries.standards import standard_of
from notifications import outbox
from notifications.models import Notification
from notifications.wording import sentence
from review.actions import certificates, records, revocation
from review.actions.expiry import watch_awards
from review.models import (
    AwardMoment,
    CertificateReturn,
    Publication,
    PublicRecord,
    RevocationProposal,
    StarAward,
)
from review.queries import revocations
from tests.cast import Cast
from tests.review.publishing import announced, another_batch, at_publication, on_notice
from workflow import clock as ticking
from workflow.verification import broken_chains

pytestmark = pytest.mark.django_db
WHY = "抽查发现多项基础项已不达标。"


def proposed(cast: Cast, star: int = 4) -> tuple[RevocationProposal, datetime]:
    """Return a proposal to lower (or revoke: 0) the star of an announced case, and its moment."""
    row = announced(cast, on_notice(cast))
    at = cast.at + timedelta(days=30)
    proposal = revocation.propose(row.case, number="降1", star=star, reason=WHY, by=cast.publisher, at=at)
    return proposal, at


def open_node(proposal: RevocationProposal) -> str:
    """Return the step on which a proposal waits."""
    return Todo.objects.get(run__key=proposal.key, state=Todo.State.OPEN).node


def test_a_star_is_lowered_by_one_grade_after_the_community_was_heard(cast: Cast) -> None:
    proposal, at = proposed(cast)
    before, case = proposal.award, proposal.award.case
    assert open_node(proposal) == "publication.hear"
    with pytest.raises(Refused, match="尚未开始"):
        revocation.lower(proposal, by=cast.publisher2, at=at)
    with pytest.raises(NotAllowed):
        revocation.state(proposal, text="不同意", by=cast.neighbour, at=at)
    revocation.state(proposal, text="两项已整改到位。", by=cast.head, at=at)
    with pytest.raises(NotAllowed, match="由您提议"):
        revocation.lower(proposal, by=cast.publisher, at=at)
    with pytest.raises(Refused, match="与提议不符"):
        revocation.revoke(proposal, by=cast.publisher2, at=at)
    told = revocation.lower(proposal, by=cast.publisher2, at=at)
    after = revocations.newest_award(case)
    assert after is not None and after.publication == told
    assert (told.kind, told.star, told.content["star"]) == ("lowering", 4, 4)
    assert told.supersedes == before.publication and "降为四星级" in told.text and WHY in told.text
    assert (after.star, after.valid_from, after.valid_until) == (4, clock.day_of(at), before.valid_until)
    assert told.content["award"]["code"] == after.code != before.code
    record = PublicRecord.objects.get(code=told.community_code)
    assert (record.star, record.revoked, record.valid_until) == (4, False, before.valid_until)
    assert [revocations.standing(row, clock.day_of(at)) for row in (revoked(before), after)] == [
        "lowered",
        "valid",
    ]
    assert list(broken_chains()) == []


def revoked(award: StarAward) -> StarAward:
    """Return an award freshly read, with how it ended."""
    return StarAward.objects.get(pk=award.pk)


def test_what_was_announced_stays_when_its_star_is_lowered_and_the_table_is_built_anew(cast: Cast) -> None:
    proposal, at = proposed(cast)
    announced_row = Publication.objects.get(pk=proposal.award.publication_id)
    content, digest = announced_row.content, announced_row.digest
    revocation.state(proposal, text="", by=cast.head, at=at)
    revocation.lower(proposal, by=cast.publisher2, at=at)
    kept = Publication.objects.get(pk=announced_row.pk)
    assert (kept.content, kept.digest, kept.star) == (content, digest, 5)
    records.rebuild()
    assert PublicRecord.objects.get(code=kept.community_code).star == 4


def test_a_lowered_star_can_be_lowered_again_and_the_lowest_only_revoked(cast: Cast) -> None:
    first, at = proposed(cast)
    revocation.state(first, text="", by=cast.head, at=at)
    revocation.lower(first, by=cast.publisher2, at=at)
    case = first.award.case
    second = revocation.propose(case, number="降2", star=3, reason=WHY, by=cast.publisher, at=at)
    revocation.state(second, text="", by=cast.head, at=at)
    revocation.lower(second, by=cast.publisher2, at=at)
    lowest = revocations.newest_award(case)
    assert lowest is not None and lowest.star == 3 and revocations.star_below(lowest) == 0
    with pytest.raises(Invalid, match="只能撤销"):
        revocation.propose(case, number="降3", star=2, reason=WHY, by=cast.publisher, at=at)
    assert revocation.propose(case, number="撤1", reason=WHY, by=cast.publisher, at=at).star == 0


def test_two_grades_at_once_are_refused(cast: Cast) -> None:
    row = announced(cast, on_notice(cast))
    with pytest.raises(Invalid, match="只降一个等级") as found:
        revocation.propose(
            row.case, number="", star=3, reason=" ", by=cast.publisher, at=cast.at + timedelta(days=30)
        )
    assert [fault.field for fault in found.value.faults] == ["star", "reason", "number"]


def test_a_community_that_says_nothing_in_its_term_is_passed_over_by_the_clock(cast: Cast) -> None:
    proposal, at = proposed(cast)
    due = Deadline.objects.get(term="statement")
    assert (due.budget, due.unit) == (5, "working")
    on_the_day = at + (due.due_on - clock.day_of(at)) * 1
    assert revocation.end_hearings(at=on_the_day) == 0
    assert revocation.end_hearings(at=on_the_day + timedelta(days=1)) == 1
    assert revocation.end_hearings(at=on_the_day + timedelta(days=1)) == 0
    assert open_node(proposal) == "publication.approve_revocation"
    assert revocations.statement_of(proposal) is None
    assert Deadline.objects.get(pk=due.pk).state == "cancelled"


def test_the_certificate_comes_back_or_is_void_after_its_term(cast: Cast) -> None:
    proposal, at = proposed(cast)
    revocation.state(proposal, text="", by=cast.head, at=at)
    revocation.lower(proposal, by=cast.publisher2, at=at)
    todo = Todo.objects.get(node="publication.collect_certificate")
    assert todo.due_on is not None and todo.permission == "confirm_facts"
    with pytest.raises(NotAllowed):
        certificates.void(proposal, note="未交", by=cast.publisher, at=at)
    with pytest.raises(Refused, match="期满仍未交回"):
        certificates.void(proposal, note="未交", by=cast.county, at=at)
    with pytest.raises(Invalid, match="须在公告发布日"):
        certificates.receive(proposal, on=date(2020, 1, 1), note="", by=cast.county, at=at)
    row = certificates.receive(proposal, on=clock.day_of(at), note="证书1份", by=cast.county, at=at)
    assert (row.award, row.outcome) == (proposal.award, "returned")
    assert not Todo.objects.filter(run__key=proposal.key, state=Todo.State.OPEN).exists()


def test_a_certificate_that_does_not_come_back_is_void_the_day_after_the_term(cast: Cast) -> None:
    proposal, at = proposed(cast, star=0)
    revocation.state(proposal, text="", by=cast.head, at=at)
    revocation.revoke(proposal, by=cast.publisher2, at=at)
    due = Todo.objects.get(node="publication.collect_certificate").due_on
    assert due is not None
    late = at + timedelta(days=(due - clock.day_of(at)).days + 1)
    certificates.void(proposal, note="多次催交未果", by=cast.county, at=late)
    assert CertificateReturn.objects.get(award=proposal.award).outcome == "void"


def test_a_rejected_proposal_asks_nobody_for_the_certificate(cast: Cast) -> None:
    proposal, at = proposed(cast)
    revocation.state(proposal, text="", by=cast.head, at=at)
    revocation.reject(proposal, reason="查无实据", by=cast.publisher2, at=at)
    assert not Todo.objects.filter(run__key=proposal.key, state=Todo.State.OPEN).exists()
    assert revocations.standing(proposal.award, clock.day_of(at)) == "valid"


def moment(day: date) -> datetime:
    """Return noon in China of a day."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def test_a_star_is_reminded_of_twice_and_lapses_once(cast: Cast) -> None:
    award = announced(cast, on_notice(cast)).award
    end = award.valid_until
    told = [
        (days, watch_awards(at=moment(end - timedelta(days=days)))) for days in (200, 180, 180, 80, 80, 0)
    ]
    assert told == [(200, 0), (180, 1), (180, 0), (80, 1), (80, 0), (0, 0)]
    assert watch_awards(at=moment(end + timedelta(days=1))) == 1
    assert watch_awards(at=moment(end + timedelta(days=1))) == 0
    assert list(award.moments.values_list("kind", flat=True)) == ["six", "three", "lapsed"]
    verbs = Event.objects.filter(case=award.case, verb__in=["remind_expiry", "lapse_award"])
    assert list(verbs.order_by("seq").values_list("verb", flat=True)) == [
        "remind_expiry",
        "remind_expiry",
        "lapse_award",
    ]


def test_a_clock_that_comes_back_late_tells_only_of_the_newest_moment(cast: Cast) -> None:
    award = announced(cast, on_notice(cast)).award
    ticking.tick(moment(award.valid_until + timedelta(days=30)))
    assert AwardMoment.objects.filter(award=award).count() == 3
    assert Event.objects.filter(case=award.case, verb__in=["remind_expiry", "lapse_award"]).count() == 1


def test_a_community_that_has_applied_again_is_not_reminded_and_does_not_lapse_meanwhile(cast: Cast) -> None:
    row = announced(cast, on_notice(cast))
    later = moment(row.award.valid_until - timedelta(days=100))
    new = at_publication(cast, later, batch=another_batch(cast))
    assert watch_awards(at=moment(row.award.valid_until + timedelta(days=1))) == 0
    second = announced(cast, on_notice(cast, new, later, "示2"), "告2")
    assert second.award.pk > row.award.pk
    assert watch_awards(at=moment(row.award.valid_until + timedelta(days=1))) == 0


def test_a_lowered_or_revoked_star_neither_reminds_nor_lapses(cast: Cast) -> None:
    proposal, at = proposed(cast, star=0)
    revocation.state(proposal, text="", by=cast.head, at=at)
    revocation.revoke(proposal, by=cast.publisher2, at=at)
    assert watch_awards(at=moment(proposal.award.valid_until + timedelta(days=1))) == 0


def test_the_community_and_the_county_are_told_of_each_reminder_with_the_day(cast: Cast) -> None:
    award = announced(cast, on_notice(cast)).award
    for days in (180, 80):
        at = moment(award.valid_until - timedelta(days=days))
        watch_awards(at=at)
        while outbox.drain(now=at):
            pass
    rows = Notification.objects.filter(kind="award.expiring", user=cast.head)
    assert [sentence(row.text) for row in rows] == [
        f"“翠湖社区”的星级将于{date_format(award.valid_until, 'DATE_FORMAT')}到期，"
        "请在到期前申报复评，逾期未申报的到期失效。"
    ] * 2
    assert Notification.objects.filter(kind="award.expiring", user=cast.county).count() == 2
    assert not Notification.objects.filter(kind="award.expiring", user=cast.neighbour).exists()


def test_a_later_rating_without_a_star_takes_the_earlier_star_away(cast: Cast) -> None:
    award = announced(cast, on_notice(cast)).award
    later = cast.at + timedelta(days=400)
    indicators = standard_of(cast.standard).indicators.values()
    low = [row.id for row in indicators if row.qualitative][:20]
    case = at_publication(cast, later, batch=another_batch(cast), not_met=low)
    row = announced(cast, on_notice(cast, case, later, "再示1"), "再告1")
    assert row.star == 0
    assert revocations.standing(award, row.published_on) == "replaced"
    assert watch_awards(at=moment(award.valid_until + timedelta(days=1))) == 0


@pytest.mark.parametrize(("fraud", "years"), [(False, 1), (True, 3)])
def test_a_revoked_community_applies_again_when_its_years_are_over(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch, fraud: bool, years: int
) -> None:
    case = announced(cast, on_notice(cast)).case
    at = cast.at + timedelta(days=30)
    proposal = revocation.propose(
        case, number="撤1", reason=WHY, by=cast.publisher, at=at, star=0, fraud=fraud
    )
    revocation.state(proposal, text="", by=cast.head, at=at)
    told = revocation.revoke(proposal, by=cast.publisher2, at=at)
    last = years_after(clock.day_of(at), years) - timedelta(days=1)
    assert f"{last.year}年{last.month}月{last.day}日前（含当日）不得再次申报" in told.text
    batch = another_batch(cast)
    batch.opens_on, batch.closes_on = clock.day_of(at), last + timedelta(days=40)
    batch.save()
    on_last = datetime(last.year, last.month, last.day, 4, tzinfo=UTC)
    barred = may_open(batch, case.community, cast.clerk, on_last)
    assert not barred.ok and ("弄虚作假" in barred.reason) == fraud and "前不能申报" in barred.reason
    assert may_open(batch, case.community, cast.clerk, on_last + timedelta(days=1)).ok
    client.force_login(cast.clerk)
    monkeypatch.setattr(clock, "now", lambda: on_last)
    cards = client.get("/apply/").content.decode()
    page = cards.split(f'id="offer-{batch.pk}-{case.community.pk}"')[1].split("</aside>")[0]
    assert "目前不能申报" in page and "开始申报" not in page


def test_who_made_up_papers_is_not_let_off_with_one_grade(cast: Cast) -> None:
    case = announced(cast, on_notice(cast)).case
    at = cast.at + timedelta(days=30)
    with pytest.raises(Invalid, match="应撤销星级"):
        revocation.propose(case, number="降1", star=4, reason=WHY, fraud=True, by=cast.publisher, at=at)


def test_a_lowered_community_may_apply_again_at_once(cast: Cast) -> None:
    proposal, at = proposed(cast)
    revocation.state(proposal, text="", by=cast.head, at=at)
    revocation.lower(proposal, by=cast.publisher2, at=at)
    assert revocations.bars([proposal.award.community_code], clock.day_of(at)) == {}
