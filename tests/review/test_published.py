"""What was published stays as it was: snapshots, seals, the whole road, a star revoked by two."""

from datetime import timedelta

import pytest
from django.db import connection

from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Todo
from applications.queries.standards import standard_of
from review.actions import records, revocation
from review.core.sealing import SHOWN, seal
from review.models import Publication, PublicRecord, RevocationProposal, StarAward
from tests import road
from tests.cast import Cast
from tests.review.publishing import announced, at_publication, heard, on_notice
from workflow.verification import broken_chains

pytestmark = pytest.mark.django_db


def test_the_whole_road_ends_in_a_star(cast: Cast) -> None:
    case = road.to_rectification(cast)
    row = Publication.objects.get(case=case, kind="announcement")
    assert (row.star, row.content["community"]["name"], case.star) == (5, "翠湖社区", 5)
    assert StarAward.objects.get(case=case).publication == row
    assert list(broken_chains()) == []


def test_what_was_announced_stays_when_names_and_standard_change(cast: Cast) -> None:
    row = announced(cast, on_notice(cast))
    before = {name: getattr(row, name) for name in SHOWN}
    community = row.case.community
    community.name = "新名社区"
    community.save()
    county = community.region.parent.parent
    county.name = "改名区"
    county.save()
    kept = Publication.objects.get(pk=row.pk)
    assert {name: getattr(kept, name) for name in SHOWN} == before
    assert seal(before) == kept.digest
    records.rebuild()
    record = PublicRecord.objects.get(code=community.code)
    assert (record.name, record.county) == ("翠湖社区", "东湖区")


def test_a_publication_changed_in_the_database_is_found(cast: Cast) -> None:
    row = announced(cast, on_notice(cast))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE review_publication SET star = 3, title = 'x' WHERE id = %s", [row.pk])
    found = list(broken_chains())
    assert [finding.why for finding in found] == ["发布件与其摘要不符"]


def test_without_a_star_nothing_is_published_as_a_star(cast: Cast) -> None:
    indicators = standard_of(cast.standard).indicators.values()
    low = [row.id for row in indicators if row.qualitative][:20]
    case = at_publication(cast, not_met=low)
    row = announced(cast, on_notice(cast, case))
    assert row.star == 0 and "award" not in row.content and "不定星级" in row.text
    assert not StarAward.objects.exists()


def test_a_star_is_revoked_by_two_publishers_and_the_public_are_told(cast: Cast) -> None:
    row = announced(cast, on_notice(cast))
    at = cast.at + timedelta(days=30)
    with pytest.raises(NotAllowed):
        revocation.propose(row.case, number="撤1", reason="材料造假", by=cast.county, at=at)
    with pytest.raises(Invalid):
        revocation.propose(row.case, number=row.number, reason="", by=cast.publisher, at=at)
    proposal = revocation.propose(row.case, number="撤1", reason="材料造假", by=cast.publisher, at=at)
    assert Todo.objects.filter(run__key=proposal.key, state="open").count() == 1
    with pytest.raises(Refused, match="正在办理"):
        revocation.propose(row.case, number="撤2", reason="材料造假", by=cast.publisher2, at=at)
    heard(cast, proposal, at)
    with pytest.raises(NotAllowed, match="由您提议"):
        revocation.revoke(proposal, by=cast.publisher, at=at)
    told = revocation.revoke(proposal, by=cast.publisher2, at=at)
    assert told.supersedes == row and row.award.revocation.publication == told
    assert PublicRecord.objects.get(code=row.community_code).revoked
    with pytest.raises(Refused, match="没有有效的星级"):
        revocation.propose(row.case, number="撤3", reason="再次", by=cast.publisher, at=at)


def test_a_rejected_proposal_leaves_the_star(cast: Cast) -> None:
    row = announced(cast, on_notice(cast))
    at = cast.at + timedelta(days=30)
    proposal = revocation.propose(row.case, number="撤1", reason="材料造假", by=cast.publisher, at=at)
    heard(cast, proposal, at)
    revocation.reject(proposal, reason="查无实据", by=cast.publisher2, at=at)
    assert not hasattr(row.award, "revocation")
    assert revocation.propose(row.case, number="撤1", reason="新证据", by=cast.publisher, at=at).pk
    assert RevocationProposal.objects.count() == 2
